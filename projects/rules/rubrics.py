"""Who writes and publishes the scoring rubric."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import RubricVersion
from projects.rules.ways import is_portfolio_manager


def may_draft(user: User) -> Verdict:
    """Portfolio managers, one draft at a time."""
    if not (user.is_active and is_portfolio_manager(user)):
        return no(
            _("The scoring rubric is kept by portfolio managers."),
            _("Tell one of them which question is missing or misleading."),
            code="not_portfolio_manager",
        )
    draft = RubricVersion.objects.filter(state=RubricVersion.State.DRAFT).first()
    if draft is None:
        return YES
    return no(
        _("Version %(number)s is already being written.") % {"number": draft.number},
        _("Go on with that draft, or discard it."),
        f"/rubrics/{draft.number}/",
        code="rubric.version_already_being_written",
    )


def may_change(user: User, version: RubricVersion) -> Verdict:
    """Portfolio managers, while it is a draft."""
    if not (user.is_active and is_portfolio_manager(user)):
        return no(_("The scoring rubric is kept by portfolio managers."), code="not_portfolio_manager")
    if version.state == RubricVersion.State.DRAFT:
        return YES
    return no(
        _("A published version never changes: scores stand on it."),
        _("Write a new version."),
        "/rubrics/",
        code="rubric.published_version_never_changes_scores",
    )


may_publish = may_change
may_discard = may_change
