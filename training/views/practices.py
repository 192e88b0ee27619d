"""Practice: one question at a time, explained at once."""

from collections import defaultdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from training import answers
from training.explaining import explain
from training.models import Lesson, Path, Practice, PracticeAnswer
from training.services import practices
from training.showing import show
from training.wording import say


@require_POST
@login_required
def path_practice(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a round on a path."""
    about = get_object_or_404(Path.objects.visible_to(request.user), code=code)
    return begin(request, about)


@require_POST
@login_required
def lesson_practice(request: HttpRequest, code: str) -> HttpResponse:
    """Begin a round on a lesson."""
    about = get_object_or_404(Lesson.objects.visible_to(request.user), code=code)
    return begin(request, about)


def begin(request: HttpRequest, about: Path | Lesson) -> HttpResponse:
    """Draw, and show the first question."""
    is_asked = request.POST.get("certainty") == "yes"
    practice = practices.start(about, asks_certainty=is_asked, by=request.user)
    return redirect("training:practice", pk=practice.pk)


def mine(request: HttpRequest, pk: Any) -> Practice:
    """The reader's own round."""
    return get_object_or_404(Practice.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
def practice(request: HttpRequest, pk: Any) -> HttpResponse:
    """One question; answered ones explain themselves."""
    asked = request.GET.get("q", "1")
    return page(request, mine(request, pk), int(asked[:4]) if asked.isascii() and asked.isdigit() else 1)


def page(
    request: HttpRequest, found: Practice, position: int, *, response: Any = None, error: str = ""
) -> HttpResponse:
    """The screen of one question; with an error it keeps what was typed."""
    rows = list(found.answers.select_related("question"))
    row = next((row for row in rows if row.position == position), None)
    if row is None:
        raise Http404
    question = row.question
    explanation = explain(question, row.response, row.order, tells_right=True) if row.answered_at else None
    context = {
        "practice": found,
        "row": row,
        "shown": show(question, order=row.order, response=row.response if response is None else response),
        "explanation": explanation,
        "hints": [say(each) for each in question.content.get("hints", [])[: row.hints_taken]],
        "hints_left": len(question.content.get("hints", [])) - row.hints_taken,
        "certainties": PracticeAnswer.Certainty.choices,
        "chosen": request.POST.get("certainty", ""),
        "navigator": [{"position": each.position, "state": state_of(each)} for each in rows],
        "total": len(rows),
        "next": position + 1 if position < len(rows) else 0,
        "error": error,
    }
    return render(request, "training/practice.html", context, status=422 if error else 200)


def state_of(row: PracticeAnswer) -> str:
    """open, right, partly or wrong."""
    if row.score is None:
        return "open"
    return "right" if row.score == 1 else "partly" if row.score else "wrong"


@require_POST
@login_required
def practice_answer(request: HttpRequest, pk: Any, position: int) -> HttpResponse:
    """Answer, and hear at once."""
    found = mine(request, pk)
    row = get_object_or_404(found.answers.select_related("question"), position=position)
    response = answers.from_form(row.question, request.POST)
    certainty = request.POST.get("certainty", "")
    try:
        practices.answer(found, position=position, response=response, certainty=certainty, by=request.user)
    except ValidationError as problem:
        return page(request, found, position, response=response, error=" ".join(problem.messages))
    return redirect(f"{reverse('training:practice', args=[found.pk])}?q={position}")


@require_POST
@login_required
def practice_hint(request: HttpRequest, pk: Any, position: int) -> HttpResponse:
    """One more hint."""
    found = mine(request, pk)
    get_object_or_404(found.answers, position=position)
    practices.hint(found, position=position, by=request.user)
    return redirect(f"{reverse('training:practice', args=[found.pk])}?q={position}")


@require_safe
@login_required
def practice_result(request: HttpRequest, pk: Any) -> HttpResponse:
    """How the round went, by objective, and how well one knows what one knows."""
    found = mine(request, pk)
    rows = list(found.answers.select_related("question__objective"))
    answered = [row for row in rows if row.score is not None]
    by_objective = defaultdict(list)
    for row in answered:
        by_objective[row.question.objective].append(float(row.score))
    context = {
        "practice": found,
        "rows": [
            {"objective": each, "percent": round(100 * sum(s) / len(s))} for each, s in by_objective.items()
        ],
        "percent": round(100 * sum(float(row.score) for row in answered) / len(answered)) if answered else 0,
        "answered": len(answered),
        "total": len(rows),
        "marks": sum(row.mark for row in answered if row.mark is not None),
        "certainty": certainty_rows(answered) if found.asks_certainty else [],
    }
    return render(request, "training/practice_result.html", context)


def certainty_rows(answered: list[PracticeAnswer]) -> list[dict[str, Any]]:
    """How often each degree of certainty was right."""
    found = []
    for value, label in PracticeAnswer.Certainty.choices:
        scores = [row.score == 1 for row in answered if row.certainty == value]
        if scores:
            found.append(
                {"label": label, "n": len(scores), "percent": round(100 * sum(scores) / len(scores))}
            )
    return found
