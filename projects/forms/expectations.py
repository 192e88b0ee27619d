"""What people enter about what a table must keep: one small form per rule."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.selectors.expectations import TYPES, rule_word, type_word


class ExpectationForm(forms.Form):
    """A column and the limits of one rule."""

    def __init__(self, *args: Any, rule: str, columns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rule = rule
        if rule != "rows":
            self.fields["column"] = forms.ChoiceField(
                label=_("Column"), choices=[(name, name) for name in columns]
            )
        self.fields.update(LIMIT_FIELDS[rule]())

    def wanted(self) -> dict[str, Any]:
        """The expectation as the service takes it."""
        data = self.cleaned_data
        found: dict[str, Any] = {"rule": self.rule, "column": data.get("column", "")}
        if self.rule == "values":
            found["values"] = [each.strip() for each in data["values"].split(",") if each.strip()]
        elif self.rule == "missing":
            found["most"] = data["most"] / 100
        else:
            found |= {
                name: data[name] for name in ("type", "least", "most", "days") if data.get(name) is not None
            }
        return found


def span_fields() -> dict[str, forms.Field]:
    """From, to; one of them may stay open."""
    return {
        "least": forms.FloatField(label=_("At least"), required=False),
        "most": forms.FloatField(
            label=_("At most"), required=False, help_text=_("One of the two is enough.")
        ),
    }


LIMIT_FIELDS: dict[str, Any] = {
    "type": lambda: {
        "type": forms.ChoiceField(label=_("Holds"), choices=[(each, type_word(each)) for each in TYPES])
    },
    "range": span_fields,
    "rows": span_fields,
    "values": lambda: {"values": forms.CharField(label=_("Values"), help_text=_("Separated by commas."))},
    "unique": dict,
    "missing": lambda: {
        "most": forms.FloatField(label=_("At most, in %"), min_value=0, max_value=99.99, initial=0)
    },
    "fresh": lambda: {
        "days": forms.IntegerField(
            label=_("Days"),
            min_value=1,
            help_text=_("How old the newest date may be on the day of the check."),
        )
    },
}


def rule_tabs(chosen: str) -> list[dict[str, Any]]:
    """The rules one may choose, as tabs."""
    return [
        {"label": rule_word(rule), "url": f"?rule={rule}#add", "active": rule == chosen}
        for rule in LIMIT_FIELDS
    ]
