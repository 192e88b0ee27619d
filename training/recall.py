"""Spaced review: when a question is asked again, and whether what was recalled renews a certificate."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from fsrs import Card, Rating, Scheduler

RETENTION = 0.9
GRACE = timedelta(days=7)  # an answer within a week of its day is on time
ON_TIME, ACCURACY = Fraction(80, 100), Fraction(85, 100)


def scheduler(now: datetime, until: datetime, validity_days: int) -> Scheduler:
    """
    FSRS without the steps of a first day: the first interval is a day or more.

    No interval is longer than what is left of the certificate, nor than a quarter of its validity:
    every card falls due at least once in the second half, by which a renewal is judged.
    """
    longest = max(1, min((until - now).days, validity_days // 4))
    return Scheduler(
        desired_retention=RETENTION,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=longest,
        enable_fuzzing=False,
    )


def first(now: datetime) -> dict[str, Any]:
    """A card on a question that was just learned: asked again tomorrow."""
    return dict(Card(due=now + timedelta(days=1)).to_dict())


def rating_of(score: Fraction) -> Rating:
    """Wholly right is good, half right is hard, less is forgotten. No time that a browser tells is believed."""
    if score == 1:
        return Rating.Good
    return Rating.Hard if score >= Fraction(1, 2) else Rating.Again


def answered(
    memory: dict[str, Any], *, score: Fraction, now: datetime, until: datetime, validity_days: int
) -> tuple[dict[str, Any], datetime, Rating]:
    """The card after an answer, when it is due next, and the rating that was given."""
    rating = rating_of(score)
    card, _log = scheduler(now, until, validity_days).review_card(Card.from_dict(memory), rating, now)
    return dict(card.to_dict()), card.due, rating


@dataclass(frozen=True)
class Seen:
    """One answer to a card."""

    due_at: datetime
    reviewed_at: datetime
    is_right: bool

    @property
    def is_on_time(self) -> bool:
        """Within a week of its day."""
        return self.reviewed_at <= self.due_at + GRACE


@dataclass(frozen=True)
class Standing:
    """How far spaced review carries a renewal; computed from the answers, never counted along."""

    cards: int
    cards_on_time: int
    answers: int
    right: int

    @property
    def on_time(self) -> Fraction:
        """Share of cards kept up in the second half of the validity."""
        return Fraction(self.cards_on_time, self.cards) if self.cards else Fraction(0)

    @property
    def accuracy(self) -> Fraction:
        """Share of right answers in the second half."""
        return Fraction(self.right, self.answers) if self.answers else Fraction(0)

    @property
    def is_enough(self) -> bool:
        """Whether a renewal needs no exam."""
        return self.on_time >= ON_TIME and self.accuracy >= ACCURACY

    @property
    def on_time_percent(self) -> int:
        """For the page; cut, never rounded up."""
        return int(self.on_time * 100)

    @property
    def accuracy_percent(self) -> int:
        """For the page; cut, never rounded up."""
        return int(self.accuracy * 100)


def standing(
    cards: Iterable[tuple[datetime, list[Seen]]],
    *,
    valid_from: datetime,
    valid_until: datetime,
    now: datetime,
) -> Standing:
    """
    The standing of (next due, answers) per card in the second half of the validity.

    A card is kept up when it was answered there, always on time, and is not overdue now.
    """
    middle = valid_from + (valid_until - valid_from) / 2
    total = kept = answers = right = 0
    for due_at, seen in cards:
        lately = [each for each in seen if each.reviewed_at >= middle]
        total += 1
        kept += bool(lately) and all(each.is_on_time for each in lately) and due_at + GRACE >= now
        answers += len(lately)
        right += sum(each.is_right for each in lately)
    return Standing(total, kept, answers, right)
