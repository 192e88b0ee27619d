"""What people enter about projects brought from elsewhere."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.models import Right, User
from projects.forms.use_cases import someone
from projects.imported_plan import PEOPLE
from projects.models import ImportedProject, UseCase


class BundleForm(forms.Form):
    """A zip, in one go or in pieces."""

    file = forms.FileField(
        label=_("Zip of a project"),
        allow_empty_file=True,
        error_messages={"required": _("Choose the zip.")},
        help_text=_("As “Take the project along” made it, here or in another portal."),
        widget=forms.FileInput(attrs={"accept": ".zip", "data-pieces": "/api/uploads/"}),
    )
    upload = forms.UUIDField(required=False, widget=forms.HiddenInput())

    use_required_attribute = False  # a file sent in pieces leaves its box empty

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get("upload")


class WhoForm(forms.Form):
    """Who owns it here, and whom the names in it stand for; nobody unless chosen."""

    product_owner = someone(_("Product owner here"), required=True, hint=_("Takes over data and hypotheses."))

    def __init__(self, *args: Any, brought: ImportedProject, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners = User.objects.holding(Right.OWN_USE_CASE).filter(is_active=True, is_service=False)
        self.fields["product_owner"].queryset = owners  # type: ignore[attr-defined]
        there = {each["field"]: each["name"] for each in brought.plan.get("people", []) if each["field"]}
        for name in PEOPLE:
            if name in there:
                label = str(UseCase._meta.get_field(name).verbose_name).capitalize()  # type: ignore[union-attr]
                self.fields[name] = someone(label, hint=_("There: %(name)s") % {"name": there[name]})
