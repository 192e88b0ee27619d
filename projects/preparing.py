"""The steps of a recipe: their settings, their sentence, and what they do to the names of columns.

Plain Python; the engine plays them (`automl.prepare`).
"""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

KINDS = {
    "rename": gettext_lazy("Rename"),
    "drop": gettext_lazy("Leave out"),
    "cast": gettext_lazy("Read as"),
    "fill": gettext_lazy("Fill gaps"),
    "keep_rows": gettext_lazy("Keep rows"),
    "derive": gettext_lazy("Compute"),
    "replace": gettext_lazy("Replace words"),
    "split_date": gettext_lazy("Split a date"),
    "bins": gettext_lazy("Make classes"),
    "distinct": gettext_lazy("No doubles"),
    "join": gettext_lazy("Look up"),
}
TYPES = {"number": gettext_lazy("numbers"), "date": gettext_lazy("dates"), "text": gettext_lazy("text")}
FILLS = {
    "value": gettext_lazy("this value"),
    "median": gettext_lazy("the middle value"),
    "mean": gettext_lazy("the mean"),
    "most_frequent": gettext_lazy("the most frequent value"),
}
TESTS = {
    "is": gettext_lazy("is"),
    "is_not": gettext_lazy("is not"),
    "one_of": gettext_lazy("is one of"),
    "contains": gettext_lazy("contains"),
    "at_least": gettext_lazy("is at least"),
    "at_most": gettext_lazy("is at most"),
    "above": gettext_lazy("is above"),
    "below": gettext_lazy("is below"),
    "present": gettext_lazy("is there"),
    "missing": gettext_lazy("is missing"),
}
OPERATIONS = {
    "add": gettext_lazy("plus"),
    "subtract": gettext_lazy("minus"),
    "multiply": gettext_lazy("times"),
    "divide": gettext_lazy("divided by"),
    "days_until": gettext_lazy("days until"),
    "join": gettext_lazy("followed by"),
}
PARTS = {
    "year": gettext_lazy("year"),
    "quarter": gettext_lazy("quarter"),
    "month": gettext_lazy("month"),
    "day": gettext_lazy("day"),
    "weekday": gettext_lazy("day of the week"),
    "hour": gettext_lazy("hour"),
}
DATE_FORMATS = ("%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%Y%m%d", "%d/%m/%Y %H:%M")
MOST_STEPS = 100
LONGEST = 200


