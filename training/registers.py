"""The cohort table, and who around which AI system has learnt what (Article 4): computed, never typed."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Max
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext

from portal.core import clock
from portal.core.models import User
from projects.models import SquadMember, UseCase
from training.models import Assignment, Attempt, Certificate, LessonProgress, PathLesson

FAILURES, SOON_DAYS = 2, 7


@dataclass(frozen=True)
class CohortRow:
    """One assignment as it stands."""

    assignment: Assignment
    done: int
    total: int
    state: str
    label: str
    blocked: str = ""

    @property
    def percent(self) -> int:
        """Lessons finished."""
        return 100 * self.done // self.total if self.total else 100

    @property
    def color(self) -> str:
        """Of the badge."""
        return {"done": "green", "late": "red", "blocked": "orange", "going": "blue"}.get(self.state, "grey")


def cohort(user: User) -> list[CohortRow]:
    """Standing assignments, late and blocked ones first; a fixed number of queries."""
    rows = list(Assignment.objects.visible_to(user).standing().for_list())
    people = {each.user_id for each in rows}
    lessons: dict[Any, set[Any]] = defaultdict(set)
    for path, lesson in PathLesson.objects.filter(is_required=True, lesson__is_active=True).values_list(
        "path", "lesson"
    ):
        lessons[path].add(lesson)
    finished: dict[Any, set[Any]] = defaultdict(set)
    for person, lesson in LessonProgress.objects.filter(user__in=people).values_list("user", "lesson"):
        finished[person].add(lesson)
    holders = set(Certificate.objects.valid().filter(user__in=people).values_list("user", "template"))
    failures: dict[tuple[Any, Any], int] = defaultdict(int)
    for person, path in Attempt.objects.filter(user__in=people, passed=False).values_list(
        "user", "exam__path"
    ):
        failures[person, path] += 1
    found = [cohort_row(each, lessons, finished, holders, failures) for each in rows]
    order = {"late": 0, "blocked": 1, "begun": 2, "going": 2, "open": 3, "done": 4}
    return sorted(found, key=lambda row: (order.get(row.state, 3), row.assignment.due_on))


def cohort_row(assignment: Assignment, lessons: Any, finished: Any, holders: Any, failures: Any) -> CohortRow:
    """Done, late, blocked and why, under way, or not begun."""
    wanted = lessons[assignment.path_id]
    done = len(wanted & finished[assignment.user_id])
    template = assignment.path.template
    failed = failures[assignment.user_id, assignment.path_id]
    required = template.requires_id
    blocked = ""
    if failed >= FAILURES:
        blocked = _("%(n)s failed attempts") % {"n": failed}
    elif done == len(wanted) and required and (assignment.user_id, required) not in holders:
        blocked = _("the certificate that the exam asks for is missing")
    if (assignment.user_id, template.pk) in holders:
        state, label, blocked = "done", _("certified"), ""
    elif assignment.due_on < clock.today():
        state, label = "late", _("late")
    elif blocked:
        state, label = "blocked", _("blocked")
    elif done:
        state, label = "going", _("under way")
    else:
        state, label = "open", _("not begun")
    return CohortRow(assignment, done, len(wanted), state, str(label), blocked)


@dataclass(frozen=True)
class Measure:
    """A certificate held, as evidence."""

    title: str
    since: date
    until: date


@dataclass(frozen=True)
class RegisterRow:
    """A person who operates or oversees a system, and what was done for their AI literacy."""

    system: UseCase
    person: User
    role: str
    lessons: int
    last: datetime | None
    measures: list[Measure] = field(default_factory=list)

    @property
    def has_measure(self) -> bool:
        """At least one lesson finished or certificate held."""
        return bool(self.lessons or self.measures)


LIVE = (UseCase.Phase.INITIALISATION, UseCase.Phase.DEVELOPMENT, UseCase.Phase.PRODUCTION)


def literacy(user: User) -> list[RegisterRow]:
    """Everybody on a squad of a system being built or running that the reader may see."""
    systems = UseCase.objects.visible_to(user).filter(phase__in=LIVE)
    rows = SquadMember.objects.current().filter(use_case__in=systems).select_related("use_case", "user")
    members = list(rows.order_by("use_case__title", "user__display_name", "role"))
    people = {each.user_id for each in members}
    progress: dict[Any, tuple[int, datetime | None]] = {}
    done = LessonProgress.objects.filter(user__in=people)
    for person, count, last in (
        done.order_by().values_list("user").annotate(n=Count("pk"), last=Max("created_at"))
    ):
        progress[person] = (count, last)
    measures: dict[Any, list[Measure]] = defaultdict(list)
    for each in Certificate.objects.valid().filter(user__in=people).for_list():
        measures[each.user_id].append(
            Measure(each.template.title, each.valid_from.date(), each.valid_until.date())
        )
    nothing: tuple[int, datetime | None] = (0, None)
    return [
        RegisterRow(
            each.use_case,
            each.user,
            each.get_role_display(),
            *progress.get(each.user_id, nothing),
            measures[each.user_id],
        )
        for each in members
    ]


def as_csv_rows(rows: list[RegisterRow]) -> list[list[str]]:
    """The register as a table for auditors."""
    head = [
        _("System"),
        _("Phase"),
        _("Risk tier"),
        _("Person"),
        _("Role"),
        _("Lessons finished"),
        _("Last lesson"),
        _("Certificates"),
    ]
    return [head] + [
        [
            row.system.title,
            row.system.get_phase_display(),
            row.system.get_risk_tier_display() if row.system.risk_tier else "",
            row.person.display_name,
            row.role,
            str(row.lessons),
            row.last.date().isoformat() if row.last else "",
            "; ".join(
                f"{each.title} ({each.since.isoformat()} – {each.until.isoformat()})" for each in row.measures
            ),
        ]
        for row in rows
    ]


def assigned_to(user: User) -> list[Assignment]:
    """One's own standing assignments whose certificate is not held yet."""
    held = Certificate.objects.valid().filter(user=user).values("template")
    rows = Assignment.objects.standing().filter(user=user).exclude(path__template__in=held)
    return list(rows.for_list())


