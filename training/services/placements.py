"""Placement tests: what somebody knows already is waived, visibly."""

import secrets
from collections import defaultdict
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from training import answers, drawing, placement_rules, scoring
from training.grading import as_decimal
from training.models import Course, Lesson, LessonProgress, Placement, Question

PER_OBJECTIVE = 2
PASS, CRITICAL = Fraction(85, 100), Fraction(75, 100)


@transaction.atomic
def start(course: Course, *, by: User, seed: str | None = None) -> Placement:
    """Begin, or go on with the test under way: two exam questions of each objective, drawn from a stored seed."""
    if under_way := Placement.objects.open().filter(user=by, course=course).first():
        return under_way
    require(placement_rules.may_place(by, course))
    chosen_seed = seed or secrets.token_hex(16)
    placement = Placement.objects.create(
        user=by, course=course, seed=chosen_seed, questions=drawn(course, chosen_seed), started_at=clock.now()
    )
    audit.record("placement.started", placement, by=by, course=course.code, seed=chosen_seed)
    return placement


def drawn(course: Course, seed: str) -> list[dict[str, Any]]:
    """Keys of the questions and the order of their parts."""
    rows = Question.objects.current().filter(use=Question.Use.EXAM, objective__course=course)
    bank: dict[str, list[str]] = defaultdict(list)
    questions = {row.uid: row for row in rows.select_related("objective")}
    for row in questions.values():
        bank[row.objective.code].append(row.uid)
    found = drawing.draw(
        seed=seed,
        blueprint=[
            {"objective": code, "count": min(PER_OBJECTIVE, len(bank[code]))} for code in sorted(bank)
        ],
        bank=bank,
        parts={uid: drawing.parts_of(question.kind, question.content) for uid, question in questions.items()},
    )
    return [{"question": str(questions[each.uid].pk), "order": each.order} for each in found]


def questions_of(placement: Placement) -> list[tuple[Question, dict[str, Any]]]:
    """The questions in their order, each with the order of its parts."""
    rows = Question.objects.select_related("objective").in_bulk(
        [each["question"] for each in placement.questions]
    )
    by_key = {str(key): row for key, row in rows.items()}
    return [(by_key[each["question"]], each["order"]) for each in placement.questions]


@transaction.atomic
def submit(placement: Placement, *, responses: dict[str, Any], by: User) -> Placement:
    """
    Hand in once: a second hand-in changes nothing. Passed, the lessons of the course are waived.

    `responses` maps the key of a question to the answer. Raises `ValidationError` by question.
    """
    require(placement_rules.may_submit(by, placement))
    held = Placement.objects.select_for_update(of=("self",)).for_list().get(pk=placement.pk)
    if held.state == Placement.State.GRADED:
        return held
    rows = questions_of(held)
    given = checked(rows, responses)
    scores = {
        question: scoring.score(question.kind, given.get(str(question.pk), {}), question.answer)
        for question, _order in rows
    }
    total = sum(scores.values(), Fraction(0)) / len(scores)
    per_objective = by_objective(scores)
    passed = total >= PASS and all(row["is_reached"] for row in per_objective)
    Placement.LIFE.move(
        held,
        "grade",
        graded_at=clock.now(),
        answers=given,
        percent=as_decimal(total * 100),
        passed=passed,
        per_objective=per_objective,
    )
    waived = waive(held) if passed else []
    audit.record("placement.graded", held, by=by, passed=passed, percent=str(held.percent), waived=waived)
    return held


def checked(rows: list[tuple[Question, dict[str, Any]]], responses: Any) -> dict[str, Any]:
    """Each answer in the shape of its question; what belongs to no question is an error."""
    if not isinstance(responses, dict):
        raise ValidationError({"responses": _("Give an answer for each question by its key.")})
    known = {str(question.pk): question for question, _order in rows}
    if strays := sorted(set(map(str, responses)) - set(known)):
        raise ValidationError({"responses": _("No question has the key %(key)s.") % {"key": strays[0][:40]}})
    return {key: answers.checked(known[key], response) for key, response in responses.items()}


def by_objective(scores: dict[Question, Fraction]) -> list[dict[str, Any]]:
    """The share of each objective; a critical one has a mark of its own."""
    rows: dict[Any, list[Fraction]] = defaultdict(list)
    for question, score in scores.items():
        rows[question.objective].append(score)
    return [
        {
            "objective": objective.code,
            "percent": float(as_decimal(sum(found, Fraction(0)) / len(found) * 100)),
            "is_critical": objective.is_critical,
            "is_reached": not objective.is_critical or sum(found, Fraction(0)) / len(found) >= CRITICAL,
        }
        for objective, found in rows.items()
    ]


def waive(placement: Placement) -> list[str]:
    """Mark what is not finished yet as waived; what was finished stays finished."""
    done = LessonProgress.objects.filter(user=placement.user).values("lesson")
    lessons = Lesson.objects.visible_to(placement.user).for_list().filter(course=placement.course)
    fresh = list(lessons.exclude(pk__in=done))
    LessonProgress.objects.bulk_create(
        [
            LessonProgress(user=placement.user, lesson=lesson, version=lesson.version, is_waived=True)
            for lesson in fresh
        ],
        ignore_conflicts=True,
    )
    return [lesson.code for lesson in fresh]
