"""The exam runner: one question per screen, saved at every change, handed in once."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from training import answers, remedies, rules
from training.models import Attempt, AttemptAnswer, Objective
from training.services import attempts
from training.showing import show


def mine(request: HttpRequest, pk: Any) -> Attempt:
    """The reader's own attempt."""
    return get_object_or_404(Attempt.objects.visible_to(request.user).for_list(), pk=pk)


def rows_of(attempt: Attempt) -> list[AttemptAnswer]:
    """Questions in their order."""
    return list(attempt.answers.select_related("question"))


def navigator(attempt: Attempt, rows: list[AttemptAnswer], position: int) -> list[dict[str, Any]]:
    """Which questions are answered, half answered or open."""
    url = reverse("training:attempt", args=[attempt.pk])
    return [
        {
            "position": row.position,
            "url": f"{url}?q={row.position}",
            "state": state_of(row),
            "is_flagged": row.is_flagged,
            "here": row.position == position,
        }
        for row in rows
    ]


def state_of(row: AttemptAnswer) -> str:
    """answered, partial or open."""
    if not row.response:
        return "open"
    return "answered" if answers.is_complete(row.question, row.response) else "partial"


@require_safe
@login_required
def attempt(request: HttpRequest, pk: Any) -> HttpResponse:
    """One question."""
    found = mine(request, pk)
    if found.state == Attempt.State.GRADED:
        return redirect("training:attempt_result", pk=found.pk)
    if found.is_over:
        return redirect("training:attempt_submit", pk=found.pk)
    asked = request.GET.get("q", "1")
    return question_page(request, found, int(asked[:4]) if asked.isascii() and asked.isdigit() else 1)


def question_page(
    request: HttpRequest, found: Attempt, position: int, *, response: Any = None, error: str = ""
) -> HttpResponse:
    """The screen of one question; with an error it keeps what was typed."""
    rows = rows_of(found)
    row = next((row for row in rows if row.position == position), None)
    if row is None:
        raise Http404
    context = {
        "attempt": found,
        "row": row,
        "shown": show(row.question, order=row.order, response=row.response if response is None else response),
        "navigator": navigator(found, rows, position),
        "answered": sum(1 for each in rows if each.response),
        "total": len(rows),
        "previous": position - 1,
        "next": position + 1 if position < len(rows) else 0,
        "error": error,
    }
    return render(request, "training/attempt.html", context, status=422 if error else 200)


@require_POST
@login_required
def attempt_answer(request: HttpRequest, pk: Any, position: int) -> HttpResponse:
    """Save one answer: a short word for htmx, the next screen for a form without JavaScript."""
    found = mine(request, pk)
    row = get_object_or_404(found.answers.select_related("question"), position=position)
    response = answers.from_form(row.question, request.POST)
    error = ""
    try:
        flagged = request.POST.get("flag") == "yes" if "flag_known" in request.POST else None
        attempts.answer(found, position=position, response=response, is_flagged=flagged, by=request.user)
    except ValidationError as problem:
        error = " ".join(problem.messages)
    if request.headers.get("HX-Request"):
        rows = rows_of(found)
        context = {"error": error, "navigator": navigator(found, rows, position), "attempt": found}
        context |= {"answered": sum(1 for each in rows if each.response), "total": len(rows)}
        return render(request, "training/attempt_saved.html", context, status=422 if error else 200)
    if error:
        return question_page(request, found, position, response=response, error=error)
    going = request.POST.get("go", "")
    if going.isascii() and going.isdigit():
        return redirect(f"{reverse('training:attempt', args=[found.pk])}?q={going[:4]}")
    return redirect("training:attempt_submit", pk=found.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def attempt_submit(request: HttpRequest, pk: Any) -> HttpResponse:
    """What is still open, then hand in."""
    found = mine(request, pk)
    if request.method == "POST":
        attempts.submit(found, by=request.user)
        return redirect("training:attempt_result", pk=found.pk)
    if found.state == Attempt.State.GRADED:
        return redirect("training:attempt_result", pk=found.pk)
    marks = navigator(found, rows_of(found), 0)
    context = {
        "attempt": found,
        "open": [mark for mark in marks if mark["state"] != "answered"],
        "flagged": [mark for mark in marks if mark["is_flagged"]] if not found.is_over else [],
        "total": len(marks),
    }
    return render(request, "training/attempt_submit.html", context)


@require_safe
@login_required
def attempt_result(request: HttpRequest, pk: Any) -> HttpResponse:
    """Passed or not, by objective, what to read again, and the exact next time. No key is shown."""
    found = mine(request, pk)
    if found.state != Attempt.State.GRADED:
        return redirect("training:attempt", pk=found.pk)
    outlook = rules.attempts_outlook(request.user, found.exam)
    objectives = {each.code: each for each in Objective.objects.all()}
    rows = [
        {
            **row,
            "label": objectives[row["objective"]].label,
            "lesson": objectives[row["objective"]].lesson_code,
        }
        for row in found.per_objective
        if row["objective"] in objectives
    ]
    context = {
        "attempt": found,
        "objectives": rows,
        "weak": [row for row in rows if not row["is_reached"] or row["objective"] in found.must_know_missed],
        "must_know": [objectives[code].label for code in found.must_know_missed if code in objectives],
        "outlook": outlook,
        "remedy": remedies.remedy(request.user, found.exam) if outlook.needs_remedy else None,
        "certificate": getattr(found, "certificate", None) if found.passed else None,
    }
    return render(request, "training/attempt_result.html", context)
