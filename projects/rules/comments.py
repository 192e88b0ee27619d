"""Who changes what was said, and who watches."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import Comment, UseCase
from projects.rules.use_cases import may_comment
from projects.rules.ways import is_portfolio_manager


def may_see(person: User, use_case: UseCase) -> bool:
    """Whether a use case exists for somebody."""
    return person.is_active and UseCase.objects.visible_to(person).filter(pk=use_case.pk).exists()


def may_edit(user: User, comment: Comment) -> Verdict:
    """The author, while it stands."""
    if comment.withdrawn_at:
        return no(_("This comment was withdrawn."), code="comment.withdrawn")
    if comment.author_id != user.pk:
        return no(
            _("A comment is changed by its author."),
            _("Answer it with your own."),
            code="comment.edit_not_yours",
        )
    return may_comment(user, comment.use_case)


def may_withdraw(user: User, comment: Comment) -> Verdict:
    """The author; a portfolio manager may take away what should not stand there."""
    if comment.withdrawn_at:
        return no(_("This comment was withdrawn."), code="comment.withdrawn")
    if comment.author_id == user.pk or is_portfolio_manager(user):
        return may_comment(user, comment.use_case)
    return no(
        _("A comment is withdrawn by its author or a portfolio manager."), code="comment.withdraw_not_yours"
    )


def may_react(user: User, comment: Comment) -> Verdict:
    """Everybody who may comment."""
    if comment.withdrawn_at:
        return no(_("This comment was withdrawn."), code="comment.withdrawn")
    return may_comment(user, comment.use_case)


def may_watch(user: User, use_case: UseCase) -> Verdict:
    """As for comments; auditors follow the trail instead."""
    return YES if (verdict := may_comment(user, use_case)) else verdict
