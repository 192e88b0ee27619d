"""Who writes and issues documents of a version."""

from django.utils.translation import gettext as _

from governance.models import DocumentKind, ModelVersion
from governance.rules.approvals import is_certified_reviewer
from governance.rules.conflicts import made
from governance.rules.models import works_on
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no


def may_write(user: User, version: ModelVersion, kind: str) -> Verdict:
    """The squad writes card and technical file; an independent reviewer writes the validation report."""
    if kind == DocumentKind.VALIDATION_REPORT:
        return may_write_report(user, version)
    if works_on(user, version.trial) or user.pk == version.registered_by_id:
        return YES
    if user.has_duty(Duty.RISK_OFFICER):
        return YES
    return no(
        _("The squad and risk officers write this document."),
        _("Tell the product owner what is missing."),
        code="document.write_not_yours",
    )


def may_write_report(user: User, version: ModelVersion) -> Verdict:
    """Nobody reports on what they made."""
    if works_on(user, version.trial) or next(made(user, version), ""):
        return no(
            _("Whoever worked on a model does not write its validation report."),
            _("A certified reviewer outside the squad writes it."),
            code="approval.own_work",
        )
    return is_certified_reviewer(user, None)


def may_issue(user: User, version: ModelVersion, kind: str) -> Verdict:
    """Whoever writes it issues it; risk officers issue each."""
    if user.has_duty(Duty.RISK_OFFICER):
        return YES
    return may_write(user, version, kind)
