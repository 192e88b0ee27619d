"""Guardrails about leakage: columns that know the answer because they were written after it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from automl.guardrails.registry import Alert, TableView, check, limit
from automl.guardrails.scores import MODEL_COLUMNS, matrix_of, model_score
from automl.guardrails.shift import seconds_of
from automl.recipe import to_categories, to_numbers
from automl.sensitive import words_of

BLOCK = 0.975
DOMINANT_FROM = {"regression": 0.6, "classes": 0.70}  # a weak best feature leads by chance
GAP = 0.10
EASY = 0.5  # share of the best excess over chance that the middle column of an easy question reaches
CHANCE = 1e-7  # ten thousand values looked at: one false alarm in a thousand tables
LEAST_TRIGGERS = 10
NEAR_COPY = 0.9
AFTER = (
    r"outcome|result|resultat|final|closed|closing|closure|cloture|cancell?ed|cancellation|annulation|resilie|"
    r"refund(ed)?|rembourse|resolved|resolution|settled|settlement|payout|paid_out|indemnite|decision|"
    r"termination|terminated|end_date|date_fin|reason|motif|collection|recovery|recouvrement|writeoff|"
    r"written_off|charge_?off|after|apres|post|actual|realised|realized|loss_amount|claim_paid|follow_?up|"
    r"days_(past_due|to_event|until)|exit_date|churn_date|left_date|death|deces|discharge"
)
PLANNED = re.compile(
    r"(^|_)(due|deadline|expir\w*|until|plan\w*|prevu\w*|echeance|maturity|renewal|schedul\w*)(_|$)"
)
LEAST_DATES = 50
AFTER_NAME = re.compile(rf"(^|_)({AFTER})(_|$)")


def _answers(view: TableView) -> bool:
    return view.sample is not None and view.target is not None


@check(
    "target_copy",
    "pre_train",
    "block",
    "arithmetic: one value of the column per answer",
    "target-leakage",
    1.0,
)
def target_copy(view: TableView) -> list[Alert]:
    """A feature is the target under another name, coding, scale or order-keeping change."""
    if not _answers(view):
        return []
    assert view.sample is not None and view.target is not None
    frame, y = view.sample
    regression = view.target.task == "regression"
    copies = [
        name
        for name in view.usable
        if view.feature_scores.get(name, 0) >= view.chance + 0.1  # cheap: what says little is no copy
        and (_same_order(to_numbers(frame[name]), y) if regression else _same_labels(frame[name], y))
    ]
    return [Alert(1.0, tuple(copies))] if copies else []


def _same_order(values: NDArray[np.float64], y: NDArray[Any]) -> bool:
    """Equal up to scale, or always in the same (or the opposite) order: log, square, rank."""
    known = np.isfinite(values)
    if known.sum() <= 10 or np.std(values[known]) == 0:
        return False
    a, b = values[known], y[known]
    if abs(np.corrcoef(a, b)[0, 1]) > 0.99999:
        return True
    ranks = [pd.Series(each).rank().to_numpy() for each in (a, b)]
    return bool(abs(np.corrcoef(*ranks)[0, 1]) > 0.9999) and len(np.unique(a)) > 20


def _same_labels(column: pd.Series, y: NDArray[Any]) -> bool:
    known = column.notna().to_numpy()
    if known.mean() < 0.5:
        return False
    codes = pd.factorize(to_categories(column[known]))[0].astype(np.int64)
    pairs = len(np.unique(codes * (int(y.max()) + 1) + y[known]))
    return pairs == len(np.unique(codes)) == len(np.unique(y))


@check(
    "target_near_copy",
    "pre_train",
    "justify",
    "own: as many values as answers, and 90 % of the way from guessing to agreeing always",
    "target-leakage",
    NEAR_COPY,
    stricter="lower",
    certainty="likely",
)
def target_near_copy(view: TableView) -> list[Alert]:
    """A feature is the target with a few slips: another clerk, a day later."""
    if not _answers(view) or view.target is None or view.target.task == "regression":
        return []
    assert view.sample is not None
    frame, y = view.sample
    base = float(np.bincount(y).max() / len(y))
    found = {}
    for name in view.usable:
        if not 2 <= frame[name].nunique() <= len(view.target.classes) + 1:
            continue
        codes = pd.factorize(to_categories(frame[name]))[0]
        agree = float(pd.crosstab(codes, y).max(axis=1).sum() / len(y))
        if base < 1 and (agree - base) / (1 - base) >= limit("target_near_copy"):
            found[name] = agree
    found = {name: share for name, share in found.items() if not _same_labels(frame[name], y)}
    if not found:
        return []
    return [Alert(max(found.values()), tuple(found), {"percent": round(100 * max(found.values()), 1)})]


@check(
    "target_sum",
    "pre_train",
    "block",
    "arithmetic: a sum of columns gives the target",
    "target-leakage",
    0.9999,
)
def target_sum(view: TableView) -> list[Alert]:
    """Several columns together make up the target: parts of a total, a difference, a product."""
    if not _answers(view) or view.target is None or view.target.task != "regression":
        return []
    assert view.sample is not None
    frame, y = view.sample
    names = [n for n in view.usable if view.kinds[n].name in ("number", "boolean")][:MODEL_COLUMNS]
    values = np.column_stack([to_numbers(frame[n]) for n in names]) if names else np.empty((len(y), 0))
    full = np.isfinite(values).all(axis=1)
    if len(names) < 2 or full.sum() < max(50, 5 * len(names)):
        return []
    x, t = values[full], y[full]
    for way, (a, b) in {"sum": (x, t), "product": _logs(x, t)}.items():
        parts = _parts(a, b) if len(b) else []
        if 2 <= len(parts) <= 6:
            return [Alert(1.0, tuple(names[at] for at in parts), variant=f"target_is_{way}")]
    return []


def _logs(x: NDArray[np.float64], t: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if (t <= 0).any():
        return x[:0], t[:0]
    positive = (x > 0).all(axis=0)
    return np.log(np.where(positive, x, 1.0)), np.log(t)


def _parts(x: NDArray[np.float64], t: NDArray[np.float64]) -> list[int]:
    """The few columns whose weighted sum is the target, or nothing."""
    spread = x.std(axis=0)
    use = np.flatnonzero(spread > 0)
    if len(use) < 2 or t.std() == 0:
        return []
    a = np.column_stack([(x[:, use] - x[:, use].mean(axis=0)) / spread[use]])
    b = (t - t.mean()) / t.std()
    weights, *_ = np.linalg.lstsq(a, b, rcond=None)
    if 1 - float(((b - a @ weights) ** 2).mean()) < 0.9999:
        return []
    needed = np.flatnonzero(np.abs(weights) > 0.01)
    again, *_ = np.linalg.lstsq(a[:, needed], b, rcond=None)
    exact = 1 - float(((b - a[:, needed] @ again) ** 2).mean()) >= 0.9999
    return [int(use[at]) for at in needed] if exact else []


@check(
    "target_leakage",
    "pre_train",
    "justify",
    "DataRobot: single-feature score 0.85 moderate, 0.975 high",
    "target-leakage",
    0.85,
    stricter="lower",
    certainty="likely",
)
def target_leakage(view: TableView) -> list[Alert]:
    """One feature alone predicts the target too well, or far better than any other.

    Where the middle column reaches half of the best one's excess over chance, the question is
    easy rather than leaking (flowers, tumours): then it is only said.
    """
    scores = sorted(view.feature_scores.items(), key=lambda item: -item[1])
    least = limit("target_leakage")
    alerts = []
    for name, score in scores:
        if score < least:
            break
        params = {"score": round(score, 3)}
        if _is_easy(view, score) and not AFTER_NAME.search(words_of(name)):
            alerts.append(
                Alert(
                    score, (name,), params, severity="info", variant="leakage_or_easy", certainty="possible"
                )
            )
        elif score >= BLOCK:
            alerts.append(Alert(score, (name,), params, severity="block", threshold=BLOCK))
        else:
            alerts.append(Alert(score, (name,), params))
    return alerts or _dominance(view, scores)


def _is_easy(view: TableView, score: float) -> bool:
    others = [value - view.chance for value in view.feature_scores.values()]
    return len(others) >= 4 and float(np.median(others)) >= EASY * (score - view.chance)


def _dominance(view: TableView, scores: list[tuple[str, float]]) -> list[Alert]:
    """The best column is far ahead of the second, and all others together do not make up for it."""
    if len(scores) < 2 or view.target is None:
        return []
    (name, best), (other, second) = scores[0], scores[1]
    enough = DOMINANT_FROM["regression" if view.target.task == "regression" else "classes"]
    if view.target.task == "regression":  # explains more than half of what the second leaves open
        ahead = 1 - best <= 0.5 * (1 - second)
    else:
        ahead = best - view.chance >= limit("leakage_lead") * max(second - view.chance, 0.01)
    ahead = ahead and best - second >= GAP
    if not (best >= enough and ahead):
        return []
    params = {"score": round(best, 3), "second": round(second, 3), "other": other}
    return [Alert(best, (name,), params, threshold=second, variant="leakage_dominance")]


@check(
    "leakage_lead",
    "pre_train",
    "justify",
    "own: all other columns together gain less than the excess over chance divided by 1.75",
    "target-leakage",
    1.75,
    stricter="lower",
    certainty="likely",
)
def leakage_lead(view: TableView) -> list[Alert]:
    """A model with one column is far better than a model with all the others.

    For amounts it is only said: an hour of the day or an age often carries most of the model.
    """
    if not _answers(view) or not 3 <= len(view.feature_scores) <= MODEL_COLUMNS:
        return []
    assert view.sample is not None and view.target is not None
    frame, y = view.sample
    (name, best), *_ = sorted(view.feature_scores.items(), key=lambda item: -item[1])
    regression = view.target.task == "regression"
    if best >= limit("target_leakage") or len(y) < 200 or best < (0.3 if regression else 0.65):
        return []
    truth = y if regression else (y == np.bincount(y).argmin()).astype(int)
    names = list(view.feature_scores)
    x = matrix_of(frame, names, view.kinds)
    every = model_score(x, truth, view.target.task)
    rest = model_score(np.delete(x, names.index(name), axis=1), truth, view.target.task)
    lead = (every - view.chance) / max(rest - view.chance, 0.01)
    if lead < limit("leakage_lead") or every - rest < GAP:
        return []
    params = {"with": round(every, 3), "without": round(rest, 3)}
    return [Alert(lead, (name,), params, severity="info" if regression else None)]


@check(
    "after_the_event",
    "pre_train",
    "warn",
    "own: a name that speaks of what happened afterwards, and a score well above chance",
    "target-leakage",
    0.6,
    stricter="lower",
    certainty="possible",
)
def after_the_event(view: TableView) -> list[Alert]:
    """A column's name speaks of the end of the story and it says something about the answer."""
    if view.target is None:
        return []
    weak, strong = (0.1, 0.4) if view.target.task == "regression" else (limit("after_the_event"), 0.75)
    named = {n: s for n, s in view.feature_scores.items() if s >= weak and AFTER_NAME.search(words_of(n))}
    grave = tuple(n for n, s in named.items() if s >= strong)
    light = tuple(n for n in named if n not in grave)
    alerts = (
        [Alert(max(named[n] for n in grave), grave, severity="justify", certainty="likely")] if grave else []
    )
    return alerts + ([Alert(max(named[n] for n in light), light)] if light else [])


