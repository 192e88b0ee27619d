"""Who decides which fields a use case has."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import CustomField
from projects.rules.ways import is_portfolio_manager


def may_define(user: User) -> Verdict:
    """Portfolio managers."""
    if user.is_active and is_portfolio_manager(user):
        return YES
    return no(
        _("Portfolio managers decide which fields a use case has."),
        _("Tell one of them what is missing."),
        code="custom_field.define_not_yours",
    )


def may_change(user: User, field: CustomField) -> Verdict:
    """As defining, while it is asked for."""
    if field.retired_at is not None:
        return no(_("This field is retired."), _("Ask for it again first."), code="field.retired")
    return may_define(user)


def may_restore(user: User, field: CustomField) -> Verdict:
    """As defining, of one that is retired."""
    if field.retired_at is None:
        return no(_("This field is asked for already."), code="custom_field.asked_already")
    return may_define(user)
