"""The author studio: the bank with its figures, keys, voiding, versions and the log of publications."""

import difflib
from collections import Counter
from statistics import fmean
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.verdicts import require
from training import measuring, studio_rules
from training.explaining import right_words
from training.filters import QuestionFilter
from training.forms import VoidForm
from training.models import (
    Course,
    Exam,
    KeySight,
    Lesson,
    LessonProblem,
    Publication,
    Question,
    QuestionDraft,
)
from training.services import drafts, marking, publications
from training.showing import show
from training.statistics import Figures, chance_of, exam_figures


def flaw_words() -> dict[str, str]:
    """What asks for repair, in words."""
    return {
        "too_hard": _("fewer than 30 % right"),
        "too_easy": _("more than 90 % right"),
        "weak": _("does not tell the able from the others"),
        "unpicked": _("an option that nobody picks"),
        "misleading": _("the best pick a wrong option"),
    }


@require_safe
@login_required
def studio(request: HttpRequest) -> HttpResponse:
    """The course tree with what each objective holds, and what waits."""
    require(studio_rules.may_enter_studio(request.user))
    held = Counter(Question.objects.current().values_list("objective", "use"))
    needed: Counter[str] = Counter()
    exams = list(Exam.objects.visible_to(request.user).for_list())
    for exam in exams:
        for row in exam.blueprint:
            needed[row["objective"]] = max(needed[row["objective"]], row["count"])
    courses = Course.objects.prefetch_related("objectives", "lessons__version")
    tree = [
        {
            "course": course,
            "lessons": [each for each in course.lessons.all() if each.is_active],
            "objectives": [
                {
                    "objective": each,
                    "check": held[each.pk, "check"],
                    "practice": held[each.pk, "practice"],
                    "exam": held[each.pk, "exam"],
                    "drawn": needed[each.code],
                    "is_thin": held[each.pk, "exam"] < 3 * needed[each.code],
                }
                for each in course.objectives.all()
            ],
        }
        for course in courses
    ]
    context = {
        "tree": tree,
        "exams": [{"exam": exam, "figures": exam_figures(exam)} for exam in exams],
        "drafts": QuestionDraft.objects.visible_to(request.user)
        .for_list()
        .filter(state__in=["draft", "review"]),
        "problems": LessonProblem.objects.filter(state=LessonProblem.State.OPEN).count(),
        "may_write": studio_rules.may_write(request.user),
    }
    return render(request, "training/studio.html", context)


@require_safe
@login_required
def exam_measure(request: HttpRequest, code: str) -> HttpResponse:
    """How well an exam measures, and what guessing is worth in it."""
    require(studio_rules.may_enter_studio(request.user))
    exam = get_object_or_404(Exam.objects.visible_to(request.user).for_list(), code=code)
    chance = chance_of(exam)
    context = {
        "exam": exam,
        "figures": exam_figures(exam),
        "chance": None if chance is None else round(100 * chance),
        "corrected": None
        if chance is None
        else round(100 * measuring.corrected(exam.pass_percent / 100, chance)),
        "is_lucky": chance is not None and chance > measuring.MUCH_CHANCE,
    }
    return render(request, "training/exam_measure.html", context)


@require_safe
@login_required
def question_list(request: HttpRequest) -> HttpResponse:
    """The bank with figures from first attempts; keys are not shown here."""
    require(studio_rules.may_enter_studio(request.user))
    rows = Question.objects.current().select_related("objective", "lesson__version").order_by("uid")
    found = QuestionFilter(request.GET or None, queryset=rows)
    page = Paginator(found.qs, 30).get_page(request.GET.get("page"))
    figures, words = Figures(page.object_list), flaw_words()
    lines = []
    for each in page.object_list:
        figure = figures.of(each)
        lines.append({"question": each, "figures": figure, "flaws": [words[name] for name in figure.flaws]})
    query = request.GET.copy()
    query.pop("page", None)
    context = {"filter": found, "page": page, "lines": lines, "query": query.urlencode()}
    return render(request, "training/question_list.html", context)


def question_of(uid: str) -> Question:
    """The present version, else the newest."""
    rows = Question.objects.filter(uid=uid).select_related("objective", "lesson__version")
    return get_object_or_404(rows.order_by("-is_current", "-version")[:1])


@require_safe
@login_required
def question_detail(request: HttpRequest, uid: str) -> HttpResponse:
    """Preview, figures, versions; the key only for who asked to see it."""
    require(studio_rules.may_enter_studio(request.user))
    return question_page(request, question_of(uid), VoidForm())


