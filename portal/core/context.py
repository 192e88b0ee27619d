"""What every page needs around its content: navigation, bell, languages, appearance."""

from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib import metadata
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, get_language_info, gettext_lazy as _

from portal.core.duties import Duty
from portal.core.models import Notice

THEME_COOKIE = "agora_theme"
THEMES = {
    "light": (_("Light"), "sun"),
    "dark": (_("Dark"), "moon"),
    "auto": (_("As my device"), "device-desktop"),
}


@dataclass(frozen=True)
class Place:
    """One entry of the navigation; empty `duties` means everybody."""

    label: Any
    route: str
    icon: str
    duties: tuple[str, ...] = ()
    under: tuple[str, ...] = ()


@dataclass(frozen=True)
class Item:
    """An entry as the page draws it."""

    label: Any
    url: str
    icon: str
    active: bool


@dataclass(frozen=True)
class Section:
    """A group of entries under one word."""

    label: Any
    items: list[Item] = field(default_factory=list)


SEES_AUDIT = (Duty.AUDITOR, Duty.RISK_OFFICER)
SEES_SYSTEM = (Duty.IT_ENGINEER, Duty.ADMINISTRATOR, Duty.AUDITOR)
SECTIONS: list[tuple[Any, list[Place]]] = [
    ("", [Place(_("Home"), "home", "home")]),
    (
        _("Use cases"),
        [
            Place(_("Backlog"), "projects:use_case_list", "backlog", under=("use_case_",)),
            Place(_("Squads"), "projects:squad_list", "squads", under=("squad_",)),
            Place(_("Triage"), "projects:triage", "triage", (Duty.PORTFOLIO_MANAGER,), ("triage_",)),
        ],
    ),
    (
        _("Build"),
        [
            Place(_("Data"), "projects:dataset_list", "data", under=("dataset_",)),
            Place(_("Library"), "projects:library", "book", under=("library_", "artifact_")),
            Place(_("Experiments"), "projects:experiment_list", "experiment", under=("experiment_",)),
        ],
    ),
    (
        _("Supervise"),
        [
            Place(_("Inbox"), "governance:inbox", "inbox", under=("approval_", "request_", "delegation_")),
            Place(_("Models"), "governance:model_list", "model", under=("model_", "version_")),
            Place(_("Production"), "governance:deployment_list", "rocket", under=("deployment_",)),
            Place(_("Policies"), "governance:policy_list", "checklist", under=("policy_", "risk_")),
        ],
    ),
    (
        _("Learn"),
        [
            Place(_("Learning"), "training:home", "learning", under=("path_", "course_", "lesson_")),
            Place(_("Certificates"), "training:certificate_list", "certificate", under=("certificate_",)),
            Place(
                _("Community"),
                "training:community",
                "users",
                under=("mentor", "office_", "help_", "contributions", "showcase_"),
            ),
        ],
    ),
    (
        _("Steer"),
        [
            Place(_("Portfolio"), "governance:portfolio", "portfolio", under=("portfolio_",)),
            Place(_("Audit trail"), "governance:audit_list", "audit", SEES_AUDIT, ("audit_",)),
            Place(_("System"), "core:status", "system", SEES_SYSTEM, ("job_",)),
        ],
    ),
]


# Two keys, one after the other, and where they lead.
KEYS = {
    "g h": "home", "g l": "projects:use_case_list", "g b": "projects:use_case_board", "g m": "projects:use_case_matrix",
    "g r": "projects:use_case_roadmap", "g s": "projects:squad_list", "g i": "governance:inbox",
    "g t": "projects:triage", "n u": "projects:use_case_new",
}  # fmt: skip


@cache
def address(route: str) -> str:
    """Where a route leads, or nothing if it does not exist; asked forty times per page."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


@cache
def version() -> str:
    """The version of the portal, as installed or as set."""
    try:
        return metadata.version("agora")
    except metadata.PackageNotFoundError:
        return getattr(settings, "VERSION", "")


class Shell:
    """The frame of a page for one request; nothing is asked before a template shows it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @property
    def user(self) -> Any:
        """The person, or nobody on pages that need no session."""
        return getattr(self.request, "user", None)

    @cached_property
    def navigation(self) -> list[Section]:
        """The sections with what exists and is of use to this person."""
        if self.user is None or not self.user.is_authenticated:
            return []
        here = getattr(self.request.resolver_match, "view_name", "") or ""
        sections = [
            Section(label, [item for place in places if (item := self.item(place, here))])
            for label, places in SECTIONS
        ]
        return [section for section in sections if section.items]

    @property
    def side_key(self) -> tuple[Any, ...]:
        """Everything the side of the page shows, but for the language."""
        entries = tuple((item.url, item.active) for section in self.navigation for item in section.items)
        return (self.home, self.version, entries)

    def item(self, place: Place, here: str) -> Item | None:
        """One entry, unless its page does not exist or is for others."""
        if place.duties and not self.user.has_duty(*place.duties):
            return None
        url = address(place.route)
        if not url:
            return None
        app, _colon, name = here.rpartition(":")
        family = app == place.route.rpartition(":")[0] and name.startswith(place.under or ("\0",))
        return Item(place.label, url, place.icon, here == place.route or family)

    @cached_property
    def unread(self) -> int:
        """How many notices wait for this person."""
        if self.user is None or not self.user.is_authenticated:
            return 0
        return Notice.objects.visible_to(self.user).unread().count()

    @cached_property
    def languages(self) -> list[dict[str, Any]]:
        """Each language in its own words."""
        now = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        return [
            {"code": code, "label": get_language_info(code)["name_local"], "active": code == now}
            for code, _name in settings.LANGUAGES
        ]

    @cached_property
    def theme(self) -> str:
        """What was chosen: on this device first, then in the profile."""
        chosen = self.request.COOKIES.get(THEME_COOKIE, "")
        if chosen not in THEMES:
            chosen = getattr(self.user, "theme", "auto")
        return chosen if chosen in THEMES else "auto"

    @property
    def themes(self) -> list[dict[str, Any]]:
        """The choices of appearance."""
        return [
            {"code": code, "label": label, "icon": icon, "active": code == self.theme}
            for code, (label, icon) in THEMES.items()
        ]

    @property
    def key_places(self) -> list[tuple[str, str]]:
        """Where two keys lead, for what exists."""
        return [(keys, url) for keys, route in KEYS.items() if (url := address(route))]

    @property
    def search(self) -> str:
        """Where the search box asks, or nothing."""
        return address("search") or address("core:search")

    @property
    def home(self) -> str:
        """The first page of a person signed in."""
        return address("home") or "/"

    @property
    def api(self) -> str:
        """The browsable documentation of the API, or nothing."""
        return address("api:docs") or address("swagger-ui")

    @property
    def version(self) -> str:
        """Shown at the foot of the page."""
        return version()


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the frame of the page under the name `shell`."""
    return {"shell": Shell(request)}
