"""Who may ask, answer and accept, each answer with its reason."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from training import rules
from training.models import HelpQuestion


def may_ask(user: User) -> Verdict:
    """Every person."""
    return rules.may_learn(user, None)


def may_answer(user: User, question: HelpQuestion) -> Verdict:
    """Every person who sees it; the asker too, who may have found it out."""
    return first_no(rules.may_learn(user, None), is_visible(user, question), takes_part(user, question))


def takes_part(user: User, question: HelpQuestion) -> Verdict:
    """An auditor learns like everybody, but adds nothing to a use case."""
    if question.use_case_id and user.has_duty(Duty.AUDITOR):
        return no(_("An auditor reads use cases and adds nothing to them."), code="auditor.reads_only")
    return YES


def is_visible(user: User, question: HelpQuestion) -> Verdict:
    """Questions on a use case are for those who see the use case."""
    if HelpQuestion.objects.visible_to(user).filter(pk=question.pk).exists():
        return YES
    return no(
        _("This question is about something you do not see."),
        code="community.question_about_something_do_not",
    )


def may_accept(user: User, question: HelpQuestion) -> Verdict:
    """The asker alone knows what helped."""
    if question.asked_by_id == user.pk:
        return YES
    return no(_("Only whoever asked says which answer helped."), code="community.accept_not_yours")
