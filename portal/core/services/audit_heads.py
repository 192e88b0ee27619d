"""Heads of the audit trail, kept signed in a file outside the database: they betray a trail that was cut or rewritten."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.core.signing import BadSignature, Signer

from portal.core.models import AuditEvent


class BadHead(Exception):
    """A line of the file is not a head this portal signed; the text says which."""


def place() -> Path:
    """The file beside the database."""
    return Path(settings.VAR) / "audit_heads.jsonl"


def signer() -> Signer:
    """Signs with the portal's secret key."""
    return Signer(salt="agora.audit.head")


def export() -> None:
    """Append the newest event's number and hash, signed; nothing when nothing is new."""
    last = AuditEvent.objects.order_by("-seq").first()
    if last is None or last.seq == newest(place()):
        return
    line = {
        "seq": last.seq,
        "hash": last.hash,
        "at": datetime.now(UTC).isoformat(),
        "signature": signer().signature(f"{last.seq}:{last.hash}"),
    }
    with place().open("ab+") as heads:
        heads.truncate(whole_bytes(heads))
        heads.write(json.dumps(line).encode() + b"\n")


def whole_bytes(heads: BinaryIO) -> int:
    """Up to where the file holds whole lines; a crash may have cut the last one."""
    heads.seek(0, 2)
    size = heads.tell()
    heads.seek(max(0, size - 1000))
    tail = heads.read()
    return size - (len(tail) - 1 - tail.rfind(b"\n"))


def newest(path: Path) -> int:
    """The number of the last head in the file; 0 without one. A line cut by a crash counts as none."""
    try:
        with path.open("rb") as heads:
            end = whole_bytes(heads)
            heads.seek(max(0, end - 1000))
            return int(json.loads(heads.read().rpartition(b"\n")[0].splitlines()[-1])["seq"])
    except (OSError, ValueError, LookupError, TypeError):
        return 0


def read(path: Path) -> list[tuple[int, str]]:
    """
    The heads of a file as (number, hash).

    A last line without its end was cut by a crash and is left out. Raises `BadHead` for any
    other line that this portal did not write, `OSError` when the file cannot be read.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    whole, _, _ = text.rpartition("\n")
    found = []
    for number, line in enumerate(whole.splitlines(), start=1):
        try:
            head = json.loads(line)
            seq, digest = int(head["seq"]), str(head["hash"])
            signer().unsign(f"{seq}:{digest}:{head['signature']}")
        except (ValueError, LookupError, TypeError, BadSignature):
            raise BadHead(f"{path}:{number} is not a head that this portal signed.") from None
        found.append((seq, digest))
    return found


def known() -> list[tuple[int, str]]:
    """The heads of this portal; none before the first export."""
    return read(place()) if place().exists() else []
