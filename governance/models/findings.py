"""Something that must be put right by somebody by a date."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from governance.models.approvals import ApprovalRequest
from governance.models.sight import seen_through
from governance.models.versions import ModelVersion
from portal.core import clock
from portal.core.models import Record
from portal.core.states import Machine
from projects.models import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


class FindingQuerySet(models.QuerySet["Finding"]):
    """Speaking filters over findings."""

    def visible_to(self, user: "User") -> "FindingQuerySet":
        """Those of visible use cases, and one's own."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(seen_through(user, "use_case") | Q(owner_id=user.pk))

    def unsettled(self) -> "FindingQuerySet":
        """Neither verified nor formally accepted (an acceptance that has run out counts as unsettled)."""
        accepted = Q(state=Finding.State.ACCEPTED, accepted_until__gte=clock.today())
        return self.exclude(Q(state=Finding.State.VERIFIED) | accepted)

    def overdue(self) -> "FindingQuerySet":
        """Unsettled after their day."""
        return self.unsettled().filter(due_on__lt=clock.today())

    def for_list(self) -> "FindingQuerySet":
        """With what a list shows."""
        return self.select_related("use_case", "owner", "version__model", "resolved_by")


class Finding(Record):
    """A finding has an owner and a day; who resolved it never verifies it."""

    class Severity(models.TextChoices):
        LOW = "low", _("Low")
        MEDIUM = "medium", _("Medium")
        HIGH = "high", _("High")

    class Source(models.TextChoices):
        REVIEW = "review", _("Review")
        MONITOR = "monitor", _("Monitoring")
        GUARDRAIL = "guardrail", _("Guardrail")
        INCIDENT = "incident", _("Incident")
        AUDIT = "audit", _("Audit")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        IN_PROGRESS = "in_progress", _("In progress")
        RESOLVED = "resolved", _("Resolved, to be verified")
        VERIFIED = "verified", _("Verified")
        ACCEPTED = "accepted", _("Risk accepted")

    COLORS = {
        "open": "red",
        "in_progress": "blue",
        "resolved": "yellow",
        "verified": "green",
        "accepted": "purple",
    }
    SEVERITY_COLORS = {"low": "grey", "medium": "yellow", "high": "red"}
    DAYS = {Severity.HIGH: 5, Severity.MEDIUM: 20, Severity.LOW: 60}
    LIFE = Machine(
        "state",
        {
            "start": {State.OPEN: State.IN_PROGRESS},
            "resolve": {State.OPEN: State.RESOLVED, State.IN_PROGRESS: State.RESOLVED},
            "verify": {State.RESOLVED: State.VERIFIED},
            "reopen": {State.RESOLVED: State.IN_PROGRESS},
            "accept": {
                State.OPEN: State.ACCEPTED,
                State.IN_PROGRESS: State.ACCEPTED,
                State.RESOLVED: State.ACCEPTED,
            },
            "lapse": {State.ACCEPTED: State.OPEN},
        },
    )

    use_case = models.ForeignKey(
        UseCase, on_delete=models.PROTECT, related_name="+", verbose_name=_("use case")
    )
    version = models.ForeignKey(
        ModelVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    request = models.ForeignKey(
        ApprovalRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="findings"
    )
    source = models.CharField(_("source"), max_length=10, choices=Source)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity)
    title = models.CharField(_("what must be put right"), max_length=200)
    detail = models.TextField(_("detail"), max_length=4000, blank=True)
    url = models.CharField(max_length=300, blank=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    due_on = models.DateField(_("due"))
    resolution = models.TextField(_("what was done"), max_length=4000, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_until = models.DateField(_("accepted until"), null=True, blank=True)
    acceptance_reason = models.TextField(_("why the risk is accepted"), max_length=2000, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)

    objects = FindingQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("resolved_by")),
                name="verifier_did_not_resolve",
            ),
            models.CheckConstraint(
                condition=~Q(state="accepted") | Q(accepted_by__isnull=False, accepted_until__isnull=False),
                name="accepted_risk_has_a_name_and_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_overdue(self) -> bool:
        """Unsettled after its day."""
        return self.state in {"open", "in_progress", "resolved"} and self.due_on < clock.today()
