"""What kind of column this is: number, category, boolean, date, text, identifier or constant."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

NUMERIC_TEXT_SHARE = 0.95  # text counts as numbers when so many of its values are numbers
DATE_SHARE = 0.95
UNIQUE_SHARE = 0.95  # above: id-like (DataRobot, H2O use the same figure)
MIN_ROWS_FOR_IDS = 50  # below, being all distinct means nothing
LONG_TEXT = 40  # characters on average, from where a category becomes free text
MANY_TEXTS = 200
DATE_FORMATS = (
    "ISO8601",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%m-%d-%Y",
    "%Y/%m/%d",
    "%d/%m/%Y %H:%M",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%d/%m/%y",
    "%m/%d/%y",
)
ID_NAME = re.compile(
    r"(^|[_\s.-])(id|uuid|guid|identifiant|matricule|rowid|index|instant)$|"
    r"(customer|client|user|account|order|record|row|policy|contract|employee|passenger)_?"
    r"(id|no|nr|number|num|key)$|"
    r"(?-i:(?<=[a-z])(ID|Id))$|^n[o°][_\s.]",  # customerID, but not "acid"; "no_client", but not "noise"
    re.IGNORECASE,
)
SHAPE_OF_DATE = re.compile(r"^\s*\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}")


@dataclass(frozen=True)
class Kind:
    """The kind of one column and what was noticed while finding it out."""

    name: str
    date_format: str | None = None
    from_text: bool = False
    notes: tuple[tuple[str, dict[str, Any]], ...] = field(default=())


def find_kind(column: pd.Series) -> Kind:
    """Find the kind of a column from its values and its name.

    Parameters
    ----------
    column : pandas.Series
        Values as ``tables.read_parquet`` gives them.

    Returns
    -------
    Kind
        ``number``, ``category``, ``boolean``, ``date``, ``text``, ``identifier`` or ``constant``.

    Examples
    --------
    >>> find_kind(pd.Series(["1", "2", "x"] * 30 + ["3"] * 900)).name
    'number'
    """
    present = column.dropna()
    distinct = present.nunique()
    if distinct <= 1:
        return Kind("constant")
    if pd.api.types.is_bool_dtype(column.dtype):
        return Kind("boolean")
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        return Kind("date", date_format="datetime")
    if pd.api.types.is_numeric_dtype(column.dtype):
        return _numeric(column, present, distinct)
    return _textual(column, present.astype(str).str.strip(), distinct)


def _numeric(column: pd.Series, present: pd.Series, distinct: int) -> Kind:
    if is_identifier(column, present, distinct):
        return Kind("identifier")
    notes = tuple(("sentinel", sentinel) for sentinel in _sentinels(present))
    if distinct == 2 and set(present.unique()) <= {0, 1}:
        return Kind("boolean", notes=notes)
    return Kind("number", notes=notes)


def _textual(column: pd.Series, texts: pd.Series, distinct: int) -> Kind:
    values = pd.Series(texts.unique())
    counts = texts.value_counts()
    numbers = pd.to_numeric(values, errors="coerce")
    share = float(counts.loc[values[numbers.notna()]].sum() / len(texts))
    if share >= NUMERIC_TEXT_SHARE and distinct > 2:
        params = {"share": round(share, 4), "others": ", ".join(values[numbers.isna()][:3])}
        return Kind("number", from_text=True, notes=(("numeric_text", params),))
    found = find_date_format(values)
    if found:
        notes = (("ambiguous_date", {"format": found[0]}),) if found[1] else ()
        return Kind("date", date_format=found[0], from_text=True, notes=notes)
    if is_identifier(column, texts, distinct):
        return Kind("identifier")
    if distinct == 2:
        return Kind("boolean")
    length = float(values.str.len().mean())
    if distinct > 20 and (length > LONG_TEXT or values.str.split().str.len().mean() >= 5):
        return Kind("text")
    if distinct > MANY_TEXTS and distinct > 0.5 * len(texts):
        return Kind("text")
    return Kind("category")


def is_identifier(column: pd.Series, present: pd.Series, distinct: int) -> bool:
    """Whether a column only names its rows.

    All distinct text without blanks; whole numbers that count the rows; or an id-like name with
    more than 95 % distinct values. Short tables are never judged.
    """
    if len(present) < MIN_ROWS_FOR_IDS:
        return False
    share = distinct / len(present)
    named = bool(ID_NAME.search(str(column.name)))
    if pd.api.types.is_numeric_dtype(present.dtype):
        values = present.to_numpy(dtype=float)
        if not np.all(values == np.floor(values)):
            return False
        steps = np.diff(values)
        counter = share == 1 and bool(np.all(steps == steps[0])) and steps[0] != 0
        return counter or (named and share > UNIQUE_SHARE)
    if named and share > UNIQUE_SHARE:
        return True
    return share == 1 and not bool(present.str.contains(r"\s", regex=True).mean() > 0.5)


def find_date_format(values: pd.Series) -> tuple[str, bool] | None:
    """Find the one date format that fits at least 95 % of the distinct texts.

    Returns
    -------
    tuple of (str, bool) or None
        The format, and whether day and month could also be read the other way round.
    """
    sample = values.iloc[:: max(1, len(values) // 2000)]
    if float(sample.str.match(SHAPE_OF_DATE).mean()) < DATE_SHARE:
        return None
    fitting = [form for form in DATE_FORMATS if float(moments_of(sample, form).notna().mean()) >= DATE_SHARE]
    if not fitting:
        return None
    return fitting[0], len({form.replace("%d", "%m") for form in fitting}) < len(fitting)


def moments_of(texts: pd.Series, form: str) -> pd.Series:
    """Texts read by one date format; what does not fit is missing, a time zone is turned into UTC and left out.

    >>> moments_of(pd.Series(["2024-03-30T12:00:00+01:00", "2024-03-31T12:00:00+02:00", "x"]), "ISO8601").dt.hour.tolist()
    [11.0, 10.0, nan]
    """
    read_as = (
        "ISO8601" if form == "datetime" else form
    )  # a column of moments comes back as ISO text in a request
    # some values may have a zone and some none, or another one after a change of the clock
    return pd.to_datetime(texts, format=read_as, errors="coerce", utc=True).dt.tz_localize(None)


def _sentinels(present: pd.Series) -> list[dict[str, Any]]:
    """Odd single values far off the rest (-1, 999, 9999 ...) that stand for "unknown".

    Only a value that is the extreme, comes in at least 1 % of the rows, and is of the usual
    form; -1 when all other values are not negative.
    """
    counts = present.value_counts()
    found = []
    low, high = float(present.min()), float(present.max())
    for value in (low, high):
        share = float(counts.get(value, 0)) / len(present)
        if share < 0.01 or len(counts) < 5:
            continue
        rest = present[present != value]
        negative = value in (-1, -9, -99, -999, -9999) and float(rest.min()) >= 0
        nines = value in (99, 999, 9999, 99999, 999999) and value > 3 * float(rest.max())
        if negative or nines:
            found.append({"value": value, "share": round(share, 4)})
    return found