@check(
    "later_date",
    "pre_train",
    "warn",
    "own: nine dates in ten lie after the moment of their row",
    "target-leakage",
    0.9,
    stricter="lower",
    certainty="likely",
)
def later_date(view: TableView) -> list[Alert]:
    """Dates that lie after the moment of the row, such as when a case was closed, are not known at that moment."""
    clock = view.question.split_column("time")
    if clock not in view.frame.columns or view.kinds[str(clock)].name != "date":
        return []
    start, found = seconds_of(view, str(clock)), {}
    for name in view.usable:
        if name == clock or view.kinds[name].name != "date" or PLANNED.search(words_of(name)):
            continue
        ahead = seconds_of(view, name) - start
        known = ahead[np.isfinite(ahead)]
        share = float((known > 0).mean()) if len(known) >= LEAST_DATES else 0.0
        if share >= limit("later_date"):
            found[name] = share
    params = {"clock": clock, "percent": round(100 * max(found.values(), default=0.0))}
    return [Alert(max(found.values()), tuple(found), params)] if found else []


@check(
    "rare_trigger_leak",
    "pre_train",
    "justify",
    "own: 99.5 % of a value's rows have one rarer answer, by chance below 1e-7",
    "target-leakage",
    0.995,
    stricter="lower",
    certainty="likely",
)
def rare_trigger_leak(view: TableView) -> list[Alert]:
    """One value of a column (or its being filled) always comes with the same, rarer answer."""
    if not _answers(view) or view.target is None or view.target.task == "regression":
        return []
    assert view.sample is not None
    frame, y = view.sample
    alerts = []
    for name, score in view.feature_scores.items():
        if score >= limit("target_leakage"):
            continue
        found = _trigger(frame[name], y, len(view.target.classes), limit("rare_trigger_leak"))
        if found:
            value, rows, k = found
            params = {"label": value, "rows": rows, "answer": view.target.classes[k]}
            alerts.append(Alert(rows, (name,), params))
    return alerts


