"""What people write when they ask for a waiver, for data, for a retirement, or answer several requests at once."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.forms.acts import area, day
from governance.models import ApprovalRequest, Decision
from projects.models import UseCase


class WaiverForm(forms.Form):
    """Which requirement, why, what is done meanwhile, until when."""

    code = forms.ChoiceField(label=_("What should be waived?"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why can it not be met now?"), widget=area(), max_length=2000)
    meanwhile = forms.CharField(
        label=_("What is done meanwhile?"),
        widget=area(),
        max_length=2000,
        help_text=_("A step that keeps the risk small until it is met."),
    )
    until = forms.DateField(label=_("Until which day?"), widget=day())

    def __init__(
        self, *args: Any, choices: list[tuple[str, Any]] | None, longest: int, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["until"].help_text = _("At most %(days)s days from today.") % {"days": longest}
        if choices is None:
            del self.fields["code"]
        else:
            self.fields["code"].choices = choices  # type: ignore[attr-defined]


class AccessForm(forms.Form):
    """What the data is for, and until when."""

    purpose = forms.CharField(
        label=_("What do you need it for?"), widget=area(), max_length=2000,
        help_text=_("The owner decides on the strength of this."),
    )  # fmt: skip
    use_case = forms.ModelChoiceField(
        UseCase.objects.none(), label=_("For the use case"), required=False, empty_label=_("None of mine")
    )
    until = forms.DateField(
        label=_("Until which day?"), widget=day(), help_text=_("Access ends by itself after this day.")
    )

    def __init__(self, *args: Any, use_cases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["use_case"].queryset = use_cases  # type: ignore[attr-defined]


class RetirementForm(forms.Form):
    """Why, and the last day."""

    reason = forms.CharField(label=_("Why should it be retired?"), widget=area(), max_length=2000)
    until = forms.DateField(
        label=_("Its last day in service"), widget=day(),
        help_text=_("Whoever uses it is told as soon as this is decided."),
    )  # fmt: skip


class TogetherForm(forms.Form):
    """One answer for several like requests; each is checked by itself."""

    answer = forms.ChoiceField(label=_("Your answer"), widget=forms.RadioSelect)
    category = forms.ChoiceField(
        label=_("What it is about"),
        choices=Decision.Category.choices,
        required=False,
        help_text=_("Needed for a no or for changes."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=area(),
        max_length=4000,
        required=False,
        help_text=_("Needed for a no or for changes. Each of those who asked reads it."),
    )
    OFFERED = (
        Decision.Answer.APPROVE, Decision.Answer.REQUEST_CHANGES, Decision.Answer.REJECT, Decision.Answer.ABSTAIN,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].choices = [(each.value, each.label) for each in self.OFFERED]  # type: ignore[attr-defined]


class KindForm(forms.Form):
    """Which kind of requests."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ApprovalRequest.Kind.choices)
