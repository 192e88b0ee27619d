"""Paths: what they teach, how far one is, and taking one up."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from training import rules, selectors, ways
from training.models import Path
from training.services import enrolments


@require_safe
@login_required
def path_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The lessons in order, and the exam's conditions before anybody starts."""
    path = get_object_or_404(Path.objects.visible_to(request.user).for_list(), code=code)
    standing = selectors.Standing(request.user)
    card = next(card for card in standing.cards if card.path.pk == path.pk)
    context = {
        "path": path,
        "card": card,
        "step": card.next_step(),
        "exam": path.exam,
        "courses": ways.courses_open(card.rows),
        "may_enrol": rules.may_learn(request.user, path),
        "may_start": rules.may_start(request.user, path.exam),
    }
    return render(request, "training/path_detail.html", context)


@require_safe
@login_required
def path_map(request: HttpRequest, code: str) -> HttpResponse:
    """The path as a drawing, with the same as a list below it."""
    path = get_object_or_404(Path.objects.visible_to(request.user).for_list(), code=code)
    return render(request, "training/path_map.html", {"path": path, "map": ways.path_map(path, request.user)})


@require_POST
@login_required
def path_enrol(request: HttpRequest, code: str) -> HttpResponse:
    """Take the path up and go to its first open lesson."""
    path = get_object_or_404(Path.objects.visible_to(request.user).for_list(), code=code)
    enrolments.enrol(path, by=request.user)
    return redirect("training:path_detail", code=path.code)
