"""What a page of the floor gathers from several tables."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext, gettext_lazy as _, gettext_noop as N_

from portal.core import clock, filestore
from portal.core.duties import MEANING, Duty
from portal.core.models import AuditEvent, Credential, Job, OrgUnit, User
from portal.core.rules import may_read_job_label

WALLS = {
    "bwrap": (_("Strong: own file system, no network"), "green"),
    "unshare": (_("Middle: no network"), "yellow"),
    "limits": (_("Basic: time and memory limits only"), "orange"),
}


@dataclass(frozen=True)
class ProfilePage:
    """Duties and rights of one person."""

    duties: list[tuple[Any, Any]]
    credentials: list[Credential]
    now: datetime


def profile_page(user: User) -> ProfilePage:
    """What a person holds."""
    duties = [(Duty(code).label, MEANING[code]) for code in sorted(user.duties) if code in Duty.values]
    return ProfilePage(duties, list(Credential.objects.visible_to(user)), clock.now())


def directory(user: User, *, q: str = "", unit: OrgUnit | None = None, duty: str = "") -> QuerySet[User]:
    """Active people who match; a unit includes the units below it."""
    found = User.objects.visible_to(user).active().filter(is_service=False).for_list()
    for word in q.split():
        found = found.filter(
            Q(display_name__icontains=word) | Q(job_title__icontains=word) | Q(email__icontains=word)
        )
    if unit:
        found = found.filter(unit__path__startswith=unit.path)
    if duty:
        found = found.filter(groups__name=duty)
    return found


@dataclass(frozen=True)
class Queue:
    """What waits and runs in one queue."""

    label: Any
    waiting: int
    running: int
    oldest: datetime | None


@dataclass(frozen=True)
class SystemPage:
    """What an IT engineer looks at first."""

    database: str
    database_size: str
    journal: str
    files: str
    files_answer: bool
    broker: str
    queues: list[Queue]
    workers: int
    last_finished: datetime | None
    wall: tuple[Any, str] | None
    states: list[tuple[Any, int, str, str]]
    failed: list[tuple[Job, str]]
    people: int
    events: int

    @property
    def is_waited_for(self) -> bool:
        """Whether a job waits in any queue."""
        return any(each.oldest for each in self.queues)


def system_page(user: User) -> SystemPage:
    """Ask the database, never the broker: a frozen broker must not hang this page."""
    by_state = {
        row["state"]: row["n"] for row in Job.objects.order_by().values("state").annotate(n=Count("pk"))
    }
    running = Job.objects.filter(state=Job.State.RUNNING, lease_until__gt=clock.now())
    walls = Job.objects.exclude(isolation="").order_by("-created_at").values_list("isolation", flat=True)
    finished = Job.objects.filter(finished_at__isnull=False).order_by("-finished_at")
    return SystemPage(
        database=database_name(),
        database_size=size(),
        journal=journal(),
        files=settings.S3_BUCKET,
        files_answer=filestore.answers(),
        broker=settings.BROKER_URL.split("://")[0],
        queues=[queue(code, label) for code, label in Job.Queue.choices],
        workers=running.count(),
        last_finished=finished.values_list("finished_at", flat=True).first(),
        wall=WALLS.get(walls.first() or ""),
        states=[
            (state.label, by_state.get(state.value, 0), Job.COLORS[state.value], state.value)
            for state in Job.State
        ],
        failed=[
            (job, job_label(user, job))
            for job in Job.objects.filter(state=Job.State.FAILED).select_related("owner")[:5]
        ],
        people=User.objects.active().count(),
        events=AuditEvent.objects.count(),
    )


def queue(code: str, label: Any) -> Queue:
    """Figures of one queue."""
    figures = Job.objects.filter(queue=code).aggregate(
        waiting=Count("pk", filter=Q(state=Job.State.QUEUED)),
        running=Count("pk", filter=Q(state=Job.State.RUNNING)),
        oldest=Min("created_at", filter=Q(state=Job.State.QUEUED)),
    )
    return Queue(label, figures["waiting"], figures["running"], figures["oldest"])


def database_name() -> str:
    """Product and version."""
    version = ".".join(str(part) for part in connection.get_database_version())
    return f"{connection.display_name} {version}"


def size() -> str:
    """How much the database holds, in words."""
    if connection.vendor == "sqlite":
        path = Path(str(connection.settings_dict["NAME"]))
        count = path.stat().st_size if path.exists() else 0
    else:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            count = cursor.fetchone()[0]
    return f"{count / 1_000_000:.1f} MB"


def journal() -> str:
    """How SQLite writes; nothing elsewhere."""
    if connection.vendor != "sqlite":
        return ""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        return str(cursor.fetchone()[0]).upper()


def job_label(user: User, job: Job) -> str:
    """What a piece of work is for, or only its kind for those who need not know."""
    if may_read_job_label(user, job):
        return job.label
    return gettext(settings.JOB_NAMES.get(job.kind, N_("Background work")))
