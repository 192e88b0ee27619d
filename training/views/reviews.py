"""Mentors: their desk, one review, marking, and calibration."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.states import IllegalMove
from portal.core.verdicts import require
from training import assessing, exercise_rules as rules, review_desk
from training.exercise_forms import AskForm, ContestForm, LevelsForm, MarkForm, WordsForm
from training.models import ExerciseWork, Review
from training.services import reviews
from training.views.exercises import find as find_exercise, page as exercise_page
from training.wording import say


def find(request: HttpRequest, pk: UUID) -> Review:
    """A review one sees, or 404."""
    return get_object_or_404(Review.objects.visible_to(request.user).for_list(), pk=pk)


def kept(form: Any, act: Callable[[], Any]) -> bool:
    """One service call; what it finds wrong becomes errors of the form, and nothing is lost."""
    if not form.is_valid():
        return False
    try:
        act()
    except ValidationError as problem:
        found = getattr(problem, "message_dict", None) or {"": problem.messages}
        for name, texts in found.items():
            form.add_error(name if name in form.fields else None, texts)
        return False
    except IllegalMove as problem:
        form.add_error(None, str(problem))
        return False
    return True


@require_safe
@login_required
def review_list(request: HttpRequest) -> HttpResponse:
    """The mentors' desk: in one's hands, then what waits, the oldest first."""
    require(rules.may_mentor(request.user))
    found = review_desk.desk(request.user)
    calibrations = [
        (exercise, rules.calibration_of(request.user, exercise.version))
        for exercise in review_desk.assessed_exercises(request.user)
    ]
    context = {"desk": found, "calibrations": calibrations, "has_right": rules.has_right(request.user)}
    return render(request, "training/review_list.html", context)


@require_POST
@login_required
def review_ask(request: HttpRequest, code: str) -> HttpResponse:
    """The learner asks for a look at their present work."""
    exercise = find_exercise(request, code)
    work = get_object_or_404(
        ExerciseWork.objects.visible_to(request.user).for_list().open(), exercise=exercise
    )
    form = AskForm(request.POST)
    made: list[Review] = []
    if kept(form, lambda: made.append(reviews.ask(work, **form.cleaned_data, by=request.user))):
        messages.success(request, _("Thank you. You will be told when somebody has looked."))
        return redirect("training:review_detail", pk=made[0].pk)
    context = exercise_page(request, exercise)
    for each in context["asking"]:
        if each["mode"] == form.data.get("mode"):
            each["form"] = form
    context["ask_errors"] = "" if form.data.get("mode") in Review.Mode.values else form.errors.get("mode", "")
    return render(request, "training/exercise_detail.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def review_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Evidence, conversation or marks; a POST writes a message."""
    review = find(request, pk)
    form = WordsForm(request.POST or None)
    if request.method == "POST" and kept(
        form, lambda: reviews.say(review, **form.cleaned_data, by=request.user)
    ):
        return redirect("training:review_detail", pk=review.pk)
    return render(
        request, "training/review_detail.html", page(request, review, form=form), status=status(form)
    )


def status(form: Any) -> int:
    """422 for a refused form."""
    return 422 if form.errors else 200


def page(request: HttpRequest, review: Review, **more: Any) -> dict[str, Any]:
    """What the page of a review shows to this reader."""
    user, is_learner = request.user, request.user.pk == review.work.user_id
    may_mark = rules.may_mark(user, review)
    given = list(review.markings.select_related("marker"))
    anew = [each.levels for each in review.marked_anew()]
    is_done = review.state == Review.State.DONE
    return {
        "review": review,
        "exercise": review.work.exercise,
        "color": Review.COLORS[review.state],
        "evidence": review_desk.shown_evidence(review),
        "is_learner": is_learner,
        "is_named": is_learner or review.mode == Review.Mode.COACHING or is_done,
        "promise": review_desk.promise(review.mode, review.created_at) if review.state == "waiting" else None,
        "posts": review.posts.select_related("author"),
        "criteria": review_desk.criteria(review) if review.mode == Review.Mode.ASSESSMENT else [],
        "guidance": say(review.work.version.rubric.get("guidance")),
        "markings": given if is_done else [each for each in given if each.marker_id == user.pk],
        "markers": len(given),
        "needed": assessing.markers_needed(anew, review.work.version.rubric, is_contested=review.is_contested)
        if review.mode == Review.Mode.ASSESSMENT
        else 0,
        "may_mark": may_mark,
        "mark_form": MarkForm(version=review.work.version) if may_mark else None,
        "may_claim": rules.may_claim(user, review),
        "may_talk": rules.may_talk(user, review),
        "may_close": rules.may_close(user, review),
        "may_release": rules.may_release(user, review),
        "may_withdraw": rules.may_withdraw(user, review),
        **contest(user, review, is_done=is_done),
        **more,
    }