def _trigger(column: pd.Series, y: NDArray[Any], classes: int, least: float) -> tuple[str, int, int] | None:
    texts = to_categories(column)
    codes, values = pd.factorize(texts)
    measured = pd.api.types.is_numeric_dtype(column.dtype) and len(values) > 10
    if measured or len(values) > 50:  # many values: only "filled or not" is asked
        codes = (~column.isna()).to_numpy().astype(int)
        values = np.array(["(missing)", "(filled)"], dtype=object)
        if not (codes == 0).any():
            return None
    rows = np.bincount(codes, minlength=len(values))
    rates = np.bincount(y, minlength=classes) / len(y)
    for k in range(classes):
        hits = np.bincount(codes, weights=(y == k), minlength=len(values))
        rare = rates[k] <= 0.5
        for at in np.flatnonzero((rows >= LEAST_TRIGGERS) & (hits >= least * rows)):
            if rare and rates[k] > 0 and rows[at] * np.log(rates[k]) < np.log(CHANCE):
                return str(values[at]), int(rows[at]), k
    return None


@check(
    "identifier_leak",
    "pre_train",
    "warn",
    "own: the single-feature limit, for columns that name the row",
    "identifiers",
    0.75,
    stricter="lower",
    certainty="likely",
)
def identifier_leak(view: TableView) -> list[Alert]:
    """Numbers given to rows, or their order in the table, know the answer."""
    if not _answers(view) or view.target is None:
        return []
    assert view.sample is not None
    from automl.guardrails.scores import single_score
    from automl.kinds import Kind

    frame, y = view.sample
    order = pd.Series(np.arange(len(y), dtype=float), name="order")
    least = limit("identifier_leak") if view.target.task != "regression" else 0.5
    by_order = single_score(order, y, Kind("number"), view.target)
    if by_order >= least:
        severity = None if view.question.validation.kind == "time" else "info"
        return [Alert(by_order, (), {"score": round(by_order, 3)}, severity, variant="order_leak")]
    found = {
        name: score
        for name in view.features
        if view.kinds[name].name == "identifier"
        and pd.api.types.is_numeric_dtype(frame[name].dtype)
        and (score := single_score(frame[name], y, Kind("number"), view.target)) >= least
    }
    params = {"score": round(max(found.values(), default=0), 3)}
    return [Alert(max(found.values()), tuple(found), params)] if found else []
