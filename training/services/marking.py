"""Marks attempts, and marks them again when a question turns out to be wrong."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from training import grading, scoring, studio_rules
from training.models import Attempt, AttemptAnswer, Question
from training.services import certificates

LONGEST_REASON = 300


def marks_of(attempt: Attempt) -> dict[AttemptAnswer, grading.Mark]:
    """Each answer with what it is worth now."""
    rows = attempt.answers.select_related("question", "question__objective")
    return {
        row: grading.Mark(
            objective=row.question.objective.code,
            score=scoring.score(row.question.kind, row.response, row.question.key_for(row.order)),
            is_critical=row.question.objective.is_critical,
            is_must_know=row.question.is_must_know,
            is_voided=row.question.voided_at is not None,
        )
        for row in rows
    }


def close(attempt: Attempt, *, by: User | None) -> None:
    """Grade what was saved, store it, award what was earned and say so."""
    marks = marks_of(attempt)
    result = grading.grade(list(marks.values()), attempt.terms)
    Attempt.LIFE.move(
        attempt,
        "grade",
        submitted_at=min(clock.now(), attempt.deadline),
        percent=grading.as_decimal(result.share * 100),
        passed=result.passed,
        per_objective=result.per_objective,
        must_know_missed=result.must_know_missed,
    )
    for row, mark in marks.items():
        row.score = grading.as_decimal(mark.score, places=4)
    AttemptAnswer.objects.bulk_update(marks, ["score"])
    audit.record(
        "attempt.graded",
        attempt,
        by=by,
        exam=attempt.exam.code,
        percent=str(attempt.percent),
        passed=attempt.passed,
    )
    if attempt.passed:
        certificates.award_passed(attempt, by=None)
    tell_result(attempt, by=by)


def tell_result(attempt: Attempt, *, by: User | None) -> None:
    """Leave the result in the learner's notices when the portal handed it in for them."""
    text = (
        N_("You passed the exam “%(exam)s”.")
        if attempt.passed
        else N_("The exam “%(exam)s” was not passed this time.")
    )
    url = reverse("training:attempt_result", args=[attempt.pk])
    notices.tell([attempt.user], text=text, url=url, icon="school", by=by, exam=attempt.exam.path.title)


@transaction.atomic
def void(question: Question, *, reason: str, by: User) -> int:
    """
    Take a question out of every result, past and to come; returns how many people pass by that.

    Totals are computed anew without it. Who passes now gets the certificate and is told; who had
    passed keeps it, whatever the new total is. Safe to repeat: the second call is refused.
    """
    require(studio_rules.may_void(by, question))
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ValidationError(
            {
                "reason": _("Say what is wrong with the question, in %(n)s characters at most.")
                % {"n": LONGEST_REASON}
            }
        )
    fields = {"voided_at": clock.now(), "voided_reason": reason, "is_current": False}
    if not Question.objects.filter(pk=question.pk, voided_at__isnull=True).update(**fields):
        require(studio_rules.may_void(by, Question.objects.get(pk=question.pk)))
    for name, value in fields.items():
        setattr(question, name, value)
    touched = Attempt.objects.filter(answers__question=question, state=Attempt.State.GRADED)
    newly = sum(remark(attempt, by=by) for attempt in touched.select_related("exam__path__template", "user"))
    audit.record("question.voided", question, by=by, reason=reason, newly_passed=newly)
    return newly


def remark(attempt: Attempt, *, by: User | None) -> bool:
    """Compute a graded result again from what was answered; whether it is a pass only now."""
    was_passed = bool(attempt.passed)
    result = grading.grade(list(marks_of(attempt).values()), attempt.terms)
    attempt.percent = grading.as_decimal(result.share * 100)
    attempt.passed = was_passed or result.passed
    attempt.per_objective = result.per_objective
    attempt.must_know_missed = result.must_know_missed
    attempt.save(update_fields=["percent", "passed", "per_objective", "must_know_missed"])
    audit.record("attempt.remarked", attempt, by=by, percent=str(attempt.percent), passed=attempt.passed)
    if was_passed or not attempt.passed:
        return False
    certificates.award_passed(attempt, by=None)
    notices.tell(
        [attempt.user],
        text=N_("A question of your exam “%(exam)s” was taken out of the results. You have passed."),
        url=reverse("training:attempt_result", args=[attempt.pk]),
        icon="school",
        by=by,
        exam=attempt.exam.path.title,
    )
    return True
