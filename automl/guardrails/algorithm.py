"""Guardrails about the kind of model: can it answer what will be asked of it."""

from __future__ import annotations

from typing import Any

from automl.guardrails.registry import Alert, Outcome, check, limit

TREES = {"lightgbm", "extra_trees", "random_forest", "tree", "second_layer"}


@check(
    "beyond_training",
    "post_train",
    "warn",
    "arithmetic: trees answer with means of training answers; own: one test row in twenty lies beyond them",
    "time",
    0.05,
    stricter="lower",
)
def beyond_training(outcome: Outcome) -> list[Alert]:
    """A model of trees is asked for amounts beyond all that it learned from; it can never say them."""
    if outcome.beyond is None or not _only_trees(outcome):
        return []
    params = {"percent": round(100 * outcome.beyond, 1)}
    return [Alert(outcome.beyond, params=params)] if outcome.beyond >= limit("beyond_training") else []


def _only_trees(outcome: Outcome) -> bool:
    """Whether nothing but trees gives the answer."""
    families: dict[int, Any] = {trial["number"]: trial["family"] for trial in outcome.result["trials"]}
    members = outcome.best.get("members") or [outcome.best]
    return all(families.get(member["number"]) in TREES for member in members)
