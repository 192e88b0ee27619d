"""Who confirms that a use case is ready for production."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import ReadinessCheck, SquadMember, SquadRole, UseCase
from projects.rules.ways import address, is_owner

Kind = ReadinessCheck.Kind
THREE = 3
BUILDERS = (SquadRole.DATA_SCIENTIST, SquadRole.CITIZEN)


def may_confirm(user: User, use_case: UseCase, kind: str) -> Verdict:
    """The product owner any; the process owner and an end-user representative their own."""
    if use_case.phase not in UseCase.ACTIVE:
        return no(
            _("Readiness is confirmed between initialisation and production."),
            code="readiness.confirmed_between_initialisation_production",
        )
    if not is_near(user, use_case, kind):
        return no(
            _("This is confirmed by the product owner, or by the person it concerns."),
            code="readiness.confirm_not_yours",
        )
    if kind == Kind.OPERATIONAL and not use_case.process_owner_id:
        return no(
            _("No process owner is named."),
            _("Name the owner of the process this use case changes."),
            edit(use_case),
            code="readiness.no_process_owner_named",
        )
    if kind == Kind.SHARED:
        return responsibility_is_shared(use_case)
    return YES


def is_near(user: User, use_case: UseCase, kind: str) -> bool:
    """Whether this check is this person's to confirm."""
    if is_owner(user, use_case):
        return True
    if kind == Kind.OPERATIONAL:
        return user.is_active and use_case.process_owner_id == user.pk
    if kind == Kind.ADOPTION:
        voice = SquadMember.objects.current().filter(
            use_case=use_case, user_id=user.pk, role=SquadRole.END_USER
        )
        return user.is_active and voice.exists()
    return False


def responsibility_is_shared(use_case: UseCase) -> Verdict:
    """Improvement, operation and monitoring each have an owner, not all of them the data scientists (M3)."""
    named = [use_case.improvement_owner_id, use_case.operation_owner_id, use_case.monitoring_owner_id]
    owners = [each for each in named if each is not None]
    if len(owners) < len(named):
        return no(
            _("Improvement, operation and monitoring do not each have an owner."),
            _("Name the three owners."),
            owners_page(use_case),
            code="readiness.improvement_operation_monitoring_do_not",
        )
    if only_builders(use_case, set(owners)):
        return no(
            _("Data scientists hold improvement, operation and monitoring alone."),
            _(
                "Give at least one of the three to operations or IT, so that maintenance does not stop the roadmap."
            ),
            owners_page(use_case),
            code="readiness.data_scientists_hold_improvement_operation",
        )
    return YES


def only_builders(use_case: UseCase, owners: set[int]) -> bool:
    """Whether all of these people build the model."""
    builders = SquadMember.objects.current().filter(use_case=use_case, user_id__in=owners, role__in=BUILDERS)
    return set(builders.values_list("user_id", flat=True)) >= owners


def still_stands(check: ReadinessCheck, use_case: UseCase) -> Verdict:
    """Whether what was confirmed then is still so now."""
    if check.kind == Kind.SHARED:
        return responsibility_is_shared(use_case)
    if check.kind == Kind.OPERATIONAL and not use_case.process_owner_id:
        return no(
            _("No process owner is named."),
            _("Name the owner of the process."),
            edit(use_case),
            code="readiness.no_process_owner_named",
        )
    if check.kind == Kind.ADOPTION:
        newest = use_case.trust_contracts.first()
        if newest and newest.written_at > check.confirmed_at and newest.signatures.count() < THREE:
            return no(
                _("The contract of trust was rewritten since and is not signed by all three."),
                _("Have the newest version signed, then confirm again."),
                address("projects:use_case_contract", use_case.pk),
                code="readiness.contract_trust_rewritten_since_not",
            )
    return YES


def edit(use_case: UseCase) -> str:
    """Where the process owner is named."""
    return address("projects:use_case_edit", use_case.pk)


def owners_page(use_case: UseCase) -> str:
    """Where the three owners are named."""
    return address("projects:use_case_raci", use_case.pk)
