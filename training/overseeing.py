"""How learners get on, for community leads: figures of certificates, and who is stuck."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from training.models import Attempt, Certificate, Enrolment, LessonProgress, Path

FAILING, SILENT = timedelta(days=30), timedelta(days=14)


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
    Without a valid certificate: at least two failed attempts in thirty days; or never certified and nothing
    done for two weeks.

    Longest first.
    """
    now = clock.now()
    holders = set(Certificate.objects.valid().values_list("user", "template__path"))
    # An expired certificate is renewed, and its holder was told so: whoever got there once is not stuck on the way.
    passed_once = set(
        Certificate.objects.filter(revoked_at__isnull=True).values_list("user", "template__path")
    )
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
        if failures[key] >= 2:  # also of those who renew
            reason = _("%(n)s failed attempts in 30 days") % {"n": failures[key]}
        elif last < now - SILENT and key not in passed_once:
            reason = _("Nothing done for %(n)s days") % {"n": (now - last).days}
        else:
            continue
        found.append(Stuck(enrolment.user, enrolment.path, reason, last))
    return sorted(found, key=lambda each: each.since)[:limit]
