"""People who sign in."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from portal.core import clock


def zone_of_new_accounts() -> str:
    """The time zone of a person who has not chosen one."""
    return settings.ZONE_OF_NEW_ACCOUNTS


class UserQuerySet(models.QuerySet["User"]):
    """Speaking filters over people."""

    def active(self) -> "UserQuerySet":
        """People who may sign in."""
        return self.filter(is_active=True)

    def with_duty(self, duty: str) -> "UserQuerySet":
        """Active people who hold a duty."""
        return self.active().filter(groups__name=duty)

    def holding(self, code: str) -> "UserQuerySet":
        """Active people who hold a credential that is valid now."""
        now = clock.now()
        return (
            self.active()
            .filter(
                models.Q(credentials__valid_until__isnull=True) | models.Q(credentials__valid_until__gt=now),
                credentials__code=code,
                credentials__valid_from__lte=now,
                credentials__revoked_at__isnull=True,
            )
            .distinct()
        )

    def visible_to(self, user: "User") -> "UserQuerySet":
        """The directory: everybody signed in sees every colleague."""
        return self if user.is_authenticated else self.none()

    def for_list(self) -> "UserQuerySet":
        """With what a list shows."""
        return self.select_related("unit").prefetch_related("groups")


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Finds people by e-mail whatever its case."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account for `createsuperuser`; it holds the administrator's duty through its group only."""
        user = self.model(email=email.lower(), display_name=fields.pop("display_name", email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser, PermissionsMixin):
    """
    A person. Duties are groups (`duties`), rights are credentials.

    `is_superuser` opens nothing here: no rule asks for it.
    """

    class Theme(models.TextChoices):
        AUTO = "auto", _("As my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    email = models.EmailField(_("e-mail"), unique=True)
    display_name = models.CharField(_("name"), max_length=120)
    job_title = models.CharField(_("job title"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=5, default="en", choices=[("en", _("English")), ("fr", _("French"))]
    )
    time_zone = models.CharField(_("time zone"), max_length=50, default=zone_of_new_accounts)
    theme = models.CharField(_("appearance"), max_length=5, choices=Theme, default=Theme.AUTO)
    unit = models.ForeignKey(
        "core.OrgUnit", null=True, blank=True, on_delete=models.PROTECT, related_name="people"
    )
    site = models.CharField(_("site"), max_length=80, blank=True)
    manager = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", verbose_name=_("manager")
    )
    is_active = models.BooleanField(default=True)
    is_service = models.BooleanField(default=False, help_text=_("A program, not a person: tokens only."))
    joined_at = models.DateTimeField(default=clock.now)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]
    objects = UserManager()

    class Meta:
        ordering = ["display_name", "id"]
        constraints = [models.UniqueConstraint(Lower("email"), name="one_account_per_email")]

    def __str__(self) -> str:
        return self.display_name

    @property
    def initials(self) -> str:
        """Two letters for the round picture."""
        words = [word for word in self.display_name.split() if word]
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @cached_property
    def duties(self) -> frozenset[str]:
        """Codes of the duties held. Asked once per request and person."""
        return frozenset(group.name for group in self.groups.all())

    def has_duty(self, *duties: str) -> bool:
        """Whether the person holds at least one of these duties."""
        return self.is_active and not self.duties.isdisjoint(duties)
