"""Who was let near a thing by name, squad, unit or all together: with which right, why, until when; and who sees it."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy as _

from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import OrgUnit, Record
from projects.models.squads import SquadMember
from projects.models.use_cases import UseCase

if TYPE_CHECKING:
    from portal.core.models import User


OPEN_TO_ALL = ("public", "internal")  # classes every colleague sees


class ShareRight(models.TextChoices):
    """What a share gives; each right includes those before it."""

    VIEW = "view", _("View")
    USE = "use", _("Use")
    EDIT = "edit", _("Edit")
    MANAGE = "manage", _("Manage")

    @classmethod
    def from_on(cls, least: str) -> list[str]:
        """This right and all that include it."""
        return cls.values[cls.values.index(least) :]

    @classmethod
    def includes(cls, held: str, wanted: str) -> bool:
        """Whether who holds one right has the other, too; no right at all includes none."""
        return bool(held) and cls.values.index(held) >= cls.values.index(wanted)


class ReceiverKind(models.TextChoices):
    """To whom something is shared."""

    PERSON = "person", _("A person")
    SQUAD = "squad", _("A squad")
    UNIT = "unit", _("A business unit")
    EVERYONE = "everyone", _("Everyone")


def squads_of(user: "User") -> Q:
    """Use cases a person works on now, as a condition on `squad`."""
    member = SquadMember.objects.current().filter(user_id=user.pk)
    owned = UseCase.everything.filter(product_owner_id=user.pk)
    return Q(squad__in=member.values("use_case")) | Q(squad__in=owned.values("pk"))


def units_of(user: "User") -> list[int]:
    """The unit of a person and every unit it belongs to: `path` lists the keys from the root."""
    return [int(key) for key in user.unit.path.split("/") if key] if user.unit else []


class ShareQuerySet(models.QuerySet[Any]):
    """Speaking filters over shares of any kind of thing."""

    def current(self) -> "ShareQuerySet":
        """Not ended and not after their last day: time alone ends one."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=clock.today()), ended_at__isnull=True)

    def over(self) -> "ShareQuerySet":
        """Past their last day and not yet told."""
        return self.filter(ended_at__isnull=True, until__lt=clock.today())

    def ending(self, days: int) -> "ShareQuerySet":
        """Current ones whose last day comes within so many days, and of which nobody was warned."""
        last = clock.today() + timedelta(days=days)
        return self.current().filter(until__lte=last, warned_on__isnull=True)

    def giving(self, right: str) -> "ShareQuerySet":
        """That include a right."""
        return self.filter(right__in=ShareRight.from_on(right))

    def reaching(self, user: "User") -> "ShareQuerySet":
        """That are meant for this person: by name, as one of a squad, of a unit or of everybody."""
        here = Q(person_id=user.pk) | squads_of(user) | Q(is_everyone=True)
        units = units_of(user)
        return self.filter(here | Q(unit__in=units) if units else here)

    def visible_to(self, user: "User") -> "ShareQuerySet":
        """One's own, and those of things one answers for or whose shares one manages; all of them to the auditor."""
        if not user.is_authenticated:
            return self.none()
        if user.has_duty(Duty.AUDITOR):
            return self
        thing = self.model.THING
        managed = self.model.objects.current().giving(ShareRight.MANAGE).reaching(user).values(thing)
        own = self.model.objects.reaching(user).values("pk")
        found = Q(pk__in=own) | Q(**{f"{thing}__in": managed})
        for keeper in self.model.keepers():
            found |= Q(**{f"{thing}__{keeper}_id": user.pk})
        return self.filter(found)

    def on_request(self) -> "ShareQuerySet":
        """Those a decision gave, each until a day."""
        return self.filter(is_on_request=True)

    def for_list(self) -> "ShareQuerySet":
        """With receivers, the thing and who answers for it."""
        near = [f"{self.model.THING}__{name}" for name in (*self.model.keepers(), "use_case")]
        return self.select_related("person", "squad", "unit", "granted_by", *near)


class Share(Record):
    """
    One receiver may do something with one thing, until a day or until somebody ends it.

    A kind of thing that is shared has a model of its own: a key named after it with `related_name="shares"`,
    its name in `THING`, and `constraints_of(...)` of that name in its `Meta`.
    """

    THING = ""

    right = models.CharField(_("right"), max_length=6, choices=ShareRight)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("person")
    )  # fmt: skip
    squad = models.ForeignKey(
        UseCase, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("squad")
    )
    unit = models.ForeignKey(
        OrgUnit, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("business unit")
    )
    is_everyone = models.BooleanField(default=False)
    reason = models.TextField(_("reason"), max_length=2000)
    until = models.DateField(_("until"), null=True)
    is_on_request = models.BooleanField(default=False)  # a decision gave it: until a day, and for one person
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    warned_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ShareQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["created_at", "id"]

    def __str__(self) -> str:
        return f"{self.thing} · {self.receiver}"

    @classmethod
    def keepers(cls) -> tuple[str, ...]:
        """The fields of its kind of thing that name who answers for one."""
        model: Any = cls._meta.get_field(cls.THING).related_model
        return tuple(model.KEEPERS)

    @property
    def thing(self) -> Any:
        """What is shared."""
        return getattr(self, self.THING)

    @property
    def kind(self) -> str:
        """The kind of receiver."""
        if self.is_everyone:
            return ReceiverKind.EVERYONE
        return next(kind for kind in ReceiverKind.values if getattr(self, f"{kind}_id", None) is not None)

    @property
    def receiver(self) -> str:
        """The receiver in words; a squad by its reference alone, for its title may be nobody else's business."""
        if self.is_everyone:
            return gettext("Everyone")
        if self.squad:
            return gettext("Squad of %(ref)s") % {"ref": self.squad.ref}
        return str(self.person or self.unit)


