"""The library page, and the lineage of anything in it."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from projects import shelves
from projects.forms.artifacts import LibraryForm
from projects.rules.artifacts import may_bring
from projects.selectors.library import PER_PAGE, Asked, Found, found
from projects.selectors.lineage import lineage, node, reuse


@require_safe
@login_required
def library(request: HttpRequest) -> HttpResponse:
    """Everything one may build on."""
    form = LibraryForm(request.GET, user=request.user)  # type: ignore[arg-type]
    page = page_number(request.GET.get("page", "1"))
    is_valid = form.is_valid()
    asked = form.asked if is_valid else Asked()
    answer = found(request.user, asked, page=page) if is_valid else Found([], 0, [])  # type: ignore[arg-type]
    context = {
        "form": form,
        "asked": asked,
        "found": answer,
        "page": Paginator(range(answer.total), PER_PAGE).get_page(page),
        "query": asked.query(),
        "only_shared": asked.query(sort="new", shared="") == "",
        "is_narrowed": asked.query(sort="new") != "",
        "away_query": asked.query(away="" if asked.away else "true", kind="", tag=""),
        "may_bring": may_bring(request.user),  # type: ignore[arg-type]
    }
    return render(request, "projects/library.html", context, status=200 if is_valid else 422)


def page_number(text: str) -> int:
    """A page that can be; the first for nonsense."""
    return min(max(int(text), 1), 100_000) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def line_of(request: HttpRequest, kind: str, pk: str, *, steps: int) -> dict[str, Any]:
    """A thing of the library with its lineage, or 404."""
    found_kind = shelves.kind(kind)
    if found_kind is None:
        raise Http404
    thing = get_object_or_404(found_kind.seen(request.user), pk=pk)
    return {
        "here": node(found_kind, thing),
        "line": lineage(kind, thing.pk, request.user, steps=steps),  # type: ignore[arg-type]
        "reuse": reuse(kind, thing.pk, request.user),  # type: ignore[arg-type]
        "can_be_source": found_kind.origin is not None
        and found_kind.used(request.user).filter(pk=pk).exists(),
        "title": _("Lineage of %(thing)s") % {"thing": thing},
    }


@require_safe
@login_required
def library_lineage(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """What something was made from and what was made from it, to be walked along step by step."""
    return render(request, "projects/library_lineage.html", line_of(request, kind, pk, steps=3))


@require_safe
@login_required
def library_panel(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """The same in a few lines, for the page of the thing itself."""
    return render(request, "projects/library_panel.html", line_of(request, kind, pk, steps=1))
