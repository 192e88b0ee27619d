"""Keys for programs: made once, shown once, kept as a hash."""

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import ApiToken, User
from portal.core.services import audit

MARK = "agora_"
LONGEST_DAYS = 90


def digest(secret: str) -> str:
    """SHA-256 of a token; the token itself has 256 random bits, so no salt is needed."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def create(*, name: str, scope: str, days: int, by: User) -> tuple[ApiToken, str]:
    """Make a token of one's own for 1 to 90 days; returns it with its secret, which is never shown again."""
    if not 1 <= days <= LONGEST_DAYS:
        raise ValidationError(
            {"days": _("A token lasts between 1 and %(days)s days.") % {"days": LONGEST_DAYS}}
        )
    secret = MARK + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=by,
        name=name,
        scope=scope,
        prefix=secret[:12],
        digest=digest(secret),
        expires_at=clock.now() + timedelta(days=days),
    )
    audit.record("token.created", token, by=by, scope=scope, days=days)
    return token, secret


@transaction.atomic
def revoke(token: ApiToken, *, by: User) -> None:
    """End a token of one's own at once."""
    changed = (
        ApiToken.objects.visible_to(by)
        .filter(pk=token.pk, revoked_at__isnull=True)
        .update(revoked_at=clock.now())
    )
    if changed:
        audit.record("token.revoked", token, by=by)


def find(secret: str) -> ApiToken | None:
    """The valid token with this secret, its use noted to the minute, or nothing."""
    now = clock.now()
    token = (
        ApiToken.objects.select_related("user")
        .filter(digest=digest(secret), revoked_at__isnull=True, expires_at__gt=now, user__is_active=True)
        .first()
    )
    if token and (token.last_used_at is None or now - token.last_used_at > timedelta(minutes=1)):
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
    return token
