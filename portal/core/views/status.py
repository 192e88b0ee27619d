"""The technical page."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from portal.core import rules, selectors
from portal.core.verdicts import require


@require_safe
@login_required
def status(request: HttpRequest) -> HttpResponse:
    """Database, queues, workers, walls around the engine, jobs by state."""
    require(rules.may_see_status(request.user))
    return render(request, "core/status.html", {"system": selectors.system_page(request.user)})
