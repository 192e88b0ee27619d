"""Reads: what is expected of a dataset, in words, with what its newest version keeps, and what one might expect."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from projects.models import Dataset, DatasetVersion
from projects.selectors import privacy
from projects.sentences import sentence

RULES = ("type", "range", "values", "unique", "missing", "fresh", "rows")
TYPES = ("number", "whole", "date", "text")
FEW = 10  # values that a profile lists completely
MONTH = 30


@dataclass(frozen=True)
class Expectation:
    """One expectation as a page shows it. `ok` is None when it was not checked."""

    key: str
    words: str
    ok: bool | None = None
    note: str = ""
    rows: list[int] = field(default_factory=list)
    examples: list[str] = field(default_factory=list)
    is_chosen: bool = False


def key_of(wanted: dict[str, Any]) -> str:
    """Names an expectation by its content."""
    text = json.dumps(wanted, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def rule_word(rule: str) -> str:
    """A rule in plain words."""
    words = {
        "type": _("Type"), "range": _("Range"), "values": _("Allowed values"), "unique": _("Every value once"),
        "missing": _("Missing values"), "fresh": _("Freshness"), "rows": _("Number of rows"),
    }  # fmt: skip
    return words[rule]


def type_word(kind: str) -> str:
    """A type in plain words."""
    return {"number": _("numbers"), "whole": _("whole numbers"), "date": _("dates"), "text": _("text")}[kind]


def words_of(wanted: dict[str, Any]) -> str:
    """An expectation as a sentence."""
    rule, column = wanted["rule"], wanted["column"]
    if rule == "type":
        return _("%(column)s holds %(type)s.") % {"column": column, "type": type_word(wanted["type"])}
    if rule in {"range", "rows"}:
        subject = column if rule == "range" else _("The number of rows")
        return between(subject, wanted.get("least"), wanted.get("most"))
    if rule == "values":
        return _("%(column)s is one of: %(values)s.") % {
            "column": column,
            "values": ", ".join(map(str, wanted["values"])),
        }
    if rule == "unique":
        return _("Every value of %(column)s stands there once.") % {"column": column}
    if rule == "missing":
        if not wanted["most"]:
            return _("%(column)s is never missing.") % {"column": column}
        return _("At most %(percent)s %% of %(column)s is missing.") % {
            "column": column,
            "percent": f"{100 * wanted['most']:g}",
        }
    return _("The newest date of %(column)s is at most %(days)s days old.") % {
        "column": column,
        "days": wanted["days"],
    }


def between(subject: str, least: float | None, most: float | None) -> str:
    """A sentence about one or two limits."""
    shown = {"subject": subject, "least": figure(least), "most": figure(most)}
    if most is None:
        return _("%(subject)s is at least %(least)s.") % shown
    if least is None:
        return _("%(subject)s is at most %(most)s.") % shown
    return _("%(subject)s lies between %(least)s and %(most)s.") % shown


def figure(value: float | None) -> str:
    """A limit without needless digits."""
    return "" if value is None else f"{value:.10g}"


def expected(dataset: Dataset, version: DatasetVersion | None, user: User) -> list[Expectation]:
    """Each expectation with what is known of it for one version; single values only for whom may see them."""
    results = {key_of(wanted_of(each)): each for each in (version.kept.get("results", []) if version else [])}
    hidden = privacy.masked_columns(version, user) if version else set()
    found = []
    for wanted in dataset.expectations:
        result = results.get(key_of(wanted))
        if result is None:
            found.append(Expectation(key_of(wanted), words_of(wanted)))
            continue
        examples = [privacy.MASK] if result["examples"] and wanted["column"] in hidden else result["examples"]
        found.append(
            Expectation(
                key_of(wanted), words_of(wanted), result["ok"], sentence(result["note"]), result["rows"], examples
            )
        )  # fmt: skip
    return found


def wanted_of(result: dict[str, Any]) -> dict[str, Any]:
    """The expectation inside of a result."""
    names = {"column", "rule", "type", "least", "most", "values", "days"}
    return {name: value for name, value in result.items() if name in names}


def broken_count(version: DatasetVersion) -> int:
    """How many expectations a version does not keep."""
    return sum(not each["ok"] for each in version.kept.get("results", []))


def suggestions(dataset: Dataset, version: DatasetVersion | None) -> list[dict[str, Any]]:
    """What the profile of a version lets one expect of the next; what is expected already is left out."""
    if version is None:
        return []
    known = {(each["column"], each["rule"]) for each in dataset.expectations}
    personal = privacy.suspicions(version)
    found: list[dict[str, Any]] = [{"column": "", "rule": "rows", "least": max(1, version.rows // 2)}]
    for column in version.columns_described:
        found += of_column(column, version.rows, is_personal=column["name"] in personal)
    return [each for each in found if (each["column"], each["rule"]) not in known]


def of_column(column: dict[str, Any], rows: int, *, is_personal: bool) -> list[dict[str, Any]]:
    """What one column shows. Limits are those seen: whoever takes them looks whether they are sensible."""
    name, kind, missing = column["name"], column["kind"], column["missing_share"]
    found: list[dict[str, Any]] = []
    if kind in {"number", "date"}:
        found.append({"column": name, "rule": "type", "type": kind})
    if missing < 0.5:
        most = round(1.5 * missing + 0.01, 2) if missing else 0.0
        found.append({"column": name, "rule": "missing", "most": most})
    if kind == "identifier" and column["distinct"] == rows - column["missing"]:
        found.append({"column": name, "rule": "unique"})
    if not is_personal:
        found += [{"column": name, **each} for each in of_values(column)]
    return found


def of_values(column: dict[str, Any]) -> list[dict[str, Any]]:
    """What the values themselves show; never asked of columns that look personal."""
    kind = column["kind"]
    if kind == "number" and column.get("min") is not None:
        return [{"rule": "range", "least": column["min"], "most": column["max"]}]
    if kind in {"category", "boolean"} and 2 <= column["distinct"] <= FEW:
        return [{"rule": "values", "values": sorted(str(each["value"]) for each in column["top_values"])}]
    if kind == "date" and column.get("max"):
        age = (clock.today() - date.fromisoformat(str(column["max"])[:10])).days
        return [{"rule": "fresh", "days": MONTH * (2 * age // MONTH + 1)}] if 0 <= age <= 366 else []
    return []


def offered(dataset: Dataset, version: DatasetVersion | None) -> list[Expectation]:
    """Suggestions as a page shows them; those that nearly always hold are ticked."""
    return [
        Expectation(key_of(each), words_of(each), is_chosen=is_safe(each))
        for each in suggestions(dataset, version)
    ]


def is_safe(wanted: dict[str, Any]) -> bool:
    """Whether the next good version will most probably keep it, whatever its values."""
    return wanted["rule"] in {"type", "unique"} or (wanted["rule"] == "missing" and not wanted["most"])
