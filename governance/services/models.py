"""The registry: registering a trial, handing a version in, taking an approval back."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import bundles, cards, manifests, policies
from governance.models import ApprovalRequest, Deployment, Finding, Model, ModelVersion
from governance.rules import models as rules
from governance.services import approvals, champions, comparisons, rehearsals
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects.models import Trial

LONGEST = 2000


def page(version: ModelVersion) -> str:
    """The page of a version."""
    return reverse("governance:version_detail", args=[version.pk])


@transaction.atomic
def register(trial: Trial, *, by: User, model: Model | None = None, name: str = "") -> ModelVersion:
    """
    Make a candidate of a trial: the next version of `model`, or the first of a new one.

    What it was made of is copied and never changes; the figures of the card are filled in.
    """
    require(rules.may_register(by, trial))
    experiment = trial.experiment
    if model is None:
        model = new_model(trial, name=name, by=by)
    if model.use_case_id != experiment.use_case_id:
        raise ValidationError({"model": _("This model belongs to another use case.")})
    number = (model.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    version = keep(candidate(trial, model=model, number=number, by=by))
    audit.record("version.registered", version, by=by, trial=str(trial.pk), bundle=trial.bundle_digest)
    notices.tell(
        [experiment.use_case.product_owner, experiment.author],
        text=N_("%(version)s was registered as a candidate."),
        url=page(version),
        icon="model",
        by=by,
        version=version,
    )
    return version


def candidate(trial: Trial, *, model: Model, number: int, by: User) -> ModelVersion:
    """A version that is not stored yet, with a copy of what it was made of."""
    experiment = trial.experiment
    return ModelVersion(
        model=model, number=number, registered_by=by, trial=trial, dataset_version=experiment.dataset_version,
        bundle_digest=trial.bundle_digest, model_sha256=trial.model_sha256,
        table_digest=experiment.dataset_version.table_digest, question=experiment.question,
        environment=experiment.result.get("environment", {}), computed_card=cards.compute(trial),
    )  # fmt: skip


def keep(version: ModelVersion) -> ModelVersion:
    """
    Store a new version and let a worker see whether it answers.

    A guardrail that blocks it says so from the first moment.
    """
    require_artifact(version)
    try:
        with transaction.atomic():
            version.save(force_insert=True)
    except IntegrityError:
        raise IllegalMove(_("Somebody registered this a moment ago. Reload the page.")) from None
    rehearsals.begin(version, by=version.registered_by)
    blocks = rules.blocks_of(version)
    if blocks:
        ModelVersion.LIFE.move(version, "block")
        audit.record("version.blocked", version, by=None, guardrails=[str(each.pk) for each in blocks])
    return version


def new_model(trial: Trial, *, name: str, by: User) -> Model:
    """A model for the use case of the trial."""
    use_case = trial.experiment.use_case
    name = name.strip() or use_case.title[:120]
    if len(name) > 120:
        raise ValidationError({"name": _("At most 120 characters.")})
    if Model.objects.filter(use_case=use_case, name=name).exists():
        raise ValidationError(
            {"name": _("This use case has a model of that name. Choose it, or another name.")}
        )
    model = Model.objects.create(use_case=use_case, name=name, created_by=by)
    audit.record("model.created", model, by=by, use_case=str(use_case.pk))
    return model


def require_artifact(version: ModelVersion) -> None:
    """The stored model is there and is the one the trial left."""
    try:
        bundles.check(version)
    except bundles.ModelDamaged:
        raise ValidationError(
            _("The stored model is missing or damaged. Run the experiment again.")
        ) from None


def submit(version: ModelVersion, *, card: Mapping[str, str], by: User, comment: str = "") -> ApprovalRequest:
    """
    Hand a version in for review with the authored part of its card.

    The stored model must have scored a sample row; a worker lets it since it was registered, and this only
    reads what came of it (`NotYet` says what to do). Then the manifest is frozen: from here on any change of
    artifact, data, guardrails or card voids the review. Where a champion serves, the comparison with it begins
    by itself.
    """
    require(rules.may_submit(by, version))
    authored = checked_card(card)
    require_artifact(version)
    rehearsals.begin_if_never(version, by=by)
    return hand_in(version, authored, comment, by=by)


@transaction.atomic
def hand_in(version: ModelVersion, authored: dict[str, str], comment: str, *, by: User) -> ApprovalRequest:
    """Freeze it and ask, in one transaction."""
    require(rules.may_submit(by, version))
    rehearsals.require_passed(version)
    policy = policies.for_use_case(version.model.use_case)
    for name, text in authored.items():
        setattr(version, name, text)
    manifest = manifests.of_version(version, policy.version)
    ModelVersion.LIFE.move(
        version, "submit", **authored, card_by=by, manifest=manifest, manifest_digest=manifests.digest(manifest),
        submitted_at=clock.now(), decided_at=None, in_review_by=None, in_review_at=None,
    )  # fmt: skip
    audit.record("version.submitted", version, by=by, digest=version.manifest_digest)
    comparisons.against_the_champion(version, by=by)
    return approvals.open_request(
        kind=ApprovalRequest.Kind.MODEL_REVIEW,
        use_case=version.model.use_case,
        version=version,
        comment=comment,
        by=by,
    )


def checked_card(card: Mapping[str, str]) -> dict[str, str]:
    """Every field of the card filled, none too long."""
    errors = {}
    authored = {name: str(card.get(name, "")).strip() for name in ModelVersion.AUTHORED}
    for name, text in authored.items():
        if not text:
            errors[name] = _("Please write this: the reviewer and the people affected rely on it.")
        elif len(text) > LONGEST:
            errors[name] = _("At most %(limit)s characters.") % {"limit": LONGEST}
    if errors:
        raise ValidationError(errors)
    return authored


def withdraw(version: ModelVersion, *, by: User) -> None:
    """Take a submission back; the version is a candidate again."""
    request = version.requests.open().filter(kind=ApprovalRequest.Kind.MODEL_REVIEW).first()
    if request is None:
        raise IllegalMove(_("This version is not in review."))
    approvals.withdraw(request, by=by)
    version.refresh_from_db(fields=["status"])


@transaction.atomic
def revoke(version: ModelVersion, *, reason: str, by: User | None) -> None:
    """
    Take an approval back. Its deployments end at once; the last approved version serves again.

    `by=None` is the portal itself: a condition was not met in time.
    """
    if by is not None:
        require(rules.may_revoke(by, version))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the approval is revoked.")})
    ModelVersion.LIFE.move(version, "revoke", ended_reason=reason.strip()[:500], decided_at=clock.now())
    audit.record("version.revoked", version, by=by, reason=reason)
    leave_service(version, reason=_("The approval was revoked"), by=by)
    use_case = version.model.use_case
    notices.tell(
        [version.registered_by, use_case.product_owner, use_case.monitoring_owner],
        text=N_("The approval of %(version)s was revoked. See why."),
        url=page(version),
        icon="alert",
        by=by,
        version=version,
    )


def leave_service(version: ModelVersion, *, reason: str, by: User | None) -> None:
    """End every role of a version; the last approved champion serves again, or those who rely on it hear that none does."""
    fallen = list(Deployment.objects.current().filter(version=version))
    for deployment in fallen:
        champions.stop(deployment, reason=reason, by=by)
    served = any(each.role == Deployment.Role.CHAMPION for each in fallen)
    if served and champions.fall_back(version.model, by=by) is None:
        champions.tell_nothing_serves(version.model)


@transaction.atomic
def revoke_overdue() -> int:
    """R10: an approval with findings falls by itself when a finding is overdue."""
    late = Finding.objects.overdue().filter(request__isnull=False).values("version")
    count = 0
    for version in ModelVersion.objects.for_list().filter(
        status=ModelVersion.Status.APPROVED_CONDITIONALLY, pk__in=late
    ):
        revoke(version, reason=_("A finding of the review was not put right in time."), by=None)
        count += 1
    return count
