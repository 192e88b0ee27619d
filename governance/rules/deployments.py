"""Who may put a version into service and use it."""

from django.utils.translation import gettext as _

from governance import manifests, policies
from governance.models import BatchScoring, Deployment, Model, ModelVersion
from governance.rules.replacement import may_replace
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import SquadMember, SquadRole, UseCase

ENGINEERS = (SquadRole.ML_ENGINEER, SquadRole.IT_ENGINEER, SquadRole.DATA_ENGINEER)


def runs(user: User, use_case: UseCase) -> bool:
    """The product owner, an engineer of the squad, or an IT engineer of the organisation."""
    if use_case.product_owner_id == user.pk or user.has_duty(Duty.IT_ENGINEER):
        return True
    return SquadMember.objects.current().filter(use_case=use_case, user=user, role__in=ENGINEERS).exists()


def uses(user: User, use_case: UseCase) -> bool:
    """Those who run it, the squad, the owners of process, operation and monitoring, and programs."""
    owners = {
        use_case.sponsor_id, use_case.process_owner_id, use_case.operation_owner_id, use_case.monitoring_owner_id,
        use_case.improvement_owner_id,
    }  # fmt: skip
    if user.pk in owners or user.is_service or runs(user, use_case):
        return True
    return SquadMember.objects.current().filter(use_case=use_case, user=user).exists()


def may_run(user: User, use_case: UseCase) -> Verdict:
    """Whether the person puts versions into service at all."""
    if runs(user, use_case):
        return YES
    return no(
        _("The product owner, an engineer of the squad or an IT engineer puts a version into service."),
        _("Ask one of them."),
        code="deployment.run_not_yours",
    )


def is_promotable(version: ModelVersion) -> Verdict:
    """An approval stands and has not run out; it does not serve already."""
    if version.status not in ModelVersion.USABLE:
        return no(
            _("This version is not approved: %(state)s.") % {"state": version.get_status_display()},
            _("Have it reviewed first."),
            code="version.not_approved",
        )
    if not version.is_usable:
        return no(
            _("The approval has run out."), _("Submit the model for a new review."), code="version.expired"
        )
    verdict = first_no(stands_as_approved(version), is_of_this_tier(version))
    if verdict and Deployment.objects.champions().filter(version=version).exists():
        return no(_("This version is champion already."), code="version.champion")
    return verdict


def stands_as_approved(version: ModelVersion) -> Verdict:
    """No decision outlives its digest: the version is, with its data, guardrails and card, what was decided on."""
    now = manifests.digest(manifests.of_version(version, version.manifest.get("policy", "")))
    said_yes = version.requests.filter(kind="model_review", state="approved", subject_digest=now)
    if now == version.manifest_digest and said_yes.exists():
        return YES
    return no(
        _("This version is no longer what was approved: its record was changed."),
        _("Tell an IT engineer; the version must not be used."),
        code="version.changed",
    )


def is_of_this_tier(version: ModelVersion) -> Verdict:
    """R11: an approval given at a lower risk tier says nothing about a higher one."""
    if not policies.is_stricter(version.model.use_case.risk_tier, than=approved_at(version)):
        return YES
    return no(
        _("The risk tier has risen since this version was approved."),
        _("Submit the model for a new review."),
        code="version.tier_rose",
    )


def approved_at(version: ModelVersion) -> str:
    """The tier whose rules the review had pinned; the strictest where the request does not say."""
    asked = version.requests.filter(kind="model_review", state="approved").first()
    return str(asked.policy.get("tier", "high")) if asked else "high"


def may_promote(user: User, version: ModelVersion) -> Verdict:
    """Directly, where the tier allows it."""
    use_case = version.model.use_case
    verdict = first_no(may_run(user, use_case), is_promotable(version))
    if verdict and policies.for_use_case(use_case).promotion == "request":
        return no(
            _("At this risk tier a promotion needs a decision of its own."),
            _("Ask for the promotion."),
            code="promotion.request",
        )
    return verdict and may_replace(version)


def may_request_promotion(user: User, version: ModelVersion) -> Verdict:
    """Where the tier asks for a decision."""
    use_case = version.model.use_case
    if policies.for_use_case(use_case).promotion != "request":
        return no(
            _("At this risk tier an approved version is promoted directly."),
            code="deployment.at_risk_tier_approved_version",
        )
    verdict = first_no(may_run(user, use_case), is_promotable(version))
    return verdict and may_replace(version)


def may_end(user: User, deployment: Deployment) -> Verdict:
    """Those who run it, while it serves."""
    if deployment.ended_at:
        return no(_("This deployment is already over."), code="deployment.already_over")
    return may_run(user, deployment.model.use_case)


def may_score(user: User, model: Model) -> Verdict:
    """Those who work with the use case, and programs."""
    if user.has_duty(Duty.AUDITOR) and not uses(user, model.use_case):
        return no(_("Auditors read and change nothing."), code="auditor.reads_only")
    if uses(user, model.use_case):
        return YES
    return no(
        _("Only those who work with this use case use its model."),
        _("Ask the product owner to add you to the squad."),
        code="deployment.score_not_yours",
    )


def may_score_table(user: User, deployment: Deployment) -> Verdict:
    """As single rows, on a deployment that serves."""
    if deployment.ended_at:
        return no(
            _("This deployment is already over."),
            _("Use the present champion."),
            code="deployment.already_over",
        )
    return may_score(user, deployment.model)


def may_download(user: User, batch: BatchScoring) -> Verdict:
    """Those who use the model, once the file is there."""
    if not batch.output_digest:
        return no(_("The predictions are not ready yet."), code="deployment.predictions_not_ready_yet")
    return may_score(user, batch.deployment.model)
