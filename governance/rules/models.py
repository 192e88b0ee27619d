"""Who may register, submit and withdraw versions."""

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from governance.models import ModelVersion, Rehearsal
from governance.models.sight import SUPERVISION
from governance.rules.thresholds import is_within_policy
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import DatasetVersion, GuardrailResult, SquadMember, Trial
from projects.rules.experiments import is_real
from projects.sentences import sentences


def experiment_url(trial: Trial) -> str:
    """The page of the experiment a trial belongs to."""
    try:
        return reverse("projects:experiment_detail", args=[trial.experiment_id])
    except NoReverseMatch:
        return ""


def works_on(user: User, trial: Trial) -> bool:
    """The author of the experiment, the product owner, or a present member of the squad."""
    experiment = trial.experiment
    if user.pk in {experiment.author_id, experiment.use_case.product_owner_id}:
        return True
    return SquadMember.objects.current().filter(use_case=experiment.use_case, user=user).exists()


def may_register(user: User, trial: Trial) -> Verdict:
    """Those who work on it; a finished trial with a stored model, once."""
    if not works_on(user, trial):
        return no(
            _("Only the squad of the use case registers its models."),
            _("Ask the squad lead to register it."),
            code="model.register_not_yours",
        )
    return is_registrable(trial)


def is_registrable(trial: Trial) -> Verdict:
    """Whether the trial can become a version at all."""
    url = experiment_url(trial)
    if not (verdict := is_real(trial.experiment.use_case)):
        return verdict
    if trial.experiment.status != "done":
        return no(
            _("The experiment is not finished."),
            _("Wait until it is done."),
            url,
            code="model.experiment_not_finished",
        )
    if not (trial.bundle_digest and trial.model_sha256):
        return no(
            _("This trial left no stored model."),
            _("Choose another trial of the experiment."),
            url,
            code="model.trial_left_no_stored_model",
        )
    if trial.is_baseline:
        return no(
            _("The baseline is there to compare with, not to be used."),
            _("Choose another trial of the experiment."),
            url,
            code="model.baseline_compare_with_not_used",
        )
    existing = ModelVersion.objects.filter(trial=trial).first()
    if existing:
        return no(
            _("This trial is already registered as %(version)s.") % {"version": existing},
            _("Open that version."),
            reverse("governance:version_detail", args=[existing.pk]),
            code="model.trial_already_registered_as",
        )
    return YES


def may_submit(user: User, version: ModelVersion) -> Verdict:
    """The author, with no open block and every justification written."""
    if user.pk not in {version.registered_by_id, version.trial.experiment.author_id}:
        return no(
            _("Only the author submits a version."),
            _("Ask %(name)s to submit it.") % {"name": version.registered_by},
            code="model.submit_not_yours",
        )
    if version.status == ModelVersion.Status.BLOCKED:
        return first_no(is_unblocked(version), is_submittable(version))
    return first_no(is_submittable(version), is_unblocked(version), is_within_policy(version))


def is_submittable(version: ModelVersion) -> Verdict:
    """The state allows it."""
    if ModelVersion.LIFE.allows(version, "submit"):
        return YES
    return no(
        _("This version is “%(state)s”.") % {"state": version.get_status_display()},
        _("Register a new version if something must change."),
        code="version.state",
    )


def is_rehearsed(version: ModelVersion) -> Verdict:
    """Whether exactly these bytes have scored their sample row."""
    return is_passed(Rehearsal.objects.of(version).first(), version)


def is_passed(last: Rehearsal | None, version: ModelVersion) -> Verdict:
    """The same of the last try, where that is read already."""
    url = reverse("governance:version_submit", args=[version.pk])
    if last is None:
        return no(
            _("The stored model has not scored a sample row yet."),
            _("Submit it: then it is tried, which takes seconds."),
            url,
            code="version.not_rehearsed",
        )
    if last.state == "running":
        return no(
            _("The stored model is scoring a sample row, which takes seconds."),
            _("Submit it when that is done."),
            url,
            code="version.rehearsing",
        )
    if last.state == "failed":
        why = " ".join(sentences(last.errors)) or (last.job.error_text if last.job else "")
        return no(
            _("The stored model could not score a sample row. %(why)s") % {"why": why},
            _("Try again. If that does not help, run the experiment again."),
            url,
            code="version.rehearsal_failed",
        )
    return YES


def may_rehearse(user: User, version: ModelVersion) -> Verdict:
    """The author, before the review, while the stored model has not shown that it answers."""
    if user.pk not in {version.registered_by_id, version.trial.experiment.author_id}:
        return no(
            _("Only the author lets a version be tried."),
            _("Ask %(name)s to do it.") % {"name": version.registered_by},
            code="version.rehearse_not_yours",
        )
    if version.status != ModelVersion.Status.BLOCKED and not (verdict := is_submittable(version)):
        return verdict
    if is_rehearsed(version):
        return no(_("The stored model has scored its sample row."), code="version.rehearsed")
    return YES


def is_unblocked(version: ModelVersion) -> Verdict:
    """Guardrails: nothing blocks, every question has its answer."""
    alerts = current_alerts(version)
    url = experiment_url(version.trial)
    blocks = [each for each in alerts if each.severity == GuardrailResult.Severity.BLOCK]
    if blocks and not version.block_waiver:
        return no(
            _("A guardrail blocks this model: %(what)s") % {"what": blocks[0].text},
            _("Run a new experiment without this problem, or ask an expert to let it go on with a reason."),
            url,
            "version.blocked",
        )
    open_ones = [
        each
        for each in alerts
        if each.severity == GuardrailResult.Severity.JUSTIFY and not each.justification.strip()
    ]
    if open_ones:
        return no(
            _("A guardrail still needs your justification: %(what)s") % {"what": open_ones[0].text},
            _("Write it on the page of the experiment."),
            url,
            "version.justify",
        )
    return YES


def current_alerts(version: ModelVersion) -> list[GuardrailResult]:
    """What the guardrails found that still stands."""
    return list(
        GuardrailResult.objects.filter(experiment=version.trial.experiment, is_current=True, is_alerted=True)
    )


def blocks_of(version: ModelVersion) -> list[GuardrailResult]:
    """The guardrails that block."""
    return [each for each in current_alerts(version) if each.severity == GuardrailResult.Severity.BLOCK]


def may_see_values(user: User, version: ModelVersion) -> Verdict:
    """A card shows values of the training data to those who may use the data, use the model or judge it."""
    if user.has_duty(*SUPERVISION) or works_on(user, version.trial):
        return YES
    if DatasetVersion.objects.usable_by(user).filter(pk=version.dataset_version_id).exists():
        return YES
    return no(
        _("The values of this data are shown to those who may use it."),
        _("Ask the owner of the dataset to share it with you."),
        code="model.see_values_not_yours",
    )


def may_revoke(user: User, version: ModelVersion) -> Verdict:
    """A risk officer, for a version whose approval stands."""
    if not user.has_duty(Duty.RISK_OFFICER):
        return no(
            _("Only risk officers revoke an approval."),
            _("Tell a risk officer what you have seen."),
            code="model.revoke_not_yours",
        )
    if not ModelVersion.LIFE.allows(version, "revoke"):
        return no(_("There is no approval to revoke."), code="model.no_approval_revoke")
    return YES
