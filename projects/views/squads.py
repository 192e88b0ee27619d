"""Pages of squads."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.models import User
from portal.core.verdicts import require
from projects import coverage, rules
from projects.forms.squads import MemberForm
from projects.forms.teamwork import MemberChangeForm
from projects.models import SquadMember, UseCase
from projects.selectors import handover, squads as reads
from projects.services import squads, undos
from projects.views.answers import carried_out, find, frame, status_of
from projects.views.deeds import done
from projects.views.undos import offered, ways_back

PER_PAGE = 50
MOST_HOLDERS = 5
STATE_COLORS = {"good": "green", "watch": "yellow", "gaps": "red"}


@require_safe
@login_required
def squad_list(request: HttpRequest) -> HttpResponse:
    """Every squad with its health; above all, people on whom production rests alone."""
    reader: User = request.user  # type: ignore[assignment]
    page = Paginator(reads.squads_at_work(reader), PER_PAGE).get_page(request.GET.get("page"))
    shown = [
        {"row": row, "color": STATE_COLORS[row.coverage.state], "word": word_of(row.coverage)}
        for row in reads.squad_rows(page)
    ]
    holders = reads.single_holders(reader)
    context = {
        "rows": shown,
        "pages": page,
        "holders": holders[:MOST_HOLDERS],
        "more": len(holders) - MOST_HOLDERS,
    }
    return render(request, "projects/squad_list.html", context)


def word_of(covered: coverage.Coverage) -> str:
    """The health of a squad in a word of the reader's language."""
    return {"good": _("Healthy"), "watch": _("Watch"), "gaps": _("Gaps")}[covered.state]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_squad(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Members and coverage phase by phase; a POST takes somebody in."""
    use_case = find(request, pk)
    may_manage = rules.squads.may_manage_squad(request.user, use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_manage)
    form = MemberForm(request.POST or None)
    act = lambda: squads.add_member(use_case, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and with_way_back(
        request, use_case, lambda: carried_out(form, act), _("%(person)s is in the squad."), form=form
    ):
        return redirect("projects:use_case_squad", pk=pk)
    members = reads.members_of(use_case)
    load = reads.loads(each.user_id for each in members)
    reader: User = request.user  # type: ignore[assignment]
    cast = reads.memberships(use_case, members)
    phases = {phase: coverage.cover(cast, phase) for phase in coverage.PHASES}
    now = phases[coverage.phase_looked_at(use_case.phase)]
    context = frame(use_case, "squad") | {
        "form": form,
        "members": [{"member": each, "load": load.get(each.user_id, 0)} for each in members],
        "now": now,
        "matrix": matrix(phases),
        "phases": [
            {"label": UseCase.Phase(phase).label, "is_now": found is now} for phase, found in phases.items()
        ],
        "missing": [reads.ROLE_LABELS[role] for role in now.missing],
        "hanging": [(reads.ROLE_LABELS[seat.role], seat.people[0]) for seat in now.hanging],
        "wanted": [(role, reads.ROLE_LABELS[role]) for role in now.missing],
        "may_manage": may_manage,
        "coming": reads.coming_to(use_case),
        "holes": reads.holes(use_case),
        "waiver": reads.waiver_of(use_case),
        "may_waive": rules.squads.may_waive_size(reader, use_case),
        "family": reads.family(use_case, reader),
        "may_see_loads": rules.squads.may_see_loads(reader),
        "sites": sorted({each.site for each in members if each.site}),
        "undos": ways_back(reader, use_case),
    }
    return render(request, "projects/squad.html", context, status=status_of(form))


def with_way_back(
    request: HttpRequest,
    use_case: UseCase,
    act: Callable[[], bool],
    words: str,
    *,
    person: User | None = None,
    form: Any = None,
) -> bool:
    """Carry out one act on the squad, say what was done to whom, and offer to take it back."""
    with undos.offering([use_case], "squad", by=request.user) as offer:  # type: ignore[arg-type]
        is_done = act()
    if is_done:
        offered(request, words % {"person": person or form.cleaned_data["user"]}, offer)
    return is_done


def matrix(phases: dict[str, coverage.Coverage]) -> list[dict[str, Any]]:
    """Roles down, phases across: who covers what, and how."""
    by_phase = [{seat.role: seat for seat in found.seats} for found in phases.values()]
    roles = [role for role in reads.ROLE_LABELS if any(role in seats for seats in by_phase)]
    return [
        {"label": reads.ROLE_LABELS[role], "cells": [cell(seats.get(role)) for seats in by_phase]}
        for role in roles
    ]


def cell(seat: coverage.Seat | None) -> dict[str, Any] | None:
    """One role in one phase, in words."""
    if seat is None:
        return None
    if seat.by == "platform":
        return {"seat": seat, "text": _("the platform"), "how": "", "color": "blue"}
    if not seat.by:
        is_needed = seat.strength == coverage.NEEDED
        return {
            "seat": seat,
            "text": _("missing") if is_needed else _("nobody"),
            "how": "",
            "color": "red" if is_needed else "grey",
        }
    how = "" if seat.by == "role" else _("as %(role)s") % {"role": reads.ROLE_LABELS[seat.by].lower()}
    if seat.backups:
        backup = _("backup: %(people)s") % {"people": ", ".join(seat.backups)}
        how = f"{how}, {backup}" if how else backup
    return {
        "seat": seat,
        "text": ", ".join(seat.people),
        "how": how,
        "color": "yellow" if seat.hangs_on_one else "green",
    }


def member_of(request: HttpRequest, pk: UUID, member: UUID) -> SquadMember:
    """A membership on a use case the reader sees."""
    use_case = find(request, pk)
    found = get_object_or_404(
        SquadMember.objects.select_related("user", "backup"), use_case=use_case, pk=member
    )
    found.use_case = use_case
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def squad_member(request: HttpRequest, pk: UUID, member: UUID) -> HttpResponse:
    """Share, days and backup of one member."""
    found = member_of(request, pk, member)
    may_manage = rules.squads.may_manage_squad(request.user, found.use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_manage)
    initial = {name: getattr(found, name) for name in squads.CHANGEABLE}
    form = MemberChangeForm(request.POST or None, initial=initial)
    act = lambda: squads.change_member(found, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and with_way_back(
        request,
        found.use_case,
        lambda: carried_out(form, act),
        _("The membership is changed."),
        person=found.user,
    ):
        return redirect("projects:use_case_squad", pk=pk)
    context = frame(found.use_case, "squad_member") | {
        "member": found,
        "form": form,
        "may_manage": may_manage,
        "loose_ends": handover.loose_ends(found, request.user),  # type: ignore[arg-type]
    }
    return render(request, "projects/squad_member.html", context, status=status_of(form))


@require_POST
@login_required
def squad_member_end(request: HttpRequest, pk: UUID, member: UUID) -> HttpResponse:
    """Let somebody go."""
    found = member_of(request, pk, member)
    act = lambda: done(request, lambda: squads.end_membership(found, by=request.user))  # type: ignore[arg-type]  # noqa: E731
    with_way_back(request, found.use_case, act, _("%(person)s has left the squad."), person=found.user)
    return redirect("projects:use_case_squad", pk=pk)


@require_POST
@login_required
def squad_member_lead(request: HttpRequest, pk: UUID, member: UUID) -> HttpResponse:
    """Designate the lead."""
    found = member_of(request, pk, member)
    act = lambda: done(request, lambda: squads.make_lead(found, by=request.user))  # type: ignore[arg-type]  # noqa: E731
    with_way_back(request, found.use_case, act, _("%(person)s leads the squad."), person=found.user)
    return redirect("projects:use_case_squad", pk=pk)
