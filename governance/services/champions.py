"""The change of champion: one row ends, one begins, in one transaction."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import ApprovalRequest, Deployment, Model, ModelVersion
from governance.rules.deployments import is_promotable
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require


def end_the_one_before(version: ModelVersion, now: datetime, *, by: User | None) -> Deployment | None:
    """The champion that `version` replaces, ended; raises `IllegalMove` when somebody else was quicker."""
    champions = Deployment.objects.champions()
    before = champions.filter(model=version.model, environment=Deployment.Environment.PRODUCTION).first()
    over = Deployment.objects.current().filter(pk=before.pk) if before else None
    if before and before.version_id == version.pk:  # asked twice at once: the other was first
        raise IllegalMove(_("Somebody else changed the champion a moment ago. Reload the page."))
    why = _("Replaced by version %(number)s") % {"number": version.number}
    if over is not None and not over.update(ended_at=now, ended_by=by, end_reason=why):
        raise IllegalMove(_("Somebody else changed the champion a moment ago. Reload the page."))
    return before


@transaction.atomic
def install(version: ModelVersion, *, request: ApprovalRequest, reason: str, by: User | None) -> Deployment:
    """Make `version` champion of its model; the one before ends at the same moment."""
    version.refresh_from_db(fields=["status", "valid_until"])
    require(is_promotable(version))
    now = clock.now()
    before = end_the_one_before(version, now, by=by)
    # A champion row that another transaction committed since we looked stays: writing ours then fails.
    beside = Deployment.objects.current().filter(version=version).exclude(role=Deployment.Role.CHAMPION)
    beside.update(ended_at=now, ended_by=by, end_reason=_("Became champion"))
    try:
        with transaction.atomic():
            deployment = Deployment.objects.create(
                model=version.model,
                version=version,
                request=request,
                reason=reason[:500],
                started_by=by,
                started_at=now,
            )
    except IntegrityError:
        raise IllegalMove(_("Somebody else changed the champion a moment ago. Reload the page.")) from None
    audit.record(
        "deployment.started", deployment, by=by, version=str(version.pk), number=version.number, digest=version.manifest_digest,
        replaced=str(before.version_id) if before else "", request=str(request.pk),
    )  # fmt: skip
    use_case = version.model.use_case
    notices.tell(
        [use_case.product_owner, use_case.monitoring_owner, use_case.operation_owner, version.registered_by],
        text=N_("%(version)s is champion now."), url=reverse("governance:deployment_detail", args=[deployment.pk]),
        icon="rocket", by=by, version=version,
    )  # fmt: skip
    return deployment


@transaction.atomic
def stop(deployment: Deployment, *, reason: str, by: User | None) -> None:
    """Take a version out of its role."""
    ended = (
        Deployment.objects.current()
        .filter(pk=deployment.pk)
        .update(ended_at=clock.now(), ended_by=by, end_reason=reason[:500])
    )
    if not ended:
        raise IllegalMove(_("This deployment is already over."))
    deployment.refresh_from_db()
    audit.record("deployment.ended", deployment, by=by, reason=reason)


def review_of(version: ModelVersion) -> ApprovalRequest | None:
    """The review that approved a version: the basis of its service."""
    return version.requests.filter(
        kind=ApprovalRequest.Kind.MODEL_REVIEW, state=ApprovalRequest.State.APPROVED
    ).first()


@transaction.atomic
def fall_back(model: Model, *, by: User | None, without: ModelVersion | None = None) -> Deployment | None:
    """After a champion fell, the latest earlier one whose approval stands serves again, `without` left aside."""
    for earlier in (
        Deployment.objects.filter(model=model, role=Deployment.Role.CHAMPION, ended_at__isnull=False)
        .exclude(version=without)
        .select_related("version__model__use_case")
        .order_by("-started_at")
    ):
        basis = review_of(earlier.version)
        if earlier.version.is_usable and basis:
            return install(
                earlier.version, request=basis, reason=_("Fallback to the last approved version"), by=by
            )
    return None


def tell_nothing_serves(model: Model) -> None:
    """No earlier version may serve: those who rely on it must know at once."""
    use_case = model.use_case
    audit.record("model.without_champion", model, by=None)
    notices.tell(
        [use_case.product_owner, use_case.process_owner, use_case.operation_owner, use_case.monitoring_owner],
        text=N_(
            "Nothing serves for %(model)s any more: no earlier version is approved. People go on without it."
        ),
        url=reverse("governance:model_detail", args=[model.pk]),
        icon="alert",
        by=None,
        model=model,
    )
