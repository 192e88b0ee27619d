"""Results of automatic checks; nothing here is ever deleted."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Record
from projects.models.experiments import Experiment
from projects.sentences import filled

if TYPE_CHECKING:
    from portal.core.models import User


class GuardrailResultQuerySet(models.QuerySet["GuardrailResult"]):
    """Speaking filters over results."""

    def visible_to(self, user: "User") -> "GuardrailResultQuerySet":
        """Those of the experiments the person sees."""
        return self.filter(experiment__in=Experiment.objects.visible_to(user).values("pk"))

    def current(self) -> "GuardrailResultQuerySet":
        """Not superseded by a later check."""
        return self.filter(is_current=True)

    def alerted(self) -> "GuardrailResultQuerySet":
        """Something was found."""
        return self.filter(is_alerted=True)

    def open(self) -> "GuardrailResultQuerySet":
        """Current alerts that stand in the way: blocks, and justifications that are not written yet."""
        unanswered = models.Q(severity=GuardrailResult.Severity.JUSTIFY, justification="")
        return self.current().alerted().filter(models.Q(severity=GuardrailResult.Severity.BLOCK) | unanswered)


class GuardrailResult(Record):
    """
    One check of one experiment, and the author's justification where one is asked for.

    Sentences are the engine's templates with their values, shown in the reader's language.
    """

    class Severity(models.TextChoices):
        BLOCK = "block", _("Blocks")
        JUSTIFY = "justify", _("Needs a justification")
        WARN = "warn", _("Warning")
        INFO = "info", _("For information")

    COLORS = {"block": "red", "justify": "orange", "warn": "yellow", "info": "blue"}

    class Certainty(models.TextChoices):
        CERTAIN = "certain", _("Certain: counted in your table")
        LIKELY = "likely", _("Likely: beyond chance, but only you know what it means")
        POSSIBLE = "possible", _("Possible: a name or a pattern suggests it")

    class Family(models.TextChoices):
        LEAKAGE = "leakage", _("Answers that leak")
        COLUMNS = "columns", _("Columns")
        VALUES = "values", _("Values")
        ROWS = "rows", _("Rows")
        TARGET = "target", _("The answer to predict")
        METRIC = "metric", _("The measure")
        VALIDATION = "validation", _("The test")
        SHIFT = "shift", _("Change")
        BIAS = "bias", _("Fairness")
        PRIVACY = "privacy", _("Personal data")
        BASELINE = "baseline", _("Better than something simple")
        OVERFITTING = "overfitting", _("Honest scores")
        CALIBRATION = "calibration", _("Probabilities")
        ALGORITHM = "algorithm", _("The kind of model")

    class Stage(models.TextChoices):
        PRE_TRAIN = "pre_train", _("Before training")
        POST_TRAIN = "post_train", _("After training")

    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="guardrails")
    question_digest = models.CharField(max_length=64)  # which question was checked
    code = models.CharField(max_length=60)
    family = models.CharField(max_length=20, choices=Family, blank=True)
    stage = models.CharField(max_length=12, choices=Stage)
    severity = models.CharField(max_length=10, choices=Severity)
    certainty = models.CharField(max_length=10, choices=Certainty, blank=True)  # how sure the check is
    is_alerted = models.BooleanField()
    is_current = models.BooleanField(default=True)  # superseded results stay, marked
    value = models.FloatField(null=True)
    threshold = models.FloatField(null=True)
    columns = models.JSONField(default=list)
    message = models.CharField(max_length=600)
    why = models.CharField(max_length=600, blank=True)
    fix = models.CharField(max_length=600, blank=True)
    params = models.JSONField(default=dict)
    lesson = models.CharField(max_length=40, blank=True)
    justification = models.TextField(_("justification"), max_length=2000, blank=True)
    justified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    justified_at = models.DateTimeField(null=True, blank=True)

    objects = GuardrailResultQuerySet.as_manager()

    class Meta:
        ordering = ["stage", "-is_alerted", "code", "id"]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """What was found."""
        return filled(self.message, self.params) if self.message else self.code

    @property
    def why_text(self) -> str:
        """Why it matters."""
        return filled(self.why, self.params) if self.why else ""

    @property
    def fix_text(self) -> str:
        """What to do."""
        return filled(self.fix, self.params) if self.fix else ""

    @property
    def awaits_words(self) -> bool:
        """Whether a justification is asked for and not written yet."""
        return (
            self.is_current
            and self.is_alerted
            and self.severity == self.Severity.JUSTIFY
            and not self.justification
        )
