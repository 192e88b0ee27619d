"""Giving and taking back rights."""

from datetime import datetime

from django.db import transaction

from portal.core import clock
from portal.core.models import Credential, User
from portal.core.services import audit


@transaction.atomic
def grant(
    *, user: User, code: str, source: str, valid_from: datetime, valid_until: datetime | None, by: User | None
) -> Credential:
    """
    Give a right for a stamped time. Safe to call twice: the same source grants once.

    Callers are services of upper storeys that have checked the evidence (a certificate won).
    """
    credential, is_new = Credential.objects.get_or_create(
        user=user, code=code, source=source, defaults={"valid_from": valid_from, "valid_until": valid_until}
    )
    if is_new:
        audit.record("credential.granted", credential, by=by, user=user.pk, code=code, source=source)
    return credential


@transaction.atomic
def revoke(credential: Credential, *, reason: str, by: User | None) -> None:
    """Take a right back from now on; what was done under it stays valid."""
    changed = Credential.objects.filter(pk=credential.pk, revoked_at__isnull=True).update(
        revoked_at=clock.now(), revoked_reason=reason
    )
    if changed:
        audit.record("credential.revoked", credential, by=by, reason=reason)


def holds(user: User, code: str) -> bool:
    """Whether the person may use this right now. Asked afresh each time: revocation counts at once."""
    return user.is_active and Credential.objects.valid().filter(user=user, code=code).exists()
