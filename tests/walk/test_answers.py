"""The learner of the walks knows every answer: an exam is drawn by chance, a walk must not fail by chance."""

from typing import Any

import pytest
from django.db.models import Q

from tests.walk import answers, cast
from training.answers import checked
from training.api.serializers import ShownOut
from training.models import Exam, Question
from training.scoring import score
from training.showing import show

pytestmark = pytest.mark.django_db


def whatever_the_walk_may_meet() -> Any:
    """The checks of the lessons and what the exam of the citizens may draw."""
    exam = Exam.objects.get(path__code="citizen-data-scientist")
    drawn = Q(use=Question.Use.EXAM, objective__code__in=[row["objective"] for row in exam.blueprint])
    return Question.objects.current().filter(Q(use=Question.Use.CHECK) | drawn)


def test_every_question_that_a_walk_may_meet_is_answered_fully_right() -> None:
    cast.invite()
    asked = list(whatever_the_walk_may_meet())
    wrong = {}
    for question in asked:
        response = answers.response(dict(ShownOut(show(question)).data))
        got = score(question.kind, checked(question, response), question.answer)
        if got != 1:
            wrong[question.uid] = got
    assert len(asked) > 60 and wrong == {}
