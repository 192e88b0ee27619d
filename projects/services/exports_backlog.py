"""The backlog as a file: exactly what the filters show, and no cell that a spreadsheet would run."""

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects import custom_values, rules
from projects.models import CustomField, UseCase
from projects.selectors import backlog, rubrics

MOST = 20_000
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
COLUMNS = (
    "ref", "title", "phase", "phase_since", "product_owner", "sponsor", "unit", "risk_tier", "health", "priority", "value",
    "feasibility", "risk", "confidence", "person_months", "make_or_buy", "ai_kind", "problem", "decides_today", "data_hint",
    "decision_supported", "action_taken", "process", "process_owner", "end_users", "success_metric", "metric_unit",
    "metric_baseline", "metric_target", "people_affected", "rough_benefit", "tags", "held_until", "is_confidential",
    "submitter", "created_at", "external_source", "external_id",
)  # fmt: skip
KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "json": "application/json",
}
Columns = tuple[str, ...]
PEOPLE = ("product_owner", "sponsor", "process_owner", "submitter")


def export(found: Any, *, kind: str, query: str, by: User) -> bytes:
    """What `found` holds, as a file. Raises `ValidationError` for an unknown kind or far too many rows."""
    require(rules.saved_views.may_export(by))
    if kind not in KINDS:
        raise ValidationError({"as": _("Choose CSV, XLSX or JSON.")})
    count = found.count()
    if count > MOST:
        words = _("%(count)s use cases are more than one file takes (%(most)s): narrow the list.")
        raise ValidationError({"as": words % {"count": count, "most": MOST}})
    own = custom_values.active()
    rows = list(records(found, own))
    columns = (*COLUMNS, *(each.key for each in own))
    content = WRITERS[kind](rows, about(query, by, len(rows)) | labels(own), columns)
    audit.record("backlog.exported", by, by=by, kind=kind, query=query[:500], rows=len(rows))
    return content


def records(found: Any, own: list[CustomField]) -> Iterator[dict[str, Any]]:
    """Plain values, one dictionary per use case; people of custom fields by e-mail, in one query."""
    rows = list(
        backlog.with_scores(found).select_related(
            "product_owner", "sponsor", "unit", "submitter", "process_owner", "estimate"
        )
    )
    named = custom_values.people_named(rows, own)
    mails = dict(User.objects.filter(pk__in=named).values_list("pk", "email")) if named else {}
    for use_case in rows:
        yield record(use_case) | {each.key: cell_of(each, use_case, mails) for each in own}


def cell_of(field: CustomField, use_case: UseCase, mails: dict[int, str]) -> Any:
    """One value as a file holds it, so that an import understands it."""
    value = use_case.custom.get(field.key)
    return mails.get(value) if field.kind == CustomField.Kind.PERSON else value


def labels(own: list[CustomField]) -> dict[str, str]:
    """What the columns of the house are called."""
    return {each.key: each.label for each in own}


def record(use_case: UseCase) -> dict[str, Any]:
    """One use case."""
    card = backlog.card_of(use_case)
    found: dict[str, Any] = {}
    for name in COLUMNS:
        if name in PEOPLE:
            person = getattr(use_case, name)
            found[name] = person.email if person else None
        elif name == "unit":
            found[name] = use_case.unit.name if use_case.unit else None
        elif name in ("value", "feasibility", "risk", "confidence"):
            found[name] = getattr(card, name, None)
        elif name == "person_months":
            found[name] = backlog.effort_of(use_case)
        elif name in ("phase_since", "created_at"):
            found[name] = getattr(use_case, name).isoformat(timespec="seconds")
        elif name == "held_until":
            found[name] = use_case.held_until.isoformat() if use_case.held_until else None
        else:
            found[name] = getattr(use_case, name)
    return found


def about(query: str, reader: User, count: int) -> dict[str, Any]:
    """What the file says of itself."""
    return {
        "filters": query,
        "by": reader.display_name,
        "at": clock.now().isoformat(timespec="seconds"),
        "rows": count,
        "rubric_version": rubrics.current().version,
    }


def harmless(value: Any) -> Any:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, list):
        value = "; ".join(str(each) for each in value)
    if isinstance(value, str) and value.startswith(DANGEROUS):
        return f"'{value}"
    return value


def unharmed(text: str) -> str:
    """The text before `harmless`, so that an exported file can be brought back."""
    return text[1:] if text.startswith("'") and text[1:].startswith(DANGEROUS) else text


def as_csv(rows: list[dict[str, Any]], _told: dict[str, Any], columns: Columns) -> bytes:
    """RFC 4180, UTF-8 with a mark so that Excel reads accents."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow(["" if row[name] is None else harmless(row[name]) for name in columns])
    return out.getvalue().encode("utf-8-sig")


def as_xlsx(rows: list[dict[str, Any]], told: dict[str, Any], columns: Columns) -> bytes:
    """The rows, and a second sheet that says what they are."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    sheet = book.create_sheet("use_cases")

    def cell(value: Any) -> Any:
        value = harmless(value)
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
        made.data_type = "s"
        return made

    sheet.append(list(columns))
    for row in rows:
        sheet.append([cell(row[name]) for name in columns])
    notes = book.create_sheet("about")
    for name, value in told.items():
        notes.append([name, harmless(value)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_json(rows: list[dict[str, Any]], told: dict[str, Any], _columns: Columns) -> bytes:
    """Everything as it is."""
    return json.dumps({"about": told, "use_cases": rows}, ensure_ascii=False, indent=1).encode()


WRITERS = {"csv": as_csv, "xlsx": as_xlsx, "json": as_json}
