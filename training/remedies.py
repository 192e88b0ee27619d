"""After too many failed attempts: which lessons to practise again, computed from what happened, never ticked off."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from training.models import Attempt, Exam, Lesson, Mentorship, Objective, Practice, Question

MOST = 5


@dataclass(frozen=True)
class Chapter:
    """A lesson to practise again, and why."""

    lesson: Lesson
    label: str
    percent: float
    is_done: bool

    @property
    def url(self) -> str:
        """The lesson."""
        return reverse("training:lesson_detail", args=[self.lesson.code])


@dataclass(frozen=True)
class Remedy:
    """The list after the last failed attempt; a talk with one's mentor stands in its place."""

    attempt: Attempt
    chapters: list[Chapter]
    has_talked: bool

    @property
    def open(self) -> list[Chapter]:
        """What is still to do."""
        return [] if self.has_talked else [each for each in self.chapters if not each.is_done]

    @property
    def is_done(self) -> bool:
        """Nothing is left to do."""
        return not self.open


def remedy(user: User, exam: Exam) -> Remedy | None:
    """
    The lessons of the weakest objectives of the last failed attempt, five at most, weakest first.

    A lesson counts as done once a round of practice on it was answered to its end after the attempt.
    """
    graded = exam.attempts.filter(user=user, state=Attempt.State.GRADED)
    last = graded.order_by("-started_at").first()
    if last is None or last.passed or last.submitted_at is None:
        return None
    done = practised_since(user, last.submitted_at)
    return Remedy(last, chapters(last, done), talked_since(user, last.submitted_at))


def chapters(attempt: Attempt, done: set[Any]) -> list[Chapter]:
    """Objectives not reached or with a must-know missed; the three lowest where none stands out."""
    rows = sorted(attempt.per_objective, key=lambda row: float(row["percent"]))
    weak = [r for r in rows if not r["is_reached"] or r["objective"] in attempt.must_know_missed]
    chosen = weak or rows[:3]
    objectives = {
        each.code: each for each in Objective.objects.filter(code__in=[r["objective"] for r in chosen])
    }
    codes = [each.lesson_code for each in objectives.values()]
    lessons = {
        each.code: each for each in with_practice(Lesson.objects.filter(is_active=True, code__in=codes))
    }
    found: dict[str, Chapter] = {}
    for row in chosen:
        objective = objectives.get(row["objective"])
        lesson = lessons.get(objective.lesson_code) if objective else None
        if objective and lesson and lesson.code not in found:
            found[lesson.code] = Chapter(lesson, objective.label, float(row["percent"]), lesson.pk in done)
    return list(found.values())[:MOST]


def with_practice(lessons: Any) -> Iterable[Lesson]:
    """Only lessons that have something to practise with; nobody is sent to an empty room."""
    pool = Question.objects.current().filter(use__in=[Question.Use.CHECK, Question.Use.PRACTICE])
    return list(lessons.for_list().filter(pk__in=pool.values("lesson")))


def practised_since(user: User, moment: Any) -> set[Any]:
    """Lessons with a round of practice begun after this moment and answered to its end."""
    rounds = Practice.objects.filter(user=user, lesson__isnull=False, created_at__gt=moment)
    return set(rounds.exclude(answers__answered_at__isnull=True).values_list("lesson", flat=True))


def talked_since(user: User, moment: Any) -> bool:
    """Whether a mentor noted a talk with this person after this moment."""
    return Mentorship.objects.filter(learner=user, talked_at__gt=moment).exists()


def is_remedied(user: User, exam: Exam) -> Verdict:
    """Each lesson of the list is practised again, or a mentor has noted a talk."""
    found = remedy(user, exam)
    if found is None or found.is_done:
        return YES
    codes = ", ".join(each.lesson.code for each in found.open)
    return no(
        _("After several failed attempts the next one asks for a round of practice on: %(lessons)s.")
        % {"lessons": codes},
        _("Begin with the weakest; a talk with your mentor counts as well"),
        found.open[0].url,
        "remedy_open",
    )
