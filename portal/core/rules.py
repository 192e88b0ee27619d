"""Who may do what on the floor, each answer with its reason."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import Job, User
from portal.core.verdicts import YES, Verdict, no


def may_manage_people(user: User | None) -> Verdict:
    """Administrators open and close accounts; `None` is the portal itself (set-up, demo)."""
    if user is None or user.has_duty(Duty.ADMINISTRATOR):
        return YES
    return no(
        _("Only administrators manage accounts."),
        _("Ask an administrator."),
        code="portal.manage_people_not_yours",
    )


def may_edit_profile(user: User, person: User) -> Verdict:
    """One's own."""
    return (
        YES
        if user.pk == person.pk
        else no(_("A profile is changed by its owner."), code="portal.edit_profile_not_yours")
    )


def may_see_status(user: User) -> Verdict:
    """Those who watch over services."""
    if user.has_duty(Duty.IT_ENGINEER, Duty.ADMINISTRATOR, Duty.AUDITOR):
        return YES
    return no(
        _("The technical page is for IT engineers, administrators and auditors."),
        code="portal.see_status_not_yours",
    )


def may_read_job_label(user: User, job: Job) -> Verdict:
    """Its owner, and auditors: the label names what the work is for, which others may not be allowed to know."""
    if job.owner_id in (None, user.pk) or user.has_duty(Duty.AUDITOR):
        return YES
    return no(
        _("What this work is for is shown to the person who started it."),
        code="portal.read_job_label_not_yours",
    )


def may_cancel_job(user: User, job: Job) -> Verdict:
    """The owner of a job that is not over, or an IT engineer."""
    if job.is_over:
        return no(_("This job is already over."), code="portal.job_already_over")
    if job.owner_id == user.pk or user.has_duty(Duty.IT_ENGINEER):
        return YES
    return no(
        _("Only the person who started this job or an IT engineer may cancel it."),
        code="portal.cancel_job_not_yours",
    )


def may_read_audit(user: User) -> Verdict:
    """Auditors and risk officers read the whole trail; it names what is confidential."""
    if user.has_duty(Duty.AUDITOR, Duty.RISK_OFFICER):
        return YES
    return no(_("The audit trail is read by auditors and risk officers."), code="portal.read_audit_not_yours")
