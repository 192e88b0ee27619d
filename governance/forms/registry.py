"""Forms of the registry: a day, a comparison, an alias, a take-over, a finding."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.forms.acts import area, day
from governance.models import Finding, ModelVersion, VersionComparison
from portal.core.models import User
from projects.models import DatasetVersion, Trial


class DayForm(forms.Form):
    """A day in the past."""

    on = forms.DateField(label=_("On this day"), widget=day())


class CompareForm(forms.Form):
    """Which versions stand beside which."""

    base = forms.ModelChoiceField(
        label=_("On the kept-apart rows of"),
        queryset=ModelVersion.objects.none(),
        help_text=_("Usually the champion. Every version is scored on the rows that this one never saw."),
    )
    others = forms.ModelMultipleChoiceField(
        label=_("Compare with"),
        queryset=ModelVersion.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("One to three versions."),
    )
    table = forms.ModelChoiceField(
        label=_("On other rows instead"),
        queryset=DatasetVersion.objects.none(),
        required=False,
        empty_label=_("The rows that the version above never saw"),
        help_text=_("Recent rows whose answers are known by now."),
    )

    def __init__(self, *args: Any, versions: Any, tables: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].queryset = tables  # type: ignore[attr-defined]
        for name in ("base", "others"):
            self.fields[name].queryset = versions  # type: ignore[attr-defined]

    def clean_others(self) -> Any:
        """Not more than fit on a page."""
        chosen = self.cleaned_data["others"]
        if len(chosen) > VersionComparison.MOST:
            raise forms.ValidationError(_("Choose at most three."))
        return chosen


class TakeOverForm(forms.Form):
    """Which candidate goes on, and why."""

    trial = forms.ModelChoiceField(label=_("Go on with"), queryset=Trial.objects.none(), empty_label=None)
    reason = forms.CharField(
        label=_("Why do you take it over?"),
        widget=area(),
        max_length=2000,
        help_text=_("The author reads this and learns from it."),
    )

    def __init__(self, *args: Any, trials: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["trial"].queryset = trials  # type: ignore[attr-defined]


class FindingForm(forms.Form):
    """What must be put right, by whom and until when."""

    title = forms.CharField(label=_("What must be put right?"), max_length=200)
    detail = forms.CharField(label=_("Detail"), widget=area(), max_length=4000, required=False)
    severity = forms.ChoiceField(
        label=_("How severe"),
        choices=Finding.Severity.choices,
        initial=Finding.Severity.MEDIUM,
        help_text=_("High: 5 days, medium: 20 days, low: 60 days, unless you name a day."),
    )
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none())
    due_on = forms.DateField(label=_("Until"), widget=day(), required=False)
    version = forms.ModelChoiceField(
        label=_("Model version"),
        queryset=ModelVersion.objects.none(),
        required=False,
        empty_label=_("the whole use case"),
    )

    def __init__(self, *args: Any, versions: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = User.objects.active().filter(is_service=False)  # type: ignore[attr-defined]
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]
