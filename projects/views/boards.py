"""The board: columns, swim-lanes, what stands on a card, and the limits of its columns."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from projects import rules
from projects.forms.backlog import LimitForm
from projects.models import UseCase
from projects.rules.ways import address
from projects.selectors import board_lanes, boards
from projects.services import board_limits
from projects.views.answers import carried_out
from projects.views.backlog import frame, narrowed, status


def moves() -> str:
    """The address of a move, to be filled with the key of a card."""
    return address("governance:use_case_move", UUID(int=0)).replace(str(UUID(int=0)), "{}")


@require_safe
@login_required
def use_case_board(request: HttpRequest) -> HttpResponse:
    """The backlog by phase, in lanes when asked. With `column` and `after` only the next cards of one column."""
    found, rows = narrowed(request)
    by = request.GET.get("lanes", "")
    by = by if by in board_lanes.LANES else ""
    fields = boards.chosen_fields(request.GET.getlist("fields"))
    if column := request.GET.get("column"):
        return more(request, rows, column, by, fields)
    chosen = [each for each in request.GET.getlist("phase") if each in boards.COLUMNS]
    phases = chosen or list(boards.COLUMNS)
    limits, stocks = boards.limits_and_stocks(UseCase.objects.visible_to(request.user))
    context = frame(request, "board", found) | display(request, by, fields, limits)
    if by:
        context["swim"] = board_lanes.board(rows, phases, by, limits, fields)
    else:
        context["lanes"] = boards.lanes(rows, phases, limits, stocks, fields)
    return render(request, "projects/use_case_board.html", context, status=status(found))


def display(request: HttpRequest, by: str, fields: list[str], limits: Any) -> dict[str, Any]:
    """What the board offers beside its cards."""
    columns = [(phase, UseCase.Phase(phase).label, limits.get(phase)) for phase in boards.COLUMNS]
    return {
        "move_url": moves(),
        "lane_choices": [(name, label, name == by) for name, label in board_lanes.LANES.items()],
        "is_laned": bool(by),
        "field_choices": [(name, label, name in fields) for name, (label, _tell) in boards.FIELDS.items()],
        "most_fields": boards.MOST_FIELDS,
        "limits": columns,
        "may_limit": rules.boards.may_limit(request.user),  # type: ignore[arg-type]
    }


def more(request: HttpRequest, rows: Any, column: str, by: str, fields: list[str]) -> HttpResponse:
    """The next cards of one column, or of one cell."""
    if column not in boards.COLUMNS:
        raise Http404
    given = request.GET.get("after", "")
    if by and "lane" in request.GET:
        rows = board_lanes.of_lane(rows, by, request.GET["lane"])
    lane = boards.lane(rows, column, fields=fields, after=int(given[:9]) if given.isdecimal() else 0)
    context = {"lane": lane, "move_url": moves(), "query": rest(request)}
    return render(request, "projects/board_cards.html", context)


def rest(request: HttpRequest) -> str:
    """The filters and the lane alone."""
    state = request.GET.copy()
    for name in ("column", "after", "page"):
        state.pop(name, None)
    return state.urlencode()


@require_POST
@login_required
def board_limit(request: HttpRequest) -> HttpResponse:
    """Set or take away the limit of a column; what is wrong is told on the board."""
    form = LimitForm(request.POST)
    if carried_out(form, lambda: board_limits.limit(**form.cleaned_data, by=request.user)):  # type: ignore[arg-type]
        messages.success(request, _("Kept."))
    else:
        for problems in form.errors.values():
            for problem in problems:
                messages.error(request, problem)
    return redirect("projects:use_case_board")
