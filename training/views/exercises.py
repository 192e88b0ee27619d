"""Exercises: the list, one of them with its checks, and the sandbox behind it."""

import tempfile
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core import markdown
from training import assessed, exercise_rules as rules, exercising, review_desk
from training.exercise_forms import AskForm, WrittenForm
from training.models import Exercise, ExerciseWork, Review
from training.services import exercises
from training.wording import say


def find(request: HttpRequest, code: str) -> Exercise:
    """The exercise, or 404."""
    return get_object_or_404(Exercise.objects.visible_to(request.user).for_list(), code=code)


def open_work(request: HttpRequest, exercise: Exercise) -> ExerciseWork | None:
    """The learner's present round."""
    return ExerciseWork.objects.visible_to(request.user).for_list().open().filter(exercise=exercise).first()


@require_safe
@login_required
def exercise_list(request: HttpRequest) -> HttpResponse:
    """Every exercise with where one stands."""
    context = {"rows": exercising.standings(request.user), "may_mentor": rules.may_mentor(request.user)}
    return render(request, "training/exercise_list.html", context)


@require_safe
@login_required
def exercise_detail(request: HttpRequest, code: str) -> HttpResponse:
    """The brief; once begun, what each check sees in the sandbox at this moment."""
    exercise = find(request, code)
    return render(request, "training/exercise_detail.html", page(request, exercise))


def page(request: HttpRequest, exercise: Exercise, form: Any = None, **more: Any) -> dict[str, Any]:
    """Everything the page of an exercise shows."""
    work = open_work(request, exercise)
    version = work.version if work else exercise.version
    mine = ExerciseWork.objects.visible_to(request.user).filter(exercise=exercise)
    reviews = Review.objects.for_list().filter(work__in=mine).order_by("-created_at")
    return {
        "exercise": exercise,
        "version": version,
        "preview": [say(each["titles"]) for each in version.checks],
        "table_title": say(version.table.get("titles") or {}),
        "body": markdown.lesson_html(version.body),
        "work": work,
        "is_passed": mine.passed().exists(),
        "is_assessed": bool(version.is_assessed and assessed.assessment_of(request.user, exercise)),
        "may_start": rules.may_start(request.user, exercise),
        "reviews": [(each, Review.COLORS[each.state]) for each in reviews[:10]],
        **(steps(request, work, form) if work else {}),
        **more,
    }


def steps(request: HttpRequest, work: ExerciseWork, form: Any = None) -> dict[str, Any]:
    """The checks with their pages, what is written down, and what may be asked."""
    rows = exercising.rows(work, exercising.look(work))
    pages = {page: exercising.address(work, page) for page in {row.page for row in rows}}
    first = next((row for row in rows if row.state != "right"), None)
    modes = [Review.Mode.COACHING, *([Review.Mode.ASSESSMENT] if work.version.is_assessed else [])]
    return {
        "rows": [(row, pages[row.page]) for row in rows],
        "right": sum(row.state == "right" for row in rows),
        "next_row": first,
        "next_url": (pages[first.page] if first.page not in ("", "exercise") else "#written")
        if first
        else "",
        "form": form or WrittenForm(work=work),
        "may_clear": rules.may_clear(request.user, work),
        "asking": [
            {
                "mode": mode,
                "verdict": rules.may_ask(request.user, work, mode),
                "form": AskForm(initial={"mode": mode}, auto_id=f"id_{mode}_%s"),
                "promise": review_desk.promise(mode),
            }
            for mode in modes
        ],
    }


@require_POST
@login_required
def exercise_start(request: HttpRequest, code: str) -> HttpResponse:
    """Make the sandbox, or find the present one, and open it at the page asked for."""
    exercise = find(request, code)
    work = exercises.start(exercise, by=request.user)
    wanted = request.POST.get("page", "")
    return redirect(exercising.address(work, wanted))


@require_POST
@login_required
def exercise_check(request: HttpRequest, code: str) -> HttpResponse:
    """Keep what was written and look at the sandbox."""
    exercise = find(request, code)
    work = get_object_or_404(
        ExerciseWork.objects.visible_to(request.user).for_list().open(), exercise=exercise
    )
    form = WrittenForm(request.POST, work=work)
    if form.is_valid():
        was_passed = work.passed_at is not None
        try:
            work = exercises.check(work, written=form.cleaned_data, by=request.user)
        except ValidationError as problem:
            form.add_error(None, problem)
        else:
            tell(request, work, was_passed=was_passed)
            return redirect("training:exercise_detail", code=exercise.code)
    return render(request, "training/exercise_detail.html", page(request, exercise, form), status=422)


def tell(request: HttpRequest, work: ExerciseWork, *, was_passed: bool) -> None:
    """What came out, in one line."""
    if work.passed_at and not was_passed:
        messages.success(request, _("Exercise done: every check is right."))
    elif any(each["state"] == "failed" for each in work.findings):
        messages.error(request, _("Something could not be checked. That is our fault, not yours."))
    else:
        right = sum(each["state"] == "right" for each in work.findings)
        messages.info(
            request, _("%(right)s of %(all)s checks are right.") % {"right": right, "all": len(work.findings)}
        )


@require_POST
@login_required
def exercise_clear(request: HttpRequest, code: str) -> HttpResponse:
    """Throw the sandbox away."""
    exercise = find(request, code)
    work = get_object_or_404(
        ExerciseWork.objects.visible_to(request.user).for_list().open(), exercise=exercise
    )
    exercises.clear(work, by=request.user)
    messages.success(request, _("The sandbox is cleared away. You may begin a new one."))
    return redirect("training:exercise_detail", code=exercise.code)


@require_safe
@login_required
def exercise_table(request: HttpRequest, code: str) -> HttpResponse:
    """The table of an exercise as a file."""
    exercise = find(request, code)
    if not exercise.version.table:
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        path = exercises.table(exercise.version, Path(folder))
        response = HttpResponse(path.read_bytes(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response


@require_safe
@login_required
def sandbox(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A sandbox leads to its exercise."""
    work = get_object_or_404(ExerciseWork.objects.visible_to(request.user).for_list().open(), use_case=pk)
    return redirect("training:exercise_detail", code=work.exercise.code)