class SharedQuerySet(models.QuerySet[Any]):
    """
    Speaking filters over things that are shared.

    Such a model has `owner`, `use_case`, `classification`, the fields of who answers for it in `KEEPERS`, and a
    `Share` with `related_name="shares"`.
    """

    def current_shares(self, user: "User", right: str = ShareRight.VIEW) -> ShareQuerySet:
        """Those of this kind of thing that give a person at least this right now."""
        shares: Any = self.model._meta.get_field("shares").related_model
        found: ShareQuerySet = shares.objects.current().giving(right).reaching(user)
        return found

    def given(self, user: "User", right: str = ShareRight.VIEW) -> Q:
        """That something was shared with a person, as a condition."""
        shares = self.current_shares(user, right)
        return Q(pk__in=shares.values(shares.model.THING))

    def kept(self, user: "User") -> Q:
        """That a person answers for it, as a condition."""
        found = Q(owner_id=user.pk)
        for keeper in self.model.KEEPERS:
            found |= Q(**{f"{keeper}_id": user.pk})
        return found

    def tied(self, user: "User") -> Q:
        """That a person answers for it, or works on its use case now, as a condition."""
        squads = SquadMember.objects.current().filter(user_id=user.pk).values("use_case")
        return self.kept(user) | Q(use_case__in=squads) | Q(use_case__product_owner_id=user.pk)

    def visible_to(self, user: "User") -> Self:
        """
        Public and internal ones to everybody; the others to those who answer for them, the squad of their
        use case and those they are shared with now; all of them to the auditor. What lies in a
        sandbox is seen by its learner alone.
        """
        return self.reached(user, ShareRight.VIEW)

    def usable_by(self, user: "User") -> Self:
        """What a person may work with: the same, less what they may only look at."""
        return self.reached(user, ShareRight.USE)

    def reached(self, user: "User", right: str) -> Self:
        """Those on which a person has at least one of the two first rights."""
        if not user.is_authenticated:
            return self.none()
        seen = self.filter(Q(use_case=None) | Q(use_case__is_sandbox=False) | Q(owner_id=user.pk))
        if user.has_duty(Duty.AUDITOR):
            return seen
        return seen.filter(Q(classification__in=OPEN_TO_ALL) | self.tied(user) | self.given(user, right))

    def managed_by(self, user: "User") -> Self:
        """Those a person answers for, or shares on because somebody let them."""
        return self.filter(self.kept(user) | self.given(user, ShareRight.MANAGE))

    def shared_with(self, user: "User") -> Self:
        """What others let a person near, by name or with others, whatever else lets them see it."""
        return self.filter(self.given(user)).exclude(self.kept(user))


def constraints_of(thing: str) -> list[models.BaseConstraint]:
    """Exactly one receiver; a decision names a person and a day; one current share per thing and receiver."""
    places = {"person": "person", "squad": "squad", "unit": "unit"}
    nobody = {f"{name}__isnull": True for name in places}
    one = Q(**nobody, is_everyone=True)
    for name in places:
        one |= Q(**{**nobody, f"{name}__isnull": False}, is_everyone=False)
    decided = Q(person__isnull=False, until__isnull=False, right=ShareRight.USE)
    current = Q(ended_at__isnull=True)
    return [
        models.CheckConstraint(condition=one, name=f"{thing}_share_has_one_receiver"),
        models.CheckConstraint(
            condition=Q(is_on_request=False) | decided, name=f"{thing}_share_on_request_has_a_day"
        ),
        models.UniqueConstraint(
            fields=["person", thing, "is_on_request"], condition=current, name=f"one_{thing}_share_per_person"
        ),
        *(
            models.UniqueConstraint(
                fields=[name, thing], condition=current, name=f"one_{thing}_share_per_{name}"
            )
            for name in ("squad", "unit")
        ),
        models.UniqueConstraint(
            fields=[thing], condition=current & Q(is_everyone=True), name=f"one_{thing}_share_with_everyone"
        ),
    ]


class DatasetShare(Share):
    """A share of one dataset."""

    THING = "dataset"

    dataset = models.ForeignKey("projects.Dataset", on_delete=models.PROTECT, related_name="shares")

    class Meta(Share.Meta):
        abstract = False
        constraints = constraints_of("dataset")
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at__isnull=True), name="dataset_share_until")
        ]


class ArtifactShare(Share):
    """A share of one artifact."""

    THING = "artifact"

    artifact = models.ForeignKey("projects.Artifact", on_delete=models.PROTECT, related_name="shares")

    class Meta(Share.Meta):
        abstract = False
        constraints = constraints_of("artifact")
        indexes = [
            models.Index(fields=["until"], condition=Q(ended_at__isnull=True), name="artifact_share_until")
        ]
