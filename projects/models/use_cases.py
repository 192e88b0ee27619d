"""The use case: a business problem AI may help with, from proposal to retirement."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import Record
from portal.core.states import Machine

if TYPE_CHECKING:
    from portal.core.models import User

# Duties that see confidential use cases too.
OVERSIGHT = (Duty.PORTFOLIO_MANAGER, Duty.EXECUTIVE, Duty.RISK_OFFICER, Duty.AUDITOR, Duty.FINANCE_CONTROLLER)


class UseCaseQuerySet(models.QuerySet["UseCase"]):
    """Speaking filters over use cases."""

    def visible_to(self, user: "User") -> "UseCaseQuerySet":
        """
        Open ones to everybody signed in, drafts to their author, confidential ones to those
        who work on them and to oversight duties.
        """
        if not user.is_authenticated:
            return self.none()
        mine = Q(submitter_id=user.pk) | Q(product_owner_id=user.pk) | Q(sponsor_id=user.pk)
        if user.has_duty(*OVERSIGHT):
            return self.filter(mine | ~Q(phase=UseCase.Phase.DRAFT))
        from projects.models.squads import SquadMember  # noqa: PLC0415  squads build on use cases

        squads = SquadMember.objects.filter(user_id=user.pk).values("use_case")
        return self.filter(
            mine | (~Q(phase=UseCase.Phase.DRAFT) & (Q(is_confidential=False) | Q(pk__in=squads)))
        )

    def sent_and_visible_to(self, user: "User") -> "UseCaseQuerySet":
        """Visible ones that are no drafts; said in few words for the database where somebody sees them all."""
        visible = self if user.is_authenticated and user.has_duty(*OVERSIGHT) else self.visible_to(user)
        return visible.exclude(phase=UseCase.Phase.DRAFT)

    def sandboxes_of(self, user: "User") -> "UseCaseQuerySet":
        """Practice of this person; start from `UseCase.everything`, for `objects` holds none."""
        return self.filter(is_sandbox=True, product_owner_id=user.pk)

    def for_list(self) -> "UseCaseQuerySet":
        """With what a list shows."""
        return self.select_related("product_owner", "unit", "submitter", "sponsor")

    def awake(self) -> "UseCaseQuerySet":
        """Not put to sleep by triage, or awake again because the day has come."""
        return self.filter(Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=clock.today()))

    def active(self) -> "UseCaseQuerySet":
        """Being worked on: initialisation, development or production."""
        return self.filter(phase__in=UseCase.ACTIVE)


class RealWork(models.Manager.from_queryset(UseCaseQuerySet)):  # type: ignore[misc]
    """Use cases without the sandboxes of learners, so that no list, figure or report can count one by mistake."""

    def get_queryset(self) -> UseCaseQuerySet:
        """Only real ones."""
        return super().get_queryset().filter(is_sandbox=False)  # type: ignore[no-any-return]


class UseCase(Record):
    """
    One business problem and all that is decided about it.

    `phase` has one writer, `projects.services.phases.move`; every move leaves a `PhaseEvent`. A sandbox
    (`is_sandbox`) is a learner's private practice: `objects` does not know it, `everything` does.
    """

    class Phase(models.TextChoices):
        DRAFT = "draft", _("Draft")
        SUBMITTED = "submitted", _("Submitted")
        NEEDS_INFO = "needs_info", _("Needs information")
        BACKLOG = "backlog", _("Backlog")
        INITIALISATION = "initialisation", _("Initialisation")
        DEVELOPMENT = "development", _("Development")
        PRODUCTION = "production", _("Production")
        RETIRED = "retired", _("Retired")
        DECLINED = "declined", _("Declined")
        DUPLICATE = "duplicate", _("Duplicate")
        STOPPED = "stopped", _("Stopped")

    COLORS = {
        "draft": "grey", "submitted": "blue", "needs_info": "yellow", "backlog": "grey", "initialisation": "purple",
        "development": "blue", "production": "green", "retired": "grey", "declined": "red", "duplicate": "grey",
        "stopped": "orange",
    }  # fmt: skip
    LIFE = Machine(
        "phase",
        {
            "submit": {Phase.DRAFT: Phase.SUBMITTED, Phase.NEEDS_INFO: Phase.SUBMITTED},
            "withdraw": {Phase.SUBMITTED: Phase.DRAFT, Phase.NEEDS_INFO: Phase.DRAFT},
            "ask": {Phase.SUBMITTED: Phase.NEEDS_INFO},
            "accept": {Phase.SUBMITTED: Phase.BACKLOG},
            "decline": {
                Phase.SUBMITTED: Phase.DECLINED,
                Phase.NEEDS_INFO: Phase.DECLINED,
                Phase.BACKLOG: Phase.DECLINED,
            },
            "mark_duplicate": {Phase.SUBMITTED: Phase.DUPLICATE, Phase.NEEDS_INFO: Phase.DUPLICATE},
            "join": {Phase.DRAFT: Phase.DUPLICATE},
            "initialise": {Phase.BACKLOG: Phase.INITIALISATION},
            "develop": {Phase.INITIALISATION: Phase.DEVELOPMENT, Phase.PRODUCTION: Phase.DEVELOPMENT},
            "go_live": {Phase.DEVELOPMENT: Phase.PRODUCTION},
            "retire": {Phase.PRODUCTION: Phase.RETIRED},
            "stop": {
                Phase.BACKLOG: Phase.STOPPED,
                Phase.INITIALISATION: Phase.STOPPED,
                Phase.DEVELOPMENT: Phase.STOPPED,
            },
            "reopen": {
                Phase.STOPPED: Phase.BACKLOG,
                Phase.DECLINED: Phase.SUBMITTED,
                Phase.RETIRED: Phase.BACKLOG,
            },
        },
    )
    ACTIVE = (Phase.INITIALISATION, Phase.DEVELOPMENT, Phase.PRODUCTION)

    class Health(models.TextChoices):
        UNKNOWN = "unknown", _("Not reported")
        ON_TRACK = "on_track", _("On track")
        AT_RISK = "at_risk", _("At risk")
        OFF_TRACK = "off_track", _("Off track")

    class Tier(models.TextChoices):
        UNASSESSED = "unassessed", _("Not assessed")
        MINIMAL = "minimal", _("Minimal risk")
        LIMITED = "limited", _("Limited risk")
        HIGH = "high", _("High risk")
        PROHIBITED = "prohibited", _("Prohibited")

    class Kind(models.TextChoices):
        UNKNOWN = "unknown", _("Not known yet")
        PREDICTION = "prediction", _("Prediction of a number")
        CLASSIFICATION = "classification", _("Classification")
        RANKING = "ranking", _("Ranking or propensity")
        FORECASTING = "forecasting", _("Forecast over time")
        ANOMALY = "anomaly", _("Anomaly detection")
        DOCUMENTS = "documents", _("Reading documents")
        RULES = "rules", _("Rules, no AI")

    class MakeOrBuy(models.TextChoices):
        UNDECIDED = "undecided", _("Undecided")
        MAKE = "make", _("Make")
        BUY = "buy", _("Buy")
        PARTNER = "partner", _("With a partner")
        NO_AI = "no_ai", _("No AI needed")

    ref = models.CharField(_("reference"), max_length=12, unique=True)
    title = models.CharField(_("title"), max_length=140)
    problem = models.TextField(
        _("problem"), max_length=4000, help_text=_("In your own words: what goes wrong today, for whom?")
    )
    decides_today = models.TextField(_("who decides what today"), max_length=2000, blank=True)
    data_hint = models.TextField(_("data you think exists"), max_length=2000, blank=True)
    people_affected = models.PositiveIntegerField(_("people affected"), null=True, blank=True)
    rough_benefit = models.PositiveIntegerField(_("rough yearly benefit (€)"), null=True, blank=True)

    decision_supported = models.TextField(_("decision supported"), max_length=2000, blank=True)
    action_taken = models.TextField(_("action taken on a prediction"), max_length=2000, blank=True)
    process = models.CharField(_("operational process"), max_length=200, blank=True)
    process_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("process owner"),
    )
    end_users = models.CharField(_("end users"), max_length=200, blank=True)
    success_metric = models.CharField(_("success metric"), max_length=200, blank=True)
    metric_unit = models.CharField(_("unit"), max_length=40, blank=True)
    metric_baseline = models.FloatField(_("baseline"), null=True, blank=True)
    metric_target = models.FloatField(_("target"), null=True, blank=True)
    ai_kind = models.CharField(_("kind of AI"), max_length=20, choices=Kind, default=Kind.UNKNOWN)

    submitter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    product_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("product owner"),
    )
    sponsor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("sponsor"),
    )
    unit = models.ForeignKey(
        "core.OrgUnit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("business line"),
    )
    improvement_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner of improvement"),
    )
    operation_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner of operation"),
    )
    monitoring_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner of monitoring"),
    )

    phase = models.CharField(_("phase"), max_length=16, choices=Phase, default=Phase.DRAFT)
    phase_since = models.DateTimeField(default=clock.now)
    health = models.CharField(_("health"), max_length=10, choices=Health, default=Health.UNKNOWN)
    risk_tier = models.CharField(_("risk tier"), max_length=12, choices=Tier, default=Tier.UNASSESSED)
    risk_basis = models.TextField(_("basis of the tier"), max_length=2000, blank=True)
    make_or_buy = models.CharField(
        _("make or buy"), max_length=10, choices=MakeOrBuy, default=MakeOrBuy.UNDECIDED
    )
    make_or_buy_reason = models.TextField(_("reason for make or buy"), max_length=2000, blank=True)
    is_confidential = models.BooleanField(_("confidential"), default=False)
    tags = models.JSONField(default=list, blank=True)
    custom = models.JSONField(_("own fields"), default=dict, blank=True)  # key of a custom field -> value
    external_source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=80, blank=True)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates"
    )
    open_question = models.TextField(_("question to the author"), max_length=2000, blank=True)
    end_reason = models.TextField(_("reason"), max_length=2000, blank=True)
    lessons = models.TextField(_("lessons"), max_length=4000, blank=True)
    held_until = models.DateField(_("on hold until"), null=True, blank=True)
    held_reason = models.CharField(max_length=300, blank=True)
    pivot_until = models.DateField(_("new direction asked until"), null=True, blank=True)
    pivot_reason = models.CharField(max_length=300, blank=True)
    snoozed_until = models.DateField(_("asleep until"), null=True, blank=True)
    snoozed_reason = models.CharField(max_length=300, blank=True)
    template = models.ForeignKey(
        "projects.UseCaseTemplate",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="use_cases",
        verbose_name=_("template"),
    )
    copied_from = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="copies"
    )
    timebox_days = models.PositiveSmallIntegerField(_("time box (working days)"), default=20)
    timebox_person_days = models.PositiveSmallIntegerField(_("time box (person-days)"), default=15)
    # Digits of a fraction: the order by hand, see `projects.ranks`; set by the service of ranks alone.
    rank = models.CharField(_("place by hand"), max_length=200, blank=True)
    ranked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ranked_at = models.DateTimeField(null=True, blank=True)
    priority = models.FloatField(_("priority"), null=True, blank=True, help_text=_("P of the agreed score."))

    is_sandbox = models.BooleanField(default=False, editable=False)

    objects = RealWork()
    everything = UseCaseQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]
        indexes = [
            models.Index(fields=["phase", "-priority"], name="use_case_phase"),
            models.Index(fields=["phase", "risk_tier"], name="use_case_tier"),
            models.Index(fields=["phase", "rank"], name="use_case_rank"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["external_source", "external_id"],
                condition=~Q(external_id=""),
                name="one_use_case_per_external_id",
            ),
            models.UniqueConstraint(fields=["rank"], condition=~Q(rank=""), name="one_use_case_per_place"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def is_ranked(self) -> bool:
        """Somebody has placed it by hand."""
        return self.ranked_at is not None
