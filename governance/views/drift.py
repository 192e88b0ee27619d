"""The page of one drift report."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from governance.models import DriftReport
from governance.rules.models import may_see_values
from governance.selectors import drift as selectors


@require_safe
@login_required
def drift_detail(request: HttpRequest, pk: str) -> HttpResponse:
    """Which columns changed, how, and what to do; values only for those who may see the data."""
    reports = DriftReport.objects.visible_to(request.user).for_list()  # type: ignore[arg-type]
    report = get_object_or_404(
        reports.select_related("deployment__version__trial__experiment__use_case"), pk=pk
    )
    context = {
        "report": report,
        "deployment": report.deployment,
        "view": selectors.view_of(report) if report.finished_at else None,
        "may_see_values": may_see_values(request.user, report.deployment.version),  # type: ignore[arg-type]
    }
    return render(request, "governance/drift_detail.html", context)
