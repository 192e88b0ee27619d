"""A person's dates as a calendar (RFC 5545)."""

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from projects.models import GatePlan, KillCriterion, SquadMember, UseCase
from projects.selectors import backlog

BACK = timedelta(days=90)
MOST = 500
LINE = 75


def concerns(user: User) -> Any:
    """Use cases that are this person's to look after: theirs, and those of their squads."""
    squads = SquadMember.objects.current().filter(user=user).values("use_case")
    steered = Q(product_owner=user) | Q(sponsor=user) | Q(submitter=user) | Q(pk__in=squads)
    return UseCase.objects.visible_to(user).filter(steered, phase__in=backlog.OPEN)


def dates(user: User) -> Iterator[tuple[str, date, str, UseCase]]:
    """Key, day, words and use case: planned gates, deadlines of criteria, ends of pauses."""
    mine, since = concerns(user), clock.today() - BACK
    for plan in GatePlan.objects.filter(use_case__in=mine, planned_on__gte=since).select_related("use_case")[
        :MOST
    ]:
        yield (
            f"gate-{plan.pk}",
            plan.planned_on,
            _("%(gate)s: %(title)s") % {"gate": plan.get_gate_display(), "title": plan.use_case},
            plan.use_case,
        )
    pending = KillCriterion.objects.filter(use_case__in=mine, result="pending", deadline__gte=since)
    for each in pending.select_related("use_case")[:MOST]:
        words = _("Measure: %(what)s (%(title)s)") % {"what": each.statement, "title": each.use_case}
        yield f"criterion-{each.pk}", each.deadline, words, each.use_case
    for use_case in mine.filter(held_until__gte=since)[:MOST]:
        words = _("The pause of %(title)s ends") % {"title": use_case}
        yield f"hold-{use_case.pk}", use_case.held_until, words, use_case


def calendar(user: User, base: str) -> str:
    """The whole file."""
    stamp = clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Agora//Backlog//EN",
        "CALSCALE:GREGORIAN",
        "X-WR-CALNAME:Agora",
    ]
    for key, day, words, use_case in dates(user):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{key}@agora",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{escaped(words)}",
            f"URL:{base}/use-cases/{use_case.pk}/",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(folded(line) + "\r\n" for line in lines)


def escaped(text: str) -> str:
    """Text as the format wants it; nothing in a title can begin a line of its own."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return " ".join(text.split())


def folded(line: str) -> str:
    """Lines of at most 75 bytes; the rest follows after a blank."""
    parts, part = [], b""
    for letter in line:
        code = letter.encode()
        if len(part) + len(code) > LINE - bool(parts):
            parts.append(part)
            part = b""
        part += code
    parts.append(part)
    return "\r\n ".join(each.decode() for each in parts)
