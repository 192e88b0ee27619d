"""Reads: what hangs on one member of a squad, so that nothing is left without a person when they go."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.models import User
from projects.models import Dataset, Experiment, Recipe, SquadMember, Story, UseCase

OWNERS = ("process_owner", "improvement_owner", "operation_owner", "monitoring_owner")


@dataclass(frozen=True)
class Loose:
    """One thing to hand over: what it is, what to do, and where."""

    what: str
    remedy: str
    url: str


# What upper apps add, from the use case, who goes and who looks.
Find = Callable[[UseCase, User, User], list[Loose]]
_more: list[Find] = []


def register(find: Find) -> None:
    """Say what else may hang on a person; called from an app's `ready()`."""
    if find not in _more:
        _more.append(find)


def loose_ends(member: SquadMember, reader: User) -> list[Loose]:
    """Everything of this use case that hangs on the person and that the reader sees; empty when nothing does."""
    case, goes = member.use_case, member.user
    found = [*seats(member), *data(case, goes, reader), *work(case, goes, reader)]
    return [*found, *(each for find in _more for each in find(case, goes, reader))]


def seats(member: SquadMember) -> list[Loose]:
    """The lead, a role nobody else has, seats of whom they are the backup, and owners named on the use case."""
    case, goes = member.use_case, member.user
    squad = reverse("projects:use_case_squad", args=[case.pk])
    others = SquadMember.objects.current().filter(use_case=case).exclude(user=goes)
    found = []
    if member.is_lead:
        found.append(Loose(_("Leads the squad"), _("Make somebody else the lead."), squad))
    if not others.filter(role=member.role).exists():
        words = _("The only one in the role “%(role)s”") % {"role": member.get_role_display()}
        found.append(Loose(words, _("Take somebody in for it."), squad))
    found += [
        Loose(_("Backup of %(person)s") % {"person": each.user}, _("Name another backup."), squad)
        for each in others.filter(backup=goes).select_related("user")
    ]
    edit = reverse("projects:use_case_edit", args=[case.pk])
    named = [name for name in OWNERS if getattr(case, f"{name}_id") == goes.pk]
    found += [Loose(label(name), _("Name somebody else."), edit) for name in named]
    return found


def label(field: str) -> str:
    """What a field of the use case is called."""
    words = str(UseCase._meta.get_field(field).verbose_name)  # type: ignore[union-attr]
    return words[:1].upper() + words[1:]


def data(case: UseCase, goes: User, reader: User) -> list[Loose]:
    """Datasets they answer for, and recipes only they made."""
    seen = Dataset.objects.visible_to(reader).filter(use_case=case).order_by("name", "pk")
    found = [
        thing(
            _("Owner of the dataset “%(name)s”"), each, _("Hand it over to somebody else."), "dataset_detail"
        )
        for each in seen.filter(owner=goes)
    ]
    found += [
        thing(_("Steward of the dataset “%(name)s”"), each, _("Name another steward."), "dataset_detail")
        for each in seen.filter(steward=goes)
    ]
    recipes = Recipe.objects.visible_to(reader).filter(dataset__in=seen.values("pk"), made_by=goes)
    return found + [
        thing(
            _("Made the recipe “%(name)s”"), each, _("Let them show it to whoever goes on."), "recipe_detail"
        )
        for each in recipes.order_by("name", "pk")
    ]


def work(case: UseCase, goes: User, reader: User) -> list[Loose]:
    """Stories they have, experiments of theirs that are not over."""
    cycles = reverse("projects:use_case_cycles", args=[case.pk])
    stories = Story.objects.filter(use_case=case, assignee=goes).exclude(state=Story.State.DONE)
    found = [
        Loose(_("Story: %(title)s") % {"title": each.title}, _("Give it to somebody else."), cycles)
        for each in stories.order_by("place", "pk")
    ]
    mine = Experiment.objects.visible_to(reader).filter(use_case=case, author=goes).select_related("job")
    return found + [
        Loose(
            _("Experiment not finished: %(title)s") % {"title": each.title},
            _("Let it end, or copy it."),
            reverse("projects:experiment_detail", args=[each.pk]),
        )
        for each in mine.order_by("created_at", "pk")
        if each.job is None or not each.job.is_over
    ]


def thing(words: str, row: Any, remedy: str, route: str) -> Loose:
    """A row with a name and a page of its own."""
    return Loose(words % {"name": row.name}, remedy, reverse(f"projects:{route}", args=[row.pk]))
