"""What a reviewer reads about a version, gathered once."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance import cards
from governance.models import ApprovalRequest, Deployment, ModelVersion, VersionComparison
from governance.rules import (
    deployments as deployment_rules,
    models as rules,
    threads as thread_rules,
    versions as version_rules,
)
from governance.selectors import approvals, documents, threads
from governance.selectors.comparisons import bouts
from portal.core.models import Job, User
from projects.models import Experiment, Explanation, GuardrailResult
from projects.question import in_words
from projects.selectors.groups_of_people import group_view
from projects.selectors.result_charts import importance
from projects.sentences import sentences

ROLES = {
    "model_reviewer": _("Model reviewer"),
    "sponsor": _("Sponsor"),
    "data_owner": _("Owner or steward of the data"),
    "executive": _("Executive"),
    "risk_officer": _("Risk officer"),
}


def steps(request: ApprovalRequest) -> list[dict[str, Any]]:
    """The steps for the stepper."""
    return [
        {
            "label": row.label,
            "state": row.state,
            "note": ", ".join(str(each.decided_by) for each in row.answers),
            "url": "",
        }
        for row in approvals.steps(request)
    ]


def metric_rows(version: ModelVersion) -> list[dict[str, Any]]:
    """Each test metric beside the baseline and beside the champion on its own hold-out."""
    card = version.computed_card
    serving = Deployment.objects.beside(version).first()
    champion = serving.version.computed_card.get("metrics", {}) if serving else {}
    same_data = bool(
        serving
        and serving.version.table_digest == version.table_digest
        and serving.version.question == version.question
    )
    base = card.get("baseline", {}).get("metrics", {})
    rows = []
    for name, found in card.get("metrics", {}).items():
        low, high = (found.get("low"), found.get("high")) if isinstance(found, dict) else (None, None)
        label, hint = in_words(name)
        rows.append(
            {"name": label, "hint": hint, "value": cards.value_of(card["metrics"], name), "low": low, "high": high, "baseline": cards.value_of(base, name),
             "champion": cards.value_of(champion, name), "same_data": same_data, "is_main": name == card.get("metric", {}).get("name")}
        )  # fmt: skip
    return sorted(rows, key=lambda row: not row["is_main"])


def importance_chart(version: ModelVersion) -> dict[str, Any] | None:
    """Which columns the predictions rest on."""
    card = version.computed_card
    return importance(card.get("importance", []), card.get("metric", {}).get("label", ""))


def beside(version: ModelVersion) -> dict[str, Any] | None:
    """The champion in the next column, with what a paired test on the same rows said, if anybody asked."""
    serving = Deployment.objects.beside(version).select_related("version__registered_by").first()
    if serving is None:
        return None
    champion = serving.version
    asked = list(
        VersionComparison.objects.filter(base__in=[champion, version]).select_related("job", "table__dataset")
    )
    return {
        "champion": champion,
        "rows": [(label, told(champion), told(version)) for label, told in BESIDE],
        "bouts": bouts(champion, version, asked),
    }


def main_figure(version: ModelVersion) -> str:
    """The figure it was chosen by, with its interval."""
    card = version.computed_card
    metric = card.get("metric", {})
    found = card.get("metrics", {}).get(metric.get("name", ""), {})
    value = cards.value_of(card.get("metrics", {}), metric.get("name", ""))
    if value is None:
        return "–"
    span = (
        f" ({found['low']:.3f} – {found['high']:.3f})"
        if isinstance(found, dict) and found.get("low") is not None
        else ""
    )
    return f"{metric.get('label', '')} {value:.3f}{span}"


BESIDE: list[tuple[Any, Callable[[ModelVersion], Any]]] = [
    (_("Main figure, each on its own hold-out"), main_figure),
    (_("Method"), lambda v: v.computed_card.get("trial", {}).get("name", "–")),
    (_("Data"), lambda v: v.computed_card.get("data", {}).get("name", "–")),
    (_("Rows to learn from"), lambda v: v.computed_card.get("split", {}).get("train_rows", "–")),
    (_("Milliseconds for 1,000 rows"), lambda v: v.computed_card.get("speed_ms_per_1000") or "–"),
    (_("Size in bytes"), lambda v: v.computed_card.get("size_bytes") or "–"),
    (_("Author"), lambda v: v.registered_by),
]


@dataclass(frozen=True)
class Cohort:
    """A group of rows in which a model errs more than elsewhere."""

    where: str
    rows: int
    percent: float
    error: float
    rest: float
    times: float


@dataclass(frozen=True)
class Errors:
    """Where a version errs most, measured on rows that it never saw."""

    unit: str
    overall: float | None
    cohorts: list[Cohort]
    sentences: list[str]
    chart: dict[str, Any] | None


def worst_errors(version: ModelVersion) -> Errors | None:
    """What the experiment's report found for its best candidate, or what somebody asked of this one; else nothing."""
    trial, experiment = version.trial, version.trial.experiment
    explained = (experiment.result or {}).get("explanations") or {}
    if not trial.is_best:
        asked = Explanation.objects.filter(
            trial=trial, what=Explanation.What.REPORT, job__state=Job.State.DONE
        )
        answer = asked.values_list("result", flat=True).first() or {}
        explained = answer.get("explanations") or {}
    found = explained.get("cohorts")
    if not found:
        return None
    rows = [
        Cohort(
            each["where"], each["rows"], round(100 * each["share"], 1), each["error"], each["rest"],
            round(each["ratio"], 1),
        )
        for each in found.get("cohorts", [])
    ]  # fmt: skip
    unit = _("log loss") if found.get("unit") == "log_loss" else _("absolute error")
    return Errors(
        str(unit),
        found.get("overall"),
        rows,
        sentences(found.get("sentences", [])),
        error_chart(rows, str(unit)),
    )