@dataclass(frozen=True)
class AskedRow:
    """What one is asked to learn, how far one is, and how many days are left."""

    assignment: Assignment
    done: int
    total: int
    days: int

    @property
    def url(self) -> str:
        """The path."""
        return reverse("training:path_detail", args=[self.assignment.path.code])

    @property
    def is_late(self) -> bool:
        """The day is over."""
        return self.days < 0

    @property
    def color(self) -> str:
        """Of the badge."""
        return "red" if self.is_late else "orange" if self.days <= SOON_DAYS else "blue"

    @property
    def label(self) -> str:
        """How much time is left, in words."""
        if self.is_late:
            return ngettext("%(n)s day late", "%(n)s days late", -self.days) % {"n": -self.days}
        if not self.days:
            return _("due today")
        return ngettext("%(n)s day left", "%(n)s days left", self.days) % {"n": self.days}


def assigned_rows(user: User) -> list[AskedRow]:
    """What one is asked to learn, the nearest day first; three queries whatever the number."""
    asked = assigned_to(user)
    if not asked:
        return []
    items = PathLesson.objects.filter(path__in=[each.path_id for each in asked], is_required=True)
    lessons: dict[Any, set[Any]] = defaultdict(set)
    for path, lesson in items.filter(lesson__is_active=True).values_list("path", "lesson"):
        lessons[path].add(lesson)
    finished = set(LessonProgress.objects.filter(user=user).values_list("lesson", flat=True))
    today = clock.today()
    return [
        AskedRow(
            each,
            len(lessons[each.path_id] & finished),
            len(lessons[each.path_id]),
            (each.due_on - today).days,
        )
        for each in asked
    ]
