"""What a question about a candidate may hold, field by field."""

import math
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects.models import Experiment, Explanation

MOST_COLUMNS = 20
MOST_ROWS = 5
LONGEST_VALUE = 200
BLANK = ""

Options = dict[str, Any]


def checked_options(experiment: Experiment, what: str, given: Options) -> Options:
    """The options as the engine takes them; every wrong field is named by one `ValidationError`."""
    allowed = ALLOWED[what]
    unknown = sorted(set(given) - set(allowed))
    if unknown:
        raise ValidationError({unknown[0]: _("This field is not known here.")})
    asked: Options = {}
    wrong: dict[str, Any] = {}
    for name, check in allowed.items():
        try:
            value = check(experiment, given.get(name))
        except ValidationError as error:
            wrong[name] = error.messages
            continue
        if value is not None:
            asked[name] = value
    if wrong:
        raise ValidationError(wrong)
    return asked


def schema(experiment: Experiment) -> dict[str, dict[str, Any]]:
    """The columns that the models use, by name."""
    return {each["name"]: each for each in experiment.result.get("input_schema", [])}


def rows_kept_apart(experiment: Experiment) -> int:
    """How many rows one may ask about."""
    return int(experiment.result["split"]["test_rows"])


def check_columns(experiment: Experiment, value: Any) -> list[str] | None:
    """Known columns; none means all."""
    if value in (None, [], BLANK):
        return None
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValidationError(_("Give a list of column names."))
    strange = [name for name in value if name not in schema(experiment)]
    if strange:
        raise ValidationError(_("The model does not use a column %(column)s.") % {"column": strange[0][:80]})
    if len(value) > MOST_COLUMNS:
        raise ValidationError(_("Choose at most %(limit)s columns.") % {"limit": MOST_COLUMNS})
    return list(dict.fromkeys(value))


def check_row(experiment: Experiment, value: Any) -> int:
    """The number of a row that was kept apart, from 0."""
    count = rows_kept_apart(experiment)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < count:
        raise ValidationError(_("Give the number of a row, 0 to %(last)s.") % {"last": count - 1})
    return value


def check_rows(experiment: Experiment, value: Any) -> list[int]:
    """A few of them."""
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_ROWS:
        raise ValidationError(_("Give 1 to %(limit)s row numbers.") % {"limit": MOST_ROWS})
    return [check_row(experiment, row) for row in value]


def check_changes(experiment: Experiment, value: Any) -> Options:
    """New values by column; a wrong one is named with its column."""
    if not isinstance(value, dict):
        raise ValidationError(_("Give new values by column name."))
    known = schema(experiment)
    return {name: new_value(known.get(name), name, each) for name, each in value.items()}


def new_value(column: dict[str, Any] | None, name: str, value: Any) -> Any:
    """One value as the model reads it."""
    if column is None:
        raise ValidationError(_("The model does not use a column %(column)s.") % {"column": name[:80]})
    if value is None or value == BLANK:
        return None
    if isinstance(value, list | dict) or len(str(value)) > LONGEST_VALUE:
        raise ValidationError(_("%(column)s: give one short value.") % {"column": name})
    if column["kind"] != "number" or str(value).strip() in (column.get("non_numbers") or ()):
        return str(value)
    return number(name, value)


def number(name: str, value: Any) -> float:
    """A number, with a comma or a point; true and false count as 1 and 0."""
    text = str(value).strip().replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    try:
        found = float(value) if isinstance(value, int | float) else float(text.replace(",", "."))
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise ValidationError(
            _("%(column)s: “%(value)s” is not a number.") % {"column": name, "value": str(value)[:40]}
        )
    return found


def check_goal(experiment: Experiment, value: Any) -> Any:
    """The answer to reach."""
    classes = experiment.result.get("classes") or []
    if classes:
        if value not in classes:
            raise ValidationError(_("Choose one of: %(choices)s.") % {"choices": ", ".join(classes[:20])})
        return value
    if value is None or value == BLANK:
        raise ValidationError(_("Give the number to reach."))
    return number(_("Goal"), value)


ALLOWED: dict[str, dict[str, Callable[[Experiment, Any], Any]]] = {
    Explanation.What.EFFECTS: {"columns": check_columns},
    Explanation.What.ROWS: {"rows": check_rows},
    Explanation.What.WHATIF: {"row": check_row, "changes": check_changes},
    Explanation.What.CHANGE: {"row": check_row, "goal": check_goal, "columns": check_columns},
    Explanation.What.LEARNING: {},
    Explanation.What.REPORT: {},
    Explanation.What.COMPARE: {},
}
