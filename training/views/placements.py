"""Placement tests: the terms, one page of questions, the result."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from training import answers, placement_rules
from training.models import Course, Objective, Placement, Question
from training.services import placements
from training.showing import show


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def placement_start(request: HttpRequest, code: str) -> HttpResponse:
    """What is asked and what it brings; a POST begins, or goes on."""
    course = get_object_or_404(Course, code=code)
    if request.method == "POST":
        return redirect("training:placement", pk=placements.start(course, by=request.user).pk)
    under_way = Placement.objects.visible_to(request.user).open().filter(course=course).first()
    if under_way:
        return redirect("training:placement", pk=under_way.pk)
    objectives = course.objectives.filter(
        questions__is_current=True, questions__use=Question.Use.EXAM
    ).distinct()
    context = {
        "course": course,
        "size": placements.PER_OBJECTIVE * objectives.count(),
        "may_place": placement_rules.may_place(request.user, course),
    }
    return render(request, "training/placement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def placement(request: HttpRequest, pk: Any) -> HttpResponse:
    """The questions; a POST hands in. Graded, the result by objective and no key."""
    found = get_object_or_404(Placement.objects.visible_to(request.user).for_list(), pk=pk)
    if found.state == Placement.State.GRADED:
        return render(request, "training/placement.html", result_of(found))
    rows = placements.questions_of(found)
    given = responses(rows, request.POST) if request.method == "POST" else {}
    error = ""
    if request.method == "POST":
        try:
            placements.submit(found, responses=given, by=request.user)
            return redirect("training:placement", pk=found.pk)
        except ValidationError as problem:
            error = " ".join(problem.messages)
    shown = [
        {"prefix": f"q{n}-", "shown": show(question, order=order, response=given.get(str(question.pk)))}
        for n, (question, order) in enumerate(rows, start=1)
    ]
    context = {"course": found.course, "placement": found, "rows": shown, "error": error}
    return render(request, "training/placement.html", context, status=422 if error else 200)


def responses(rows: list[tuple[Question, dict[str, Any]]], post: QueryDict) -> dict[str, Any]:
    """The answers of the form, each question's under its own prefix."""
    found = {}
    for number, (question, _order) in enumerate(rows, start=1):
        prefix, mine = f"q{number}-", QueryDict(mutable=True)
        for name in post:
            if name.startswith(prefix):
                mine.setlist(name.removeprefix(prefix), post.getlist(name))
        if response := answers.from_form(question, mine):
            found[str(question.pk)] = response
    return found


def result_of(found: Placement) -> dict[str, Any]:
    """Percent by objective."""
    labels = {each.code: each.label for each in Objective.objects.filter(course=found.course)}
    rows = [{**row, "label": labels.get(row["objective"], "")} for row in found.per_objective]
    return {"course": found.course, "placement": found, "objectives": rows}
