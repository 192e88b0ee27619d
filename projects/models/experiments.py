"""AutoML experiments and the candidates they tried."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Job, Record
from projects.models.datasets import DatasetVersion
from projects.models.squads import SquadMember
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    """Speaking filters over experiments."""

    def visible_to(self, user: "User") -> "ExperimentQuerySet":
        """The squad of the use case, the author, model reviewers and auditors; of a sandbox its learner alone."""
        if not user.is_authenticated:
            return self.none()
        if user.has_duty(Duty.AUDITOR, Duty.MODEL_REVIEWER, Duty.RISK_OFFICER):
            real = models.Q(job__isnull=False, use_case__is_sandbox=False)
            return self.filter(real | models.Q(author_id=user.pk))
        squads = SquadMember.objects.filter(user_id=user.pk).values("use_case")
        mine = models.Q(author_id=user.pk) | models.Q(use_case__product_owner_id=user.pk)
        return self.filter(mine | models.Q(use_case__in=squads))

    def real(self) -> "ExperimentQuerySet":
        """Without practice in sandboxes."""
        return self.filter(use_case__is_sandbox=False)

    def for_list(self) -> "ExperimentQuerySet":
        """With what a list shows; `status` needs the job."""
        return self.select_related(
            "use_case", "author", "job", "check_job", "dataset_version__dataset"
        ).defer("result", "advice", "dataset_version__profile")


class Experiment(Record):
    """
    One AutoML question put to one dataset version.

    A draft until started; from then on its status is that of its job (`status`), so that there is
    one truth. `question` is the engine's configuration, frozen at the start. `limits` are those of the
    policy of its use case when the checks were asked for; the search keeps to the same.
    """

    title = models.CharField(_("title"), max_length=140)
    use_case = models.ForeignKey(
        UseCase, on_delete=models.PROTECT, related_name="experiments", verbose_name=_("use case")
    )
    dataset_version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="experiments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("author")
    )
    row_meaning = models.CharField(_("one row is"), max_length=200, blank=True)
    predicted_when = models.CharField(_("the prediction is made"), max_length=200, blank=True)
    question = models.JSONField(default=dict)
    advice = models.JSONField(
        default=dict, blank=True
    )  # what the engine recommends to ask, and on what basis
    advice_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    limits = models.JSONField(default=dict, blank=True)  # of the guardrails, stricter than the engine's own
    check_job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    checked_digest = models.CharField(max_length=64, blank=True)  # of the question the checks looked at
    job = models.ForeignKey(Job, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    stop_requested_at = models.DateTimeField(null=True, blank=True)  # end now and keep the best so far
    seen_at = models.DateTimeField(null=True, blank=True)  # by the author, after the end
    result = models.JSONField(default=dict)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def status(self) -> str:
        """ "draft", or the state of the job."""
        return self.job.state if self.job else "draft"


class TrialQuerySet(models.QuerySet["Trial"]):
    """Speaking filters over trials."""

    def visible_to(self, user: "User") -> "TrialQuerySet":
        """Those of the experiments the person sees."""
        return self.filter(experiment__in=Experiment.objects.visible_to(user).values("pk"))


class Trial(Record):
    """One candidate of an experiment. Written while the search runs; a restarted search writes the same rows."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="trials")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=120)
    family = models.CharField(max_length=40)
    is_baseline = models.BooleanField(default=False)
    is_simple = models.BooleanField(default=False)
    is_best = models.BooleanField(default=False)
    status = models.CharField(max_length=12)
    cv_score = models.FloatField(null=True)
    cv_std = models.FloatField(null=True)
    test_metrics = models.JSONField(default=dict)
    at_seconds = models.FloatField(null=True)  # of the search, when it was known
    fit_seconds = models.FloatField(null=True)
    predict_ms_per_1000 = models.FloatField(null=True)
    size_bytes = models.PositiveBigIntegerField(null=True)
    bundle_digest = models.CharField(
        max_length=64, blank=True
    )  # zip of model, recipe and meta in the file store
    model_sha256 = models.CharField(max_length=64, blank=True)

    objects = TrialQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["experiment", "number"], name="one_trial_per_number")]

    def __str__(self) -> str:
        return self.name
