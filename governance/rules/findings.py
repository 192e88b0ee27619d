"""Who may move a finding."""

from django.utils.translation import gettext as _

from governance.models import Finding
from governance.rules.conflicts import made, was_of
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase

JUDGES = (Duty.MODEL_REVIEWER, Duty.RISK_OFFICER, Duty.IT_ENGINEER)


def over(finding: Finding, verb: str) -> Verdict:
    """Whether the state allows the verb."""
    if Finding.LIFE.allows(finding, verb):
        return YES
    return no(
        _("This finding is “%(state)s”.") % {"state": finding.get_state_display()}, code="finding.state"
    )


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
        code="finding.raise_not_yours",
    )


def may_work_on(user: User, finding: Finding) -> Verdict:
    """The owner, while it is open."""
    if not Finding.LIFE.allows(finding, "resolve"):
        return over(finding, "resolve")
    if user.pk in {finding.owner_id, finding.use_case.product_owner_id}:
        return YES
    return no(_("%(name)s owns this finding.") % {"name": finding.owner}, code="finding.work_on_not_yours")


def may_start(user: User, finding: Finding) -> Verdict:
    """The owner, before it has begun."""
    return may_work_on(user, finding) if Finding.LIFE.allows(finding, "start") else over(finding, "start")


def no_stake(user: User, finding: Finding) -> Verdict:
    """R1: who worked on it does not say that it is put right, and does not take its risk for others."""
    version = finding.version
    found = next(was_of(user, finding.use_case), "") or (next(made(user, version), "") if version else "")
    if not found:
        return YES
    return no(
        _("You may not settle this finding: %(why)s.") % {"why": found},
        _("Somebody who did not work on it must decide."),
        code="finding.own_work",
    )


def may_verify(user: User, finding: Finding) -> Verdict:
    """Somebody who judges, did not resolve it and did not work on what it is about."""
    if not Finding.LIFE.allows(finding, "verify"):
        return over(finding, "verify")
    if user.pk in {finding.resolved_by_id, finding.owner_id}:
        return no(
            _("Whoever resolved a finding does not verify it."),
            _("A reviewer or a risk officer verifies it."),
            code="finding.own_work",
        )
    if not user.has_duty(*JUDGES):
        return no(
            _("A reviewer, a risk officer or an IT engineer verifies findings."),
            code="finding.verify_not_yours",
        )
    return no_stake(user, finding)


def may_accept(user: User, finding: Finding) -> Verdict:
    """A risk officer who does not own it and did not work on what it is about."""
    if not Finding.LIFE.allows(finding, "accept"):
        return over(finding, "accept")
    if not user.has_duty(Duty.RISK_OFFICER):
        return no(_("Only a risk officer accepts a risk."), code="finding.accept_not_yours")
    if user.pk == finding.owner_id:
        return no(_("You own this finding; another risk officer accepts the risk."), code="finding.own_work")
    return no_stake(user, finding)
