"""Who may move a finding."""

from django.utils.translation import gettext as _

from governance.models import Finding
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase

JUDGES = (Duty.MODEL_REVIEWER, Duty.RISK_OFFICER, Duty.IT_ENGINEER)


def over(finding: Finding, verb: str) -> Verdict:
    """Whether the state allows the verb."""
    if Finding.LIFE.allows(finding, verb):
        return YES
    return no(_("This finding is “%(state)s”.") % {"state": finding.get_state_display()})


def may_raise(user: User, use_case: UseCase) -> Verdict:
    """Those who judge, and the product owner."""
    if (
        user.has_duty(*JUDGES)
        or use_case.product_owner_id == user.pk
        or use_case.monitoring_owner_id == user.pk
    ):
        return YES
    return no(
        _("Reviewers, risk officers, IT engineers and the product owner raise findings."),
        _("Tell one of them."),
    )


def may_work_on(user: User, finding: Finding) -> Verdict:
    """The owner, while it is open."""
    if not Finding.LIFE.allows(finding, "resolve"):
        return over(finding, "resolve")
    if user.pk in {finding.owner_id, finding.use_case.product_owner_id}:
        return YES
    return no(_("%(name)s owns this finding.") % {"name": finding.owner})


def may_start(user: User, finding: Finding) -> Verdict:
    """The owner, before it has begun."""
    return may_work_on(user, finding) if Finding.LIFE.allows(finding, "start") else over(finding, "start")


def may_verify(user: User, finding: Finding) -> Verdict:
    """Somebody who judges and did not resolve it."""
    if not Finding.LIFE.allows(finding, "verify"):
        return over(finding, "verify")
    if user.pk in {finding.resolved_by_id, finding.owner_id}:
        return no(
            _("Whoever resolved a finding does not verify it."),
            _("A reviewer or a risk officer verifies it."),
            code="finding.own_work",
        )
    if user.has_duty(*JUDGES):
        return YES
    return no(_("A reviewer, a risk officer or an IT engineer verifies findings."))


def may_accept(user: User, finding: Finding) -> Verdict:
    """A risk officer who does not own it."""
    if not Finding.LIFE.allows(finding, "accept"):
        return over(finding, "accept")
    if not user.has_duty(Duty.RISK_OFFICER):
        return no(_("Only a risk officer accepts a risk."))
    if user.pk == finding.owner_id:
        return no(_("You own this finding; another risk officer accepts the risk."), code="finding.own_work")
    return YES
