"""A choice among rows: a list while they are few, a box to write in when they are many."""

from typing import Any

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOST = 100


class EitherOr(forms.NullBooleanSelect):
    """Yes, no, or all the same: in a filter nothing chosen is no “Unknown”."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", "–"), *list(self.choices)[1:]]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """What is neither yes nor no comes through as it is, for `EitherOrField` to name."""
        written = data.get(name)
        known = super().value_from_datadict(data, files, name)
        return written if known is None and written not in (None, "", "unknown") else known


class EitherOrField(forms.NullBooleanField):
    """Yes, no or nothing; another word is an error, where Django would take it for nothing."""

    widget = EitherOr

    def to_python(self, value: Any) -> bool | None:  # type: ignore[override]  # Django says bool
        """Raises `ValidationError` for another word."""
        found = super().to_python(value)
        if found is None and value not in (None, "", "unknown"):
            raise ValidationError(_("Write “true” or “false”."), code="invalid")
        return found


class EitherOrFilter(filters.BooleanFilter):
    """A filter by yes or no that refuses other words."""

    field_class = EitherOrField


class FewOrWritten(forms.Select):
    """A page with a list of ten thousand names is slow to make, slow to send and helps nobody."""

    def __init__(self, *args: Any, hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hint = hint

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> Any:
        """One query for the rows, one more for the words of a chosen one among many."""
        rows = getattr(self.choices, "queryset", None)
        if rows is None:
            return super().render(name, value, attrs, renderer)
        few = list(rows.all()[: MOST + 1])
        if len(few) > MOST:
            return self.box().render(name, self.words(rows, value), self.as_box(attrs), renderer)
        choices_of_field: Any = self.choices
        field = choices_of_field.field
        empty = [("", field.empty_label)] if field.empty_label is not None else []
        choices = [*empty, *((field.prepare_value(each), field.label_from_instance(each)) for each in few)]
        return forms.Select(self.attrs, choices).render(name, value, attrs, renderer)

    def box(self) -> forms.TextInput:
        """Where the reference or the name is written."""
        return forms.TextInput({**self.attrs, "placeholder": self.hint, "autocomplete": "off"})

    def as_box(self, attrs: Any) -> dict[str, Any]:
        """The attributes of a list, as those of a box."""
        given = dict(attrs or {})
        if "class" in given:
            given["class"] = given["class"].replace("form-select", "form-control")
        return given

    def words(self, rows: Any, value: Any) -> Any:
        """What stands for a chosen row; what names none stays as it was written."""
        try:
            chosen = rows.filter(pk=value).first() if value else None
        except (ValueError, TypeError, forms.ValidationError):
            return value
        choices_of_field: Any = self.choices
        return choices_of_field.field.written(chosen) if chosen else value
