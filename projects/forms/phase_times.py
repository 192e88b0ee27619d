"""By what times are compared."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.selectors.phase_times import WAYS


class TimesForm(forms.Form):
    """One way to group use cases, or none."""

    by = forms.ChoiceField(
        label=_("Compare by"), choices=[("", _("Nothing: all together")), *WAYS.items()], required=False
    )
