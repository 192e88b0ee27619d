"""The directory of colleagues."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from portal.core import selectors
from portal.core.forms import PersonFilter
from portal.core.tables import PersonTable


@require_safe
@login_required
def person_list(request: HttpRequest) -> HttpResponse:
    """Everybody, found by name, unit or duty."""
    form = PersonFilter(request.GET)
    wanted = form.cleaned_data if form.is_valid() else {}
    table = PersonTable(selectors.directory(request.user, **wanted))
    RequestConfig(request, paginate={"per_page": 25}).configure(table)
    return render(request, "core/person_list.html", {"form": form, "table": table})
