"""What is explained at the end of a search, within the time that is left for it."""

from __future__ import annotations

import time
from typing import Any

from automl.explain.cohorts import telling_rows, worst_cohorts, worst_rows
from automl.explain.decisions import decision_curve
from automl.explain.effects import ALE_ROWS, GRID, ROWS, effect_of
from automl.explain.subject import Subject
from automl.files import plain

TOP = 5  # columns that get their curves at once
ROWS_PER_CURVE = GRID * ROWS + 2 * ALE_ROWS  # that a pair of curves asks the model about


def explain_holdout(subject: Subject, importance: list[dict[str, Any]], seconds: float) -> dict[str, Any]:
    """Everything cheap about a model, the most useful first; what time does not allow is left out.

    Parameters
    ----------
    subject : Subject
        Model and holdout.
    importance : list of dict
        From ``permutation_importance``; its first columns get their curves.
    seconds : float
        Time for all of it. The first parts are always made: they are a matter of milliseconds.

    Returns
    -------
    dict
        ``decision`` (binary only), ``cohorts``, ``worst_rows``, ``rows`` (telling ones: numbers
        of holdout rows and what was said, no values), ``effects``, ``missing`` (columns there
        was no time for) and ``overview`` (mean size of exact contributions, where they are cheap).
    """
    end = time.monotonic() + seconds
    ready, begun = subject.ready, time.monotonic()
    answers = subject.answers(ready)
    per_row = (time.monotonic() - begun) / max(len(answers), 1)
    found: dict[str, Any] = {
        "decision": None,
        "effects": [],
        "missing": [],
        "rows_kept_apart": len(subject.y),
    }
    if subject.task == "binary":
        found["decision"] = decision_curve(subject.y, answers[:, 1])
    found["cohorts"] = worst_cohorts(subject, answers)
    found["worst_rows"] = worst_rows(subject, answers)
    found["rows"] = telling_rows(subject, answers)
    for each in importance[:TOP]:
        if each["mean"] is None or each["column"] not in subject.steps:
            continue
        if time.monotonic() + per_row * ROWS_PER_CURVE > end:
            found["missing"].append(each["column"])
            continue
        found["effects"].append(effect_of(subject, each["column"]))
    found["overview"] = None
    if time.monotonic() < end:
        found["overview"] = _overview(subject, end)
    return dict(plain(found))


def _overview(subject: Subject, end: float) -> dict[str, Any] | None:
    """Mean size of the contributions, where they are exact and therefore cheap."""
    from automl.explain.trees import exact_contributions

    rows = subject.sample(500)
    ready = subject.ready.iloc[rows].reset_index(drop=True)
    begun = time.monotonic()
    first = exact_contributions(subject, ready.iloc[:20], subject.focus, ready)
    if first is None or time.monotonic() + 25 * (time.monotonic() - begun) > end:
        return None
    parts, _, scale = exact_contributions(subject, ready, subject.focus, ready) or first
    size = abs(parts).mean(axis=0)
    order = (-size).argsort(kind="stable")
    columns = list(subject.steps)
    return {
        "scale": scale,
        "rows": len(parts),
        "columns": [{"column": columns[place], "mean_size": float(size[place])} for place in order],
    }
