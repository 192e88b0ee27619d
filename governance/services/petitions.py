"""Asking for a waiver, for data, for the retirement of a model: each a question to deciders, the change kept aside."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from governance import gates, policies
from governance.models import ApprovalRequest, ModelVersion
from governance.policy_text import TierPolicy
from governance.rules import petitions as rules, waivers as waiver_rules
from governance.rules.models import blocks_of
from governance.services import approvals
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects.models import Artifact, Dataset, UseCase
from projects.rules.shares import Thing

Kind = ApprovalRequest.Kind
VERBS: dict[type, str] = {Dataset: "dataset.access_asked", Artifact: "artifact.access_asked"}
LONGEST = 2000
LONGEST_ACCESS = 366
LONGEST_NOTICE = 366


def checked(texts: Mapping[str, str], until: date, *, field: str = "until", most: int) -> dict[str, str]:
    """Every text said and not too long, and a last day within reach; raises `ValidationError` naming each field."""
    said = {name: text.strip() for name, text in texts.items()}
    errors = {
        name: _("Say it in at most %(limit)s characters.") % {"limit": LONGEST}
        for name, text in said.items()
        if not 1 <= len(text) <= LONGEST
    }
    latest = clock.today() + timedelta(days=most)
    if not clock.today() <= until <= latest:
        errors[field] = _("Choose a day from today to %(latest)s.") % {"latest": latest.isoformat()}
    if errors:
        raise ValidationError(errors)
    return said | {"until": until.isoformat()}


def noted(
    asked: ApprovalRequest, verb: str, about: UseCase | ModelVersion | Thing, *, by: User
) -> ApprovalRequest:
    """The question stands in the history of what it is about, too."""
    audit.record(
        verb, about, by=by, request=str(asked.pk), until=asked.proposal["until"], reason=asked.comment
    )
    return asked


@transaction.atomic
def waive(
    use_case: UseCase, *, gate: str, code: str, reason: str, meanwhile: str, until: date, by: User
) -> ApprovalRequest:
    """
    Ask that an unmet requirement of a gate ahead be let go until a day.

    Raises `Refused` for what is met, only advised or never waived.
    """
    use_case.refresh_from_db()
    require(waiver_rules.may_ask(by, use_case))
    policy = policies.for_use_case(use_case)
    if gate not in gates.gates_ahead(use_case):
        raise ValidationError({"gate": _("This is not a gate in front of the use case.")})
    found = {each.code: each for each in gates.requirements(use_case, gate)}
    if code not in found:
        raise ValidationError({"code": _("The gate does not require this.")})
    require(waiver_rules.is_waivable(found[code], policy))
    said = checked({"reason": reason, "meanwhile": meanwhile}, until, most=longest(policy))
    asked = approvals.open_request(
        kind=Kind.WAIVER, use_case=use_case, topic=f"{gate}:{code}", comment=said["reason"],
        proposal=said | {"gate": gate, "code": code}, by=by,
    )  # fmt: skip
    return noted(asked, "waiver.asked", use_case, by=by)


def longest(policy: TierPolicy) -> int:
    """For how many days a policy lets something be waived."""
    return int(policy.waivers["longest_days"])


@transaction.atomic
def waive_block(
    version: ModelVersion, *, reason: str, meanwhile: str, until: date, by: User
) -> ApprovalRequest:
    """Ask an expert that a blocked version may go on until a day, in spite of its guardrails."""
    require(waiver_rules.may_ask_for_block(by, version))
    policy = policies.for_use_case(version.model.use_case)
    said = checked({"reason": reason, "meanwhile": meanwhile}, until, most=longest(policy))
    codes = ", ".join(sorted({each.code for each in blocks_of(version)}))
    asked = approvals.open_request(
        kind=Kind.BLOCK_WAIVER, use_case=version.model.use_case, version=version, comment=said["reason"],
        proposal=said | {"gate": "", "code": codes[:60]}, by=by,
    )  # fmt: skip
    return noted(asked, "waiver.asked", version, by=by)


@transaction.atomic
def access(
    thing: Thing, *, purpose: str, until: date, by: User, use_case: UseCase | None = None
) -> ApprovalRequest:
    """
    Ask the owner of a dataset or an artifact to let oneself use it until a day; `use_case` is what it is for.

    Raises `Refused` for what one may use already, what is put away and what is never lent, `ValidationError` for
    the fields, `IllegalMove` when one asked for the same already.
    """
    require(rules.may_ask_for(by, thing))
    said = checked({"purpose": purpose}, until, most=LONGEST_ACCESS)
    asked = approvals.open_request(
        kind=Kind.DATA_ACCESS,
        use_case=use_case,
        thing=thing,
        comment=said["purpose"],
        proposal=said,
        by=by,
    )
    return noted(asked, VERBS[type(thing)], thing, by=by)


@transaction.atomic
def retire(version: ModelVersion, *, reason: str, until: date, by: User) -> ApprovalRequest:
    """Ask that a model version leave service after a day; whoever uses it is told once that is decided."""
    require(rules.may_ask_to_retire(by, version))
    said = checked({"reason": reason}, until, most=LONGEST_NOTICE)
    asked = approvals.open_request(
        kind=Kind.RETIREMENT, use_case=version.model.use_case, version=version, comment=said["reason"],
        proposal=said, by=by,
    )  # fmt: skip
    return noted(asked, "version.retirement_asked", version, by=by)
