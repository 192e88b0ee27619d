"""Who makes templates and who begins with one."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase, UseCaseTemplate
from projects.rules import kill_criteria
from projects.rules.use_cases import may_propose
from projects.rules.ways import PROPOSED, is_owner, is_portfolio_manager

FINISHED = (UseCase.Phase.PRODUCTION, UseCase.Phase.RETIRED, UseCase.Phase.STOPPED)


def may_manage(user: User) -> Verdict:
    """Portfolio managers."""
    if is_portfolio_manager(user):
        return YES
    return no(
        _("Templates are kept by portfolio managers."),
        _("Suggest one to them, or make one from a finished use case you own."),
        code="template.manage_not_yours",
    )


def may_make_from(user: User, use_case: UseCase) -> Verdict:
    """Its product owner or a portfolio manager, once there is something to learn from; never a confidential one."""
    if use_case.is_confidential:
        return no(
            _("A template is read by everybody, and this use case is confidential."),
            _("Write a template by hand, without its particulars."),
            code="template.read_by_everybody_use",
        )
    if use_case.phase not in FINISHED:
        return no(
            _("A template is made from what has gone the whole way: in production, retired or stopped."),
            code="template.made_from_what_has",
        )
    if is_owner(user, use_case) or is_portfolio_manager(user):
        return YES
    return no(
        _("The product owner or a portfolio manager makes a template of it."),
        code="template.make_from_not_yours",
    )


def may_begin(user: User, template: UseCaseTemplate) -> Verdict:
    """Whoever may propose, with a template that is offered."""
    if template.state != UseCaseTemplate.State.OFFERED:
        return no(
            _("This template is no longer offered."),
            _("Choose another one."),
            code="template.no_longer_offered",
        )
    return may_propose(user)


def may_copy(user: User, use_case: UseCase) -> Verdict:
    """Whoever may propose, from a use case that was accepted once."""
    if use_case.phase in (*PROPOSED, UseCase.Phase.DECLINED, UseCase.Phase.DUPLICATE):
        return no(
            _("Only a use case that was accepted serves as a model for another one."),
            code="template.never_accepted",
        )
    return may_propose(user)


def may_apply_criteria(user: User, use_case: UseCase) -> Verdict:
    """Whoever may write kill criteria, when the template has some."""
    if not use_case.template or not use_case.template.criteria:
        return no(
            _("Its template has no kill criteria."),
            _("Write your own."),
            code="template.has_no_kill_criteria",
        )
    return kill_criteria.may_add(user, use_case)
