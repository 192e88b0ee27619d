"""Gives every form field Tabler's looks, so that a page says `{{ form }}` and no more."""

from pathlib import Path
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import DjangoTemplates
from django.utils.functional import cached_property

TEMPLATES = Path(__file__).resolve().parent / "templates"
DJANGO_FORMS = Path(forms.__file__).resolve().parent / "templates"


def look(widget: forms.Widget) -> str:
    """The CSS class a widget needs."""
    match widget:
        case forms.CheckboxSelectMultiple() | forms.RadioSelect() | forms.CheckboxInput():
            return "form-check-input"
        case forms.Select() | forms.SelectMultiple():
            return "form-select"
        case forms.MultiWidget() | forms.HiddenInput():
            return ""
        case forms.NumberInput() | forms.DateInput() | forms.TimeInput() | forms.DateTimeInput():
            return "form-control form-control-figure"
        case _:
            return "form-control"


class TablerField(BoundField):
    """A field that knows its class, its error mark and its kind."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        """Add the class of the widget, and the error mark when there is one."""
        widget = widget or self.field.widget
        built = super().build_widget_attrs(attrs, widget)
        own = [built.get("class", ""), widget.attrs.get("class", ""), look(widget)]
        own += ["is-invalid"] if self.errors else []
        if classes := " ".join(dict.fromkeys(" ".join(own).split())):
            built["class"] = classes
        if isinstance(widget, forms.Textarea) and widget.attrs.get("rows") == "10":
            built["rows"] = "4"
        return built

    @property
    def kind(self) -> str:
        """How the field is laid out: "check", "choices" (a group) or "input"."""
        widget = self.field.widget
        if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
            return "choices"
        return "check" if isinstance(widget, forms.CheckboxInput) else "input"


class TablerRenderer(DjangoTemplates):
    """Our form and field templates first, then Django's own, then those of the apps."""

    form_template_name = "forms/form.html"
    formset_template_name = "forms/formset.html"
    field_template_name = "forms/field.html"
    bound_field_class = TablerField

    @cached_property
    def engine(self) -> Any:
        """An engine of its own: widgets need neither cotton nor context processors."""
        return self.backend(
            {
                "APP_DIRS": True,
                "DIRS": [TEMPLATES, DJANGO_FORMS],
                "NAME": "forms",
                "OPTIONS": {"builtins": ["django.templatetags.i18n"]},
            }
        )
