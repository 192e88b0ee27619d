"""Forms of custom fields: defining one, and filling them in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects import custom_values
from projects.models import CustomField, UseCase

Kind = CustomField.Kind


class OptionsField(forms.CharField):
    """Options, one a line."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        """A list as lines."""
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        """Lines as a list."""
        return super().clean(value).splitlines()


class CustomFieldForm(forms.Form):
    """What a field is; its kind cannot be changed later."""

    label = forms.CharField(label=_("Label"), max_length=60)
    kind = forms.ChoiceField(
        label=_("Kind"), choices=Kind.choices, help_text=_("It cannot be changed afterwards.")
    )
    help_text = forms.CharField(label=_("Help below the field"), max_length=300, required=False)
    options = OptionsField(
        label=_("Options"), max_length=5000, required=False, help_text=_("Of a choice: one a line.")
    )
    required_from = forms.ChoiceField(
        label=_("Needed from"),
        choices=CustomField.REQUIRED,
        required=False,
        help_text=_("The gate into this phase asks for it."),
    )

    def __init__(self, *args: Any, field: CustomField | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field is not None:
            del self.fields["kind"]
            if field.kind != Kind.CHOICE:
                del self.fields["options"]


def box(field: CustomField, use_case: UseCase) -> forms.Field:
    """The form field for one value; whether it is possible is asked by the service."""
    more = {
        "label": field.label, "help_text": field.help_text,
        "required": custom_values.is_required(field, use_case.phase), "initial": use_case.custom.get(field.key),
    }  # fmt: skip
    match field.kind:
        case Kind.NUMBER:
            return forms.FloatField(**more)
        case Kind.DATE:
            return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **more)
        case Kind.CHOICE:
            kept = use_case.custom.get(field.key)
            dropped = [kept] if kept and kept not in field.options else []
            return forms.ChoiceField(
                choices=[("", "–"), *((each, each) for each in [*field.options, *dropped])], **more
            )
        case Kind.PERSON:
            people = User.objects.active().filter(is_service=False).order_by("display_name")
            return forms.ModelChoiceField(people, **more)
        case _:
            widget = forms.Textarea(attrs={"rows": 2})
            return forms.CharField(max_length=custom_values.LONGEST, widget=widget, **more)


def add_to(form: forms.Form, use_case: UseCase) -> list[str]:
    """Put the fields asked for now into a form; returns their names."""
    fields = custom_values.active()
    for each in fields:
        form.fields[each.key] = box(each, use_case)
    return [each.key for each in fields]


def split(cleaned: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """The cleaned data with the custom values under `custom`, as the service takes them."""
    own = {name: value for name, value in cleaned.items() if name not in names}
    if names:
        own["custom"] = {name: plain(cleaned.get(name)) for name in names}
    return own


def plain(value: Any) -> Any:
    """As it is kept, so that an unchanged value is seen as unchanged."""
    if isinstance(value, User):
        return value.pk
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value.isoformat() if hasattr(value, "isoformat") else value
