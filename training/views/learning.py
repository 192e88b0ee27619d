"""My learning."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from training import registers, rules, selectors


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The one next step, the ladder of rights, and every path."""
    context = {
        "page": selectors.my_learning(request.user),
        "assigned": registers.assigned_rows(request.user),
        "may_see_overview": rules.may_see_overview(request.user),
    }
    return render(request, "training/home.html", context)
