"""Guardrails about values: stand-ins for "unknown", infinities, mixed kinds, impossible dates, spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from automl.guardrails.registry import Alert, TableView, check, limit
from automl.profiling import date_values

UNKNOWN = re.compile(
    r"^(unknown|unk|n/?a|none|null|nil|missing|not available|inconnu|\?+|-+|\.+|#n/a)$", re.IGNORECASE
)
EARLIEST, LATEST = pd.Timestamp("1900-01-01"), pd.Timestamp("2100-01-01")
PLACEHOLDERS = {pd.Timestamp(day) for day in ("1900-01-01", "1970-01-01", "9999-12-31", "2099-12-31")}
YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)")


def _texts(view: TableView) -> Iterator[tuple[str, pd.Series]]:
    """Text columns of the features: the distinct values as counts."""
    for name in view.features:
        column = view.frame[name]
        if pd.api.types.is_object_dtype(column.dtype) or isinstance(column.dtype, pd.StringDtype):
            yield name, column.dropna().astype(str).value_counts()


@check(
    "sentinel_values",
    "pre_train",
    "warn",
    "DataRobot: disguised missing values; own: an odd extreme in 1 % of the rows",
    "missing-values",
    0.01,
    certainty="likely",
)
def sentinel_values(view: TableView) -> list[Alert]:
    """-1, 999 and the like stand for "unknown"."""
    alerts = []
    for name in view.features:
        for code, found in view.kinds[name].notes:
            if code == "sentinel":
                params = {"label": f"{found['value']:g}", "percent": round(100 * found["share"], 1)}
                alerts.append(Alert(found["share"], (name,), params))
    return alerts


@check(
    "unknown_words",
    "pre_train",
    "info",
    "practice: words that mean nothing was known",
    "missing-values",
    0.01,
    stricter="lower",
    certainty="likely",
)
def unknown_words(view: TableView) -> list[Alert]:
    """ "unknown", "n/a" or "?" stand for a missing value."""
    shares: dict[str, float] = {}
    words: dict[str, None] = {}
    for name, counts in _texts(view):
        found = [value for value in counts.index[:500] if UNKNOWN.match(value.strip())]
        share = float(counts[found].sum() / max(len(view.frame), 1))
        if found and share >= limit("unknown_words"):
            shares[name] = share
            words |= dict.fromkeys(found)
    if not shares:
        return []
    return [Alert(max(shares.values()), tuple(shares), {"label": ", ".join(list(words)[:3])})]


@check("numeric_text", "pre_train", "info", "own: 95 % of the texts are numbers", "data-quality", 0.95)
def numeric_text(view: TableView) -> list[Alert]:
    """Numbers written as text, with a few others among them that become missing."""
    alerts = []
    for name in view.features:
        kind = view.kinds[name]
        for code, found in kind.notes:
            if code == "numeric_text":
                others = found["others"].strip(" ,")
                variant = (
                    None if others else "numeric_text_blank" if found["share"] < 1 else "numeric_text_clean"
                )
                alerts.append(Alert(found["share"], (name,), {"others": others}, variant=variant))
    return alerts


@check(
    "mixed_types",
    "pre_train",
    "warn",
    "practice: between 20 % and 95 % numbers among texts",
    "data-quality",
    0.2,
    certainty="likely",
)
def mixed_types(view: TableView) -> list[Alert]:
    """A column mixes numbers and words."""
    mixed = {}
    for name, counts in _texts(view):
        if view.kinds[name].name not in ("category", "text", "identifier") or len(counts) < 10:
            continue
        numbers = pd.to_numeric(pd.Series(counts.index), errors="coerce").notna().to_numpy()
        share = float(counts.to_numpy()[numbers].sum() / counts.sum())
        if 0.2 <= share < 0.95 and numbers.sum() >= 5:
            mixed[name] = share
    if not mixed:
        return []
    return [Alert(max(mixed.values()), tuple(mixed), {"percent": round(100 * max(mixed.values()))})]


@check("infinite_values", "pre_train", "warn", "arithmetic: infinity cannot be averaged", "data-quality", 0)
def infinite_values(view: TableView) -> list[Alert]:
    """Infinities, most often from a division by zero; they count as missing."""
    counts = {
        name: view.infinities(name)
        for name in view.frame.columns
        if pd.api.types.is_float_dtype(view.frame[name].dtype)
    }
    found = {name: rows for name, rows in counts.items() if rows}
    return [Alert(sum(found.values()), tuple(found), {"rows": sum(found.values())})] if found else []


@check(
    "odd_dates",
    "pre_train",
    "warn",
    "practice: before 1900, after 2100, or one placeholder day in 5 % of the rows",
    "data-quality",
    0.05,
    certainty="likely",
)
def odd_dates(view: TableView) -> list[Alert]:
    """Dates that cannot be, or a placeholder such as 1 January 1900."""
    alerts = []
    for name in view.frame.columns:
        kind = view.kinds[name]
        if kind.name == "date":
            found = _odd_share(view.frame[name], kind.date_format or "ISO8601")
            if found:
                label, rows = found
                alerts.append(Alert(rows, (name,), {"label": label, "rows": rows}))
    return alerts


def _odd_share(column: pd.Series, form: str) -> tuple[str, int] | None:
    moments = date_values(column, form)
    far = (moments < EARLIEST) | (moments > LATEST)
    if not pd.api.types.is_datetime64_any_dtype(column.dtype):
        unread = column.notna() & moments.isna()  # pandas cannot hold 9999 in nanoseconds
        years = column[unread].astype(str).str.extract(YEAR)[0]
        far |= years.reindex(column.index).astype(float).gt(2100).fillna(value=False)
    if far.any():
        return str(column[far].iloc[0])[:30], int(far.sum())
    counts = moments.dt.normalize().value_counts()
    for day, rows in counts.head(1).items():
        if day in PLACEHOLDERS and rows >= 0.05 * len(column) and len(counts) > 2:
            return str(day.date()), int(rows)
    return None


@check(
    "spelling_variants",
    "pre_train",
    "warn",
    "arithmetic: values equal but for case and blanks",
    "categories",
    1,
)
def spelling_variants(view: TableView) -> list[Alert]:
    """One value written in several ways: "Paris", "paris ", "PARIS"."""
    pairs: list[str] = []
    columns = []
    for name, counts in _texts(view):
        if view.kinds[name].name not in ("category", "boolean") or len(counts) > 5_000:
            continue
        values = pd.Series(counts.index)
        keys = values.str.casefold().str.strip().str.replace(r"\s+", " ", regex=True)
        twice = keys[keys.duplicated(keep=False)]
        if len(twice):
            same = values[keys == twice.iloc[0]]
            pairs.append(" / ".join(repr(value) for value in same[:3]))
            columns.append(name)
    return [Alert(len(columns), tuple(columns), {"pairs": "; ".join(pairs[:3])})] if columns else []
