"""Questions about a trained candidate, and the engine's answers."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.core.models import Job, Record
from projects.models.experiments import Experiment, Trial

if TYPE_CHECKING:
    from portal.core.models import User


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    """Speaking filters over explanations."""

    def visible_to(self, user: "User") -> "ExplanationQuerySet":
        """Those of the experiments the person sees."""
        return self.filter(experiment__in=Experiment.objects.visible_to(user).values("pk"))

    def for_list(self) -> "ExplanationQuerySet":
        """With what a list shows."""
        return self.select_related("experiment", "trial", "other", "asked_by", "job").defer(
            "result", "experiment__result"
        )


class Explanation(Record):
    """
    One question about a candidate: how columns act, why a row, what if, would more data help.

    Asked once: the same question about the same model finds the same row (`digest`).
    """

    class What(models.TextChoices):
        EFFECTS = "effects", _("How columns act")
        ROWS = "rows", _("Why this row")
        WHATIF = "whatif", _("What if")
        CHANGE = "change", _("Smallest useful change")
        LEARNING = "learning", _("Would more data help")
        REPORT = "report", _("Everything about a candidate")
        COMPARE = "compare", _("Two candidates compared")

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="explanations")
    trial = models.ForeignKey(Trial, on_delete=models.CASCADE, related_name="explanations")
    other = models.ForeignKey(Trial, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    what = models.CharField(_("question"), max_length=10, choices=What)
    options = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey(Job, on_delete=models.PROTECT, related_name="+")
    result = models.JSONField(default=dict)

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "digest"], name="one_answer_per_question")
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.trial.name}"

    @property
    def status(self) -> str:
        """The state of the job, or "refused" when the engine could not answer."""
        return "refused" if self.result.get("ok") is False else str(self.job.state)

    @property
    def names_rows(self) -> bool:
        """Whether the answer holds values of single rows."""
        return self.what in {self.What.ROWS, self.What.WHATIF, self.What.CHANGE}