class StepWrong(Exception):
    """A step that means nothing; `field` is the setting to mend, `text` says how."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field, self.text = field, text


def reads(step: dict[str, Any]) -> list[tuple[str, str]]:
    """Columns a step needs, with the setting that names each."""
    found = [(name, step[name]) for name in ("column", "left", "right_column", "on") if step.get(name)]
    if step["kind"] in {"drop", "distinct"}:
        found += [("columns", name) for name in step.get("columns", [])]
    return found


def makes(step: dict[str, Any]) -> list[tuple[str, str]]:
    """Columns a step adds, with the setting that names each."""
    match step["kind"]:
        case "rename":
            return [("to", step["to"])]
        case "derive" | "bins":
            return [("into", step["into"])]
        case "split_date":
            return [("parts", f"{step['column']}_{part}") for part in step["parts"]]
        case "join":
            return [("columns", name) for name in step["columns"]]
    return []


def after(step: dict[str, Any], columns: list[str]) -> list[str]:
    """The columns behind a step. Raises `StepWrong` when it reads what is not there or makes what is."""
    for field, name in reads(step):
        if name not in columns:
            raise StepWrong(field, _("There is no column %(column)s at this step.") % {"column": name})
    for field, name in makes(step):
        if name in columns:
            raise StepWrong(field, _("A column %(column)s is there already.") % {"column": name})
    if step["kind"] == "rename":
        return [step["to"] if name == step["column"] else name for name in columns]
    gone = set(step["columns"]) if step["kind"] == "drop" else set()
    left = [name for name in columns if name not in gone]
    if not left:
        raise StepWrong("columns", _("At least one column must stay."))
    return left + [name for _field, name in makes(step)]


def text(step: dict[str, Any], field: str) -> str:
    """A setting that is a text of a bearable length."""
    found = step.get(field)
    if not isinstance(found, str) or not found.strip() or len(found) > LONGEST:
        raise StepWrong(field, _("Fill this in, with at most %(limit)s characters.") % {"limit": LONGEST})
    return found.strip()


def one_of(step: dict[str, Any], field: str, choices: Any) -> str:
    """A setting from a list."""
    if step.get(field) not in choices:
        raise StepWrong(field, _("Choose one of: %(choices)s.") % {"choices": ", ".join(choices)})
    return str(step[field])


def some_of(step: dict[str, Any], field: str, least: int = 1) -> list[str]:
    """A setting that is a list of texts."""
    found = step.get(field) or []
    if not isinstance(found, list) or len(found) < least or not all(isinstance(each, str) for each in found):
        raise StepWrong(field, _("Choose at least one."))
    return list(dict.fromkeys(found))


def figure(step: dict[str, Any], field: str) -> float:
    """A setting that is a number."""
    try:
        found = float(step.get(field))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        found = float("nan")
    if not abs(found) < 1e300 or isinstance(step.get(field), bool):
        raise StepWrong(field, _("Enter a number."))
    return found


def cast(step: dict[str, Any]) -> dict[str, Any]:
    found = {"column": text(step, "column"), "to": one_of(step, "to", TYPES)}
    if found["to"] == "date":
        found["date_format"] = one_of({"date_format": DATE_FORMATS[0]} | step, "date_format", DATE_FORMATS)
    return found


def fill(step: dict[str, Any]) -> dict[str, Any]:
    found = {"column": text(step, "column"), "how": one_of(step, "how", FILLS)}
    if found["how"] == "value":
        found["value"] = text({"value": str(step.get("value", ""))}, "value")
    return found


def keep_rows(step: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"column": text(step, "column"), "test": one_of(step, "test", TESTS)}
    if found["test"] == "one_of":
        found["value"] = some_of(step, "value")
    elif found["test"] not in {"present", "missing"}:
        found["value"] = text({"value": str(step.get("value", ""))}, "value")
    return found


def derive(step: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: text(step, name) for name in ("into", "left")}
    found["operation"] = one_of(step, "operation", OPERATIONS)
    if step.get("right_column"):
        return found | {"right_column": text(step, "right_column")}
    if found["operation"] in {"join", "days_until"}:
        return found | {"right_value": text({"right_value": str(step.get("right_value", ""))}, "right_value")}
    return found | {"right_value": figure(step, "right_value")}


def bins(step: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: text(step, name) for name in ("column", "into")}
    if step.get("edges"):
        edges = step["edges"] if isinstance(step["edges"], list) else [None]
        found["edges"] = sorted({figure({"edges": each}, "edges") for each in edges})
        return found
    count = figure(step, "count")
    if count % 1 or not 2 <= count <= 50:
        raise StepWrong("count", _("Between 2 and 50 classes."))
    return found | {"count": int(count)}


def replace(step: dict[str, Any]) -> dict[str, Any]:
    words = step.get("values")
    if not isinstance(words, dict) or not 1 <= len(words) <= 200:
        raise StepWrong("values", _("Name between 1 and 200 words and what to write for each."))
    return {"column": text(step, "column"), "values": {str(old): str(new) for old, new in words.items()}}


def join(step: dict[str, Any]) -> dict[str, Any]:
    names = {name: text(step, name) for name in ("version", "on", "other_on")}
    return {**names, "columns": some_of(step, "columns")}


CLEANERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "rename": lambda step: {"column": text(step, "column"), "to": text(step, "to")},
    "drop": lambda step: {"columns": some_of(step, "columns")},
    "cast": cast,
    "fill": fill,
    "keep_rows": keep_rows,
    "derive": derive,
    "replace": replace,
    "split_date": lambda step: {
        "column": text(step, "column"),
        "parts": [one_of({"parts": part}, "parts", PARTS) for part in some_of(step, "parts")],
    },
    "bins": bins,
    "distinct": lambda step: {"columns": some_of(step, "columns", least=0)},
    "join": join,
}


def clean(step: Any) -> dict[str, Any]:
    """A step in its one form. Raises `StepWrong`."""
    if not isinstance(step, dict) or step.get("kind") not in KINDS:
        raise StepWrong("kind", _("Choose one of: %(choices)s.") % {"choices": ", ".join(KINDS)})
    found = {"kind": step["kind"], **CLEANERS[step["kind"]](step)}
    if unknown := sorted(set(step) - set(found) - {"by"} - SETTINGS[step["kind"]]):
        raise StepWrong(unknown[0], _("This setting is not known here."))
    return found


# Settings that a step of a kind may leave out.
SETTINGS = {kind: set[str]() for kind in KINDS} | {
    "cast": {"date_format"},
    "fill": {"value"},
    "keep_rows": {"value"},
    "derive": {"right_column", "right_value"},
    "bins": {"edges", "count"},
}


def words_of(step: dict[str, Any], tables: dict[str, str] | None = None) -> str:
    """A step as a sentence; `tables` names the versions that are joined."""
    shown = {**step, "columns": ", ".join(step.get("columns") or [])}
    template, more = SENTENCES[step["kind"]](step, tables or {})
    return str(template) % {**shown, **more}


def said_fill(step: dict[str, Any], tables: dict[str, str]) -> tuple[str, dict[str, Any]]:
    with_what = step["value"] if step["how"] == "value" else FILLS[step["how"]]
    return _("Fill the gaps of %(column)s with %(with)s"), {"with": with_what}


def said_rows(step: dict[str, Any], tables: dict[str, str]) -> tuple[str, dict[str, Any]]:
    value = step.get("value", "")
    value = ", ".join(value) if isinstance(value, list) else value
    more = {"test": TESTS[step["test"]], "value": value}
    return _("Keep rows where %(column)s %(test)s %(value)s"), more


def said_derive(step: dict[str, Any], tables: dict[str, str]) -> tuple[str, dict[str, Any]]:
    right = step.get("right_column") or step.get("right_value")
    right = f"{right:g}" if isinstance(right, float) else right
    more = {"operation": OPERATIONS[step["operation"]], "right": right}
    return _("Compute %(into)s: %(left)s %(operation)s %(right)s"), more


def said_replace(step: dict[str, Any], tables: dict[str, str]) -> tuple[str, dict[str, Any]]:
    pairs = ", ".join(f"{old} → {new}" for old, new in list(step["values"].items())[:5])
    return _("Replace in %(column)s: %(pairs)s"), {"pairs": pairs}


def said_distinct(step: dict[str, Any], tables: dict[str, str]) -> tuple[str, dict[str, Any]]:
    columns = ", ".join(step["columns"]) or _("all columns")
    return _("Keep the first of rows alike in %(columns)s"), {"columns": columns}


SENTENCES: dict[str, Callable[[dict[str, Any], dict[str, str]], tuple[str, dict[str, Any]]]] = {
    "rename": lambda step, tables: (_("Rename %(column)s to %(to)s"), {}),
    "drop": lambda step, tables: (_("Leave out %(columns)s"), {}),
    "cast": lambda step, tables: (_("Read %(column)s as %(type)s"), {"type": TYPES[step["to"]]}),
    "fill": said_fill,
    "keep_rows": said_rows,
    "derive": said_derive,
    "replace": said_replace,
    "split_date": lambda step, tables: (
        _("Split %(column)s into %(parts)s"),
        {"parts": ", ".join(str(PARTS[part]) for part in step["parts"])},
    ),
    "bins": lambda step, tables: (_("Sort %(column)s into classes, as %(into)s"), {}),
    "distinct": said_distinct,
    "join": lambda step, tables: (
        _("Look up %(columns)s in %(table)s by %(on)s = %(other_on)s"),
        {"table": tables.get(step["version"], _("another table"))},
    ),
}
