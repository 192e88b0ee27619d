"""Deciding on proposals."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import OrgUnit, User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import UseCase
from projects.services import phases
from projects.services.use_cases import check_owner
from projects.services.words import ask_for

LONGEST_SNOOZE = timedelta(days=365)


@transaction.atomic
def accept(
    use_case: UseCase,
    *,
    product_owner: User,
    risk_tier: str,
    by: User,
    unit: OrgUnit | None = None,
    sponsor: User | None = None,
    risk_basis: str = "",
    comment: str = "",
) -> UseCase:
    """
    Take a proposal into the backlog with a product owner and a first risk tier.

    The product owner must hold the right to own a use case; a prohibited use is never accepted.
    """
    require(rules.triage.may_accept(by, use_case))
    if risk_tier not in UseCase.Tier.values:
        raise ValidationError({"risk_tier": _("Choose a tier.")})
    if risk_tier == UseCase.Tier.PROHIBITED:
        raise ValidationError(
            {"risk_tier": _("A prohibited use is not accepted: decline it with the reason.")}
        )
    if use_case.risk_tier != UseCase.Tier.PROHIBITED:  # that one is refused by the move itself
        require(rules.use_cases.is_not_lower(use_case, risk_tier))
    if sponsor and (sponsor.pk == product_owner.pk or not sponsor.is_active):
        raise ValidationError({"sponsor": _("Choose an active person other than the product owner.")})
    check_owner(use_case, product_owner)
    also: dict[str, Any] = {
        "unit": unit or use_case.unit,
        "sponsor": sponsor or use_case.sponsor,
        "risk_basis": risk_basis or use_case.risk_basis,
    }
    phases.move(
        use_case, "accept", by=by, gate="G0", comment=comment, product_owner=product_owner, risk_tier=risk_tier, **also
    )  # fmt: skip
    audit.record("use_case.owner_named", use_case, by=by, before=None, after=product_owner.pk, tier=risk_tier)
    return use_case


@transaction.atomic
def ask(use_case: UseCase, *, question: str, by: User) -> UseCase:
    """Send a proposal back with a question to its author."""
    require(rules.triage.may_ask(by, use_case))
    said = ask_for(question=question)
    phases.move(use_case, "ask", by=by, comment=said["question"], open_question=said["question"])
    return use_case


@transaction.atomic
def decline(use_case: UseCase, *, reason: str, by: User) -> UseCase:
    """Close a proposal with a reason its author sees."""
    require(rules.triage.may_decline(by, use_case))
    said = ask_for(reason=reason)
    phases.move(
        use_case, "decline", by=by, comment=said["reason"], end_reason=said["reason"], open_question=""
    )
    return use_case


@transaction.atomic
def mark_duplicate(use_case: UseCase, *, of: UseCase, by: User) -> UseCase:
    """Close a proposal in favour of an older one on the same problem; its author follows that one."""
    require(rules.triage.may_mark_duplicate(by, use_case))
    if of.pk == use_case.pk:
        raise ValidationError({"of": _("A use case is not a duplicate of itself.")})
    if of.phase in (UseCase.Phase.DRAFT, UseCase.Phase.DUPLICATE):
        raise ValidationError({"of": _("Choose a use case that goes on, not a draft or a duplicate.")})
    phases.move(use_case, "mark_duplicate", by=by, comment=of.ref, duplicate_of=of, open_question="")
    return use_case


@transaction.atomic
def snooze(use_case: UseCase, *, until: date, by: User, reason: str = "") -> UseCase:
    """Look at a proposal again on a day; its author is told which."""
    require(rules.triage.may_snooze(by, use_case))
    if until <= clock.today():
        raise ValidationError({"until": _("Choose a day in the future.")})
    if until > clock.today() + LONGEST_SNOOZE:
        raise ValidationError({"until": _("Choose a day within a year, or decline it with the reason.")})
    use_case.snoozed_until, use_case.snoozed_reason = until, reason.strip()[:300]
    use_case.save(update_fields=["snoozed_until", "snoozed_reason"])
    audit.record("use_case.snoozed", use_case, by=by, until=until, reason=use_case.snoozed_reason)
    notices.tell(
        [use_case.submitter],
        text=N_("Your proposal %(title)s is looked at again on %(day)s."),
        url=f"/use-cases/{use_case.pk}/",
        icon="clock",
        by=by,
        title=use_case,
        day=until.isoformat(),
    )
    return use_case


@transaction.atomic
def wake(use_case: UseCase, *, by: User) -> UseCase:
    """Bring a proposal back into the queue before its day."""
    require(rules.triage.may_wake(by, use_case))
    use_case.snoozed_until, use_case.snoozed_reason = None, ""
    use_case.save(update_fields=["snoozed_until", "snoozed_reason"])
    audit.record("use_case.woken", use_case, by=by)
    return use_case
