"""Spaced review of what a certificate stands for."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from training import answers, recall, rules, scoring
from training.models import Certificate, Question, RecallCard, RecallReview

PER_LESSON = 4
YEAR = timedelta(days=365)


@transaction.atomic
def plan(certificate: Certificate, *, by: User | None) -> int:
    """Make the cards: up to four check questions of each lesson on the path. Exam questions are never shown here."""
    lessons = certificate.template.path.items.filter(is_required=True).values("lesson")
    checks = Question.objects.current().filter(use=Question.Use.CHECK, lesson__in=lessons)
    per_lesson: dict[Any, list[Question]] = {}
    for question in checks.order_by("uid"):
        per_lesson.setdefault(question.lesson_id, []).append(question)
    chosen = [question for rows in per_lesson.values() for question in rows[:PER_LESSON]]
    now = clock.now()
    RecallCard.objects.bulk_create(
        [
            RecallCard(
                user=certificate.user,
                certificate=certificate,
                question=question,
                memory=recall.first(now),
                due_at=now + timedelta(days=1),
            )
            for question in chosen
        ],
        ignore_conflicts=True,
    )
    audit.record("certificate.review_planned", certificate, by=by, cards=len(chosen))
    return len(chosen)


@transaction.atomic
def remember(question: Question, *, by: User) -> RecallCard:
    """
    A question answered wrongly in practice comes back tomorrow. Safe to call twice.

    It stands beside the cards of certificates and never counts for or against a renewal.
    """
    require(rules.may_learn(by, question))
    now = clock.now()
    tomorrow = now + timedelta(days=1)
    first = {"memory": recall.first(now), "due_at": tomorrow}
    card, is_new = RecallCard.objects.get_or_create(
        user=by, question=question, certificate=None, defaults=first
    )
    if is_new:
        audit.record("card.made", card, by=by, question=question.uid)
    elif card.due_at > tomorrow:
        RecallCard.objects.filter(pk=card.pk).update(due_at=tomorrow)
        card.due_at = tomorrow
    return card


@dataclass(frozen=True)
class Recalled:
    """What the holder hears after an answer."""

    is_right: bool
    explanation: str
    due_at: datetime


@transaction.atomic
def answer(card: RecallCard, *, response: dict[str, Any], by: User) -> Recalled:
    """
    Answer a card that is due; the scheduler decides when it comes back.

    Raises `Refused` for a card of somebody else or one not due (so that no second tab counts twice),
    `ValidationError` for a response that is empty or does not fit.
    """
    held = RecallCard.objects.select_for_update(of=("self",)).for_list().get(pk=card.pk)
    require(rules.may_recall(by, held))
    given = answers.checked(held.question, response)
    if not given:
        raise ValidationError(_("Choose or write an answer first."), code="empty")
    now = clock.now()
    score = scoring.score(held.question.kind, given, held.question.key_for({}))
    certificate = held.certificate
    memory, due_at, rating = recall.answered(
        held.memory,
        score=score,
        now=now,
        until=certificate.valid_until if certificate else now + YEAR,
        validity_days=certificate.stamp["validity_days"] if certificate else YEAR.days,
    )
    review = RecallReview.objects.create(
        card=held, due_at=held.due_at, reviewed_at=now, is_right=score == 1, rating=int(rating)
    )
    RecallCard.objects.filter(pk=held.pk).update(memory=memory, due_at=due_at)
    audit.record("card.reviewed", held, by=by, review=review.pk, is_right=score == 1)
    return Recalled(score == 1, held.question.explanation, due_at)
