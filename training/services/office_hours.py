"""Holding office hours: planning, changing, cancelling; taking and giving back a seat."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from training import hour_rules as rules
from training.models import OfficeHour, OfficeSeat
from training.models.office_hours import LONGEST, MOST_SEATS, SHORTEST
from training.services.community import checked

FARTHEST = timedelta(days=366)
LONGEST_TITLE, LONGEST_TEXT, LONGEST_PLACE, LONGEST_WISH, LONGEST_REASON = 120, 2000, 120, 500, 300


@transaction.atomic
def plan(
    *,
    title: str,
    starts_at: datetime,
    minutes: int,
    place: str = "",
    link: str = "",
    text: str = "",
    capacity: int = 10,
    by: User,
) -> OfficeHour:
    """
    Invite to an office hour at a place, over a link, or both.

    Raises `ValidationError` at the field for a moment that is past or more than a year away, a length out
    of bounds, neither place nor link, or a link that is not https.
    """
    require(rules.may_host(by))
    fields = sound(title, starts_at, minutes, place, link, text, capacity)
    hour = OfficeHour.objects.create(host=by, **fields)
    audit.record("office_hour.planned", hour, by=by, starts_at=hour.starts_at, capacity=capacity)
    return hour


@transaction.atomic
def change(
    hour: OfficeHour,
    *,
    title: str,
    starts_at: datetime,
    minutes: int,
    place: str = "",
    link: str = "",
    text: str = "",
    capacity: int = 10,
    by: User,
) -> OfficeHour:
    """Change it; those who come are told when it moved. Nobody loses a seat by fewer seats."""
    held = OfficeHour.objects.select_for_update(of=("self",)).get(pk=hour.pk)
    require(rules.may_change(by, held))
    fields = sound(title, starts_at, minutes, place, link, text, capacity)
    moved = any(getattr(held, name) != fields[name] for name in ("starts_at", "ends_at", "place", "link"))
    for name, value in {**fields, "revision": held.revision + 1}.items():
        setattr(held, name, value)
    held.save()
    audit.record("office_hour.changed", held, by=by, starts_at=held.starts_at, moved=moved)
    if moved:
        tell(held, N_("The office hour “%(title)s” has moved"), by=by)
    return held


def sound(
    title: str, starts_at: datetime, minutes: int, place: str, link: str, text: str, capacity: int
) -> dict[str, Any]:
    """The fields of a row, or every field that is wrong with what to do."""
    place, link, text = place.strip(), link.strip(), text.strip()
    endless = _("Use %(n)s characters or fewer.")
    checks = {
        "starts_at": (
            clock.now() < starts_at <= clock.now() + FARTHEST,
            _("Choose a moment from now on, within a year."),
        ),
        "minutes": (
            SHORTEST <= minutes <= LONGEST,
            _("Choose %(least)s to %(most)s minutes.") % {"least": SHORTEST, "most": LONGEST},
        ),
        "capacity": (1 <= capacity <= MOST_SEATS, _("Offer 1 to %(most)s seats.") % {"most": MOST_SEATS}),
        "text": (len(text) <= LONGEST_TEXT, endless % {"n": LONGEST_TEXT}),
        "link": (not link or is_link(link), _("Give a whole address that begins with https://.")),
        "place": (bool(place or link), _("Give a place, a link, or both.")),
    }
    if len(place) > LONGEST_PLACE:
        checks["place"] = (False, endless % {"n": LONGEST_PLACE})
    if wrong := {name: words for name, (is_right, words) in checks.items() if not is_right}:
        raise ValidationError(wrong)
    return {
        "title": checked("title", title, LONGEST_TITLE),
        "text": text,
        "starts_at": starts_at,
        "ends_at": OfficeHour.end(starts_at, minutes),
        "place": place,
        "link": link,
        "capacity": capacity,
    }


def is_link(link: str) -> bool:
    """An https address of sensible length."""
    try:
        URLValidator(schemes=["https"])(link)
    except ValidationError:
        return False
    return len(link) <= 300 and bool(urlsplit(link).hostname)  # noqa: PLR2004


@transaction.atomic
def cancel(hour: OfficeHour, *, reason: str, by: User) -> OfficeHour:
    """Cancel it with a reason; those who come, and the host, are told. Safe to repeat: the second is refused."""
    held = OfficeHour.objects.select_for_update(of=("self",)).get(pk=hour.pk)
    require(rules.may_cancel(by, held))
    reason = checked("reason", reason, LONGEST_REASON)
    held.cancelled_at, held.cancelled_reason, held.revision = clock.now(), reason, held.revision + 1
    held.save(update_fields=["cancelled_at", "cancelled_reason", "revision"])
    audit.record("office_hour.cancelled", held, by=by, reason=reason)
    tell(held, N_("The office hour “%(title)s” is cancelled: %(reason)s"), by=by, reason=reason)
    return held


@transaction.atomic
def sit(hour: OfficeHour, *, wish: str = "", by: User) -> OfficeSeat:
    """Take a seat, or change what one wants to ask. Of two who want the last seat one gets it."""
    held = OfficeHour.objects.select_for_update(of=("self",)).get(pk=hour.pk)
    require(rules.may_sit(by, held))
    wish = wish.strip()
    if len(wish) > LONGEST_WISH:
        raise ValidationError({"wish": _("Use %(n)s characters or fewer.") % {"n": LONGEST_WISH}})
    seat, is_new = OfficeSeat.objects.update_or_create(hour=held, user=by, defaults={"wish": wish})
    if is_new:
        audit.record("office_hour.joined", held, by=by)
        url = reverse("training:office_hour_detail", args=[held.pk])
        text = N_("%(person)s comes to your office hour “%(title)s”")
        notices.tell([held.host], text=text, url=url, icon="calendar", by=by, person=by, title=held.title)
    return seat


@transaction.atomic
def leave(hour: OfficeHour, *, by: User) -> None:
    """Give the seat back."""
    require(rules.may_leave(by, hour))
    if OfficeSeat.objects.filter(hour=hour, user=by).delete()[0]:
        audit.record("office_hour.left", hour, by=by)


def tell(hour: OfficeHour, text: str, *, by: User, **more: str) -> None:
    """A word to everybody who comes, and to the host."""
    coming = [seat.user for seat in hour.seats.select_related("user")]
    url = reverse("training:office_hour_detail", args=[hour.pk])
    notices.tell([*coming, hour.host], text=text, url=url, icon="calendar", by=by, title=hour.title, **more)
