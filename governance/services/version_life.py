"""What happens to a version beside its review: taken up, taken over, archived, expired, deleted."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import policies
from governance.models import ApprovalRequest, Decision, Deployment, Finding, Model, ModelVersion
from governance.rules import deployments as deployment_rules, versions as rules
from governance.services import approvals, findings, models
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import Trial, UseCase

LONGEST = 2000


def open_review(version: ModelVersion) -> ApprovalRequest:
    """The review that waits for an answer."""
    found = (
        ApprovalRequest.objects.open()
        .for_list()
        .filter(version=version, kind=ApprovalRequest.Kind.MODEL_REVIEW)
        .first()
    )
    if found is None:
        raise IllegalMove(_("This version is not in review."))
    return found


@transaction.atomic
def take_review(version: ModelVersion, *, by: User) -> None:
    """Say that one has begun to read, so that the author and other reviewers know."""
    require(rules.may_take_review(by, version))
    ModelVersion.LIFE.move(version, "take_review", in_review_by=by, in_review_at=clock.now())
    audit.record("version.review_begun", version, by=by)
    notices.tell(
        [version.registered_by],
        text=N_("%(person)s began to review %(version)s."),
        url=reverse("governance:approval_detail", args=[open_review(version).pk]),
        icon="review",
        by=by,
        person=by,
        version=version,
    )


@transaction.atomic
def take_over(version: ModelVersion, *, reason: str, by: User, trial: Trial | None = None) -> ModelVersion:
    """
    Go on with somebody's version oneself: the review ends, a new version begins whose author one is.

    `trial` may be another candidate of the same experiment. Whoever takes over never decides on it.
    """
    require(rules.may_take_over(by, version))
    reason = reason.strip()
    if not reason or len(reason) > LONGEST:
        raise ValidationError(
            {"reason": _("Say in at most 2,000 characters why you go on with it yourself.")}
        )
    chosen = chosen_trial(version, trial)
    approvals.decide(
        open_review(version),
        answer=Decision.Answer.REQUEST_CHANGES,
        category=Decision.Category.METHOD,
        reason=reason,
        by=by,
    )
    version.refresh_from_db()
    number = (version.model.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    new = models.candidate(chosen, model=version.model, number=number, by=by)
    for name in ModelVersion.AUTHORED:
        setattr(new, name, getattr(version, name))
    new.taken_over_from, new.card_by = version, by
    models.keep(new)
    ModelVersion.LIFE.move(
        version,
        "archive",
        ended_reason=_("Taken over by %(who)s as %(version)s") % {"who": by, "version": new},
    )
    audit.record(
        "version.taken_over", new, by=by, instead_of=str(version.pk), trial=str(chosen.pk), reason=reason
    )
    notices.tell(
        [version.registered_by, version.model.use_case.product_owner],
        text=N_("%(person)s goes on with your version as %(version)s. See why."),
        url=models.page(new),
        icon="model",
        by=by,
        person=by,
        version=new,
    )
    return new


def chosen_trial(version: ModelVersion, trial: Trial | None) -> Trial:
    """The candidate that goes on: the same one, or another of the experiment with a stored model."""
    if trial is None or trial.pk == version.trial_id:
        return version.trial
    if trial.experiment_id != version.trial.experiment_id or trial.is_baseline or not trial.bundle_digest:
        raise ValidationError({"trial": _("Choose a candidate of the same experiment that left a model.")})
    return trial


@transaction.atomic
def lift_block(version: ModelVersion, *, reason: str, by: User) -> None:
    """An expert lets a blocked version go on, with a reason that the reviewer reads first."""
    require(rules.may_lift_block(by, version))
    reason = reason.strip()
    if not reason or len(reason) > LONGEST:
        raise ValidationError({"reason": _("Say in at most 2,000 characters why it may go on.")})
    ModelVersion.LIFE.move(version, "lift_block", block_waiver=reason, block_waived_by=by)
    audit.record("version.block_lifted", version, by=by, reason=reason)
    notices.tell(
        [version.registered_by],
        text=N_("%(version)s may go on in spite of a block. See why."),
        url=models.page(version),
        icon="shield",
        by=by,
        version=version,
    )


@transaction.atomic
def archive(version: ModelVersion, *, reason: str, by: User) -> None:
    """Put a version away that nobody will use; it stays readable."""
    require(rules.may_archive(by, version))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is put away.")})
    ModelVersion.LIFE.move(version, "archive", ended_reason=reason.strip()[:500])
    audit.record("version.archived", version, by=by, reason=reason)


@transaction.atomic
def delete(version: ModelVersion, *, by: User) -> None:
    """Remove a version that nothing refers to; its file stays as long as its trial has it."""
    require(rules.may_delete(by, version))
    audit.record("version.deleted", version, by=by, bundle=version.bundle_digest, trial=str(version.trial_id))
    version.delete()


@transaction.atomic
def delete_model(model: Model, *, by: User) -> None:
    """Remove a model without versions."""
    require(rules.may_delete_model(by, model))
    audit.record("model.deleted", model, by=by, use_case=str(model.use_case_id))
    model.delete()


@transaction.atomic
def expire_approvals() -> int:
    """R11: an approval ends on its day. What serves goes on only with a severe finding and its date."""
    usable = ModelVersion.objects.for_list().filter(status__in=ModelVersion.USABLE)
    over = list(usable.filter(valid_until__lt=clock.now()))
    for version in over:
        expire(version, _("The approval has run out."))
    return len(over)


@transaction.atomic
def expire_outgrown() -> int:
    """
    R11: an approval ends when the risk tier has risen since, whoever raised it; how many ended.

    What serves goes on with a severe finding and its date, but not when its use is prohibited now.
    """
    reviews = ApprovalRequest.objects.filter(kind=ApprovalRequest.Kind.MODEL_REVIEW, state="approved")
    usable = reviews.filter(version__status__in=ModelVersion.USABLE, policy__has_key="tier")
    pairs = usable.values_list("version", "policy__tier", "version__model__use_case__risk_tier")
    risen = {pk: now for pk, before, now in pairs if policies.is_stricter(now, than=before)}
    count = 0
    for version in ModelVersion.objects.for_list().filter(pk__in=risen):
        if not policies.is_stricter(risen[version.pk], than=deployment_rules.approved_at(version)):
            continue  # reviewed again at the tier it has now
        if risen[version.pk] == UseCase.Tier.PROHIBITED:
            models.revoke(version, reason=_("Its use is prohibited now."), by=None)
        else:
            expire(version, _("The risk tier has risen since it was approved."))
        count += 1
    return count


def expire(version: ModelVersion, reason: str) -> None:
    """The approval is over; whoever relies on it hears why."""
    ModelVersion.LIFE.move(version, "expire", ended_reason=reason)
    audit.record("version.expired", version, by=None, valid_until=version.valid_until, reason=reason)
    if Deployment.objects.current().filter(version=version).exists():
        ask_for_new_review(version)
    notices.tell(
        [version.registered_by, version.model.use_case.product_owner],
        text=N_("The approval of %(version)s has ended. Submit it for a new review."),
        url=models.page(version),
        icon="alert",
        by=None,
        version=version,
    )


def ask_for_new_review(version: ModelVersion) -> None:
    """A finding with the days of a severe one; when it is late the version leaves service."""
    use_case = version.model.use_case
    findings.add(
        use_case=use_case,
        version=version,
        source=Finding.Source.AUDIT,
        severity=Finding.Severity.HIGH,
        title=str(_("The approval of %(version)s has ended while it serves") % {"version": version})[:200],
        detail=str(_("Submit it for a new review or put another version into service.")),
        owner=use_case.monitoring_owner or use_case.product_owner or version.registered_by,
        url=models.page(version),
        by=None,
    )


@transaction.atomic
def stop_unapproved() -> int:
    """What serves without an approval leaves service: at once when it was rejected, else when its finding is late."""
    late = Finding.objects.overdue().filter(version__isnull=False).values("version")
    serving = Deployment.objects.current().exclude(version__status__in=ModelVersion.USABLE)
    count = 0
    for deployment in serving.select_related("version__model__use_case"):
        version = deployment.version
        is_rejected = version.status == ModelVersion.Status.REJECTED
        if not is_rejected and not Finding.objects.filter(version=version, version__in=late).exists():
            continue
        reason = _("Its approval ran out and was not renewed in time.")
        if ModelVersion.LIFE.allows(version, "revoke"):
            models.revoke(version, reason=reason, by=None)
        else:
            models.leave_service(version, reason=reason, by=None)
        count += 1
    return count
