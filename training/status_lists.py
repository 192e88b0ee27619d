"""
The state of badges as W3C Bitstring Status Lists 1.0: one bit per badge, 1 for taken back, in a list that all badges share.

Whoever asks for a list learns nothing about which badge they hold: its place in the list is drawn by lot when it is first shared.
"""

import base64
import gzip
import json
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Max

from portal.core import clock
from training import badges
from training.badges import STATUS_SIZE as SIZE, status_url as url
from training.models import Certificate

FRESH, VALID = timedelta(minutes=5), timedelta(days=1)
CONTEXT = ["https://www.w3.org/ns/credentials/v2"]


def count() -> int:
    """How many lists there are; none before the first badge was shared."""
    last = Certificate.objects.aggregate(last=Max("status_index"))["last"]
    return 0 if last is None else last // SIZE + 1


def bits(number: int) -> bytes:
    """The list itself: the first place is the highest bit of the first byte."""
    start, raw = (number - 1) * SIZE, bytearray(SIZE // 8)
    gone = Certificate.objects.filter(
        status_index__gte=start, status_index__lt=start + SIZE, revoked_at__isnull=False
    )
    for index in gone.values_list("status_index", flat=True):
        byte, bit = divmod((index or 0) - start, 8)
        raw[byte] |= 0x80 >> bit
    return bytes(raw)


def encoded(raw: bytes) -> str:
    """GZIP, then base64url without padding, with the `u` that names this writing (multibase)."""
    return "u" + base64.urlsafe_b64encode(gzip.compress(raw, mtime=0)).decode().rstrip("=")


def credential(number: int, since: datetime) -> dict[str, Any]:
    """The BitstringStatusListCredential of one list, by the issuer of the badges."""
    return {
        "@context": CONTEXT,
        "id": url(number),
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": badges.issuer()["id"],
        "validFrom": badges.moment(since),
        "validUntil": badges.moment(since + VALID),
        "credentialSubject": {
            "id": f"{url(number)}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(bits(number)),
            "ttl": int(FRESH.total_seconds()) * 1000,
        },
    }


def payload(number: int) -> bytes:
    """As signed; the same for five minutes unless a badge is taken back, so that caches can keep it."""
    since = datetime.fromtimestamp(
        clock.now().timestamp() // FRESH.total_seconds() * FRESH.total_seconds(), tz=clock.now().tzinfo
    )
    whole = credential(number, since)
    claims = {
        "iss": whole["issuer"],
        "jti": whole["id"],
        "sub": whole["credentialSubject"]["id"],
        "nbf": int(since.timestamp()),
        "exp": int((since + VALID).timestamp()),
    }
    return json.dumps({**whole, **claims}, sort_keys=True).encode()
