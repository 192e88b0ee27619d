"""Pages of experiments: the list, the live search, the result."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from portal.core.panels import panels, sequels
from projects.filters.experiments import ExperimentFilter
from projects.forms.explanations import DecisionForm
from projects.models import Experiment, GuardrailResult
from projects.question import VALIDATIONS
from projects.rules import experiments as rules, explanations as explain_rules
from projects.selectors import experiments as selectors
from projects.selectors.decisions import decide
from projects.selectors.result_words import about_checks
from projects.selectors.results import result_of
from projects.services import experiments
from projects.tables.experiments import ExperimentTable

FIRST_ROWS = 12  # of the leaderboard that are seen at once


def lesson(code: str) -> str:
    """The page of a lesson, or nothing while it is not written."""
    try:
        return reverse("training:lesson_detail", args=[code]) if code else ""
    except NoReverseMatch:
        return ""


def found(request: HttpRequest, pk: str) -> Experiment:
    """An experiment the person sees, with all that a page of it needs."""
    jobs = ("job", "check_job", "advice_job")
    related = ("use_case__product_owner", "author", *jobs, "dataset_version__dataset__owner")
    return get_object_or_404(Experiment.objects.visible_to(request.user).select_related(*related), pk=pk)  # type: ignore[arg-type]


@require_safe
@login_required
def experiment_list(request: HttpRequest) -> HttpResponse:
    """The experiments one sees."""
    narrowed = ExperimentFilter(
        request.GET, queryset=Experiment.objects.visible_to(request.user).for_list(), request=request
    )
    table = ExperimentTable(narrowed.qs if narrowed.is_valid() else narrowed.queryset.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    context = {"filter": narrowed, "table": table, "may_launch": rules.may_launch(request.user)}
    return render(request, "projects/experiment_list.html", context)


@require_safe
@login_required
def experiment_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """A draft leads to its path; a running search is followed; a result is shown."""
    experiment = found(request, pk)
    if experiment.job is None:
        step = "experiment_checks" if experiment.question else "experiment_question"
        return redirect(f"projects:{step}", pk=experiment.pk)
    experiments.mark_seen(experiment, by=request.user)
    context: dict[str, Any] = {
        "experiment": experiment,
        "lead": lead(experiment),
        "may_draft": rules.may_draft(request.user, experiment.use_case),
    }
    if experiment.status == "done":
        return render(request, "projects/experiment_result.html", context | shown(request, experiment))
    return render(request, "projects/experiment_detail.html", context | followed(request, experiment))


def lead(experiment: Experiment) -> str:
    """What is asked, in one sentence."""
    names = {"target": experiment.question["target"], "data": experiment.dataset_version}
    return _("Predicts %(target)s from %(data)s.") % names


def followed(request: HttpRequest, experiment: Experiment) -> dict[str, Any]:
    """What the live page shows."""
    live = selectors.live(experiment)
    return {
        "live": live,
        "newest": list(reversed(live.trials))[:FIRST_ROWS],
        "may_cancel": rules.may_cancel(request.user, experiment),
        "may_stop_early": rules.may_stop_early(request.user, experiment),
    }


def shown(request: HttpRequest, experiment: Experiment) -> dict[str, Any]:
    """What the result page shows."""
    try:
        registers = {
            trial.pk: reverse("governance:model_register", args=[trial.pk])
            for trial in experiment.trials.all()
        }
    except NoReverseMatch:
        registers = {}
    result = result_of(experiment)
    best = result.best.trial if result.best else None
    known = sequels("trial", request.user, registers)
    view = "expert" if request.GET.get("view") == "expert" else "plain"
    address = reverse("projects:experiment_detail", args=[experiment.pk])
    tabs = (("plain", _("In plain words"), address), ("expert", _("For experts"), f"{address}?view=expert"))
    rows = [
        (row, registers.get(row.trial.pk, "") if row.trial.bundle_digest else "", known.get(row.trial.pk))
        for row in result.rows
    ]
    return {
        "result": result,
        "view": view,
        "split_words": VALIDATIONS.get(result.split["kind"], result.split["kind"]),
        "tabs": [{"label": label, "url": url, "active": view == name} for name, label, url in tabs],
        "best": best,
        "best_register": registers.get(best.pk, "") if best else "",
        "best_version": known.get(best.pk) if best else None,
        "rows": rows[:FIRST_ROWS],
        "more_rows": rows[FIRST_ROWS:],
        "may_register": rules.may_register(request.user, experiment),
        "may_explain": explain_rules.may_explain(request.user, experiment),
        "may_ask_rows": explain_rules.may_ask_rows(request.user, experiment),
        "panels": [(panel.title, panel.url(experiment.pk)) for panel in panels("experiment")],
        **checked(request, experiment),
        **decided(request, experiment, result.decision),
    }


def checked(request: HttpRequest, experiment: Experiment) -> dict[str, Any]:
    """What the checks found, gravest first, and what of it stands in the way."""
    results = GuardrailResult.objects.filter(experiment=experiment).current()
    found = list(results.select_related("experiment__use_case", "justified_by"))
    alerts = selectors.gravest_first(found)
    answerable = [(each, rules.may_justify(request.user, each)) for each in alerts]
    return {
        "standing": about_checks(found),
        "findings": [(each, verdict, lesson(each.lesson), None, "") for each, verdict in answerable],
        "passed": len(found) - len(alerts),
        "blocks": [each for each in alerts if each.severity == GuardrailResult.Severity.BLOCK],
        "open_words": sum(each.awaits_words and bool(verdict) for each, verdict in answerable),
    }


def decided(request: HttpRequest, experiment: Experiment, curve: dict[str, Any] | None) -> dict[str, Any]:
    """How many rows to act on, by what was entered or by the costs of the question."""
    if not curve:
        return {}
    asked = experiment.question
    costs = {name: asked[name] for name in ("cost_false_positive", "cost_false_negative")}
    entered = {name: request.GET[name] for name in DecisionForm.base_fields if name in request.GET}
    form = DecisionForm({**{name: f"{value:g}" for name, value in costs.items()}, **entered})
    given = form.cleaned_data if form.is_valid() else {}
    chosen = {name: given[name] if given.get(name) is not None else value for name, value in costs.items()}
    capacity = given.get("capacity"), given.get("of")
    return {
        "decision_form": form,
        "decision": decide(curve, capacity=capacity[0], of=capacity[1], **chosen),
    }


@require_safe
@login_required
def experiment_live(request: HttpRequest, pk: str) -> HttpResponse:
    """The moving part alone, asked for every two seconds; once it is over the page loads anew."""
    experiment = found(request, pk)
    if experiment.job is None or experiment.job.is_over:
        response = HttpResponse(status=204)
        response.headers["HX-Refresh"] = "true"
        return response
    context = {"experiment": experiment, **followed(request, experiment)}
    return render(request, "projects/experiment_progress.html", context)
