"""Agile cycles: a goal, a few stories, a demo, and what changed (mission M8)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine
from projects.models.use_cases import UseCase


class Cycle(Record):
    """One stretch of work with a goal; it ends with a demo that was accepted or not."""

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Demo(models.TextChoices):
        NOT_YET = "", _("Not shown yet")
        ACCEPTED = "accepted", _("Accepted")
        REJECTED = "rejected", _("Not accepted")

    COLORS = {"": "grey", "accepted": "green", "rejected": "orange"}
    LIFE = Machine("state", {"close": {State.OPEN: State.CLOSED}})

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="cycles")
    number = models.PositiveIntegerField(_("number"))
    goal = models.CharField(_("goal"), max_length=300)
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    state = models.CharField(max_length=6, choices=State, default=State.OPEN)
    metric = models.CharField(_("measured by"), max_length=120, blank=True)
    metric_before = models.FloatField(_("before"), null=True, blank=True)
    metric_after = models.FloatField(_("after"), null=True, blank=True)
    demo = models.CharField(_("demo"), max_length=8, choices=Demo, default=Demo.NOT_YET, blank=True)
    outcome = models.TextField(_("outcome"), max_length=2000, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["use_case", "number"], name="one_cycle_per_number"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="cycle_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.goal}"


class Story(Record):
    """A small piece of work; without a cycle it waits in the list of the use case."""

    class State(models.TextChoices):
        TO_DO = "to_do", _("To do")
        DOING = "doing", _("Doing")
        DONE = "done", _("Done")

    COLORS = {"to_do": "grey", "doing": "blue", "done": "green"}
    LIFE = Machine(
        "state",
        {
            "begin": {State.TO_DO: State.DOING},
            "finish": {State.DOING: State.DONE},
            "put_back": {State.DOING: State.TO_DO},
            "reopen": {State.DONE: State.DOING},
        },
    )

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="stories")
    cycle = models.ForeignKey(Cycle, null=True, blank=True, on_delete=models.PROTECT, related_name="stories")
    title = models.CharField(_("story"), max_length=200)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=6, choices=State, default=State.TO_DO)
    place = models.PositiveIntegerField(default=0)
    told_at = models.DateTimeField(default=clock.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["place", "told_at", "id"]

    def __str__(self) -> str:
        return self.title
