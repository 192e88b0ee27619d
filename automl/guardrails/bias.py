"""Guardrails about people: protected attributes, their proxies, groups too small, unequal treatment."""

from __future__ import annotations

import numpy as np
import pandas as pd

from automl.fairness import MIN_GROUP, groups_of, share_ratio
from automl.guardrails.registry import Alert, Outcome, TableView, check, limit
from automl.guardrails.scores import single_score
from automl.question import Target
from automl.sensitive import sensitive_doubt, sensitive_suspicion

LAW = "EU Charter art. 21, French law 2008-496: grounds of discrimination"
FOUR_FIFTHS = "four-fifths rule, US Uniform Guidelines 1978, 29 CFR 1607.4(D); own: beyond chance at 95 %"


@check("sensitive_feature", "pre_train", "justify", LAW, "fairness")
def sensitive_feature(view: TableView) -> list[Alert]:
    """A declared sensitive attribute is used to predict."""
    if not view.question.sensitive_as_feature:
        return []
    names = tuple(n for n in view.question.with_role("sensitive") if n in view.frame.columns)
    return [Alert(len(names), names)] if names else []


@check("sensitive_undeclared", "pre_train", "warn", LAW, "fairness", certainty="likely")
def sensitive_undeclared(view: TableView) -> list[Alert]:
    """A feature's name and values point to a protected attribute that nobody declared."""
    open_ones = [n for n in view.features if view.question.roles.get(n) != "sensitive"]
    found = {n: what for n in open_ones if (what := sensitive_suspicion(n, view.frame[n])) is not None}
    asked = {n: what for n in open_ones if (what := sensitive_doubt(n, view.frame[n])) is not None}
    alerts = []
    if found:
        params = {"attributes": ", ".join(sorted(set(found.values())))}
        alerts.append(Alert(len(found), tuple(found), params))
    if asked:
        params = {"attributes": ", ".join(sorted(set(asked.values())))}
        alerts.append(
            Alert(len(asked), tuple(asked), params, "info", variant="sensitive_asked", certainty="possible")
        )
    return alerts


def _declared(view: TableView) -> list[str]:
    return [n for n in view.question.with_role("sensitive") if n in view.frame.columns]


@check(
    "sensitive_proxy",
    "pre_train",
    "warn",
    "own: one column guesses a protected attribute with an AUC of 0.8",
    "fairness",
    0.8,
    stricter="lower",
    certainty="likely",
)
def sensitive_proxy(view: TableView) -> list[Alert]:
    """A feature stands in for a protected attribute: leaving the attribute out does not leave it out."""
    alerts = []
    frame = view.frame if len(view.frame) <= 20_000 else view.frame.sample(20_000, random_state=0)
    for attribute in _declared(view):
        y, target = _as_target(frame[attribute])
        if target is None or len(y) < 100:
            continue
        scores = {
            name: single_score(frame[name], y, view.kinds[name], target)
            for name in view.usable
            if view.question.roles.get(name) != "sensitive"
        }
        near = {n: s for n, s in scores.items() if s >= limit("sensitive_proxy")}
        if near:
            best = max(near.values())
            alerts.append(Alert(best, tuple(near), {"attribute": attribute, "score": round(best, 3)}))
    return alerts


def _as_target(column: pd.Series) -> tuple[np.ndarray, Target | None]:
    """The groups of a protected attribute as classes, the largest ones."""
    codes, names = pd.factorize(groups_of(column))
    counts = np.bincount(codes)
    if len(names) < 2 or np.sort(counts)[-2] < MIN_GROUP:
        return codes, None
    task = "binary" if len(names) == 2 else "multiclass"
    return codes, Target(task, [str(n) for n in names], None, codes, np.ones(len(codes), dtype=bool))


@check(
    "small_groups",
    "pre_train",
    "info",
    "practice: 30 rows of the holdout to compare a rate",
    "fairness",
    MIN_GROUP,
    stricter="higher",
)
def small_groups(view: TableView) -> list[Alert]:
    """Groups too small to tell whether they are treated fairly."""
    alerts = []
    for attribute in _declared(view):
        counts = pd.Series(groups_of(view.frame[attribute])).value_counts()
        counts = (
            (counts * (view.rows / max(1, len(view.frame)))).round().astype(int)
        )  # drawn rows stand for all
        expected = counts * view.question.validation.holdout
        few = expected[expected < limit("small_groups")]
        if len(few) and len(counts) > 1:
            shown = ", ".join(f"{name}: {counts[name]}" for name in few.index[:5])
            alerts.append(Alert(float(few.min()), (attribute,), {"groups": shown}))
    return alerts


@check(
    "unequal_answers",
    "pre_train",
    "warn",
    FOUR_FIFTHS,
    "fairness",
    0.8,
    stricter="higher",
    certainty="likely",
)
def unequal_answers(view: TableView) -> list[Alert]:
    """The answers to learn from already differ between groups of people."""
    if view.target is None or view.target.task == "regression" or view.sample is None:
        return []
    frame, y = view.sample
    alerts = []
    likely = int(np.bincount(y).argmax()) if view.target.task == "multiclass" else 1
    answer = view.target.classes[likely]
    for attribute in _declared(view):
        names = groups_of(frame[attribute])
        hits = {
            name: (int((y[names == name] == likely).sum()), int((names == name).sum())) for name in set(names)
        }
        found = share_ratio(hits)
        if found and found["ratio"] < limit("unequal_answers") and found["high_bound"] < 1:
            params = {
                "answer": answer,
                "percent": round(100 * found["ratio"]),
                "low_group": found["low"],
                "high_group": found["high"],
                "groups": ", ".join(f"{n}: {rows}" for n, (_, rows) in sorted(hits.items())),
            }
            alerts.append(Alert(found["ratio"], (attribute,), params))
    return alerts


@check(
    "group_difference",
    "post_train",
    "justify",
    FOUR_FIFTHS,
    "fairness",
    0.8,
    stricter="higher",
    certainty="likely",
)
def group_difference(outcome: Outcome) -> list[Alert]:
    """Groups are selected, found or estimated at very different rates.

    Below four fifths and beyond chance it must be justified; where the interval reaches past
    equality the difference may be luck, and it is a warning.
    """
    alerts = []
    for report in outcome.result.get("fairness") or []:
        for measure in ("selection_ratio", "tpr_ratio", "accuracy_ratio", "error_ratio"):
            ratio = report.get(measure)
            if ratio is None or ratio >= limit("group_difference"):
                continue
            bounds = report.get(f"{measure}_interval") or (None, None)
            unsure = bounds[1] is not None and bounds[1] >= 1
            params = {
                "percent": round(100 * ratio),
                "low": "–" if bounds[0] is None else round(100 * bounds[0]),
                "high": "–" if bounds[1] is None else round(100 * bounds[1]),
                "low_group": report[f"{measure}_low"],
                "high_group": report[f"{measure}_high"],
                "groups": ", ".join(f"{g['group']}: {g['rows']}" for g in report["groups"]),
            }
            alerts.append(
                Alert(
                    ratio,
                    (report["column"],),
                    params,
                    severity="warn" if unsure else None,
                    variant=f"group_{measure}",
                    certainty="possible" if unsure else None,
                )
            )
    return alerts
