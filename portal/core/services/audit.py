"""Writing and verifying the audit trail."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.db.models import Model

from portal.core import clock
from portal.core.models import AuditEvent, User

GENESIS = "0" * 64
PORTAL = "Agora"
# One number for all processes: whoever writes the next link holds this lock until commit.
CHAIN_LOCK = 4_201_001


@transaction.atomic
def record(verb: str, target: Model, /, *, by: User | None, **details: Any) -> AuditEvent:
    """
    Add one event to the trail, in the transaction of the change it tells of.

    `by=None` means the portal itself. `details` must be JSON: ids and figures, old and new
    values. On SQLite the immediate transaction serialises writers, on PostgreSQL a lock does.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    last = AuditEvent.objects.order_by("-seq").only("seq", "hash").first()
    event = AuditEvent(
        seq=last.seq + 1 if last else 1,
        at=clock.now(),
        actor_id=by.pk if by else None,
        actor=by.display_name if by else PORTAL,
        verb=verb,
        target_type=target._meta.label_lower,
        target_id=str(target.pk),
        target=str(target)[:200],
        details=json.loads(json.dumps(details, cls=DjangoJSONEncoder)),
        previous_hash=last.hash if last else GENESIS,
    )
    event.hash = seal(event)
    event.save(force_insert=True)
    return event


def seal(event: AuditEvent) -> str:
    """SHA-256 over the canonical JSON of every field and the hash of the event before."""
    fields = [
        event.seq,
        event.previous_hash,
        event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        event.actor_id,
        event.actor,
        event.verb,
        event.target_type,
        event.target_id,
        event.target,
        event.details,
    ]
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found; `broken_at` is the seq of the first wrong event."""

    sound: bool
    count: int
    head: str
    broken_at: int | None = None
    problem: str = ""


def verify(heads: Iterable[tuple[int, str]] = ()) -> Verification:
    """
    Walk the whole chain and recompute each hash.

    A changed, removed, inserted or reordered event is named. `heads` are (seq, hash) pairs
    exported earlier: they also reveal a cut tail or a chain rewritten from the start.
    """
    expected = dict(heads)
    previous, count = GENESIS, 0
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        problem = link_problem(event, count + 1, previous, expected)
        if problem:
            return Verification(False, count, previous, event.seq, problem)
        previous, count = event.hash, count + 1
    missing = [seq for seq in expected if seq > count]
    if missing:
        return Verification(False, count, previous, min(missing), "events at the end are missing")
    return Verification(True, count, previous)


def link_problem(event: AuditEvent, seq: int, previous: str, expected: dict[int, str]) -> str:
    """What is wrong with one link, or nothing."""
    if event.seq < seq:
        return "it was put in"
    if event.seq > seq:
        return f"event {seq} is missing"
    if event.previous_hash != previous:
        return "it does not follow the event before it"
    if event.hash != seal(event):
        return "its content was changed"
    if expected.get(seq, event.hash) != event.hash:
        return "it differs from the exported head"
    return ""
