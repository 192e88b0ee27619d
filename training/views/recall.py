"""Spaced review: one question that is due, its answer, and the next."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from training import answers
from training.models import RecallCard
from training.services import recall as recalls
from training.showing import show


@require_safe
@login_required
def recall(request: HttpRequest) -> HttpResponse:
    """The question that waits longest, or when the next one comes."""
    return page(request)


def page(request: HttpRequest, *, error: str = "", response: Any = None) -> HttpResponse:
    """With an error it keeps what was typed."""
    mine = RecallCard.objects.visible_to(request.user).for_list()
    card = mine.due().first()
    context = {
        "card": card,
        "shown": show(card.question, response=response) if card else None,
        "due": mine.due().count(),
        "next": mine.first(),
        "error": error,
    }
    return render(request, "training/recall.html", context, status=422 if error else 200)


@require_POST
@login_required
def recall_answer(request: HttpRequest, pk: Any) -> HttpResponse:
    """Right or not, why, and when it comes back."""
    card = get_object_or_404(RecallCard.objects.visible_to(request.user).for_list(), pk=pk)
    response = answers.from_form(card.question, request.POST)
    try:
        result = recalls.answer(card, response=response, by=request.user)
    except ValidationError as problem:
        return page(request, error=" ".join(problem.messages), response=response)
    due = RecallCard.objects.visible_to(request.user).due().count()
    context = {"card": card, "result": result, "due": due, "shown": show(card.question, response=response)}
    return render(request, "training/recall_answered.html", context)
