"""A person's calendar address: made, used, revoked."""

import hashlib
import secrets

from django.db import transaction

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import rules
from projects.models import CalendarFeed

Kind = CalendarFeed.Kind


def digest(secret: str) -> str:
    """SHA-256 of 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def renew(*, kind: str = Kind.DEADLINES, by: User) -> tuple[CalendarFeed, str]:
    """A new address, shown once; an older one ends at once."""
    require(rules.saved_views.may_have_calendar(by))
    CalendarFeed.objects.visible_to(by).of_kind(kind).valid().update(revoked_at=clock.now())
    secret = secrets.token_urlsafe(32)
    feed = CalendarFeed.objects.create(user=by, kind=kind, digest=digest(secret))
    audit.record("calendar.opened", feed, by=by)
    return feed, secret


@transaction.atomic
def revoke(*, kind: str = Kind.DEADLINES, by: User) -> None:
    """End the address at once."""
    require(rules.saved_views.may_have_calendar(by))
    feed = CalendarFeed.objects.visible_to(by).of_kind(kind).valid().first()
    if feed is None:
        return
    feed.revoked_at = clock.now()
    feed.save(update_fields=["revoked_at"])
    audit.record("calendar.closed", feed, by=by)


def reader(secret: str, kind: str = Kind.DEADLINES) -> User | None:
    """Whose calendar this is, the use noted to the hour; nothing for an address that does not count."""
    feed = (
        CalendarFeed.objects.of_kind(kind)
        .valid()
        .select_related("user")
        .filter(digest=digest(secret))
        .first()
    )
    if feed is None:
        return None
    hour = clock.now().replace(minute=0, second=0, microsecond=0)
    if feed.last_used_at is None or feed.last_used_at < hour:
        CalendarFeed.objects.filter(pk=feed.pk).update(last_used_at=clock.now())
    return feed.user
