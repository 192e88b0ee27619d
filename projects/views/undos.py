"""Taking back what was just done, and the toast that offers it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from portal.core.states import IllegalMove
from projects.models import Undo, UseCase
from projects.services import undos


def offered(request: HttpRequest, words: Any, offer: undos.Offer) -> None:
    """Say what was done; with the way back where there is one."""
    tags = f"undo:{reverse('projects:undo', args=[offer.undo.pk])}" if offer.undo else ""
    messages.success(request, words, extra_tags=tags)


def ways_back(user: Any, use_case: UseCase) -> list[Undo]:
    """What the reader did to it in the last minutes and may take back."""
    mine = Undo.objects.visible_to(user).open()[:10]
    return [each for each in mine if any(row["use_case"] == str(use_case.pk) for row in each.changes)]


def back(request: HttpRequest) -> str:
    """The page one came from, or the backlog."""
    there = request.headers.get("referer", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return there if is_ours else reverse("projects:use_case_list")


@require_POST
@login_required
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it back; what could not be put back is told."""
    found = get_object_or_404(Undo.objects.visible_to(request.user), pk=pk)  # type: ignore[arg-type]
    try:
        problems = undos.take_back(found, by=request.user)  # type: ignore[arg-type]
    except IllegalMove as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, _("Taken back: it is as it was."))
        for problem in problems:
            messages.warning(request, problem)
    return redirect(back(request))
