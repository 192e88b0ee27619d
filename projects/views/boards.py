"""The board: columns, swim-lanes, what stands on a card, and the limits of its columns."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.models import User
from projects import rules
from projects.forms.backlog import LimitForm
from projects.models import UseCase
from projects.rules.ways import address
from projects.selectors import board_lanes, boards
from projects.services import board_limits
from projects.tables.use_cases import PLACES
from projects.views.answers import carried_out
from projects.views.backlog import frame, narrowed, status


def pattern(route: str) -> str:
    """The address of an act on a card, to be filled with its key; asked for once."""
    return address(route, UUID(int=0)).replace(str(UUID(int=0)), "{}")


def acts() -> dict[str, Any]:
    """What the menu of a card offers."""
    return {
        "move_url": pattern("governance:use_case_move"),
        "place_url": pattern("projects:use_case_rank"),
        "places": PLACES,
    }


@require_safe
@login_required
def use_case_board(request: HttpRequest) -> HttpResponse:
    """
    The backlog by phase, in lanes when asked; in the order by hand unless the address asks for the scores.

    With `column` and `after` only the next cards of one column.
    """
    found, rows = narrowed(request)
    by = request.GET.get("lanes", "")
    by = by if by in board_lanes.LANES else ""
    reader: User = request.user  # type: ignore[assignment]
    fields = boards.chosen_fields(request.GET.getlist("fields"))
    look = boards.Look(reader, fields, is_by_hand="priority" not in request.GET.get("sort", ""))
    if column := request.GET.get("column"):
        return more(request, rows, column, by, look)
    chosen = [each for each in request.GET.getlist("phase") if each in boards.COLUMNS]
    phases = chosen or list(boards.COLUMNS)
    limits, stocks = boards.limits_and_stocks(UseCase.objects.visible_to(reader))
    context = frame(request, "board", found) | display(request, by, look, limits)
    if by:
        context["swim"] = board_lanes.board(rows, phases, by, limits, look)
    else:
        context["lanes"] = boards.lanes(rows, phases, limits, stocks, look)
    return render(request, "projects/use_case_board.html", context, status=status(found))


def display(request: HttpRequest, by: str, look: boards.Look, limits: Any) -> dict[str, Any]:
    """What the board offers beside its cards."""
    columns = [(phase, UseCase.Phase(phase).label, limits.get(phase)) for phase in boards.COLUMNS]
    return acts() | {
        "is_by_hand": look.is_by_hand,
        "lane_choices": [(name, label, name == by) for name, label in board_lanes.LANES.items()],
        "is_laned": bool(by),
        "field_choices": [
            (name, label, name in look.fields) for name, (label, _tell) in boards.FIELDS.items()
        ],
        "most_fields": boards.MOST_FIELDS,
        "limits": columns,
        "may_limit": rules.boards.may_limit(look.reader),
    }


def more(request: HttpRequest, rows: Any, column: str, by: str, look: boards.Look) -> HttpResponse:
    """The next cards of one column, or of one cell."""
    if column not in boards.COLUMNS:
        raise Http404
    given = request.GET.get("after", "")
    if by and "lane" in request.GET:
        rows = board_lanes.of_lane(rows, by, request.GET["lane"])
    lane = boards.lane(rows, column, look=look, after=int(given[:9]) if given.isdecimal() else 0)
    context = acts() | {"lane": lane, "query": rest(request)}
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
