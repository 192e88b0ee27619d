"""What people write for the gates."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.use_cases import day, someone, text
from projects.models import Dossier


class DossierForm(forms.Form):
    """One section of the dossier; `section` says which."""

    section = forms.ChoiceField(choices=[(name, name) for name in Dossier.SECTIONS], widget=forms.HiddenInput)


class DataForm(DossierForm):
    """Gate 1: the data."""

    data_asked = text(
        _("Which data?"), rows=3, required=False, hint=_("Tables, columns and period, and what for.")
    )
    data_asked_of = someone(_("Asked of"), hint=_("The owner of the data: they are told."))


class ServiceForm(DossierForm):
    """Gate 3: service."""

    rollback_plan = text(
        _("The way back"),
        rows=3,
        required=False,
        hint=_("Who switches it off, how, and what people do meanwhile."),
    )
    support_owner = someone(_("Whom users call"), hint=_("One person who answers for support."))
    documentation = text(
        _("Documentation"), rows=2, required=False, hint=_("Where users and engineers read how it works.")
    )


class EndingForm(DossierForm):
    """Gate 5: the end."""

    users_told = text(
        _("How users were told"), rows=2, required=False, hint=_("When, by whom, and what replaces it.")
    )
    data_fate = forms.ChoiceField(
        label=_("What becomes of the data"), choices=[("", "—"), *Dossier.Fate.choices], required=False
    )
    data_fate_note = text(_("Where, or by whom"), rows=2, required=False)


FORMS: dict[str, type[DossierForm]] = {"data": DataForm, "service": ServiceForm, "ending": EndingForm}


class UsageForm(forms.Form):
    """One period of use."""

    starts_on = day(_("From"))
    ends_on = day(_("Until"))
    eligible = forms.IntegerField(label=_("People who could use it"), min_value=1)
    active = forms.IntegerField(
        label=_("People who acted on it"), min_value=0, help_text=_("Once or more in these days.")
    )
    run_cost = forms.IntegerField(label=_("Running cost (€)"), min_value=0)
    note = forms.CharField(label=_("How it was counted"), max_length=300)

    def clean(self) -> dict[str, Any]:
        """No more users than could."""
        given = super().clean() or {}
        eligible, active = given.get("eligible"), given.get("active")
        if eligible is not None and active is not None and active > eligible:
            self.add_error("active", _("More people used it than could: check both figures."))
        return given
