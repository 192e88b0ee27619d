"""What people enter about the steps of a recipe: one small form per kind of step."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects import preparing
from projects.models import DatasetVersion

COLUMN, COLUMNS = _("Column"), _("Columns")


class RecipeForm(forms.Form):
    """A new recipe."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("What the result is, such as “Clients, cleaned”.")
    )


class PlayForm(forms.Form):
    """The dataset that the first run makes."""

    name = forms.CharField(label=_("Name of the new dataset"), max_length=120)


def versions_to_join(user: User) -> Any:
    """The newest ready versions one may use, with the most recent first."""
    return DatasetVersion.objects.usable_by(user).ready().for_list().order_by("-created_at")[:200]


class StepForm(forms.Form):
    """The settings of one kind of step."""

    def __init__(self, *args: Any, kind: str, columns: list[str], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind = kind
        self.other: DatasetVersion | None = None
        if kind == "join":
            self.joining(columns, user)
        else:
            self.fields.update(FIELDS[kind](columns))

    def joining(self, columns: list[str], user: User) -> None:
        """Which table, then which of its columns."""
        offered = list(versions_to_join(user))
        asked = self.data.get("version") or self.initial.get("version")
        self.other = next((each for each in offered if str(each.pk) == str(asked)), None)
        self.fields["version"] = forms.ChoiceField(
            label=_("Table"), choices=[("", "–"), *((str(each.pk), str(each)) for each in offered)]
        )
        if self.other is None:
            return
        names = [each["name"] for each in self.other.columns_described]
        self.fields["on"] = column_field(columns, _("Where this column"))
        self.fields["other_on"] = column_field(names, _("equals this column of the other table"))
        self.fields["columns"] = columns_field(names, _("Take these columns"))

    def step(self) -> dict[str, Any]:
        """The step as the service takes it; settings left empty are left out."""
        data = {name: value for name, value in self.cleaned_data.items() if value not in ("", None, [])}
        return {"kind": self.kind, **SHAPERS.get(self.kind, dict)(data)}


def column_field(columns: list[str], label: Any = COLUMN, *, required: bool = True) -> forms.ChoiceField:
    """One of the columns."""
    empty = [] if required else [("", "–")]
    return forms.ChoiceField(
        label=label, choices=[*empty, *((name, name) for name in columns)], required=required
    )


def columns_field(
    columns: list[str], label: Any = COLUMNS, *, required: bool = True
) -> forms.MultipleChoiceField:
    """Some of the columns."""
    return forms.MultipleChoiceField(
        label=label, choices=[(name, name) for name in columns], required=required,
        widget=forms.SelectMultiple(attrs={"size": min(8, max(3, len(columns)))}),
    )  # fmt: skip


def text_field(label: Any, help_text: Any = "", *, required: bool = True) -> forms.CharField:
    """A short text."""
    return forms.CharField(label=label, max_length=2000, required=required, help_text=help_text)


def choice(label: Any, choices: dict[str, Any]) -> forms.ChoiceField:
    """One of a few words."""
    return forms.ChoiceField(label=label, choices=list(choices.items()))


Fields = Callable[[list[str]], dict[str, forms.Field]]
FIELDS: dict[str, Fields] = {
    "rename": lambda columns: {"column": column_field(columns), "to": text_field(_("New name"))},
    "drop": lambda columns: {"columns": columns_field(columns)},
    "cast": lambda columns: {
        "column": column_field(columns),
        "to": choice(_("Holds"), preparing.TYPES),
        "date_format": forms.ChoiceField(
            label=_("How dates are written"),
            choices=[(each, each) for each in preparing.DATE_FORMATS],
            required=False,
            help_text=_("%d is the day, %m the month, %Y the year. Only for dates."),
        ),
    },
    "fill": lambda columns: {
        "column": column_field(columns),
        "how": choice(_("With"), preparing.FILLS),
        "value": text_field(_("Value"), _("Only for “this value”."), required=False),
    },
    "keep_rows": lambda columns: {
        "column": column_field(columns),
        "test": choice(_("Test"), preparing.TESTS),
        "value": text_field(
            _("Value"),
            _("Several, separated by commas, for “is one of”; dates as 2026-01-31."),
            required=False,
        ),
    },
    "derive": lambda columns: {
        "into": text_field(_("Name of the new column")),
        "left": column_field(columns),
        "operation": choice(_("Operation"), preparing.OPERATIONS),
        "right_column": column_field(columns, _("Other column"), required=False),
        "right_value": text_field(_("or a value"), required=False),
    },
    "replace": lambda columns: {
        "column": column_field(columns),
        "values": forms.CharField(
            label=_("Words"),
            widget=forms.Textarea(attrs={"rows": 4}),
            help_text=_("One pair per line, such as “M = male”; nothing after “=” empties the cell."),
        ),
    },
    "split_date": lambda columns: {
        "column": column_field(columns),
        "parts": forms.MultipleChoiceField(
            label=_("Parts"), choices=list(preparing.PARTS.items()), widget=forms.CheckboxSelectMultiple
        ),
    },
    "bins": lambda columns: {
        "column": column_field(columns),
        "into": text_field(_("Name of the new column")),
        "edges": text_field(_("Limits"), _("Numbers separated by spaces, such as 18 30 65."), required=False),
        "count": forms.IntegerField(
            label=_("or so many classes with about as many rows"), min_value=2, max_value=50, required=False
        ),
    },
    "distinct": lambda columns: {
        "columns": columns_field(columns, _("Alike in (none: all)"), required=False)
    },
}


def pairs(text: str) -> dict[str, str]:
    """Lines of "old = new"."""
    found = {}
    for line in text.splitlines():
        if line.strip():
            old, _sign, new = line.partition("=")
            found[old.strip()] = new.strip()
    return found


def shaped_rows(data: dict[str, Any]) -> dict[str, Any]:
    """Several values are a list."""
    if data.get("test") == "one_of":
        data["value"] = [each.strip() for each in data.get("value", "").split(",") if each.strip()]
    return data


def shaped_cast(data: dict[str, Any]) -> dict[str, Any]:
    """Only dates have a format."""
    return data if data.get("to") == "date" else {k: v for k, v in data.items() if k != "date_format"}


SHAPERS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "cast": shaped_cast,
    "keep_rows": shaped_rows,
    "replace": lambda data: data | {"values": pairs(data["values"])},
    "bins": lambda data: data | ({"edges": data["edges"].split()} if data.get("edges") else {}),
}


def kind_tabs(chosen: str) -> list[dict[str, Any]]:
    """The kinds of steps, as tabs."""
    return [
        {"label": label, "url": f"?kind={kind}#add", "active": kind == chosen}
        for kind, label in preparing.KINDS.items()
    ]
