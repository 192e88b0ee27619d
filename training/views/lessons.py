"""The lesson player: reading, inline checks, marking as finished."""

import math
import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core import markdown
from training import answers, exercising, rules, selectors
from training.explaining import Explanation, explain
from training.figure_lint import PLACED
from training.figures import shelf
from training.models import CheckAnswer, Lesson, LessonNote, LessonProblem, LessonProgress, Question
from training.services import lessons, notes, practices
from training.showing import Shown, show

CHECK = re.compile(r"^\[\[check: ([\w-]+)\]\]$", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """An inline question with what the reader answered and heard."""

    question: Question
    shown: Shown
    result: Any = None
    explanation: Explanation | None = None
    error: str = ""
    is_right_before: bool = False


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def lesson_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Read a lesson; a POST answers one of its checks (the whole page without JavaScript)."""
    lesson = Lesson.objects.visible_to(request.user).for_list().filter(code=code).first()
    if lesson is None:
        return redirect("training:lesson_detail", code=named_otherwise(request, code).code)
    lessons.begin_reading(lesson, by=request.user)
    if request.GET.get("part") == "finish":
        return render(request, "training/lesson_finish.html", finish(request, lesson))
    answered = answer(request, lesson) if request.method == "POST" else None
    status = 422 if answered and answered.error else 200
    if answered and request.headers.get("HX-Request"):
        context = {"check": answered, **finish(request, lesson)}
        return render(request, "training/lesson_check.html", context, status=status)
    return render(request, "training/lesson_detail.html", page(request, lesson, answered), status=status)


def finish(request: HttpRequest, lesson: Lesson) -> dict[str, Any]:
    """What the end of a lesson shows; where only reading time is missing it asks again when that is over."""
    may_complete = rules.may_complete(request.user, lesson)
    wait = rules.reading_left(request.user, lesson).total_seconds() if may_complete.code == "too_quick" else 0
    return {
        "lesson": lesson,
        "is_done": LessonProgress.objects.filter(user=request.user, lesson=lesson).exists(),
        "may_complete": may_complete,
        "again_in": math.ceil(wait) + 1 if wait else 0,
    }


def named_otherwise(request: HttpRequest, name: str) -> Lesson:
    """A lesson found by its slug or by a topic a guardrail links to."""
    for lesson in Lesson.objects.visible_to(request.user):
        if name == lesson.slug or name in lesson.topics:
            return lesson
    raise Http404


def page(request: HttpRequest, lesson: Lesson, answered: Check | None, **more: Any) -> dict[str, Any]:
    """Everything the player shows."""
    standing = selectors.Standing(request.user)
    cards = [card for card in standing.cards if any(row.lesson.pk == lesson.pk for row in card.rows)]
    wanted = request.GET.get("path", "")
    cards.sort(key=lambda card: (card.path.code != wanted, not card.is_enrolled))
    card = cards[0] if cards else None
    rows = card.rows if card else []
    place = next((n for n, row in enumerate(rows) if row.lesson.pk == lesson.pk), 0)
    return {
        **finish(request, lesson),
        "version": lesson.version,
        "pieces": pieces(request, lesson, answered),
        "card": card,
        "rows": rows,
        "number": place + 1,
        "previous": rows[place - 1] if place else None,
        "next": rows[place + 1] if place + 1 < len(rows) else None,
        "try_url": address(lesson.version.try_route),
        "sandbox": exercising.for_lesson(request.user, lesson.code),
        **margin(request, lesson),
        **more,
    }


def margin(request: HttpRequest, lesson: Lesson) -> dict[str, Any]:
    """The reader's own note and reports, and whether there is something to practise with."""
    note = LessonNote.objects.filter(user=request.user, lesson=lesson).first()
    told = LessonProblem.objects.filter(reporter=request.user, lesson=lesson)[:5]
    return {
        "note": note.text if note else "",
        "problems": [
            {
                "text": each.text,
                "reply": each.reply,
                "label": each.get_state_display(),
                "color": LessonProblem.COLORS[each.state],
            }
            for each in told
        ],
        "has_practice": practices.pool_of(lesson).exists(),
    }


def address(route: str) -> str:
    """Where “try it on the portal” leads, or nothing while that page does not exist."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def pieces(request: HttpRequest, lesson: Lesson, answered: Check | None) -> list[dict[str, Any]]:
    """Text and checks in the order of the lesson."""
    questions = {q.uid: q for q in Question.objects.checks_visible_to(request.user).filter(lesson=lesson)}
    mine = {
        row.question_id: row for row in CheckAnswer.objects.filter(user=request.user, question__lesson=lesson)
    }
    found: list[dict[str, Any]] = []
    for number, piece in enumerate(CHECK.split(lesson.version.body)):
        if number % 2 == 0:
            found += text_and_figures(piece)
        elif answered and answered.question.uid == piece:
            found.append({"check": answered})
        elif piece in questions:
            row = mine.get(questions[piece].pk)
            shown = show(questions[piece], response=row.response if row else None)
            found.append(
                {"check": Check(questions[piece], shown, is_right_before=bool(row and row.right_at))}
            )
    return found


def text_and_figures(text: str) -> list[dict[str, Any]]:
    """Text and figures in their order; of a figure that is no longer there its words are left."""
    found: list[dict[str, Any]] = []
    start = 0
    for placed in PLACED.finditer(text):
        says, language, name = placed.groups()
        found.append({"html": markdown.lesson_html(text[start : placed.start()])})
        start = placed.end()
        try:
            figure, drawing = shelf.read(name, language)
        except LookupError:
            found.append({"html": markdown.lesson_html(says)})
        else:
            found.append({"figure": figure, "drawing": markdown.drawing(drawing), "says": says})
    return [*found, {"html": markdown.lesson_html(text[start:])}]


def answer(request: HttpRequest, lesson: Lesson) -> Check:
    """Save the answer to one check; a wrong form keeps what was typed."""
    visible = Question.objects.checks_visible_to(request.user).filter(lesson=lesson)
    question = get_object_or_404(visible, uid=request.POST.get("question", ""))
    response = answers.from_form(question, request.POST)
    shown = show(question, response=response)
    try:
        result = lessons.answer_check(lesson, question, response=response, by=request.user)
    except ValidationError as problem:
        return Check(question, shown, error=" ".join(problem.messages))
    told = explain(question, response, {}, tells_right=False)
    return Check(question, shown, result=result, explanation=told)


@require_POST
@login_required
def lesson_complete(request: HttpRequest, code: str) -> HttpResponse:
    """Mark as finished and go on to the next lesson of the path."""
    lesson = get_object_or_404(Lesson.objects.visible_to(request.user).for_list(), code=code)
    lessons.complete(lesson, by=request.user)
    messages.success(request, _("Lesson finished: %(title)s") % {"title": lesson.title})
    context = page(request, lesson, None)
    if context["next"]:
        return redirect(context["next"].url)
    return redirect(context["card"].url if context["card"] else reverse("training:home"))


@require_POST
@login_required
def lesson_note(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the reader's note: a short word for htmx, back to the lesson without JavaScript."""
    lesson = get_object_or_404(Lesson.objects.visible_to(request.user).for_list(), code=code)
    text, error = request.POST.get("text", ""), ""
    try:
        notes.write(lesson, text=text, by=request.user)
    except ValidationError as problem:
        error = " ".join(problem.messages)
    if request.headers.get("HX-Request"):
        return render(request, "training/note_saved.html", {"error": error}, status=422 if error else 200)
    if error:
        context = page(request, lesson, None, note=text, note_error=error)
        return render(request, "training/lesson_detail.html", context, status=422)
    return redirect("training:lesson_detail", code=lesson.code)


@require_POST
@login_required
def lesson_problem(request: HttpRequest, code: str) -> HttpResponse:
    """Tell the authors."""
    lesson = get_object_or_404(Lesson.objects.visible_to(request.user).for_list(), code=code)
    text = request.POST.get("text", "")
    try:
        notes.report(lesson, text=text, by=request.user)
    except ValidationError as problem:
        context = page(request, lesson, None, problem_text=text, problem_error=" ".join(problem.messages))
        return render(request, "training/lesson_detail.html", context, status=422)
    messages.success(request, _("Thank you. The authors have been told; their answer comes to your notices."))
    return redirect("training:lesson_detail", code=lesson.code)
