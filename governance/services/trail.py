"""Verifying and exporting the audit trail on request of a person."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_noop as N_

from governance.selectors import as_of
from governance.selectors.trail import Subject, events_of
from governance.services.batches import safe_cell
from portal.core import clock
from portal.core.models import AuditEvent, User
from portal.core.rules import may_read_audit
from portal.core.services import audit, audit_heads
from portal.core.services.audit import Verification
from portal.core.verdicts import require

FIELDS = (
    "seq", "at", "actor_id", "actor", "verb", "target_type", "target_id", "target", "details", "previous_hash", "hash",
)  # fmt: skip
FORMATS = {"csv": "text/csv", "jsonl": "application/x-ndjson"}


def verify(*, by: User) -> Verification:
    """
    Recompute every hash and compare with the heads exported earlier.

    That somebody did so is an event of its own. A file of heads that this portal did not sign
    makes the trail unsound: whoever changes one may have changed the other.
    """
    require(may_read_audit(by))
    try:
        checked = audit.verify(audit_heads.known())
    except audit_heads.BadHead:
        problem = N_("the file of exported heads was changed")
        checked = replace(audit.verify(), sound=False, problem=problem)
    last = AuditEvent.objects.first()
    if last:
        audit.record(
            "audit.verified",
            last,
            by=by,
            sound=checked.sound,
            count=checked.count,
            broken_at=checked.broken_at,
        )
    return checked


def export(found: "QuerySet[AuditEvent]", kind: str, asked: dict[str, Any], *, by: User) -> Iterator[str]:
    """
    The events of a filter, the oldest first, line by line as "csv" or "jsonl".

    JSON lines hold every field the hash is made of, so that the chain can be verified elsewhere;
    cells of the CSV are no formulas. That it was exported, and with which filter, is recorded first.
    """
    require(may_read_audit(by))
    last = AuditEvent.objects.first()
    end = last.seq if last else 0
    if last:
        audit.record("audit.exported", last, by=by, format=kind, filter=asked, count=found.count())
    rows = found.filter(seq__lte=end).order_by("seq").values_list(*FIELDS).iterator(chunk_size=2000)
    return csv_lines(rows) if kind == "csv" else json_lines(rows)


@transaction.atomic
def export_subject(subject: Subject, what: str, kind: str, day: date | None, *, by: User) -> Iterator[str]:
    """
    The timeline of one thing ("timeline"), the oldest first, or its state at the end of a day ("state"), as a file.

    With a day the timeline ends there. That it was exported is recorded on the thing first.
    """
    require(may_read_audit(by))
    asked = {
        "format": kind,
        "what": what,
        "on": str(day or ""),
        "subject": f"{subject.kind} {subject.thing.pk}",
    }
    rows = list(as_of.state_on(subject.thing, day or clock.today())) if what == "state" else []
    events = events_of(subject, day)
    end = AuditEvent.objects.values_list("seq", flat=True).first() or 0
    audit.record("audit.exported", subject.thing, by=by, **asked, count=len(rows) or events.count())
    if what == "state":
        return state_lines(subject, rows, kind, day or clock.today())
    told = events.filter(seq__lte=end).order_by("seq").values_list(*FIELDS).iterator(chunk_size=2000)
    return csv_lines(told) if kind == "csv" else json_lines(told)


STATE_FIELDS = ("on", "kind", "key", "subject", "fact", "label", "value")


def state_lines(subject: Subject, facts: list[as_of.Fact], kind: str, day: date) -> Iterator[str]:
    """A line for each value of each fact; a fact without one has an empty value."""
    if kind == "csv":
        yield csv_line(STATE_FIELDS)
    first = (day.isoformat(), subject.kind, str(subject.thing.pk), subject.label)
    for fact in facts:
        for value in fact.values or [""]:
            cells = (*first, fact.code, fact.label, value)
            if kind == "csv":
                yield csv_line([safe_cell(each) for each in cells])
            else:
                yield json.dumps(dict(zip(STATE_FIELDS, cells, strict=True)), ensure_ascii=False) + "\n"


def csv_lines(rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """A heading and a line for each event."""
    yield csv_line(FIELDS)
    for row in rows:
        told = dict(zip(FIELDS, row, strict=True))
        told["at"] = told["at"].isoformat()
        told["details"] = json.dumps(told["details"], ensure_ascii=False)
        yield csv_line(["" if value is None else safe_cell(str(value)) for value in told.values()])


def csv_line(cells: Any) -> str:
    """One line with its end."""
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def json_lines(rows: Iterator[tuple[Any, ...]]) -> Iterator[str]:
    """One object for each event."""
    for row in rows:
        told = dict(zip(FIELDS, row, strict=True))
        told["at"] = told["at"].isoformat()
        yield json.dumps(told, ensure_ascii=False) + "\n"
