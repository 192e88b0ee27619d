"""Who writes and who signs the contract of trust."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import ContractSignature, SquadMember, SquadRole, TrustContract, UseCase
from projects.rules.ways import in_squad, is_owner

Capacity = ContractSignature.Capacity
# A citizen data scientist covers the data scientist (M9).
ROLES = {
    Capacity.END_USER: (SquadRole.END_USER,),
    Capacity.DATA_SCIENTIST: (SquadRole.DATA_SCIENTIST, SquadRole.CITIZEN),
}
ROLE_OF: dict[str, str] = {role.value: capacity.value for capacity, roles in ROLES.items() for role in roles}


def may_write(user: User, use_case: UseCase) -> Verdict:
    """The product owner and the squad, from initialisation to production."""
    if use_case.phase not in UseCase.ACTIVE:
        return no(
            _("The contract of trust is written between initialisation and production."),
            code="contract.trust_written_between_initialisation",
        )
    if is_owner(user, use_case) or in_squad(user, use_case):
        return YES
    return no(
        _("The contract of trust is written by the product owner and the squad."),
        _("Leave a comment for them."),
        code="contract.write_not_yours",
    )


def capacities(user: User, use_case: UseCase) -> list[str]:
    """What this person may sign as."""
    if not user.is_active:
        return []
    held = SquadMember.objects.current().filter(use_case=use_case, user_id=user.pk)
    found = {ROLE_OF[role] for role in held.values_list("role", flat=True) if role in ROLE_OF}
    if is_owner(user, use_case):
        found.add(Capacity.PRODUCT_OWNER)
    return [each for each in Capacity.values if each in found]


def may_sign(user: User, contract: TrustContract, capacity: str) -> Verdict:
    """Whoever holds the capacity, once, the newest version only; three capacities are three people."""
    use_case = contract.use_case
    if use_case.phase not in UseCase.ACTIVE:
        return no(
            _("The contract of trust is signed between initialisation and production."),
            code="contract.trust_signed_between_initialisation",
        )
    if use_case.trust_contracts.filter(version__gt=contract.version).exists():
        return no(
            _("A newer version has been written."), _("Read and sign the newest one."), code="superseded"
        )
    if capacity not in capacities(user, use_case):
        return no(
            _("You cannot sign in this capacity."),
            _(
                "It is signed by the product owner, an end-user representative and a data scientist of the squad."
            ),
            code="capacity",
        )
    signed = contract.signatures.all()
    if any(each.user_id == user.pk for each in signed):
        return no(
            _("You have signed this version already."),
            _("Each capacity is signed by another person."),
            code="contract.have_signed_version_already",
        )
    if any(each.capacity == capacity for each in signed):
        return no(
            _("This version is signed in this capacity already."),
            code="contract.version_signed_in_capacity_already",
        )
    return YES
