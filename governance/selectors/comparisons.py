"""A comparison of versions as its page shows it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from governance.models import Deployment, Model, ModelVersion, VersionComparison
from governance.version_checks import base_of
from projects.models import DatasetVersion
from projects.sentences import sentence, sentences


def tables_for(user: Any, model: Model) -> QuerySet[DatasetVersion]:
    """Ready tables of the use case that the reader may use: rows on which its versions can be compared."""
    seen = DatasetVersion.objects.usable_by(user).ready().select_related("dataset").defer("profile")
    return seen.filter(dataset__use_case=model.use_case_id).order_by("-created_at")


def first_base(model: Model) -> ModelVersion | None:
    """What a form proposes as the base: the champion, or the newest version where the champion's rows are not there."""
    serving = Deployment.objects.champions().filter(model=model).select_related("version").first()
    newest = model.versions.order_by("-number").first()
    if serving is None or newest is None:
        return serving.version if serving else None
    return base_of(serving.version, newest) or serving.version


@dataclass(frozen=True)
class Duel:
    """One challenger or shadow beside the champion: on the hold-out, and on recent rows."""

    deployment: Deployment
    color: str
    rows: list["Bout"]


@dataclass(frozen=True)
class Bout:
    """What one comparison said of the pair, on which rows; nothing yet while nobody asked or it runs."""

    where: Any
    comparison: VersionComparison | None
    verdict: dict[str, Any] | None
    sentences: list[str]
    caution: str


def duels(model: Model) -> list[Duel]:
    """Every current challenger and shadow beside the champion, with the newest answers; a constant number of queries."""
    current = list(model.deployments.current().filter(environment="production").select_related("version"))
    champion = next((each.version for each in current if each.role == Deployment.Role.CHAMPION), None)
    if champion is None:
        return []
    asked = list(
        model.comparisons.filter(base__in=[each.version_id for each in current]).select_related(
            "job", "table__dataset"
        )
    )
    return [
        Duel(each, Deployment.COLORS[each.role], bouts(champion, each.version, asked))
        for each in current
        if each.role != Deployment.Role.CHAMPION
    ]


def bouts(champion: ModelVersion, other: ModelVersion, asked: list[VersionComparison]) -> list[Bout]:
    """The newest comparison of the pair on the hold-out, and the newest on recent rows."""
    ours = [each for each in asked if each.base_id == champion.pk and str(other.pk) in each.others]
    on_holdout = next((each for each in ours if each.table_id is None), None)
    recent = next((each for each in ours if each.table_id is not None), None)
    turned = next(
        (each for each in asked if each.base_id == other.pk and str(champion.pk) in each.others), None
    )
    if on_holdout is None and turned is not None:  # the champion's rows are not there: on those of the other
        where = _("Rows that version %(number)s never saw") % {"number": other.number}
        found = [Bout(where, turned, None, [], "")]
    else:
        found = [bout(_("Rows that the champion never saw"), on_holdout, other, fairness_of(champion, other))]
    if recent is not None:
        recent.base = champion
        found.append(bout(recent.table, recent, other, caution_of(recent, other)))
    return found


def bout(where: Any, comparison: VersionComparison | None, other: ModelVersion, caution: str) -> Bout:
    """The main measure in one word, and the engine's sentences or its problem."""
    said = comparison.figures.get(str(other.pk), {}) if comparison else {}
    main = next((each for each in said.get("tests", []) if each["name"] == said["metric"]), None)
    texts = [sentence(said["problem"])] if said.get("problem") else sentences(said.get("sentences", []))
    return Bout(where, comparison, cell(main) if main else None, texts, caution)


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
        "cautions": [(each, text) for each in others if (text := caution_of(comparison, each))],
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


def caution_of(comparison: VersionComparison, other: ModelVersion) -> str:
    """Why the figures of a pair may look better than they are."""
    if comparison.table is None:
        return fairness_of(comparison.base, other)
    if comparison.table.table_digest in {comparison.base.table_digest, other.table_digest}:
        return _("One of them learned from this table.")
    return ""
