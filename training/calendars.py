"""Office hours as a calendar (RFC 5545): one of them, or those somebody holds or comes to."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from projects.selectors.calendars import escaped, folded
from training.models import OfficeHour

BACK, MOST = timedelta(days=60), 300


def moment(at: datetime) -> str:
    """In universal time, so that every calendar shows it in its own zone."""
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def event(hour: OfficeHour, base: str) -> list[str]:
    """One session; a cancelled one says so, and a change has a higher sequence."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:office-hour-{hour.pk}@agora",
        f"DTSTAMP:{moment(clock.now())}",
        f"DTSTART:{moment(hour.starts_at)}",
        f"DTEND:{moment(hour.ends_at)}",
        f"SEQUENCE:{hour.revision}",
        f"STATUS:{'CANCELLED' if hour.cancelled_at else 'CONFIRMED'}",
        f"SUMMARY:{escaped(_('Office hour: %(title)s') % {'title': hour.title})}",
        f"DESCRIPTION:{escaped(_('With %(host)s.') % {'host': hour.host})} {escaped(hour.text)}".rstrip(),
        f"URL:{base}{reverse('training:office_hour_detail', args=[hour.pk])}",
    ]
    where = ", ".join(each for each in (hour.place, hour.link) if each)
    if where:
        lines.append(f"LOCATION:{escaped(where)}")
    return [*lines, "END:VEVENT"]


def calendar(hours: Iterable[OfficeHour], base: str) -> str:
    """The whole file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Agora//Office hours//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Agora",
    ]
    for hour in hours:
        lines += event(hour, base)
    return "".join(folded(line) + "\r\n" for line in [*lines, "END:VCALENDAR"])


def hours_of(user: User) -> list[OfficeHour]:
    """Those somebody holds or comes to, with the last two months, so that a calendar also drops what is cancelled."""
    rows = OfficeHour.objects.visible_to(user).filter(ends_at__gt=clock.now() - BACK)
    mine = rows.filter(Q(host=user) | Q(seats__user=user)).distinct()
    return list(mine.select_related("host").order_by("starts_at", "id")[:MOST])