def contest(user: Any, review: Review, *, is_done: bool) -> dict[str, Any]:
    """What the page says on contesting: the form while it may be filled, the reason, and the first result."""
    is_negative = is_done and review.mode == Review.Mode.ASSESSMENT and review.passed is False
    verdict = rules.may_contest(user, review)
    return {
        "may_contest": verdict,
        "contest_until": rules.contest_until(review) if is_negative and not review.is_contested else None,
        "contest_form": ContestForm() if verdict else None,
        "first_result": review_desk.first_result(review, user),
    }


@require_POST
@login_required
def review_contest(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Object to the result; a refused form keeps what was written."""
    review = find(request, pk)
    require(rules.may_contest(request.user, review))
    form = ContestForm(request.POST)
    if kept(form, lambda: reviews.contest(review, **form.cleaned_data, by=request.user)):
        messages.success(request, _("Contested. Another marker looks at it, and you will be told."))
        return redirect("training:review_detail", pk=review.pk)
    review = find(request, pk)
    context = page(request, review, form=WordsForm(), contest_form=form)
    return render(request, "training/review_detail.html", context, status=422)


@require_POST
@login_required
def review_claim(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it."""
    review = reviews.claim(find(request, pk), by=request.user)
    return redirect("training:review_detail", pk=review.pk)


@require_POST
@login_required
def review_release(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give it back."""
    reviews.release(find(request, pk), by=request.user)
    return redirect("training:review_list")


@require_POST
@login_required
def review_close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End the coaching, with or without a word of approval."""
    review = reviews.close(find(request, pk), approves=request.POST.get("approves") == "yes", by=request.user)
    return redirect("training:review_detail", pk=review.pk)


@require_POST
@login_required
def review_withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take the request back."""
    review = reviews.withdraw(find(request, pk), by=request.user)
    return redirect("training:exercise_detail", code=review.work.exercise.code)


@require_POST
@login_required
def review_mark(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Mark by the rubric."""
    review = find(request, pk)
    require(rules.may_mark(request.user, review))
    form = MarkForm(request.POST, version=review.work.version)

    def act() -> Any:
        return reviews.mark(review, levels=form.levels, comment=form.cleaned_data["comment"], by=request.user)

    if kept(form, act):
        messages.success(request, _("Thank you. The learner hears of it when all have marked."))
        return redirect("training:review_detail", pk=review.pk)
    context = page(request, review, form=WordsForm(), mark_form=form)
    return render(request, "training/review_detail.html", context, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def calibrate(request: HttpRequest, code: str) -> HttpResponse:
    """Mark samples that experts have marked, one after the other; then see the difference."""
    exercise = find_exercise(request, code)
    version = exercise.version
    require(rules.may_calibrate(request.user, version, ""))
    wanted = request.POST.get("sample", "")
    form = LevelsForm(request.POST or None, version=version)

    def act() -> Any:
        return reviews.calibrate(version, sample=wanted, levels=form.levels, by=request.user)

    if request.method == "POST" and kept(form, act):
        return redirect("training:calibrate", code=exercise.code)
    rows = review_desk.samples(version, request.user)
    present = next((row for row in rows if row["verdict"]), None)
    context = {
        "exercise": exercise,
        "found": rules.calibration_of(request.user, version),
        "samples": rows,
        "present": present,
        "form": form,
        "guidance": say(version.rubric.get("guidance")),
    }
    return render(request, "training/calibrate.html", context, status=status(form))