def error_chart(rows: list[Cohort], unit: str) -> dict[str, Any] | None:
    """The error in each group beside that of all other rows."""
    if not rows:
        return None
    return {
        "kind": "bar", "horizontal": True, "x": [each.where for each in rows], "x_label": str(_("Rows where")), "y_label": unit, "unit": "",
        "series": [
            {"name": str(_("In the group")), "values": [round(each.error, 4) for each in rows]},
            {"name": str(_("Elsewhere")), "values": [round(each.rest, 4) for each in rows]},
        ],
    }  # fmt: skip


def around(request: ApprovalRequest, user: User) -> dict[str, Any]:
    """What stands around the question: waiting times, talk, the acts of a reviewer, the champion."""
    found: dict[str, Any] = {
        "waits": threads.waits(request),
        "talks": threads.talks(request, user),
        "anchors": threads.anchors(request),
        "may_talk": thread_rules.may_talk(user, request),
    }
    version = request.version
    if version is None:
        return found
    return found | {
        "beside": beside(version),
        "may_compare": version_rules.may_compare(user, version.model),
        "may_take_review": version_rules.may_take_review(user, version),
        "may_take_over": version_rules.may_take_over(user, version),
        "sees_values": rules.may_see_values(user, version),
        "errors": worst_errors(version) if rules.may_see_values(user, version) else None,
        "sees_run": Experiment.objects.visible_to(user).filter(pk=version.trial.experiment_id).exists(),
        "documents": documents.shelf(version),
    }


def version_facts(version: ModelVersion, user: User) -> dict[str, Any]:
    """Guardrails, leaderboard, metrics, importance, card and acts of a version."""
    found = list(
        GuardrailResult.objects.filter(experiment=version.trial.experiment, is_current=True).select_related(
            "justified_by"
        )
    )
    trials = list(version.trial.experiment.trials.order_by("-is_baseline", "number"))
    main = version.computed_card.get("metric", {}).get("name", "")
    return {
        "version": version,
        "version_color": ModelVersion.COLORS[version.status],
        "alerts": [(each, GuardrailResult.COLORS[each.severity]) for each in found if each.is_alerted],
        "passed": [each for each in found if not each.is_alerted],
        "leaderboard": [(each, cards.value_of(each.test_metrics, main)) for each in trials],
        "main_metric": version.computed_card.get("metric", {}).get("label") or main,
        "metrics": metric_rows(version),
        "importance": importance_chart(version),
        "fairness": [
            group_view(each) for each in version.computed_card.get("fairness", []) if each.get("groups")
        ],
        "card_pairs": [
            (ModelVersion._meta.get_field(name).verbose_name, getattr(version, name))
            for name in ModelVersion.AUTHORED
        ],
        "may_submit": rules.may_submit(user, version),
        "may_revoke": rules.may_revoke(user, version),
        "may_promote": deployment_rules.may_promote(user, version),
        "may_request_promotion": deployment_rules.may_request_promotion(user, version),
    }
