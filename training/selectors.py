"""What the pages of training gather, and what waits for a learner."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Max
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.waiting import Waiting
from training import waits
from training.models import (
    Attempt,
    Certificate,
    Enrolment,
    Lesson,
    LessonProgress,
    Path,
    RecallCard,
)
from training.models.certificates import SOON
from training.rights import ACTS, RightRow, expiring, offered, rights_of

FAILING, SILENT = timedelta(days=30), timedelta(days=14)


@dataclass(frozen=True)
class Step:
    """The one next thing to do."""

    title: str
    text: str
    url: str
    action: str
    icon: str = "lesson"


@dataclass(frozen=True)
class LessonRow:
    """A lesson on a path with the reader's state."""

    lesson: Lesson
    state: str
    url: str
    is_waived: bool = False

    @property
    def label(self) -> str:
        """For the stepper."""
        return self.lesson.title


@dataclass(frozen=True)
class PathCard:
    """A path as one person stands on it."""

    path: Path
    rows: list[LessonRow]
    is_enrolled: bool
    certificate: Certificate | None
    open_attempt: Attempt | None
    outlook: waits.Outlook
    missing: Any = None

    @property
    def done(self) -> int:
        """Lessons finished."""
        return sum(1 for row in self.rows if row.state == "done")

    @property
    def total(self) -> int:
        """Lessons required."""
        return len(self.rows)

    @property
    def percent(self) -> int:
        """Recomputed from facts; never above 100."""
        return 100 * self.done // self.total if self.total else 100

    @property
    def minutes_left(self) -> int:
        """Reading time of what is not finished."""
        return sum(row.lesson.version.minutes for row in self.rows if row.state != "done")

    @property
    def url(self) -> str:
        """The path's page."""
        return reverse("training:path_detail", args=[self.path.code])

    @property
    def is_finished(self) -> bool:
        """Holds the certificate, and not only for a few weeks more."""
        return self.certificate is not None and self.certificate.status == Certificate.Status.VALID

    @property
    def next_row(self) -> LessonRow | None:
        """The first lesson not finished."""
        return next((row for row in self.rows if row.state != "done"), None)

    def next_step(self) -> Step | None:
        """What brings the reader nearer to the certificate, or nothing when it is held."""
        if self.open_attempt:
            url = reverse("training:attempt", args=[self.open_attempt.pk])
            return Step(_("Your exam is under way"), self.path.title, url, _("Go on with the exam"), "clock")
        if self.is_finished:
            return None
        if self.next_row:
            lesson = self.next_row.lesson
            text = _("%(path)s · lesson %(number)s of %(total)s · %(minutes)s minutes") % {
                "path": self.path.title,
                "number": self.rows.index(self.next_row) + 1,
                "total": self.total,
                "minutes": lesson.version.minutes,
            }
            action = _("Read the lesson") if self.done else _("Begin the first lesson")
            return Step(lesson.title, text, self.next_row.url, action, "lesson")
        return self.exam_step()

    def exam_step(self) -> Step | None:
        """The exam, or what stands before it."""
        url = reverse("training:exam_detail", args=[self.path.exam.code])
        if self.missing:
            title = _("First the certificate “%(title)s”") % {"title": self.missing.title}
            way = reverse("training:path_detail", args=[self.missing.path.code])
            return Step(title, _("The exam of this path asks for it."), way, _("See how to earn it"), "lock")
        if not self.outlook.may_start:
            return Step(
                _("Read again what was weak"), _("The exam opens again soon."), url, _("See when"), "clock"
            )
        text = _("%(n)s questions, %(minutes)s minutes. All lessons are finished.") % {
            "n": self.path.exam.size,
            "minutes": self.path.exam.minutes,
        }
        return Step(
            _("Take the exam “%(path)s”") % {"path": self.path.title}, text, url, _("See the exam"), "school"
        )


