"""Who may keep, share and change views of the backlog, plan gates and bring files."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import SavedView, UseCase
from projects.rules.ways import in_squad, is_owner, is_portfolio_manager

Scope = SavedView.Scope


def may_keep(user: User, scope: str = Scope.PRIVATE, use_case: UseCase | None = None) -> Verdict:
    """Private ones everybody; a squad's its members and product owner; everybody's the portfolio managers."""
    if not user.is_active or user.is_service:
        return no(_("Only people keep views."), code="person.only")
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if scope == Scope.EVERYONE and not is_portfolio_manager(user):
        return no(
            _("Portfolio managers share views with everybody."),
            _("Keep it for yourself or for your squad, and send its address to a portfolio manager."),
            code="saved_view.share_with_all_not_yours",
        )
    if scope == Scope.SQUAD and not (use_case and (is_owner(user, use_case) or in_squad(user, use_case))):
        return no(
            _("A view is shared with a squad by its members and its product owner."),
            _("Choose a squad you work in."),
            code="saved_view.share_with_squad_not_yours",
        )
    return YES


def may_change(user: User, view: SavedView) -> Verdict:
    """Its owner; unless it is locked, others of the squad and portfolio managers, too."""
    if view.owner_id == user.pk and user.is_active:
        return YES
    if view.is_locked:
        return no(
            _("%(owner)s has locked this view.") % {"owner": view.owner},
            _("Change the filters and keep the result under a name of your own."),
            code="locked",
        )
    return (
        may_keep(user, view.scope, view.use_case)
        if view.scope != Scope.PRIVATE
        else no(_("It is not yours."), code="saved_view.not_yours")
    )


def may_remove(user: User, view: SavedView) -> Verdict:
    """Its owner alone; what is for everybody also a portfolio manager."""
    if view.owner_id == user.pk and user.is_active:
        return YES
    if view.scope == Scope.EVERYONE and is_portfolio_manager(user) and not view.is_locked:
        return YES
    return no(
        _("A view is removed by the person who keeps it."),
        _("Ask %(owner)s.") % {"owner": view.owner},
        code="saved_view.remove_not_yours",
    )


def may_follow(user: User, view: SavedView) -> Verdict:
    """Everybody who sees it."""
    if user.has_duty(Duty.AUDITOR):
        return no(_("Auditors read everything and change nothing."), code="auditor.reads_only")
    if user.is_active and SavedView.objects.visible_to(user).filter(pk=view.pk).exists():
        return YES
    return no(_("You may follow views you see."), code="saved_view.not_seen")


def may_import(user: User) -> Verdict:
    """Portfolio managers: an import reaches across the whole backlog."""
    if is_portfolio_manager(user) and user.is_active:
        return YES
    return no(
        _("Portfolio managers bring use cases from a file."),
        _("Propose one by one, or send the file to a portfolio manager."),
        code="not_portfolio_manager",
    )


def may_export(user: User) -> Verdict:
    """Everybody, of what they see."""
    return YES if user.is_active else no(_("This account is closed."), code="account.closed")


def may_have_calendar(user: User) -> Verdict:
    """Everybody, their own."""
    if user.is_active and not user.is_service and not user.has_duty(Duty.AUDITOR):
        return YES
    return no(_("Calendars are for people who have dates of their own here."), code="person.only")
