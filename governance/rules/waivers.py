"""Who may ask that a requirement or a guardrail be waived for a time, and who ends it."""

from django.utils.translation import gettext as _

from governance import gates
from governance.models import ModelVersion, Waiver
from governance.policy_text import TierPolicy
from governance.rules.models import blocks_of, works_on
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import SquadMember, UseCase

# What the approval of people outside rests on; no policy opens these.
FLOOR = frozenset({"tier_assessed", "not_prohibited", "champion", "independent_review"})


def may_ask(user: User, use_case: UseCase) -> Verdict:
    """The product owner and the squad, who also say what is done meanwhile."""
    if use_case.product_owner_id == user.pk:
        return YES
    if SquadMember.objects.current().filter(use_case=use_case, user=user).exists():
        return YES
    return no(
        _("Only the product owner and the squad ask for a waiver."),
        _("Ask %(name)s.") % {"name": use_case.product_owner} if use_case.product_owner else "",
        code="waiver.ask_not_yours",
    )


def is_waivable(requirement: gates.Requirement, policy: TierPolicy) -> Verdict:
    """Unmet, standing in the way, and not among what nobody waives."""
    if requirement.met:
        return no(_("“%(what)s” is met.") % {"what": requirement.label}, code="waiver.met")
    if requirement.mode in {"warn", "observe"}:
        return no(
            _("“%(what)s” does not stand in the way.") % {"what": requirement.label}, code="waiver.advice"
        )
    if requirement.code in FLOOR or requirement.code in policy.waivers["never"]:
        return no(
            _("“%(what)s” is never waived.") % {"what": requirement.label}, requirement.remedy, requirement.url,
            "waiver.never",
        )  # fmt: skip
    return YES


def may_ask_for_block(user: User, version: ModelVersion) -> Verdict:
    """Those who work on a version that guardrails block."""
    if version.status != ModelVersion.Status.BLOCKED or not blocks_of(version):
        return no(_("Nothing blocks this version."), code="version.state")
    if user.pk == version.registered_by_id or works_on(user, version.trial):
        return YES
    return no(
        _("Only those who work on a version ask for a waiver."),
        _("Ask its author."),
        code="waiver.ask_for_block_not_yours",
    )


def may_end(user: User, waiver: Waiver) -> Verdict:
    """The product owner, who needs it no longer, and risk officers, while it is in force."""
    if waiver.ended_at is not None or waiver.until < clock.today():
        return no(_("This waiver is over already."), code="waiver.over_already")
    if user.pk == waiver.use_case.product_owner_id or user.has_duty(Duty.RISK_OFFICER):
        return YES
    return no(
        _("The product owner and risk officers end a waiver."),
        _("Tell one of them."),
        code="waiver.end_not_yours",
    )
