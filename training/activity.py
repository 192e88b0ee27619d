"""What a person did, as statements in the shape of xAPI 1.0.3. Exams: passed or failed, never an answer."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse

from portal.core.models import User
from training.models import Attempt, Certificate, LessonProgress, PracticeAnswer

VERBS = "http://adlnet.gov/expapi/verbs/"
KINDS = "http://adlnet.gov/expapi/activities/"
MOST = 1000


def statements(user: User) -> list[dict[str, Any]]:
    """The newest ones first."""
    found = [*lessons(user), *exams(user), *practice(user), *certificates(user)]
    return sorted(found, key=lambda each: each["timestamp"], reverse=True)[:MOST]


def statement(
    user: User, key: Any, verb: str, kind: str, name: str, url: str, at: datetime, **more: Any
) -> dict[str, Any]:
    """Actor, verb, object, time."""
    return {
        "id": str(key),
        "actor": {
            "objectType": "Agent",
            "name": user.display_name,
            "account": {"homePage": settings.BASE_URL, "name": str(user.pk)},
        },
        "verb": {"id": VERBS + verb, "display": {"en": verb}},
        "object": {
            "objectType": "Activity",
            "id": settings.BASE_URL + url,
            "definition": {"type": KINDS + kind, "name": {"en": name}},
        },
        "timestamp": at.isoformat(),
        **more,
    }


def lessons(user: User) -> list[dict[str, Any]]:
    """Lessons finished."""
    rows = (
        LessonProgress.objects.filter(user=user)
        .select_related("lesson__version")
        .order_by("-created_at")[:MOST]
    )
    return [
        statement(
            user, row.pk, "completed", "lesson", str(row.lesson), lesson_url(row.lesson.code), row.created_at
        )
        for row in rows
    ]


def lesson_url(code: str) -> str:
    """The page of a lesson."""
    return reverse("training:lesson_detail", args=[code])


def exams(user: User) -> list[dict[str, Any]]:
    """Exams graded."""
    rows = Attempt.objects.visible_to(user).for_list().filter(state=Attempt.State.GRADED)[:MOST]
    return [
        statement(
            user,
            row.pk,
            "passed" if row.passed else "failed",
            "assessment",
            str(row.exam),
            reverse("training:exam_detail", args=[row.exam.code]),
            row.submitted_at or row.started_at,
            result={"success": bool(row.passed), "score": {"scaled": float(row.percent or 0) / 100}},
        )
        for row in rows
    ]


def practice(user: User) -> list[dict[str, Any]]:
    """Questions practised."""
    rows = PracticeAnswer.objects.filter(practice__user=user, answered_at__isnull=False)
    return [
        statement(
            user,
            row.pk,
            "answered",
            "question",
            row.question.uid,
            lesson_url(row.question.lesson.code),
            row.answered_at or row.created_at,
            result={"success": row.score == 1, "score": {"scaled": float(row.score or 0)}},
        )
        for row in rows.select_related("question__lesson").order_by("-answered_at")[:MOST]
    ]


def certificates(user: User) -> list[dict[str, Any]]:
    """Certificates earned."""
    rows = Certificate.objects.filter(user=user).for_list()[:MOST]
    return [
        statement(
            user,
            row.pk,
            "mastered",
            "course",
            row.template.title,
            reverse("training:certificate_detail", args=[row.pk]),
            row.valid_from,
        )
        for row in rows
    ]
