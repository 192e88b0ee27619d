"""A choice among rows: a list while they are few, a box to write in when they are many."""

from typing import Any

from django import forms

MOST = 100


class EitherOr(forms.NullBooleanSelect):
    """Yes, no, or all the same: in a filter nothing chosen is no “Unknown”."""

    def __init__(self, attrs: Any = None) -> None:
        super().__init__(attrs)
        self.choices = [("unknown", "–"), *list(self.choices)[1:]]


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
