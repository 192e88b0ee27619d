"""Practice: draw, answer with an explanation at once, take hints, say how sure one is."""

import secrets
from collections import Counter
from fractions import Fraction
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import Refused, no, require
from training import answers, drawing, grading, measuring, rules, scoring
from training.models import Lesson, Path, Practice, PracticeAnswer, Question
from training.services import recall

SIZE = 10
HINT_COST = Fraction(1, 4)
Use = Question.Use


@transaction.atomic
def start(
    about: Path | Lesson, *, asks_certainty: bool = False, by: User, seed: str | None = None
) -> Practice:
    """
    Draw a round of questions on a path or a lesson; those met least often come first.

    Only questions that no exam draws. Raises `Refused` where there are none.
    """
    require(rules.may_learn(by, about))
    pool = list(pool_of(about))
    if not pool:
        raise Refused(
            no(
                _("There are no questions to practise with here yet."),
                _("Choose another lesson."),
                code="practice.no_questions_practise_with_here",
            )
        )
    practice = Practice.objects.create(
        user=by,
        path=about if isinstance(about, Path) else None,
        lesson=about if isinstance(about, Lesson) else None,
        seed=seed or secrets.token_hex(16),
        asks_certainty=asks_certainty,
    )
    met = Counter(PracticeAnswer.objects.filter(practice__user=by).values_list("question__uid", flat=True))
    parts = {each.uid: drawing.parts_of(each.kind, each.content) for each in pool}
    drawn = drawing.round_of(seed=practice.seed, parts=parts, met=met, size=SIZE)
    by_uid = {each.uid: each for each in pool}
    PracticeAnswer.objects.bulk_create(
        PracticeAnswer(practice=practice, position=position, question=by_uid[each.uid], order=each.order)
        for position, each in enumerate(drawn, start=1)
    )
    audit.record("practice.started", practice, by=by, questions=len(drawn), certainty=asks_certainty)
    return practice


def pool_of(about: Path | Lesson) -> Any:
    """Questions of checks and practice on these lessons; the exam bank is never among them."""
    found = Question.objects.current().filter(use__in=[Use.CHECK, Use.PRACTICE])
    if isinstance(about, Lesson):
        return found.filter(lesson=about)
    return found.filter(lesson__in=about.items.values("lesson"))


def row_of(practice: Practice, position: int, user: User) -> PracticeAnswer:
    """The row, locked, of one's own practice."""
    if practice.user_id != user.pk:
        raise Refused(
            no(_("Practice is answered by the person who began it."), code="practice.row_of_not_yours")
        )
    rows = PracticeAnswer.objects.select_for_update(of=("self",)).select_related("question")
    row = rows.filter(practice=practice, position=position).first()
    if row is None:
        raise ValidationError(
            _("There is no question %(n)s in this round.") % {"n": position}, code="no_question"
        )
    return row


@transaction.atomic
def answer(
    practice: Practice, *, position: int, response: Any, certainty: str = "", by: User
) -> PracticeAnswer:
    """
    Answer a question of a round, once; a second answer changes nothing and hears the first result.

    Raises `ValidationError` for an answer that is empty or does not fit, or where it is not said how sure one is.
    """
    row = row_of(practice, position, by)
    if row.answered_at:
        return row
    given = answers.checked(row.question, response)
    if not given:
        raise ValidationError(_("Choose or write an answer first."), code="empty")
    if practice.asks_certainty and certainty not in measuring.CERTAINTY:
        raise ValidationError(_("Say how sure you are: low, mid or high."), code="certainty")
    score = scoring.score(row.question.kind, given, row.question.key_for(row.order))
    worth = score * max(Fraction(0), 1 - HINT_COST * row.hints_taken)
    row.response, row.answered_at = given, clock.now()
    row.score = grading.as_decimal(worth, places=4)
    if practice.asks_certainty:
        row.certainty, row.mark = certainty, measuring.certainty_mark(score, certainty)
    row.save(update_fields=["response", "answered_at", "score", "certainty", "mark"])
    audit.record("practice.answered", row, by=by, question=row.question.uid, score=str(row.score))
    if score < 1:
        recall.remember(row.question, by=by)
    return row


@transaction.atomic
def hint(practice: Practice, *, position: int, by: User) -> PracticeAnswer:
    """Show one more hint; each takes a quarter off what the answer can be worth."""
    row = row_of(practice, position, by)
    if not row.answered_at and row.hints_taken < len(row.question.content.get("hints", [])):
        row.hints_taken += 1
        row.save(update_fields=["hints_taken"])
        audit.record("practice.hint_taken", row, by=by, question=row.question.uid, number=row.hints_taken)
    return row
