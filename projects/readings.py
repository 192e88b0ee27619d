"""How a file may be asked to be read, where what was found out is wrong. Plain Python; the engine reads."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _, gettext_lazy

ENCODINGS = {"utf-8": "UTF-8", "cp1252": "Windows-1252", "latin-1": "Latin-1", "utf-16": "UTF-16"}
DELIMITERS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
}
DECIMALS = {",": gettext_lazy("comma (1,5)"), ".": gettext_lazy("point (1.5)")}
DAY_ORDERS = {
    "day": gettext_lazy("day first (31/12/2026)"),
    "month": gettext_lazy("month first (12/31/2026)"),
    "year": gettext_lazy("year first (2026/12/31)"),
}
CHOICES: dict[str, Any] = {
    "encoding": ENCODINGS, "delimiter": DELIMITERS, "decimal": DECIMALS, "dates": DAY_ORDERS,
}  # fmt: skip


def clean(asked: dict[str, Any]) -> dict[str, Any]:
    """What is asked for, without what is left open; a setting that means nothing is named."""
    found: dict[str, Any] = {}
    for name, value in asked.items():
        if value in ("", None, False):
            continue
        is_choice = name in CHOICES and isinstance(value, str) and value in CHOICES[name]
        is_sheet = name == "sheet" and isinstance(value, str) and len(value) <= 100
        if is_choice or is_sheet or (name == "skip_bad_rows" and value is True):
            found[name] = value
        else:
            raise ValidationError({name: _("This way to read a file is not known.")})
    return found


def shown(found: dict[str, Any]) -> list[tuple[str, str]]:
    """How a file was read, as label and value."""
    rows = [(_("Format"), str(found.get("format", "")).upper())]
    if found.get("encoding"):
        rows.append((_("Encoding"), ENCODINGS.get(found["encoding"], found["encoding"])))
    if found.get("delimiter"):
        rows.append((_("Separator"), str(DELIMITERS.get(found["delimiter"], found["delimiter"]))))
    if found.get("decimal"):
        rows.append((_("Decimal sign"), str(DECIMALS[found["decimal"]])))
    if found.get("sheet"):
        rows.append((_("Sheet"), found["sheet"]))
    for column, date in (found.get("dates") or {}).items():
        doubt = _(" — day and month can be read both ways") if date["is_ambiguous"] else ""
        rows.append((_("Dates of %(column)s") % {"column": column}, f"{date['format']}{doubt}"))
    return [row for row in rows if row[1]]
