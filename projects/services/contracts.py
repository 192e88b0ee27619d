"""Writing and signing the contract of trust."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import ContractSignature, SquadMember, TrustContract, UseCase
from projects.services.words import ask_for

SIGNERS = len(ContractSignature.Capacity.values)


@transaction.atomic
def write(
    use_case: UseCase,
    *,
    intended_use: str,
    promised_figures: str,
    not_to_follow: str,
    human_fallback: str,
    feedback_channel: str,
    by: User,
) -> TrustContract:
    """Write the contract, or a new version of it that nobody has signed yet; the same words make no new version."""
    require(rules.contracts.may_write(by, use_case))
    said = ask_for(
        intended_use=intended_use,
        promised_figures=promised_figures,
        not_to_follow=not_to_follow,
        human_fallback=human_fallback,
        feedback_channel=feedback_channel,
    )
    if not any(letter.isdigit() for letter in said["promised_figures"]):
        raise ValidationError(
            {"promised_figures": _("Promise at least one figure, such as “8 of 10 calls are worth it”.")}
        )
    list(UseCase.objects.select_for_update().filter(pk=use_case.pk).values_list("pk", flat=True))
    newest = use_case.trust_contracts.first()
    if newest and all(getattr(newest, name) == text for name, text in said.items()):
        raise ValidationError(_("Nothing has changed: the signatures stay."))
    number = (use_case.trust_contracts.aggregate(most=Max("version"))["most"] or 0) + 1
    contract = TrustContract.objects.create(use_case=use_case, version=number, written_by=by, **said)
    audit.record("contract.written", use_case, by=by, version=number)
    tell(
        contract, N_("Version %(version)s of the contract of trust of %(title)s waits for signatures."), by=by
    )
    return contract


@transaction.atomic
def sign(contract: TrustContract, *, capacity: str, by: User) -> ContractSignature:
    """Give one's word for this version. The third signature puts it in force."""
    if capacity not in ContractSignature.Capacity.values:
        raise ValidationError({"capacity": _("This capacity is not known.")})
    use_case = contract.use_case
    list(UseCase.objects.select_for_update().filter(pk=use_case.pk).values_list("pk", flat=True))
    require(rules.contracts.may_sign(by, contract, capacity))
    signature = ContractSignature.objects.create(contract=contract, capacity=capacity, user=by)
    audit.record("contract.signed", use_case, by=by, version=contract.version, capacity=capacity)
    if contract.signatures.count() == SIGNERS:
        audit.record("contract.in_force", use_case, by=None, version=contract.version)
        tell(contract, N_("Version %(version)s of the contract of trust of %(title)s is in force."), by=by)
    return signature


def tell(contract: TrustContract, text: str, *, by: User) -> None:
    """Product owner and squad hear."""
    use_case = contract.use_case
    squad = SquadMember.objects.current().filter(use_case=use_case).select_related("user")
    notices.tell(
        [use_case.product_owner, *(member.user for member in squad)],
        text=text,
        url=f"/use-cases/{use_case.pk}/contract/",
        icon="checklist",
        kind="decision",
        by=by,
        title=use_case,
        version=contract.version,
    )
