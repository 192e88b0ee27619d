"""Asking, answering, and saying which answer helped."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects.models import UseCase
from training import community_rules as rules
from training.models import HelpAnswer, HelpQuestion, Lesson

LONGEST_TITLE, LONGEST = 160, 4000


def checked(name: str, text: str, longest: int) -> str:
    """The text without spaces around it; empty or too long is an error at its field."""
    text = text.strip()
    if not text:
        raise ValidationError({name: _("Write something here.")})
    if len(text) > longest:
        raise ValidationError({name: _("Use %(n)s characters or fewer.") % {"n": longest}})
    return text


@transaction.atomic
def ask(
    *, title: str, text: str, lesson: Lesson | None = None, use_case: UseCase | None = None, by: User
) -> HelpQuestion:
    """Ask about a lesson or a use case one sees. The product owner of the use case is told."""
    require(rules.may_ask(by))
    if (lesson is None) == (use_case is None):
        raise ValidationError({"lesson": _("A question is about one lesson or one use case.")})
    question = HelpQuestion.objects.create(
        asked_by=by,
        lesson=lesson,
        use_case=use_case,
        title=checked("title", title, LONGEST_TITLE),
        text=checked("text", text, LONGEST),
    )
    require(rules.may_answer(by, question))
    audit.record("help.asked", question, by=by, title=question.title)
    if use_case and use_case.product_owner:
        text = N_("%(person)s asks about %(ref)s: %(title)s")
        tell([use_case.product_owner], question, text, by=by, ref=use_case.ref)
    return question


@transaction.atomic
def answer(question: HelpQuestion, *, text: str, by: User) -> HelpAnswer:
    """Answer; the asker is told."""
    require(rules.may_answer(by, question))
    made = HelpAnswer.objects.create(question=question, author=by, text=checked("text", text, LONGEST))
    audit.record("help.answered", made, by=by, question=question.pk)
    tell([question.asked_by], question, N_("%(person)s answered your question “%(title)s”"), by=by)
    return made


@transaction.atomic
def accept(question: HelpQuestion, *, answer: HelpAnswer, by: User) -> HelpQuestion:
    """Say which answer helped; another choice replaces it. Its author is thanked, nobody is ranked."""
    require(rules.may_accept(by, question))
    if answer.question_id != question.pk:
        raise ValidationError({"answer": _("This answer belongs to another question.")})
    if HelpQuestion.objects.filter(pk=question.pk).exclude(accepted=answer).update(accepted=answer):
        audit.record("help.accepted", question, by=by, answer=answer.pk)
        tell([answer.author], question, N_("%(person)s says your answer helped: “%(title)s”"), by=by)
    question.refresh_from_db()
    return question


def tell(people: list[User], question: HelpQuestion, text: str, *, by: User, **more: str) -> None:
    """A word to those concerned, with the way to the question."""
    url = reverse("training:help_detail", args=[question.pk])
    notices.tell(people, text=text, url=url, icon="comment", by=by, person=by, title=question.title, **more)
