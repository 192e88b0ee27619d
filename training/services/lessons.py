"""Reading lessons: inline checks and finishing."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from training import answers, rules, scoring
from training.models import CheckAnswer, Lesson, LessonProgress, LessonReading, Question


@dataclass(frozen=True)
class CheckResult:
    """What the learner hears at once; the explanation comes with it."""

    score: Fraction
    explanation: str
    tries: int

    @property
    def is_right(self) -> bool:
        """Wholly right."""
        return self.score == 1


@transaction.atomic
def begin_reading(lesson: Lesson, *, by: User) -> LessonReading:
    """Note when the lesson was first opened; later openings change nothing."""
    require(rules.may_learn(by, lesson))
    return LessonReading.objects.get_or_create(user=by, lesson=lesson, defaults={"opened_at": clock.now()})[0]


@transaction.atomic
def answer_check(lesson: Lesson, question: Question, *, response: dict[str, Any], by: User) -> CheckResult:
    """
    Answer an inline check: immediate feedback, as often as one likes, never a mark.

    Raises `ValidationError` for a response that is empty or does not fit the question.
    """
    require(rules.may_learn(by, lesson))
    if question.lesson_id != lesson.pk or question.use != Question.Use.CHECK:
        raise ValidationError(_("This question does not belong to the lesson."), code="other_lesson")
    given = answers.checked(question, response)
    if not given:
        raise ValidationError(_("Choose or write an answer first."), code="empty")
    score = scoring.score(question.kind, given, question.answer)
    begin_reading(lesson, by=by)
    row, _is_new = CheckAnswer.objects.get_or_create(user=by, question=question)
    row.tries += 1
    row.response = given
    is_first_right = score == 1 and row.right_at is None
    if is_first_right:
        row.right_at = clock.now()
    row.save(update_fields=["tries", "response", "right_at"])
    if is_first_right:
        audit.record("check.passed", row, by=by, question=question.uid, version=question.version)
    return CheckResult(score, question.explanation, row.tries)


@transaction.atomic
def complete(lesson: Lesson, *, by: User) -> LessonProgress:
    """Mark a lesson as finished, in the version read. Safe to call twice; needs the checks right and time to have read it."""
    require(rules.may_complete(by, lesson))
    version = lesson.version
    if version is None:
        raise ValidationError(_("This lesson has not been published yet."))
    progress, is_new = LessonProgress.objects.get_or_create(
        user=by, lesson=lesson, defaults={"version": version}
    )
    if is_new:
        audit.record("lesson.completed", progress, by=by, lesson=lesson.code, version=version.number)
    return progress
