"""For the community lead: who holds what, what expires, who is stuck."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from portal.core.verdicts import require
from training import overseeing, rules
from training.filters import CertificateFilter
from training.models import Certificate
from training.tables import CertificateTable


@require_safe
@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Figures by certificate, learners who are stuck, and every certificate with filters."""
    require(rules.may_see_overview(request.user))
    rows = Certificate.objects.visible_to(request.user).for_list()
    found = CertificateFilter(request.GET or None, queryset=rows)
    table = CertificateTable(found.qs)
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    context = {
        "tallies": overseeing.tallies(),
        "stuck": overseeing.stuck_learners(),
        "filter": found,
        "table": table,
    }
    return render(request, "training/overview.html", context)
