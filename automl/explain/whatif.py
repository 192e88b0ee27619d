"""What if: other values in a row, and the smallest change that leads to another answer."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from automl.explain.effects import readable, shown
from automl.explain.subject import Array, Subject
from automl.files import plain
from automl.recipe import ABSENT, apply_recipe, to_categories, to_numbers
from automl.texts import note

MOST_CHANGES = 3
PLACES = 9  # values tried per number
NAMES = 8  # names tried per category
TRIED_COLUMNS = 8  # that take part in changes of several columns
BISECTIONS = 12
ANSWERS = 3  # different ways that are told

Change = dict[str, Any]


def changed_answer(subject: Subject, row: pd.DataFrame, changes: Change) -> dict[str, Any]:
    """The answer before and after changes, and what each change does alone.

    Parameters
    ----------
    row : pandas.DataFrame
        One raw row.
    changes : dict
        New values by column.
    """
    alone = [{name: value} for name, value in changes.items()]
    rows = [row, _with(subject, row, changes), *(_with(subject, row, each) for each in alone)]
    answers = _answers(subject, rows)
    before, after = _outcome(subject, answers[0]), _outcome(subject, answers[1])
    focus = _focus(subject, answers[0])
    scores = [_score(subject, each, focus) for each in answers]
    words = {"before": readable(subject, scores[0]), "after": readable(subject, scores[1])}
    if not changes:
        text = note("whatif_same", **words)
    elif before["said"] != after["said"] and subject.task != "regression":
        text = note("whatif_flips", said=after["said"], **words)
    else:
        text = note("whatif_moves", **words)
    effects = [
        {"column": name, "value": plain(value), "answer": score, "effect": score - scores[0]}
        for (name, value), score in zip(changes.items(), scores[2:], strict=True)
    ]
    return {
        "before": before | {"answer": scores[0]},
        "after": after | {"answer": scores[1]},
        "focus": None if focus is None else subject.classes[focus],
        "effects": effects,
        "sentences": [text, note("change_warning")],
    }


def smallest_change(
    subject: Subject, row: pd.DataFrame, goal: str | float, allowed: list[str]
) -> dict[str, Any]:
    """The smallest change of up to three allowed columns that reaches a goal.

    Size counts how far a number moves through the values of the holdout (its percentile), and one
    half for another name. Single columns are tried first, then pairs and triples of those that
    help most; numbers are then moved back as far as the goal allows.

    Parameters
    ----------
    goal : str or float
        The class to reach, or the estimate to reach from the present side.
    allowed : list of str
        Columns that may be changed; locked ones are left out in any case.

    Returns
    -------
    dict
        ``goal``, ``tried`` (columns), ``ways`` (changes, size, answer) and ``sentences``.
    """
    names = [name for name in allowed if name in subject.steps and name not in subject.locked]
    found: dict[str, Any] = {"goal": plain(goal), "tried": names, "ways": []}
    reached, progress = _goal(subject, row, goal)
    present = _answers(subject, [row])
    if reached(present)[0]:
        return found | {"sentences": [note("change_already")]}
    options = {name: _options(subject, row, name) for name in names}
    singles = [{name: value} for name, values in options.items() for value in values]
    ways, best = _tried(subject, row, singles, reached, progress)
    for size in range(2, MOST_CHANGES + 1):
        if ways:
            break
        helpful = [name for name in best if best[name][0] > progress(present)[0]][:TRIED_COLUMNS]
        pool = {name: best[name][1] for name in helpful}
        sets = [
            dict(zip(group, values, strict=True))
            for group in combinations(pool, size)
            for values in _grid([pool[name] for name in group])
        ]
        ways, _ = _tried(subject, row, sets, reached, progress)
    ways = [_moved_back(subject, row, way, reached) for way in _different(subject, row, ways)]
    ways = sorted(ways, key=lambda way: _size(subject, row, way))
    return found | _told(subject, row, goal, ways)


def _goal(
    subject: Subject, row: pd.DataFrame, goal: str | float
) -> tuple[Callable[[Array], Any], Callable[[Array], Any]]:
    """Whether answers reach the goal, and how near they come (more is nearer)."""
    if subject.task == "regression":
        wanted, start = float(goal), float(_answers(subject, [row])[0])
        sign = 1.0 if wanted >= start else -1.0
        return (lambda a: sign * (a - wanted) >= 0), (lambda a: sign * a)
    number = subject.classes.index(str(goal))
    if subject.task == "binary":
        limit = float(subject.meta.get("threshold", 0.5))
        if number == 1:
            return (lambda a: a[:, 1] >= limit), (lambda a: a[:, 1])
        return (lambda a: a[:, 1] < limit), (lambda a: -a[:, 1])
    return (lambda a: a.argmax(axis=1) == number), (lambda a: a[:, number])


def _options(subject: Subject, row: pd.DataFrame, column: str) -> list[Any]:
    """Values worth trying: places through the holdout for numbers, frequent names for categories."""
    step = subject.steps[column]
    if step["kind"] == "number":
        values = to_numbers(subject.raw[column])
        known = values[np.isfinite(values)]
        if not len(known):
            return []
        places = np.unique(np.quantile(known, np.linspace(0.02, 0.98, PLACES), method="nearest"))
        own = to_numbers(row[column])[0]
        return [float(value) for value in places if value != own]
    if step["kind"] == "category":
        own = to_categories(row[column])[0]
        names = pd.Series(to_categories(subject.raw[column])).value_counts().index
        return [str(name) for name in names[:NAMES] if name not in (own, ABSENT)]
    return []


def _tried(
    subject: Subject,
    row: pd.DataFrame,
    changes: list[Change],
    reached: Callable[[Array], Any],
    progress: Callable[[Array], Any],
) -> tuple[list[Change], dict[str, tuple[float, list[Any]]]]:
    """Changes that reach the goal; per column how near its best values come, the nearest first."""
    if not changes:
        return [], {}
    answers = _answers(subject, [_with(subject, row, change) for change in changes])
    arrived, near = reached(answers), progress(answers)
    ways = [change for change, is_there in zip(changes, arrived, strict=True) if is_there]
    best: dict[str, tuple[float, list[Any]]] = {}
    for place in np.argsort(-near, kind="stable"):
        change = changes[place]
        if len(change) == 1:
            name, value = next(iter(change.items()))
            kept = best.setdefault(name, (float(near[place]), []))[1]
            if len(kept) < 3:
                kept.append(value)
    return ways, best


def _grid(pools: list[list[Any]]) -> list[tuple[Any, ...]]:
    grid: list[tuple[Any, ...]] = [()]
    for pool in pools:
        grid = [(*start, value) for start in grid for value in pool]
    return grid


def _different(subject: Subject, row: pd.DataFrame, ways: list[Change]) -> list[Change]:
    """The smallest way per set of columns."""
    kept: dict[tuple[str, ...], Change] = {}
    for way in sorted(ways, key=lambda each: _size(subject, row, each)):
        kept.setdefault(tuple(sorted(way)), way)
    return list(kept.values())[:ANSWERS]


def _moved_back(subject: Subject, row: pd.DataFrame, way: Change, reached: Callable[[Array], Any]) -> Change:
    """Move each number back towards its present value while the goal is still reached."""
    way = dict(way)
    for name, value in list(way.items()):
        own = to_numbers(row[name])[0] if subject.steps[name]["kind"] == "number" else np.nan
        if not np.isfinite(own):
            continue
        known = to_numbers(subject.raw[name])
        whole = bool(np.all(known[np.isfinite(known)] % 1 == 0))
        near, far = float(own), float(value)
        for _ in range(BISECTIONS):
            middle = (near + far) / 2
            tried = _tidy(middle, far, whole=whole)
            if reached(_answers(subject, [_with(subject, row, way | {name: tried})]))[0]:
                way[name], far = tried, middle
            else:
                near = middle
    return way


def _tidy(value: float, towards: float, *, whole: bool) -> float:
    """A value people would write: whole where all values are, else three figures, never short of the goal."""
    if whole:
        return float(np.ceil(value) if towards > value else np.floor(value))
    return float(f"{value:.3g}")


def _size(subject: Subject, row: pd.DataFrame, way: Change) -> float:
    total = 0.0
    for name, value in way.items():
        if subject.steps[name]["kind"] != "number":
            total += 0.5
            continue
        known = np.sort(to_numbers(subject.raw[name]))
        known = known[np.isfinite(known)]
        own = to_numbers(row[name])[0]
        places = np.searchsorted(known, [value, own if np.isfinite(own) else np.median(known)])
        total += abs(float(places[0] - places[1])) / max(len(known), 1) + 0.01
    return total


def _told(subject: Subject, row: pd.DataFrame, goal: str | float, ways: list[Change]) -> dict[str, Any]:
    label = f"{goal:g}" if isinstance(goal, float) else goal
    if not ways:
        return {"ways": [], "sentences": [note("change_none", most=MOST_CHANGES, goal=label)]}
    answers = _answers(subject, [_with(subject, row, way) for way in ways])
    told, sentences = [], []
    focus = None if subject.task == "regression" else subject.classes.index(str(goal))
    name = "change_found_number" if subject.task == "regression" else "change_found"
    for way, answer in zip(ways, answers, strict=True):
        told.append(
            {
                "changes": [
                    {"column": c, "from": _cell(subject, row, c), "to": plain(shown(v))}
                    for c, v in way.items()
                ],
                "size": _size(subject, row, way),
                "answer": _score(subject, answer, focus),
            }
        )
        words = ", ".join(f"{c} = {shown(v)}" for c, v in way.items())
        sentences.append(note(name, goal=label, changes=words))
    return {"ways": told, "sentences": [*sentences, note("change_warning")]}


def _cell(subject: Subject, row: pd.DataFrame, column: str) -> Any:
    if subject.steps[column]["kind"] == "number":
        own = to_numbers(row[column])[0]
        return plain(shown(own)) if np.isfinite(own) else None
    own = to_categories(row[column])[0]
    return None if own == ABSENT else str(own)


def _with(subject: Subject, row: pd.DataFrame, changes: Change) -> pd.DataFrame:
    changed = row.copy(deep=False)
    for name, value in changes.items():
        moment = pd.api.types.is_datetime64_any_dtype(row[name].dtype)
        given = pd.to_datetime(pd.Series([value]), errors="coerce") if moment else [value]
        changed[name] = pd.Series(given, dtype=None if moment else object).set_axis(row.index)
        if subject.steps[name]["kind"] == "number":
            changed[name] = to_numbers(changed[name])
    return changed


def _answers(subject: Subject, rows: list[pd.DataFrame]) -> Array:
    """All rows through recipe and model at once."""
    names = list(subject.steps)
    frame = pd.concat([each[names] for each in rows], ignore_index=True)
    return subject.answers(apply_recipe(frame, subject.recipe))


def _focus(subject: Subject, answer: Any) -> int | None:
    if subject.task == "regression":
        return None
    return 1 if subject.task == "binary" else int(np.argmax(answer))


def _score(subject: Subject, answer: Any, focus: int | None) -> float:
    return float(answer if focus is None else answer[focus])


def _outcome(subject: Subject, answer: Any) -> dict[str, Any]:
    if subject.task == "regression":
        return {"said": float(answer)}
    said = int(np.argmax(answer))
    if subject.task == "binary":
        said = int(answer[1] >= subject.meta.get("threshold", 0.5))
    return {"said": subject.classes[said]}
