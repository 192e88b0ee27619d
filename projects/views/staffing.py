"""Pages about people's time: the week grid, and who could join."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal.core.models import User
from projects import rules, workload
from projects.forms.teamwork import StaffingForm
from projects.selectors import loads, staffing

PER_PAGE = 25
BAND_COLORS = {"none": "grey", "free": "blue", "good": "green", "full": "yellow", "over": "red"}


def band_words() -> dict[str, Any]:
    """The bands in words, so that colour is never alone."""
    return {
        "none": _("nothing promised"),
        "free": _("has time"),
        "good": _("well used"),
        "full": _("full"),
        "over": _("too much"),
    }


@require_safe
@login_required
def squad_load(request: HttpRequest) -> HttpResponse:
    """Who is how busy in the next weeks, and what of it keeps production alive."""
    reader: User = request.user  # type: ignore[assignment]
    people = loads.busy_people(reader)
    for word in (asked := request.GET.get("q", "").strip()[:80]).split():
        people = people.filter(Q(display_name__icontains=word) | Q(site__icontains=word))
    pages = Paginator(people, PER_PAGE).get_page(request.GET.get("page"))
    rows = loads.load_rows(pages.object_list, reader)
    words = band_words()
    shown = [
        {
            "row": row,
            "cells": [
                {"cell": cell, "color": BAND_COLORS[cell.band], "word": words[cell.band]}
                for cell in row.cells
            ],
        }
        for row in rows
    ]
    may_see = rules.squads.may_see_loads(reader)
    teams = loads.team_rows(reader) if may_see else []
    context = {
        "pages": pages,
        "rows": shown,
        "weeks": loads.week_words(rows),
        "may_see": may_see,
        "asked": asked,
        "teams": teams,
        "idle": [team for team in teams if not team.burden.production],
        "cap": workload.BURDEN_CAP,
        "many": workload.MANY_AT_ONCE,
        "legend": [(words[band], BAND_COLORS[band]) for band in BAND_COLORS],
    }
    return render(request, "projects/squad_load.html", context)


@require_safe
@login_required
def squad_staffing(request: HttpRequest) -> HttpResponse:
    """People by role, certificate and free time."""
    may_see = rules.squads.may_see_loads(request.user)  # type: ignore[arg-type]
    form = StaffingForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    able: list[tuple[User, int]] = []
    if may_see and form.is_valid():
        able = staffing.candidates(**given | {"free": given["free"] if given["free"] is not None else 1})
    pages = Paginator(able, PER_PAGE).get_page(request.GET.get("page"))
    suggested = staffing.RIGHT_OF_ROLE.get(given.get("role", ""), "")
    context = {
        "form": form,
        "may_see": may_see,
        "pages": pages,
        "found": staffing.described(pages.object_list),
        "suggested": staffing.RIGHT_LABELS[suggested] if suggested and not given.get("right") else "",
    }
    return render(request, "projects/squad_staffing.html", context)
