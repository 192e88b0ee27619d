"""What is in service, and the tables scored and measured with it."""

from functools import partial
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tables2 import RequestConfig

from governance import cards
from governance.filters import DeploymentFilter
from governance.forms.acts import ReasonForm, TableForm
from governance.models import BatchScoring, Deployment, DriftReport
from governance.rules import deployments as rules
from governance.rules.models import may_see_values
from governance.selectors.drift import came_true, fairness_over_time, over_time
from governance.services import batches, deployments, drift
from governance.tables import DeploymentTable
from governance.views.answers import attempt, attempt_or_tell
from portal.core.models import Job
from portal.core.verdicts import require
from projects.downloads import CSV, on_page
from projects.models import Dataset, DatasetVersion


@require_safe
@login_required
def deployment_list(request: HttpRequest) -> HttpResponse:
    """What is in service, and what was."""
    found = DeploymentFilter(
        request.GET, queryset=Deployment.objects.visible_to(request.user).for_list(), request=request
    )
    table = DeploymentTable(found.qs if found.is_valid() else found.queryset.none())
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render(request, "governance/deployment_list.html", {"filter": found, "table": table})


def visible(request: HttpRequest, pk: str) -> Deployment:
    """The deployment, or 404."""
    return get_object_or_404(Deployment.objects.visible_to(request.user).for_list(), pk=pk)


def tables_for(user: Any, deployment: Deployment) -> Any:
    """Ready tables the person may use, those of the use case first."""
    seen = DatasetVersion.objects.filter(
        dataset__in=Dataset.objects.usable_by(user), state=DatasetVersion.State.READY
    )
    return (
        seen.filter(
            Q(dataset__use_case=deployment.model.use_case)
            | Q(dataset=deployment.version.dataset_version.dataset)
        )
        .select_related("dataset")
        .order_by("-created_at")
    )


def drift_chart(report: DriftReport | None) -> dict[str, Any] | None:
    """PSI per column, the largest first."""
    if report is None or not report.figures:
        return None
    columns = sorted(report.figures["columns"], key=lambda each: -each["psi"])[:15]
    return {
        "kind": "bar",
        "x": [each["column"] for each in columns],
        "series": [{"name": "PSI", "values": [round(each["psi"], 4) for each in columns]}],
        "x_label": _("Column"),
        "y_label": "PSI",
        "unit": "",
    }


def page_context(request: HttpRequest, deployment: Deployment, form: TableForm) -> dict[str, Any]:
    """Service, example call, batches, drift."""
    reports = list(deployment.driftreports.select_related("job", "dataset_version__dataset", "finding")[:10])
    newest = next((each for each in reports if each.finished_at), None)
    counts = deployment.predictions.aggregate(
        good=Sum("rows", filter=Q(ok=True)), bad=Sum("rows", filter=Q(ok=False))
    )
    card = deployment.version.computed_card
    if not may_see_values(request.user, deployment.version):
        card = cards.without_values(card)
    answered = came_true(deployment)
    return {
        "deployment": deployment,
        "color": Deployment.COLORS[deployment.role] if deployment.ended_at is None else "grey",
        "batches": [
            (each, Job.COLORS.get(each.status, "grey"))
            for each in deployment.batchscorings.select_related(
                "job", "dataset_version__dataset", "requested_by"
            )[:10]
        ],
        "reports": [(each, Job.COLORS.get(each.status, "grey")) for each in reports],
        "newest": newest,
        "chart": drift_chart(newest),
        "outcomes_chart": over_time(answered),
        "fairness_charts": fairness_over_time(answered),
        "rows_scored": counts["good"] or 0,
        "rows_failed": counts["bad"] or 0,
        "consumers": deployment.predictions.values("consumer").distinct().count(),
        "example": {
            "rows": [{entry["name"]: entry.get("example") for entry in card.get("input_schema", [])}]
        },
        "form": form,
        "reason_form": ReasonForm(),
        "may_score_table": rules.may_score_table(request.user, deployment),
        "may_score": rules.may_score(request.user, deployment.model),
        "may_end": rules.may_end(request.user, deployment),
    }


@require_safe
@login_required
def deployment_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """A version in its role."""
    found = visible(request, pk)
    form = TableForm(tables=tables_for(request.user, found))
    return render(request, "governance/deployment_detail.html", page_context(request, found, form))


@require_POST
@login_required
def deployment_table(request: HttpRequest, pk: str, act: str) -> HttpResponse:
    """Score a table, or measure drift on it."""
    found = visible(request, pk)
    require(rules.may_score_table(request.user, found))  # a refusal is a 403, whatever the form holds
    form = TableForm(request.POST, tables=tables_for(request.user, found))
    service = {"batch": batches.request, "drift": drift.request}[act]
    if form.is_valid():
        done, _made = attempt(form, lambda: service(found, **form.cleaned_data, by=request.user))
        if done:
            return redirect("governance:deployment_detail", pk=found.pk)
    return render(
        request, "governance/deployment_detail.html", page_context(request, found, form), status=422
    )


@require_POST
@login_required
def deployment_end(request: HttpRequest, pk: str) -> HttpResponse:
    """Take out of service."""
    found = visible(request, pk)
    attempt_or_tell(
        request,
        lambda: deployments.end(found, reason=request.POST.get("reason", ""), by=request.user),
        _("It is out of service."),
    )
    return redirect("governance:deployment_detail", pk=found.pk)


@require_safe
@login_required
def batch_download(request: HttpRequest, pk: str) -> HttpResponseBase:
    """The predictions as a file."""
    batch = get_object_or_404(BatchScoring.objects.visible_to(request.user).for_list(), pk=pk)
    name = f"predictions-{batch.deployment.version.number}-{str(batch.pk)[:8]}.csv"
    back = reverse("governance:deployment_detail", args=[batch.deployment_id])
    return on_page(request, partial(batches.download, batch, by=request.user), name=name, kind=CSV, back=back)
