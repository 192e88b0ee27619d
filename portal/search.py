"""Finding things across all storeys: only what the reader sees."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.models import Model
from portal.core.context import Shell
from portal.core.models import User
from projects.models import Artifact, Dataset, Experiment, SavedView, UseCase
from projects.selectors.views import address

SHORTEST, LONGEST = 2, 100
FEW, MANY = 6, 25


@dataclass(frozen=True)
class Hit:
    """One thing found."""

    title: str
    note: str
    url: str
    icon: str


@dataclass(frozen=True)
class Group:
    """Things of one kind."""

    code: str
    label: Any
    hits: list[Hit]


def search(request: Any, text: str, *, limit: int = FEW, user: Any = None) -> list[Group]:
    """Pages and things whose name holds the words; one query for each kind of thing."""
    words = " ".join(text.split())[:LONGEST]
    groups = [Group("pages", _("Pages"), pages(request, words)[:limit])]
    if len(words) >= SHORTEST:
        user = user or request.user
        groups += [
            Group("use_cases", _("Use cases"), use_cases(user, words, limit)),
            Group("datasets", _("Data"), datasets(user, words, limit)),
            Group("artifacts", _("Library"), artifacts(user, words, limit)),
            Group("experiments", _("Experiments"), experiments(user, words, limit)),
            Group("models", _("Models"), models(user, words, limit)),
            Group("views", _("Kept views"), views(user, words, limit)),
            Group("people", _("People"), people(user, words, limit)),
        ]
    return [group for group in groups if group.hits]


def pages(request: HttpRequest, words: str) -> list[Hit]:
    """Pages of the navigation, and what one does most."""
    places = [
        Hit(str(item.label), str(section.label), item.url, item.icon)
        for section in Shell(request).navigation
        for item in section.items
    ]
    acts = [
        (_("Propose a use case"), "projects:use_case_new", "plus"),
        (_("Board"), "projects:use_case_board", "board"),
        (_("Matrix"), "projects:use_case_matrix", "matrix"),
        (_("Roadmap"), "projects:use_case_roadmap", "roadmap"),
        (_("Bring a table"), "projects:dataset_new", "upload"),
        (_("Start an experiment"), "projects:experiment_new", "flask"),
        (_("Notices"), "core:notice_list", "bell"),
        (_("Your profile"), "core:profile", "user"),
        (_("People"), "core:person_list", "people"),
    ]
    places += [Hit(str(label), "", reverse(route), icon) for label, route, icon in acts]
    lower = words.casefold()
    return [hit for hit in places if lower in hit.title.casefold()]


def use_cases(user: User, words: str, limit: int) -> list[Hit]:
    """By reference, title or problem; the name counts first."""
    visible = UseCase.objects.visible_to(user)
    named = visible.filter(Q(title__icontains=words) | Q(ref__iexact=words)).order_by("-created_at")[:limit]
    return [
        Hit(
            str(each),
            str(each.get_phase_display()),
            reverse("projects:use_case_detail", args=[each.pk]),
            "use-case",
        )
        for each in named
    ]


def datasets(user: User, words: str, limit: int) -> list[Hit]:
    """By name."""
    found = Dataset.objects.visible_to(user).filter(name__icontains=words).order_by("name")[:limit]
    return [
        Hit(
            each.name,
            str(each.get_classification_display()),
            reverse("projects:dataset_detail", args=[each.pk]),
            "data",
        )
        for each in found
    ]


def artifacts(user: User, words: str, limit: int) -> list[Hit]:
    """By title, without those put away."""
    found = Artifact.objects.visible_to(user).current().filter(title__icontains=words)[:limit]
    return [
        Hit(
            each.title,
            str(each.get_kind_display()),
            reverse("projects:artifact_detail", args=[each.pk]),
            each.icon,
        )
        for each in found
    ]


def experiments(user: User, words: str, limit: int) -> list[Hit]:
    """By title."""
    visible = Experiment.objects.visible_to(user).select_related("use_case")
    found = visible.filter(title__icontains=words).order_by("-created_at")[:limit]
    return [
        Hit(
            each.title,
            each.use_case.ref,
            reverse("projects:experiment_detail", args=[each.pk]),
            "flask",
        )
        for each in found
    ]


def models(user: User, words: str, limit: int) -> list[Hit]:
    """By name."""
    found = Model.objects.visible_to(user).filter(name__icontains=words).order_by("name")[:limit]
    return [Hit(each.name, "", reverse("governance:model_detail", args=[each.pk]), "model") for each in found]


def views(user: User, words: str, limit: int) -> list[Hit]:
    """Kept views by name."""
    found = SavedView.objects.visible_to(user).filter(name__icontains=words)[:limit]
    return [Hit(each.name, str(each.get_layout_display()), address(each), "bookmark") for each in found]


def people(user: User, words: str, limit: int) -> list[Hit]:
    """By name or e-mail; a person leads to the directory."""
    match = Q(display_name__icontains=words) | Q(email__istartswith=words)
    found = (
        User.objects.visible_to(user)
        .active()
        .filter(match, is_service=False)
        .order_by("display_name")[:limit]
    )
    place = reverse("core:person_list")
    return [Hit(each.display_name, each.email, f"{place}?q={each.email}", "user") for each in found]
