"""Taking exams: draw, save, grade."""

import secrets
from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import Refused, Verdict, no, require
from training import answers, drawing, rules, short_exams
from training.models import Attempt, AttemptAnswer, Exam, KeySight, Objective, Question
from training.services import allowances, enrolments, marking


@transaction.atomic
def start(exam: Exam, *, is_short: bool = False, by: User, seed: str | None = None) -> Attempt:
    """
    Begin an attempt: questions drawn by the blueprint from a stored seed.

    The short one has twelve questions and renews a certificate that ends soon.

    Raises `Refused` while lessons are open, an attempt runs or the waiting time is not over.
    An attempt whose time ran out is graded first, with what was saved.
    """
    for forgotten in exam.attempts.overdue().filter(user=by):
        submit(forgotten, by=by)
    require(rules.may_start_short(by, exam) if is_short else rules.may_start(by, exam))
    enrolments.enrol(exam.path, by=by)
    now = clock.now()
    minutes = short_exams.minutes(exam.minutes, exam.size) if is_short else exam.minutes
    attempt = Attempt.objects.create(
        exam=exam,
        user=by,
        is_short=is_short,
        seed=seed or secrets.token_hex(16),
        terms={"pass_percent": exam.pass_percent, "critical_percent": exam.critical_percent},
        started_at=now,
        deadline=now + allowances.time_for(minutes, by),
    )
    draw_questions(attempt)
    audit.record("attempt.started", attempt, by=by, exam=exam.code, seed=attempt.seed, is_short=is_short)
    return attempt


def hold(attempt: Attempt) -> Attempt:
    """The attempt as it stands now, locked where the database can: no answer slips in behind grading."""
    rows = Attempt.objects.select_for_update(of=("self",)).select_related("exam", "exam__path", "user")
    return rows.get(pk=attempt.pk)


def draw_questions(attempt: Attempt) -> None:
    """Fix the questions and the order of their parts from the attempt's seed."""
    bank: dict[str, list[str]] = defaultdict(list)
    blueprint = blueprint_of(attempt)
    wanted = [row["objective"] for row in blueprint]
    questions = {}
    rows = Question.objects.current().filter(use=Question.Use.EXAM, objective__code__in=wanted)
    known = KeySight.objects.filter(user=attempt.user).values("uid")
    for question in rows.exclude(uid__in=known).select_related("objective"):
        bank[question.objective.code].append(question.uid)
        questions[question.uid] = question
    parts = {uid: drawing.parts_of(question.kind, question.content) for uid, question in questions.items()}
    try:
        drawn = drawing.draw(
            seed=attempt.seed,
            blueprint=blueprint,
            bank=bank,
            parts=parts,
            seen=seen_last_time(attempt),
        )
    except drawing.BankTooSmall:
        raise Refused(bank_too_small()) from None
    AttemptAnswer.objects.bulk_create(
        AttemptAnswer(attempt=attempt, position=position, question=questions[each.uid], order=each.order)
        for position, each in enumerate(drawn, start=1)
    )


def blueprint_of(attempt: Attempt) -> list[dict[str, Any]]:
    """Of the whole exam, or cut down to the short one."""
    whole = list(attempt.exam.blueprint)
    if not attempt.is_short:
        return whole
    codes = [row["objective"] for row in whole]
    critical = Objective.objects.filter(code__in=codes, is_critical=True).values_list("code", flat=True)
    return short_exams.blueprint(whole, set(critical))


def bank_too_small() -> Verdict:
    """Too few questions are left whose answers this person has not seen."""
    return no(
        _("There are not enough questions for this exam whose answers you have not seen as an author."),
        _("Ask a community lead to write more, or for an exam by another author."),
        code="bank_too_small",
    )


def seen_last_time(attempt: Attempt) -> set[str]:
    """Questions of the attempt before this one."""
    earlier = Attempt.objects.filter(exam=attempt.exam, user=attempt.user).exclude(pk=attempt.pk)
    last = earlier.order_by("-started_at").first()
    return set(last.answers.values_list("question__uid", flat=True)) if last else set()


@transaction.atomic
def answer(
    attempt: Attempt, *, position: int, response: dict[str, Any], is_flagged: bool | None = None, by: User
) -> AttemptAnswer:
    """
    Save one answer; the last one saved counts, an empty one takes it back. `is_flagged` marks the
    question as one to come back to; nothing leaves the flag as it is.

    Raises `Refused` when the time is over or the attempt is graded, `ValidationError` for a
    response that does not fit the question. Returns nothing about right or wrong.
    """
    held = hold(attempt)
    require(rules.may_answer(by, held))
    row = held.answers.select_related("question").filter(position=position).first()
    if row is None:
        raise ValidationError(
            _("There is no question %(position)s in this exam.") % {"position": position}, code="no_question"
        )
    row.response = answers.checked(row.question, response)
    row.answered_at = clock.now() if row.response else None
    row.is_flagged = row.is_flagged if is_flagged is None else is_flagged
    row.save(update_fields=["response", "answered_at", "is_flagged"])
    return row


@transaction.atomic
def submit(attempt: Attempt, *, by: User | None) -> Attempt:
    """
    Hand in and grade, once: of two clicks one grades and both see the same result.

    Late hand-ins are graded with what was saved. A pass awards the certificate in the same
    transaction. `by=None` is the portal closing a forgotten attempt.
    """
    if by is not None:
        require(rules.may_submit(by, attempt))
    held = hold(attempt)
    if held.state == Attempt.State.OPEN:
        marking.close(held, by=by)
    attempt.refresh_from_db()
    return attempt


def close_overdue() -> int:
    """Grade attempts whose time ran out long enough ago that nobody is about to hand them in."""
    forgotten = list(Attempt.objects.open().filter(deadline__lte=clock.now() - timedelta(hours=1)))
    for attempt in forgotten:
        submit(attempt, by=None)
    return len(forgotten)
