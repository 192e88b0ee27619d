"""The exercise that comes next for a learner: one under way, or that of the lesson finished last."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.models import User
from training.models import Exercise, ExerciseWork, LessonProgress


def next_exercise(user: User, *, offers_new: bool) -> tuple[Exercise, bool] | None:
    """
    The exercise and whether it was begun; nothing when there is none to do now. Three queries at most.

    A new one is offered between two lessons only: it never stands between a learner and the exam.
    """
    mine = ExerciseWork.objects.visible_to(user).for_list()
    begun = mine.open().filter(passed_at__isnull=True, use_case__isnull=False)
    if work := begun.order_by("-created_at").first():
        return work.exercise, True
    if not offers_new:
        return None
    last = LessonProgress.objects.filter(user=user, is_waived=False).order_by("-created_at").first()
    if last is None:
        return None
    done = mine.values("exercise")
    fresh = Exercise.objects.visible_to(user).for_list().filter(lesson=last.lesson_id).exclude(pk__in=done)
    found = fresh.first()
    return (found, False) if found else None


def told(user: User, *, offers_new: bool) -> dict[str, Any] | None:
    """The same as title, text, address and words of the button."""
    found = next_exercise(user, offers_new=offers_new)
    if found is None:
        return None
    exercise, is_begun = found
    assert exercise.version is not None  # noqa: S101  visible exercises have a text
    text = _("Exercise in your sandbox · about %(minutes)s minutes") % {"minutes": exercise.version.minutes}
    return {
        "title": exercise.title,
        "text": text,
        "url": reverse("training:exercise_detail", args=[exercise.code]),
        "action": _("Go on with the exercise") if is_begun else _("Do it yourself"),
        "icon": "flask",
    }
