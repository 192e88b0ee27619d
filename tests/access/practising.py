"""Exercises of a side: sandboxes of three people, a coaching that waits, one under way, and an assessment."""

from typing import Any

from portal.core import clock
from training import exercise_rules
from training.models import Exercise, ExerciseWork, Review
from training.services import exercises, reviews


def practised(side: Any) -> None:
    """The exercise without a supplied table, so that no file is read; the assessment stands on a finished round."""
    simple = Exercise.objects.for_list().get(code="first-table")
    works = {each.pk: exercises.start(simple, by=each) for each in (side.author, side.owner, side.member)}
    side.sandbox = works[side.author.pk].use_case
    side.coaching = reviews.ask(works[side.author.pk], mode="coaching", wish="Is it enough?", by=side.author)
    side.coached = reviews.ask(works[side.member.pk], mode="coaching", wish="Is it enough?", by=side.member)
    reviews.claim(side.coached, by=side.reviewer)
    marked = Exercise.objects.for_list().get(code="decide-on-a-model")
    now = clock.now()
    work = ExerciseWork.objects.create(
        user=side.owner, exercise=marked, version=marked.version, passed_at=now, cleared_at=now
    )
    side.marked_work = Review.objects.create(work=work, mode="assessment", wish="Is it clear?", since=now)
    for sample in marked.version.samples:
        if sample["key"] not in exercise_rules.given_by(side.reviewer, marked.version):
            reviews.calibrate(
                marked.version, sample=sample["key"], levels=sample["reference"], by=side.reviewer
            )
