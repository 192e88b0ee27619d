"""Who works on a use case, and in which role."""

from datetime import date

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.core import clock
from portal.core.models import Record
from projects.models.use_cases import UseCase


class SquadRole(models.TextChoices):
    """The cast of a squad (mission M6)."""

    PRODUCT_OWNER = "product_owner", _("Product owner")
    BUSINESS_EXPERT = "business_expert", _("Business domain expert")
    CITIZEN = "citizen_data_scientist", _("Citizen data scientist")
    DATA_ANALYST = "data_analyst", _("Data analyst")
    DATA_SCIENTIST = "data_scientist", _("Data scientist")
    DATA_ENGINEER = "data_engineer", _("Data engineer")
    ML_ENGINEER = "ml_engineer", _("ML engineer")
    IT_ENGINEER = "it_engineer", _("IT engineer")
    RESEARCH_SCIENTIST = "research_scientist", _("Research scientist")
    SOCIAL_ETHICIST = "social_ethicist", _("Social ethicist")
    DESIGNER = "designer", _("UX or product designer")
    DATA_OWNER = "data_owner", _("Data owner")
    DATA_STEWARD = "data_steward", _("Data steward")
    SPONSOR = "sponsor", _("Sponsor")
    END_USER = "end_user", _("End-user representative")
    MENTOR = "mentor", _("Mentor")


class SquadMemberQuerySet(models.QuerySet["SquadMember"]):
    """Speaking filters over memberships."""

    def coming(self) -> "SquadMemberQuerySet":
        """Agreed, but not begun yet, and not given up again."""
        has_days = Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on"))
        return self.filter(has_days, starts_on__gt=clock.today())

    def between(self, first: date, last: date | None) -> "SquadMemberQuerySet":
        """At least one day of theirs lies in the span; no last day means for ever."""
        found = self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=first) & Q(ends_on__gte=F("starts_on")))
        return found if last is None else found.filter(starts_on__lte=last)

    def at_work(self) -> "SquadMemberQuerySet":
        """Of use cases between backlog and production: elsewhere nobody spends time."""
        return self.filter(use_case__phase__in=[UseCase.Phase.BACKLOG, *UseCase.ACTIVE])

    def current(self) -> "SquadMemberQuerySet":
        """Begun and not ended."""
        today = clock.today()
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=today), starts_on__lte=today)


class SquadMember(Record):
    """One person in one role on one use case from a day to a day; ended, never deleted."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="members")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(_("role"), max_length=30, choices=SquadRole)
    is_lead = models.BooleanField(_("squad lead"), default=False)
    allocation = models.PositiveSmallIntegerField(
        _("allocation (%)"), default=20, validators=[MinValueValidator(1), MaxValueValidator(100)]
    )
    starts_on = models.DateField(_("from"), default=clock.today)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    backup = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("backup"),
    )
    site = models.CharField(_("site"), max_length=80, blank=True)

    objects = SquadMemberQuerySet.as_manager()

    class Meta:
        ordering = ["-is_lead", "role", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["use_case", "user", "role"],
                condition=Q(ends_on__isnull=True),
                name="one_open_membership_per_role",
            ),
            models.UniqueConstraint(
                fields=["use_case"],
                condition=Q(is_lead=True),
                name="one_lead_per_squad",
            ),
            models.CheckConstraint(
                condition=Q(allocation__gte=1, allocation__lte=100), name="allocation_is_a_share"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()}"


class SizeWaiver(Record):
    """Why a squad of another size than five to ten people is right, until a day; the latest one counts."""

    use_case = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="size_waivers")
    reason = models.TextField(_("reason"), max_length=2000)
    until = models.DateField(_("until"))
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-given_at", "id"]

    def __str__(self) -> str:
        return self.reason[:60]


class Component(Record):
    """One use case that is a part of a larger one, so that each part has a squad of a good size (M5)."""

    whole = models.ForeignKey(UseCase, on_delete=models.PROTECT, related_name="components")
    part = models.OneToOneField(UseCase, on_delete=models.PROTECT, related_name="component_of")
    linked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [models.CheckConstraint(condition=~Q(whole=models.F("part")), name="no_part_of_itself")]

    def __str__(self) -> str:
        return f"{self.part} ⊂ {self.whole}"
