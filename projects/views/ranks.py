"""Placing a use case by hand: by drag, by keys or by the menu of its row."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from projects.models import UseCase
from projects.selectors import ranks as reads
from projects.services import ranks, undos
from projects.views.answers import find
from projects.views.undos import back, offered


@require_POST
@login_required
def use_case_rank(request: HttpRequest, pk: UUID) -> HttpResponse:
    """
    One place: `to` up, down, top, bottom or score, or `before`/`after` another use case.

    A script (`HX-Request`) gets the sentence and the toast as a fragment, everybody else comes back to the page.
    """
    use_case = find(request, pk)
    place: dict[str, Any] = {"to": request.POST.get("to", "")}
    for name in ("before", "after"):
        if given := request.POST.get(name, ""):
            place[name] = get_object_or_404(UseCase.objects.visible_to(request.user), pk=uuid_of(given))  # type: ignore[arg-type]
    problem = ""
    with undos.offering([use_case], "rank", by=request.user) as offer:  # type: ignore[arg-type]
        try:
            ranks.place(use_case, **place, by=request.user)
        except ValidationError as refused:
            problem = " ".join(refused.messages)
    placed = reads.places([use_case], request.user).get(use_case.pk)  # type: ignore[arg-type]
    words = (
        problem or f"{use_case.ref}: {placed.sentence if placed else _('it stands where its score puts it')}."
    )
    if request.headers.get("HX-Request"):
        context = {"words": words, "undo": offer.undo, "place": placed, "problem": problem}
        return render(request, "projects/rank_said.html", context, status=422 if problem else 200)
    offered(request, words, offer)
    return redirect(back(request))


def uuid_of(text: str) -> UUID | None:
    """A key, or nothing that would be found."""
    try:
        return UUID(text)
    except ValueError:
        return None
