"""What people enter about dependencies."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.use_cases import ByReference
from projects.models import UseCase


class DependencyForm(forms.Form):
    """The one that is needed, and what for."""

    needs = ByReference(
        UseCase.objects.none(),
        label=_("Depends on"),
        help_text=_("Its reference, such as UC-0007; begin to type to choose."),
        widget=forms.TextInput(attrs={"list": "references", "autocomplete": "off"}),
        error_messages={"invalid_choice": _("Write its reference, such as UC-0007.")},
    )
    reason = forms.CharField(
        label=_("What it needs from there"), max_length=300, required=False, help_text=_("In a few words.")
    )

    def __init__(self, *args: Any, visible: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["needs"].queryset = visible  # type: ignore[attr-defined]
