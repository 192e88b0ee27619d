"""Giving a badge its place in the public lists of states."""

import secrets

from django.db import IntegrityError, transaction

from training.badges import STATUS_SIZE as SIZE
from training.models import Certificate


def drawn() -> int:
    """A place by lot that tells neither order nor person; a list more than half full is joined by another one."""
    taken = Certificate.objects.filter(status_index__isnull=False).count()
    return secrets.randbelow(SIZE * (1 + taken // (SIZE // 2)))


def give_place(certificate: Certificate) -> int:
    """
    The place of this badge for ever, drawn when it has none.

    Two badges that draw the same at the same moment: the database lets one through, the other draws again.
    """
    rows = Certificate.objects.filter(pk=certificate.pk)
    certificate.refresh_from_db(fields=["status_index"])
    while certificate.status_index is None:
        try:
            with transaction.atomic():
                rows.filter(status_index__isnull=True).update(status_index=drawn())
        except IntegrityError:
            continue
        certificate.refresh_from_db(fields=["status_index"])
    return certificate.status_index