class Standing:
    """Where one person stands on every path; a fixed number of queries, whatever the number of rows."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def paths(self) -> list[Path]:
        """Published paths with their lessons."""
        visible = Path.objects.visible_to(self.user).for_list()
        return list(
            visible.select_related("template__requires__path").prefetch_related("items__lesson__version")
        )

    @cached_property
    def finished(self) -> set[Any]:
        """Keys of finished lessons."""
        return set(LessonProgress.objects.filter(user=self.user).values_list("lesson", flat=True))

    @cached_property
    def waived(self) -> set[Any]:
        """Keys of lessons that a placement test waived."""
        rows = LessonProgress.objects.filter(user=self.user, is_waived=True)
        return set(rows.values_list("lesson", flat=True))

    @cached_property
    def enrolled(self) -> dict[Any, datetime]:
        """Paths taken up, and when."""
        return dict(Enrolment.objects.visible_to(self.user).values_list("path", "created_at"))

    @cached_property
    def certificates(self) -> dict[Any, Certificate]:
        """The valid certificate of each template that lasts longest."""
        mine = Certificate.objects.filter(user=self.user).valid().for_list().order_by("valid_until")
        return {certificate.template_id: certificate for certificate in mine}

    @cached_property
    def attempts(self) -> dict[Any, list[Attempt]]:
        """Attempts by exam."""
        found: dict[Any, list[Attempt]] = defaultdict(list)
        for attempt in Attempt.objects.visible_to(self.user).for_list():
            found[attempt.exam_id].append(attempt)
        return found

    @cached_property
    def cards(self) -> list[PathCard]:
        """One card for each path."""
        return [self.card(path) for path in self.paths]

    def card(self, path: Path) -> PathCard:
        """The path as the person stands on it."""
        exam, attempts = path.exam, self.attempts[path.exam.pk]
        tries = [waits.Try(a.started_at, a.submitted_at, bool(a.passed)) for a in attempts if a.submitted_at]
        required = path.template.requires
        return PathCard(
            path=path,
            rows=self.rows(path),
            is_enrolled=path.pk in self.enrolled,
            certificate=self.certificates.get(path.template.pk),
            open_attempt=next((a for a in attempts if a.state == Attempt.State.OPEN), None),
            outlook=waits.outlook(
                tries,
                now=clock.now(),
                per_window=exam.attempts_per_window,
                window_days=exam.window_days,
                wait_hours=exam.wait_hours,
            ),
            missing=required if required and required.pk not in self.certificates else None,
        )

    def rows(self, path: Path) -> list[LessonRow]:
        """Required lessons in order; the first open one is the present one."""
        rows, is_next = [], True
        for item in path.items.all():
            if not item.is_required or not item.lesson.is_active:
                continue
            is_done = item.lesson_id in self.finished
            state = "done" if is_done else "current" if is_next else "todo"
            is_next = is_next and is_done
            url = reverse("training:lesson_detail", args=[item.lesson.code])
            waived = item.lesson_id in self.waived
            rows.append(LessonRow(item.lesson, state, f"{url}?path={path.code}", waived))
        return rows


@dataclass(frozen=True)
class MyLearning:
    """The page “My learning”."""

    next: Step | None
    cards: list[PathCard]
    rights: list[RightRow]
    certificates: list[Certificate] = field(default_factory=list)
    ahead: "Ahead | None" = None
    due: int = 0


@dataclass(frozen=True)
class Ahead:
    """What the certificate nearest to hand would let one do."""

    title: str
    acts: list[Any]
    path: str
    url: str
    minutes: int


def ahead_of(standing: Standing, rights: list[RightRow]) -> Ahead | None:
    """Of the paths to a right not held yet: one taken up first, then the shortest that stands open."""
    lacking = {row.code for row in rights if not row.is_held}
    cards = [card for card in standing.cards if card.path.template.right in lacking and card.missing is None]
    if not cards:
        return None
    card = min(cards, key=lambda each: (not each.is_enrolled, each.minutes_left))
    template = card.path.template
    minutes = card.minutes_left + card.path.exam.minutes
    return Ahead(template.title, ACTS[template.right], card.path.title, card.url, minutes)


def my_learning(user: User) -> MyLearning:
    """The next step, what one may do, and every path."""
    standing, rights = Standing(user), rights_of(user)
    return MyLearning(
        next=next_step(standing),
        cards=standing.cards,
        rights=rights,
        certificates=list(standing.certificates.values()),
        ahead=ahead_of(standing, rights),
        due=RecallCard.objects.visible_to(user).due().count(),
    )


def next_step(standing: Standing) -> Step | None:
    """An exam under way first, then the path taken up last; nothing before one is chosen."""
    under_way = next((card for card in standing.cards if card.open_attempt), None)
    if under_way:
        return under_way.next_step()
    mine = [card for card in standing.cards if card.is_enrolled and not card.is_finished]
    mine.sort(key=lambda card: standing.enrolled[card.path.pk], reverse=True)
    steps = (card.next_step() for card in mine)
    return next((step for step in steps if step), None)


def way_to(right_code: str, user: User) -> list[PathCard]:
    """The paths to a right in order, the required ones first; those finished stay in the list."""
    standing = Standing(user)
    cards = {card.path.template.pk: card for card in standing.cards}
    target = next((card for card in standing.cards if card.path.template.right == right_code), None)
    way: list[PathCard] = []
    while target and target not in way:
        way.insert(0, target)
        required = target.path.template.requires
        target = cards.get(required.pk) if required else None
    return way


def shortest_way_to(right_code: str, user: User) -> tuple[str, str]:
    """Title and address of the next step towards a right; used where a refusal offers its remedy."""
    for card in way_to(right_code, user):
        step = card.next_step()
        if step and (card.certificate is None or card.path.template.right == right_code):
            return step.title, step.url
    return _("My learning"), reverse("training:home")


def waiting_for(user: User) -> list[Waiting]:
    """Exams under way, the next step on a path taken up, certificates that expire soon."""
    standing, found = Standing(user), []
    for card in standing.cards:
        step = card.next_step()
        if step is None or not (card.is_enrolled or card.open_attempt):
            continue
        if card.next_row is None and not card.open_attempt and not card.outlook.may_start:
            continue
        since = card.open_attempt.started_at if card.open_attempt else standing.enrolled[card.path.pk]
        detail = card.path.title if card.open_attempt else step.text
        found.append(
            Waiting(
                step.title,
                detail,
                step.url,
                since,
                step.action,
                step.icon,
                urgent=bool(card.open_attempt),
                can_wait=not card.open_attempt,
            )
        )
    for certificate in standing.certificates.values():
        if certificate.valid_until <= clock.now() + SOON:
            found.append(expiring(certificate))
    return [*found, *offered(user)]


@dataclass(frozen=True)
class Stuck:
    """A learner who does not get on, and why."""

    user: User
    path: Path
    reason: str
    since: datetime


@dataclass(frozen=True)
class Tally:
    """One certificate in figures."""

    title: str
    valid: int
    expiring: int
    learners: int


def tallies() -> list[Tally]:
    """Holders, soon expiring and learners of each path."""
    valid = Counter(Certificate.objects.valid().values_list("template", flat=True))
    soon = Counter(Certificate.objects.expiring().values_list("template", flat=True))
    learners = Counter(Enrolment.objects.values_list("path", flat=True))
    return [
        Tally(path.template.title, valid[path.template.pk], soon[path.template.pk], learners[path.pk])
        for path in Path.objects.filter(is_active=True).for_list()
    ]


def stuck_learners(limit: int = 20) -> list[Stuck]:
    """
    Without a valid certificate: two failed attempts in thirty days, or never certified and silent for two weeks.
    """
    now = clock.now()
    holders = set(Certificate.objects.valid().values_list("user", "template__path"))
    kept = Certificate.objects.filter(
        revoked_at__isnull=True
    )  # also expired ones: they are renewed, not stuck
    passed_once = set(kept.values_list("user", "template__path"))
    failures = Counter(
        Attempt.objects.filter(passed=False, started_at__gt=now - FAILING).values_list("user", "exam__path")
    )
    lately = dict(LessonProgress.objects.values_list("user").annotate(last=Max("created_at")))
    tried = dict(Attempt.objects.values_list("user").annotate(last=Max("started_at")))
    found = []
    for enrolment in Enrolment.objects.select_related("user", "path"):
        key = (enrolment.user_id, enrolment.path_id)
        moments = [enrolment.created_at, lately.get(enrolment.user_id), tried.get(enrolment.user_id)]
        last = max(moment for moment in moments if moment)
        if key in holders or not enrolment.user.is_active:
            continue
        if failures[key] >= 2:
            reason = _("%(n)s failed attempts in 30 days") % {"n": failures[key]}
        elif last < now - SILENT and key not in passed_once:
            reason = _("Nothing done for %(n)s days") % {"n": (now - last).days}
        else:
            continue
        found.append(Stuck(enrolment.user, enrolment.path, reason, last))
    return sorted(found, key=lambda each: each.since)[:limit]