def question_page(
    request: HttpRequest, question: Question, form: VoidForm, *, status: int = 200
) -> HttpResponse:
    """The page of one question."""
    may_write = studio_rules.may_write(request.user)
    knows = bool(may_write) and knows_key(request.user, question)
    figures, words = Figures([question]).of(question), flaw_words()
    guesses = measuring.guessers(question.kind, question.content, question.answer)
    labels = {each["key"]: each["text"] for each in question.content.get("options", [])}
    context = {
        "question": question,
        "shown": show(question),
        "figures": figures,
        "flaws": [words[name] for name in figures.flaws],
        "picks": [{"text": labels[p.key], "count": p.count, "top": p.top} for p in figures.picks]
        if knows
        else [],
        "chance": round(100 * fmean(guesses)),
        "right": right_words(question.kind, question.content, question.answer) if knows else [],
        "knows": knows,
        "versions": Question.objects.filter(uid=question.uid).order_by("-version"),
        "may_write": may_write,
        "may_void": studio_rules.may_void(request.user, question),
        "form": form,
    }
    return render(request, "training/question_detail.html", context, status=status)


def knows_key(user: Any, question: Question) -> bool:
    """Keys of checks and practice are open to authors; those of exams once they were asked for."""
    if question.use != Question.Use.EXAM:
        return True
    return KeySight.objects.filter(user=user, uid=question.uid).exists()


@require_POST
@login_required
def question_key(request: HttpRequest, uid: str) -> HttpResponse:
    """Show the answer to an author, whose exams never ask this question again."""
    drafts.see_keys([question_of(uid)], by=request.user)
    return redirect("training:question_detail", uid=uid)


@require_POST
@login_required
def question_void(request: HttpRequest, uid: str) -> HttpResponse:
    """Take the question out of all results."""
    require(studio_rules.may_write(request.user))
    question, form = question_of(uid), VoidForm(request.POST)
    if not form.is_valid():
        return question_page(request, question, form, status=422)
    newly = marking.void(question, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The question is out of all results. Newly passed: %(n)s.") % {"n": newly})
    return redirect("training:question_detail", uid=uid)


@require_POST
@login_required
def question_edit(request: HttpRequest, uid: str) -> HttpResponse:
    """Begin a draft from the question as its author wrote it."""
    question = question_of(uid)
    drafts.see_keys([question], by=request.user)
    try:
        draft = drafts.begin(text=drafts.as_yaml(question.written), by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("training:question_detail", uid=uid)
    return redirect("training:draft_detail", pk=draft.pk)


@require_safe
@login_required
def publication_list(request: HttpRequest) -> HttpResponse:
    """What was published when, by whom, and from which version to which."""
    require(studio_rules.may_enter_studio(request.user))
    rows = Publication.objects.visible_to(request.user).for_list()
    page = Paginator(rows, 20).get_page(request.GET.get("page"))
    lines = [
        {"publication": each, "may_revert": studio_rules.may_revert(request.user, each)} for each in page
    ]
    return render(request, "training/publication_list.html", {"page": page, "lines": lines})


@require_POST
@login_required
def publication_revert(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take a publication back."""
    require(studio_rules.may_enter_studio(request.user))
    publication = get_object_or_404(Publication.objects.visible_to(request.user), pk=pk)
    done = publications.revert(publication, by=request.user)
    count = done.entries.count() if done else 0
    messages.success(request, _("Taken back: %(n)s entries.") % {"n": count})
    return redirect("training:publication_list")


@require_http_methods(["GET", "HEAD"])
@login_required
def lesson_versions(request: HttpRequest, code: str) -> HttpResponse:
    """The versions of a lesson, and what changed between two of them."""
    require(studio_rules.may_enter_studio(request.user))
    lesson = get_object_or_404(Lesson.objects.for_list(), code=code)
    versions = list(lesson.versions.order_by("-number"))
    numbers = {each.number: each for each in versions}
    asked = [request.GET.get(name, "") for name in ("old", "new")]
    chosen = [int(each[:6]) for each in asked if each.isascii() and each.isdigit()]
    pair = chosen if len(chosen) == 2 else sorted(numbers)[-2:]  # noqa: PLR2004
    old, new = (numbers.get(number) for number in (pair if len(pair) == 2 else [0, 0]))  # noqa: PLR2004
    lines = []
    if old and new:
        found = difflib.unified_diff(old.body.splitlines(), new.body.splitlines(), lineterm="", n=2)
        lines = [
            {"text": line, "kind": {"+": "new", "-": "old", "@": "place"}.get(line[:1], "")}
            for line in list(found)[2:]
        ]
    context = {"lesson": lesson, "versions": versions, "old": old, "new": new, "lines": lines}
    return render(request, "training/lesson_versions.html", context)
