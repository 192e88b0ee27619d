"""Guardrails about change: do later rows, or a new version of the table, look like the earlier ones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from automl.guardrails.registry import Alert, TableView, check, limit
from automl.guardrails.scores import MODEL_COLUMNS, matrix_of, quick_models
from automl.kinds import Kind, find_kind
from automl.profiling import date_values
from automl.recipe import to_numbers

LEAST_ROWS = 200


def telling_apart(
    old: pd.DataFrame, new: pd.DataFrame, names: list[str], kinds: dict[str, Kind] | None = None
) -> tuple[float, list[str]]:
    """Adversarial validation: can a model tell new rows from old ones?

    Returns
    -------
    tuple of (float, list of str)
        The AUC of a model that guesses where a row comes from (0.5: no difference), and the
        columns that give it away, the most telling first.
    """
    names = names[:MODEL_COLUMNS]
    rows = min(len(old), len(new), 3_000)
    if rows < LEAST_ROWS // 4 or not names:
        return 0.5, []
    both = pd.concat([old[names].sample(rows, random_state=0), new[names].sample(rows, random_state=0)])
    both = both.reset_index(drop=True)
    known = kinds or {name: find_kind(both[name]) for name in names}
    side = np.r_[np.zeros(rows), np.ones(rows)]
    models = quick_models(matrix_of(both, names, known), side, "binary")
    gains = np.sum([np.asarray(gain, dtype=float) for _, gain in models], axis=0)
    telling = [names[at] for at in np.argsort(-gains) if gains[at] > 0.1 * gains.sum()]
    return float(np.mean([score for score, _ in models])), telling[:5]


def seconds_of(view: TableView, name: str) -> Any:
    """The clock of each row in seconds: a date, or a number as it is."""
    kind = view.kinds[name]
    if kind.name == "date":
        days = date_values(view.frame[name], kind.date_format or "ISO8601")
        return ((days - pd.Timestamp("2000-01-01")).dt.total_seconds()).to_numpy()
    return to_numbers(view.frame[name])


def _moves_with_time(view: TableView, name: str, moments: Any) -> bool:
    """A counter or another clock: it would tell the time, not a change of the rows."""
    if view.kinds[name].name in ("date", "identifier", "constant"):
        return True
    if view.kinds[name].name != "number":
        return False
    known = np.isfinite(moments)
    ranks = pd.DataFrame({"a": to_numbers(view.frame[name])[known], "b": moments[known]}).rank()
    return bool(abs(ranks.corr().iloc[0, 1]) > 0.95)


@check(
    "change_over_time",
    "pre_train",
    "warn",
    "H2O: AUC above 0.7 when guessing where a row comes from",
    "time",
    0.7,
    stricter="lower",
    certainty="likely",
)
def change_over_time(view: TableView) -> list[Alert]:
    """The latest fifth of the rows looks different from the rest."""
    dated = view.question.with_role("time") or [
        n for n in view.frame.columns if view.kinds[n].name == "date" and n != view.question.target
    ]
    dated = [n for n in dated if n in view.frame.columns]
    if not dated or (len(dated) > 1 and not view.question.with_role("time")):
        return []  # several dates: only a person knows which one is the clock
    moments = seconds_of(view, dated[0])
    known = np.flatnonzero(np.isfinite(moments))
    if len(known) < LEAST_ROWS:
        return []
    edge = np.quantile(moments[known], 0.8)
    names = [n for n in view.usable if n not in dated and not _moves_with_time(view, n, moments)]
    late = moments > edge
    old, new = view.frame[np.isfinite(moments) & ~late], view.frame[late]
    score, telling = telling_apart(old, new, names, view.kinds)
    params = {"score": round(score, 3), "clock": dated[0]}
    return [Alert(score, tuple(telling), params)] if score >= limit("change_over_time") else []


@check(
    "change_of_version",
    "pre_train",
    "warn",
    "H2O: AUC above 0.7 when guessing where a row comes from",
    "time",
    0.7,
    stricter="lower",
    certainty="likely",
)
def change_of_version(view: TableView) -> list[Alert]:
    """Rows of this version look different from those of the version before."""
    if view.earlier is None:
        return []
    same = [n for n in view.usable if n in view.earlier.columns]
    names = [n for n in same if view.kinds[n].name != "date"]
    score, telling = telling_apart(view.earlier, view.frame, names)
    params = {"score": round(score, 3)}
    return [Alert(score, tuple(telling), params)] if score >= limit("change_of_version") else []


def check_new_rows(training: pd.DataFrame, rows: pd.DataFrame, names: list[str]) -> dict[str, Any]:
    """Tell whether rows to be scored look like the rows a model learned from (adversarial validation).

    Returns
    -------
    dict
        ``score`` (AUC, 0.5 means alike), ``differs`` and ``columns``, the most telling first.
    """
    score, telling = telling_apart(training, rows, [n for n in names if n in rows.columns])
    return {"score": score, "differs": score >= limit("change_of_version"), "columns": telling}
