"""A comparison of versions as its page shows it."""

from typing import Any

from django.utils.translation import gettext as _

from governance.models import ModelVersion, VersionComparison
from projects.sentences import sentence, sentences


def fairness_of(base: ModelVersion, other: ModelVersion) -> str:
    """Whether the rows are as unseen by the other as by the base; a caution where they may not be."""
    if base.table_digest != other.table_digest:
        return _("It learned from another table and may have seen some of these rows.")
    mine, theirs = ({k: v for k, v in each.question.items() if k in SPLIT} for each in (base, other))
    if mine != theirs:
        return _("It was validated in another way and may have learned from some of these rows.")
    return ""


SPLIT = ("target", "roles", "seed", "validation")


def view_of(comparison: VersionComparison) -> dict[str, Any]:
    """Columns for the versions, a row for each measure, sentences and cautions."""
    found = {
        str(each.pk): each
        for each in ModelVersion.objects.filter(pk__in=comparison.others).select_related("trial")
    }
    others = [found[key] for key in comparison.others if key in found]
    pairs = [(each, comparison.figures.get(str(each.pk), {})) for each in others]
    said = [(each, answer) for each, answer in pairs if answer.get("ok")]
    return {
        "others": others,
        "rows_compared": next((answer["rows"] for _each, answer in said), 0),
        "measures": measures([answer for _each, answer in said]),
        "columns": [each for each, _answer in said],
        "sentences": [(each, sentences(answer.get("sentences", []))) for each, answer in said],
        "problems": [(each, sentence(answer["problem"])) for each, answer in pairs if answer.get("problem")],
        "cautions": [(each, text) for each in others if (text := fairness_of(comparison.base, each))],
    }


def measures(answers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One row per measure: the base once, then each other version with the paired test."""
    if not answers:
        return []
    rows = []
    for place, first in enumerate(answers[0]["tests"]):
        cells = [answer["tests"][place] for answer in answers]
        rows.append(
            {
                "label": first["label"],
                "is_main": first["name"] == answers[0]["metric"],
                "base": first["first"],
                "cells": [cell(each) for each in cells],
            }
        )
    return sorted(rows, key=lambda row: not row["is_main"])


def cell(test: dict[str, Any]) -> dict[str, Any]:
    """The figure of the other version, and whether the difference may be chance."""
    verdicts = {None: (_("may be chance"), "grey"), 0: (_("worse"), "red"), 1: (_("better"), "green")}
    words, color = verdicts[test["better"]]
    return {
        "value": test["second"],
        "difference": -test["difference"],
        "low": -test["high"],
        "high": -test["low"],
        "p": "< 0.001" if test["p"] < 0.001 else f"{test['p']:.3f}",
        "test": test["test"],
        "words": words,
        "color": color,
    }
