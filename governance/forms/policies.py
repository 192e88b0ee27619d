"""Forms of policies, delegations, overrides and risks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance import risk_questions
from governance.forms.acts import area, day
from portal.core.models import User
from projects.models import UseCase


class DraftForm(forms.Form):
    """The name of a new version."""

    version = forms.CharField(
        label=_("Name of the new version"), max_length=20, help_text=_("For example 2027-01.1")
    )


class PolicyTextForm(forms.Form):
    """The document of a draft."""

    summary = forms.CharField(label=_("What changes, in one sentence"), max_length=500, required=False)
    text = forms.CharField(
        label=_("Policy (YAML)"), max_length=40_000,
        widget=forms.Textarea(attrs={"rows": 30, "class": "font-monospace", "spellcheck": "false"}),
    )  # fmt: skip


class UpgradeForm(forms.Form):
    """Why now."""

    reason = forms.CharField(label=_("Why it follows the newer policy now"), max_length=500, widget=area(2))


class DelegationForm(forms.Form):
    """To whom, from when to when, why."""

    to = forms.ModelChoiceField(label=_("Who answers in your place"), queryset=User.objects.none())
    starts_on = forms.DateField(label=_("From"), widget=day())
    ends_on = forms.DateField(label=_("Until"), widget=day())
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.active().filter(is_service=False).exclude(pk=user.pk)
        self.fields["to"].queryset = people  # type: ignore[attr-defined]


class OverrideForm(forms.Form):
    """The emergency, in words."""

    reason = forms.CharField(label=_("What is the emergency?"), max_length=2000, widget=area(3))


def yes_or_no(label: Any, help_text: Any) -> forms.TypedChoiceField:
    """A question."""
    return forms.TypedChoiceField(
        label=label, help_text=help_text, choices=[("no", _("No")), ("yes", _("Yes"))],
        widget=forms.RadioSelect, coerce=lambda word: word == "yes",
    )  # fmt: skip


class RiskForm(forms.Form):
    """Every question; then the tier and, where it is another, the reason."""

    chosen = forms.ChoiceField(
        label=_("Risk tier"), required=False,
        choices=[("", _("As the answers say")), *UseCase.Tier.choices[1:]],
        help_text=_("A higher tier holds at once. A lower one is asked of a second person."),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason for another tier"), required=False, max_length=2000, widget=area(3)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = {
            f"q_{each.code}": yes_or_no(each.text, f"{each.help} ({each.basis})")
            for each in risk_questions.load().questions
        }
        self.fields = asked | self.fields  # type: ignore[assignment]

    def answers(self) -> dict[str, bool]:
        """Code to yes or no."""
        return {
            name.removeprefix("q_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("q_")
        }


class ResidualForm(forms.Form):
    """A remaining risk, taken until a day."""

    statement = forms.CharField(label=_("What may still happen?"), max_length=500)
    likelihood = forms.IntegerField(label=_("Likelihood (1–5)"), min_value=1, max_value=5)
    impact = forms.IntegerField(label=_("Impact (1–5)"), min_value=1, max_value=5)
    reason = forms.CharField(label=_("Why is it accepted?"), max_length=2000, widget=area(2))
    until = forms.DateField(label=_("Until"), widget=day())
