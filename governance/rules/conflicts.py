"""Conflicts of interest, found from facts: nobody decides on what they made (R1)."""

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, ModelVersion, PolicyVersion
from portal.core.models import AuditEvent, User
from projects.models import DatasetVersion, GuardrailResult, SquadMember, UseCase
from training.models import Mentorship

JUDGES_A_MODEL = {"model_review", "promotion", "block_waiver"}
# Acts on a question that shape what the model learns from: which data, which columns, in which role.
PREPARES = ("experiment.question_changed", "experiment.version_chosen", "experiment.advice_taken")


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
    yield from owned(user, use_case)
    if request.kind in JUDGES_A_MODEL:
        if use_case.sponsor_id == user.pk:
            yield _("you are the sponsor of the use case")
        if use_case.improvement_owner_id == user.pk:
            yield _("you are responsible for improving and retraining it")
        yield from squad(user, use_case)
        if Mentorship.objects.filter(use_case=use_case, mentor=user, accepted_at__isnull=False).exists():
            yield _("you supervise, or supervised, this project as a mentor")
    elif not is_sponsor_only(user, use_case):
        yield from squad(user, use_case)


def owned(user: User, use_case: UseCase) -> Iterator[str]:
    """The product owner, and whoever was it before, as the trail has it."""
    if use_case.product_owner_id == user.pk:
        yield _("you are the product owner of the use case")
        return
    handed_over = AuditEvent.objects.about(use_case).filter(
        verb="use_case.owner_named", details__before=user.pk
    )
    if handed_over.exists():
        yield _("you were the product owner of the use case")


def was_of(user: User, use_case: UseCase) -> Iterator[str]:
    """Whoever owns or builds it, or did."""
    yield from owned(user, use_case)
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
    yield from handled_data(user, version)
    if GuardrailResult.objects.filter(experiment=experiment, justified_by=user).exists():
        yield _("you wrote a justification")
    if version.block_waived_by_id == user.pk:
        yield _("you let it go on in spite of a block")


def handled_data(user: User, version: ModelVersion) -> Iterator[str]:
    """What the person has done for the data it learned from."""
    data = version.dataset_version
    if data.uploaded_by_id == user.pk:
        yield _("you uploaded the data")
    elif DatasetVersion.objects.filter(
        dataset=data.dataset_id, number__lt=data.number, uploaded_by=user
    ).exists():
        yield _("you uploaded an earlier version of the data")
    if str(user.pk) in data.preparers or prepared(user, version):
        yield _("you prepared the data")


def prepared(user: User, version: ModelVersion) -> bool:
    """Whether the trail has the person saying what columns mean, or choosing data, columns and roles of the question."""
    data, experiment = version.dataset_version, version.trial.experiment
    described = Q(target_type="projects.dataset", target_id=str(data.dataset_id), verb="dataset.described")
    shaped = Q(target_type=experiment._meta.label_lower, target_id=str(experiment.pk), verb__in=PREPARES)
    return AuditEvent.objects.filter(described | shaped, actor_id=user.pk).exists()
