"""The backlog: table, board, matrix, roadmap and comparison; the address holds the whole state."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_tables2 import RequestConfig

from projects import custom_values, rules
from projects.filters.use_cases import UseCaseFilter
from projects.models import SavedView, UseCase
from projects.selectors import backlog, comparisons, groups, ranks, roadmaps, views as view_reads
from projects.tables.use_cases import OFFERED, OwnColumn, UseCaseTable, chosen_columns
from projects.views.answers import find

PER_PAGE = 25
MOST_WAYS = 3
LAYOUTS = {
    "table": "use_case_list",
    "board": "use_case_board",
    "matrix": "use_case_matrix",
    "roadmap": "use_case_roadmap",
}


def narrowed(request: HttpRequest) -> tuple[UseCaseFilter, Any]:
    """The filter of this address and what it finds; a filter that makes no sense finds nothing and says so."""
    visible = UseCase.objects.visible_to(request.user).for_list()
    found = UseCaseFilter(request.GET, queryset=visible, request=request)
    return found, backlog.in_order(found.qs)


def frame(request: HttpRequest, layout: str, found: UseCaseFilter) -> dict[str, Any]:
    """What stands above every layout: tabs that keep the filters, kept views, export."""
    state = request.GET.copy()
    for name in ("page", "view", "column", "after", "lane"):
        state.pop(name, None)
    query = state.urlencode()
    labels = {"table": _("Table"), "board": _("Board"), "matrix": _("Matrix"), "roadmap": _("Roadmap")}
    tabs = [
        {
            "label": labels[name],
            "url": f"{reverse(f'projects:{route}')}{'?' if query else ''}{query}",
            "active": name == layout,
        }
        for name, route in LAYOUTS.items()
    ]
    kept = view_reads.shelf(request.user)
    is_narrowed = any(request.GET.get(name) for name in found.form.fields)
    return {
        "filter": found,
        "layout": layout,
        "by_score": "" if layout == "table" else "-priority",
        "query": query,
        "tabs": tabs,
        "kept": kept,
        "built_in": view_reads.BUILT_IN,
        "current": next((each for each in kept if str(each.view.pk) == request.GET.get("view")), None),
        "may_propose": rules.use_cases.may_propose(request.user),
        "is_empty": not UseCase.objects.visible_to(request.user).exists(),
        "is_narrowed": is_narrowed,
        "looser": looser(request, found) if is_narrowed else [],
    }


def looser(request: HttpRequest, found: UseCaseFilter) -> list[dict[str, Any]]:
    """Where nothing fits: the filters that hide the most, each with how many would be seen without it."""
    if found.form.errors or found.qs.exists():
        return []
    ways = []
    for name in [each for each in found.form.fields if any(request.GET.getlist(each))]:
        rest = request.GET.copy()
        for gone in (name, "page", "view"):
            rest.pop(gone, None)
        count = UseCaseFilter(rest, queryset=found.queryset, request=request).qs.count()
        if count:
            ways.append({"label": found.form[name].label, "count": count, "url": f"?{rest.urlencode()}"})
    return sorted(ways, key=lambda way: -way["count"])[:MOST_WAYS]


@require_safe
@login_required
def use_case_list(request: HttpRequest) -> HttpResponse:
    """The backlog as a filtered table."""
    found, rows = narrowed(request)
    own = custom_values.active()
    columns = chosen_columns(request.GET.getlist("columns"), own)
    is_by_hand = request.GET.get("sort") == "rank"
    if "rank" in request.GET.get("sort", "") and "rank" not in columns:
        columns = ["rank", *columns]
    table = UseCaseTable(
        backlog.with_scores(rows),
        exclude=[name for name in OFFERED if name not in columns],
        extra_columns=[(each.key, OwnColumn(each)) for each in own if each.key in columns],
        sequence=["pick", "rank", "..."] if is_by_hand else ["..."],
    )
    by = request.GET.get("lanes", "")
    grouped(table, request, by if by in groups.GROUPS else "")
    beside_the_rows(table, request, columns, own)
    table.is_by_hand = is_by_hand
    boxes = [(name, UseCaseTable.base_columns[name].verbose_name, name in columns) for name in OFFERED]
    boxes += [(each.key, each.label, each.key in columns) for each in own]
    context = frame(request, "table", found) | {
        "table": table,
        "boxes": boxes,
        "acts": rules.bulk.ACTS,
        "is_by_hand": is_by_hand,
        "group_choices": [(name, label, name == by) for name, label in groups.GROUPS.items()],
    }
    return render(request, "projects/use_case_list.html", context, status=status(found))


def grouped(table: UseCaseTable, request: HttpRequest, by: str) -> None:
    """Sort and cut into pages; with groups, these come first and each has a heading."""
    if not by:
        RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
        return
    RequestConfig(request, paginate=False).configure(table)
    rows = table.data.data
    table.data.data = groups.sorted_by(rows, by)
    page = Paginator(table.rows, PER_PAGE).get_page(request.GET.get("page"))
    table.paginate(page=page.number, per_page=PER_PAGE)
    table.groups = groups.headings(rows, by, shown(table), is_first_page=page.number == 1)


def beside_the_rows(table: UseCaseTable, request: HttpRequest, columns: list[str], own: list[Any]) -> None:
    """Places by hand and names of people, read once for the page."""
    table.reader = request.user  # type: ignore[assignment]
    if "rank" in columns:
        table.places = ranks.places(shown(table), request.user)  # type: ignore[arg-type]
    if any(each.key in columns for each in own):
        table.people = custom_values.people_named(shown(table), own)


def shown(table: UseCaseTable) -> list[UseCase]:
    """The use cases on this page of the table."""
    return [row.record for row in table.paginated_rows]


def status(found: UseCaseFilter) -> int:
    """422 when a filter makes no sense."""
    return 422 if found.form.errors else 200


@require_safe
@login_required
def use_case_matrix(request: HttpRequest) -> HttpResponse:
    """Value by feasibility; the bubble is the effort, colour and letter the tier."""
    found, rows = narrowed(request)
    across, up, *cuts = (request.GET.get(name, "") for name in ("x", "y", "cut_x", "cut_y"))
    matrix = comparisons.matrix(rows, across, up, *cuts)
    context = frame(request, "matrix", found) | {
        "matrix": matrix,
        "acts": rules.bulk.ACTS,
        "uncut": uncut(request) if any(each.is_moved for each in matrix.lines) else "",
        "axes": [
            (
                name,
                words,
                [(axis, label, axis == chosen) for axis, (label, _tell) in comparisons.AXES.items()],
            )
            for name, words, chosen in (
                ("x", _("Across"), across or comparisons.USUAL[0]),
                ("y", _("Upwards"), up or comparisons.USUAL[1]),
            )
        ],
    }
    code = 422 if matrix.problems else status(found)
    return render(request, "projects/use_case_matrix.html", context, status=code)


def uncut(request: HttpRequest) -> str:
    """The same address with both lines of the matrix where they stand by themselves."""
    rest = request.GET.copy()
    for name in ("cut_x", "cut_y"):
        rest.pop(name, None)
    return f"?{rest.urlencode()}"


@require_safe
@login_required
def use_case_roadmap(request: HttpRequest) -> HttpResponse:
    """Phases as they were and gates as they are planned, along the months."""
    found, rows = narrowed(request)
    page = request.GET.get("page", "1")
    context = frame(request, "roadmap", found) | {"roadmap": roadmaps.roadmap(rows, page, request.user)}
    return render(request, "projects/use_case_roadmap.html", context, status=status(found))


@require_safe
@login_required
def use_case_compare(request: HttpRequest) -> HttpResponse:
    """Up to four side by side."""
    keys = [each for each in dict.fromkeys(request.GET.getlist("id")) if is_key(each)]
    visible = UseCase.objects.visible_to(request.user).for_list()
    chosen = list(backlog.with_scores(visible.filter(pk__in=keys[: comparisons.MOST])))
    chosen.sort(key=lambda each: keys.index(str(each.pk)))
    context = {
        "comparison": comparisons.compare(chosen),
        "too_many": len(keys) > comparisons.MOST,
        "most": comparisons.MOST,
    }
    return render(request, "projects/use_case_compare.html", context)


def is_key(text: str) -> bool:
    """A UUID."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


@require_safe
@login_required
def use_case_peek(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A fragment for the dialog of a quick look."""
    use_case = find(request, pk)
    context = {
        "use_case": use_case,
        "color": UseCase.COLORS[use_case.phase],
        "plans": use_case.gate_plans.all(),
    }
    return render(request, "projects/use_case_peek.html", context)


def view_of(request: HttpRequest, pk: UUID) -> SavedView:
    """A kept view, or 404."""
    found = SavedView.objects.visible_to(request.user).for_list().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
