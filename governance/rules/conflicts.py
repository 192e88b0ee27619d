"""Conflicts of interest, found from facts: nobody decides on what they made (R1)."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, ModelVersion, PolicyVersion
from portal.core.models import AuditEvent, User
from projects.models import GuardrailResult, SquadMember, UseCase

JUDGES_A_MODEL = {"model_review", "promotion"}


def conflicts(user: User, request: ApprovalRequest) -> list[str]:
    """Every reason why this person may not decide this request."""
    return list(dict.fromkeys(reasons(user, request)))


def reasons(user: User, request: ApprovalRequest) -> Iterator[str]:
    """The facts, one after the other."""
    if request.requested_by_id == user.pk:
        yield _("you asked for this decision yourself")
    if request.version is not None:
        yield from made(user, request.version)
    if request.policy_draft is not None and wrote(user, request.policy_draft):
        yield _("you wrote this policy")
    use_case = request.use_case
    if use_case is not None:
        yield from stake(user, request, use_case)


def stake(user: User, request: ApprovalRequest, use_case: UseCase) -> Iterator[str]:
    """What the person is on the use case."""
    if use_case.product_owner_id == user.pk:
        yield _("you are the product owner of the use case")
    if request.kind in JUDGES_A_MODEL:
        if use_case.sponsor_id == user.pk:
            yield _("you are the sponsor of the use case")
        yield from squad(user, use_case)
    elif not is_sponsor_only(user, use_case):
        yield from squad(user, use_case)


def wrote(user: User, draft: PolicyVersion) -> bool:
    """Whoever began or changed the draft, as the trail has it; the last writer is not the only one."""
    if draft.written_by_id == user.pk:
        return True
    events = AuditEvent.objects.filter(target_type=draft._meta.label_lower, target_id=str(draft.pk))
    return events.filter(verb__in=["policy.drafted", "policy.edited"], actor_id=user.pk).exists()


def is_sponsor_only(user: User, use_case: UseCase) -> bool:
    """A sponsor stands in the squad's list as sponsor; that role alone builds nothing."""
    if use_case.sponsor_id != user.pk:
        return False
    roles = SquadMember.objects.filter(use_case=use_case, user=user).values_list("role", flat=True)
    return set(roles) <= {"sponsor"}


def squad(user: User, use_case: UseCase) -> Iterator[str]:
    """Current and former members: having worked on it does not wear off."""
    memberships = SquadMember.objects.filter(use_case=use_case, user=user)
    if memberships.current().exists():
        yield _("you are a member of the squad")
    elif memberships.exists():
        yield _("you were a member of the squad")


def made(user: User, version: ModelVersion) -> Iterator[str]:
    """What the person has done for the version itself."""
    experiment = version.trial.experiment
    if version.registered_by_id == user.pk:
        yield _("you registered this version")
    if experiment.author_id == user.pk:
        yield _("you ran the experiment")
    if version.card_by_id == user.pk:
        yield _("you wrote the model card")
    if version.dataset_version.uploaded_by_id == user.pk:
        yield _("you uploaded the data")
    elif str(user.pk) in version.dataset_version.preparers:
        yield _("you prepared the data")
    if GuardrailResult.objects.filter(experiment=experiment, justified_by=user).exists():
        yield _("you wrote a justification")
