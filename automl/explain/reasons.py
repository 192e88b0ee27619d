"""Why this row: signed contributions of each column, in figures and in words."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from automl.explain.effects import readable, readable_values, shown
from automl.explain.subject import Array, Subject
from automl.explain.trees import exact_contributions
from automl.files import plain
from automl.recipe import ABSENT, apply_recipe
from automl.texts import note

ROUNDS = 60  # orders of the columns, each walked both ways
BACKGROUND = 500
STRONG, CLEAR = 0.3, 0.1  # share of all that speaks for or against
SPOKEN = 5  # columns that get a sentence


def explain_rows(
    subject: Subject, raw: pd.DataFrame, *, rounds: int = ROUNDS, seconds: float = 20.0
) -> list[dict[str, Any]]:
    """Explain rows.

    Exact Shapley values where they are cheap (LightGBM, linear); otherwise sampled ones
    (Strumbelj and Kononenko 2014) on the scale of the answer itself, with their standard error.

    Parameters
    ----------
    raw : pandas.DataFrame
        Raw rows with all columns that the model uses.
    rounds : int
        Orders of the columns that are sampled per row.
    seconds : float
        Time for all rows; rows that it does not reach have no contributions.

    Returns
    -------
    list of dict
        ``answer``, ``said``, ``focus``, ``base``, ``method``, ``scale``, ``contributions`` (greatest
        first: column, value, contribution, share, error) and ``sentences``.
    """
    ready = apply_recipe(raw.reset_index(drop=True), subject.recipe)
    answers = subject.answers(ready)
    background = subject.ready.iloc[subject.sample(BACKGROUND)].reset_index(drop=True)
    end, explained = time.monotonic() + seconds, []
    for number in range(len(ready)):
        focus = subject.focus
        if subject.task == "multiclass":
            focus = int(answers[number].argmax())
        row = ready.iloc[[number]]
        found = exact_contributions(subject, row, focus, background)
        if found is not None:
            parts, base, scale = found
            values, errors, method = parts[0], np.zeros(parts.shape[1]), "exact"
        elif time.monotonic() < end:
            values, errors, base = sampled_contributions(subject, row, background, focus, rounds, end)
            scale, method = ("unit" if subject.task == "regression" else "probability"), "sampled"
        else:
            break
        answer = answers[number] if subject.task == "regression" else answers[number, focus]
        told = _told(subject, raw.iloc[[number]], values, errors)
        explained.append(
            _said(subject, answers[number], focus)
            | {"answer": float(answer), "base": base, "method": method, "scale": scale}
            | {"contributions": told, "sentences": _sentences(subject, told, float(answer), focus)}
        )
    return explained


def sampled_contributions(
    subject: Subject, row: pd.DataFrame, background: pd.DataFrame, focus: int, rounds: int, end: float
) -> tuple[Array, Array, float]:
    """Shapley values by sampled orders, each also walked backwards to halve the noise.

    Returns
    -------
    tuple of (ndarray, ndarray, float)
        Contributions, their standard errors, and the mean answer that they add to.
    """
    rng = np.random.default_rng(subject.question.seed)
    columns = list(subject.steps)
    pairs: list[Array] = []
    bases: list[float] = []
    while len(pairs) < rounds and (len(pairs) < 4 or time.monotonic() < end):
        batch = min(10, rounds - len(pairs))
        walks = []
        for _ in range(batch):
            order = rng.permutation(len(columns))
            other = background.iloc[int(rng.integers(len(background)))]
            walks += [(order, other), (order[::-1], other)]
        frame = pd.concat([_walk(subject, row, other, order) for order, other in walks], ignore_index=True)
        scores = subject.score(frame, focus).reshape(len(walks), len(columns) + 1)
        steps = np.zeros((len(walks), len(columns)))
        for place, (order, _) in enumerate(walks):
            steps[place, order] = np.diff(scores[place])
        pairs += list((steps[0::2] + steps[1::2]) / 2)
        bases += scores[0::2, 0].tolist()
    found = np.array(pairs)
    error = found.std(axis=0, ddof=1) / np.sqrt(len(found)) if len(found) > 1 else np.zeros(len(columns))
    return found.mean(axis=0), error, float(np.mean(bases))


def _walk(subject: Subject, row: pd.DataFrame, other: pd.Series, order: Any) -> pd.DataFrame:
    """Rows that change from another row to this one, one raw column after the other."""
    steps = list(subject.steps.values())
    walked: dict[str, list[Any]] = {}
    turns = {int(column): turn for turn, column in enumerate(order, start=1)}
    for number, step in enumerate(steps):
        for name in step["outputs"]:
            before, after, turn = other[name], row[name].iloc[0], turns[number]
            walked[name] = [before] * turn + [after] * (len(steps) + 1 - turn)
    return pd.DataFrame(walked)[list(row.columns)].astype(row.dtypes.to_dict())


def _said(subject: Subject, answer: Any, focus: int) -> dict[str, Any]:
    if subject.task == "regression":
        return {"said": float(answer), "focus": None}
    said = int(np.argmax(answer))
    if subject.task == "binary":
        said = int(answer[1] >= subject.meta.get("threshold", 0.5))
    return {"said": subject.classes[said], "focus": subject.classes[focus]}


def value_of(subject: Subject, raw: pd.DataFrame, column: str) -> Any:
    """A cell as a person reads it."""
    value = readable_values(raw[column], subject.steps[column]).iloc[0] if column in raw else None
    if subject.steps[column]["kind"] == "text":
        value = raw[column].iloc[0]
        return None if value is None else str(value)[:80]
    return None if value is None or value != value or value == ABSENT else plain(shown(value))


def _told(subject: Subject, raw: pd.DataFrame, values: Array, errors: Array) -> list[dict[str, Any]]:
    total = max(float(np.abs(values).sum()), 1e-12)
    told = [
        {
            "column": column,
            "value": value_of(subject, raw, column),
            "contribution": float(value),
            "share": float(abs(value) / total),
            "error": float(error),
        }
        for column, value, error in zip(subject.steps, values, errors, strict=True)
    ]
    return sorted(told, key=lambda each: -each["share"])


def _sentences(
    subject: Subject, told: list[dict[str, Any]], answer: float, focus: int
) -> list[dict[str, Any]]:
    name = "reason_answer" if subject.task == "regression" else "reason_probability"
    label = subject.classes[focus] if subject.classes else ""
    said = [note(name, answer=readable(subject, answer), label=label, target=subject.meta["target"])]
    for each in told[:SPOKEN]:
        doubtful = abs(each["contribution"]) <= 2 * each["error"]
        if each["share"] < 0.03 or doubtful:
            continue
        way = "up" if each["contribution"] > 0 else "down"
        force = "strong" if each["share"] >= STRONG else "clear" if each["share"] >= CLEAR else "slight"
        value = "–" if each["value"] is None else each["value"]
        said.append(note(f"reason_{way}_{force}", column=each["column"], value=value))
    return said
