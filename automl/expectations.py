"""Whether a table keeps what its owner expects of it, and which rows do not."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl.files import read_json, write_json
from automl.question import BadQuestion
from automl.tables import label_text, read_parquet
from automl.texts import note

ROWS = 10  # rows named for one expectation
EXAMPLES = 5
HEADER = 2  # the first row of values, as a spreadsheet counts


def expect_files(table: Path, expectations: Path, out: Path, today: str) -> int:
    """Write what ``check_all`` finds about one table as JSON."""
    try:
        day = datetime.date.fromisoformat(today)
    except ValueError:
        raise BadQuestion("bad_question", field="--today", allowed="YYYY-MM-DD") from None
    write_json(out, {"results": check_all(read_parquet(table), read_json(expectations), day)})
    return 0


def check_all(
    frame: pd.DataFrame, expectations: list[dict[str, Any]], today: datetime.date
) -> list[dict[str, Any]]:
    """Check every expectation by itself: one that cannot be checked hides no other.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table.
    expectations : list of dict
        ``column`` ("" for the whole table), ``rule`` and the limits of the rule.
    today : datetime.date
        The day from which freshness is counted.

    Returns
    -------
    list of dict
        The expectation with ``ok``, ``broken`` (rows), ``share``, ``rows`` (numbers as a spreadsheet shows
        them, the header is row 1), ``examples`` and ``note``.
    """
    return [{**each, **check_one(frame, each, today)} for each in expectations]


def check_one(frame: pd.DataFrame, wanted: dict[str, Any], today: datetime.date) -> dict[str, Any]:
    """One expectation."""
    if wanted["rule"] == "rows":
        ok = _within(len(frame), wanted)
        return _answer(ok, note("expect_rows", found=len(frame)))
    if wanted["column"] not in frame.columns:
        return _answer(False, note("expect_absent", column=wanted["column"]))
    column = frame[wanted["column"]]
    if wanted["rule"] == "missing":
        share = float(column.isna().mean())
        ok = share <= float(wanted["most"])
        text = note("expect_missing", column=wanted["column"], percent=round(100 * share, 2))
        return _answer(ok, text, column.isna() if not ok else None, column)
    if wanted["rule"] == "fresh":
        return _freshness(column, wanted, today)
    broken = BREAKERS[wanted["rule"]](column, wanted) & column.notna()
    text = note("expect_broken", column=wanted["column"], count=int(broken.sum()))
    return _answer(not bool(broken.any()), text, broken, column)


def _answer(
    ok: object, text: dict[str, Any], broken: pd.Series | None = None, column: pd.Series | None = None
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "ok": bool(ok), "broken": 0, "share": 0.0, "rows": [], "examples": [], "note": note("expect_kept") if ok else text,
    }  # fmt: skip
    if ok or broken is None or column is None:
        return found
    places = np.flatnonzero(broken.to_numpy())
    found["broken"] = len(places)
    found["share"] = len(places) / max(len(column), 1)
    found["rows"] = [int(at) + HEADER for at in places[:ROWS]]
    examples = pd.unique(column[broken].dropna().head(1000))[:EXAMPLES]
    found["examples"] = [label_text(each)[:60] for each in examples]
    return found


def _within(value: float, limits: dict[str, Any]) -> bool:
    least, most = limits.get("least"), limits.get("most")
    return (least is None or value >= least) and (most is None or value <= most)


def _freshness(column: pd.Series, wanted: dict[str, Any], today: datetime.date) -> dict[str, Any]:
    moments = _moments(column).dropna()
    if moments.empty:
        return _answer(False, note("expect_no_date", column=wanted["column"]))
    newest = moments.max().date()
    age = (today - newest).days
    return _answer(age <= wanted["days"], note("expect_stale", day=newest.isoformat(), days=age))


def _moments(column: pd.Series) -> pd.Series:
    """Dates, also those that stand as text in the one format that fits."""
    from automl.kinds import find_date_format, moments_of

    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return column
    texts = column.dropna().astype(str).str.strip()
    found = find_date_format(pd.Series(texts.unique())) if len(texts) else None
    if found is None:
        return pd.Series([pd.NaT] * len(column), index=column.index)
    return moments_of(column.astype("string").str.strip(), found[0])


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column, errors="coerce").astype("float64")


def _out_of_range(column: pd.Series, wanted: dict[str, Any]) -> pd.Series:
    """Too small, too large, or no number at all."""
    numbers = _numbers(column)
    broken = numbers.isna()
    if wanted.get("least") is not None:
        broken |= numbers < float(wanted["least"])
    if wanted.get("most") is not None:
        broken |= numbers > float(wanted["most"])
    return broken


def _other_type(column: pd.Series, wanted: dict[str, Any]) -> pd.Series:
    if wanted["type"] == "number":
        return _numbers(column).isna()
    if wanted["type"] == "whole":
        numbers = _numbers(column)
        return numbers.isna() | (numbers % 1 != 0)
    if wanted["type"] == "date":
        return _moments(column).isna()
    text = pd.api.types.is_object_dtype(column.dtype) or isinstance(column.dtype, pd.StringDtype)
    return pd.Series(not text, index=column.index)


def _other_value(column: pd.Series, wanted: dict[str, Any]) -> pd.Series:
    allowed = {str(each) for each in wanted["values"]}
    return ~column.map(label_text, na_action="ignore").isin(allowed)


BREAKERS = {
    "type": _other_type,
    "range": _out_of_range,
    "unique": lambda column, wanted: column.duplicated(keep="first"),
    "values": _other_value,
}
