"""What people enter about use cases."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.choosing import FewOrWritten
from portal.core.models import OrgUnit, Right, User
from projects.models import ReadinessCheck, UseCase


def text(
    label: Any, *, rows: int = 3, longest: int = 2000, hint: Any = "", required: bool = True
) -> forms.CharField:
    """A box for sentences."""
    return forms.CharField(
        label=label,
        max_length=longest,
        help_text=hint,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def day(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day, with the browser's calendar."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class Colleague(forms.ModelChoiceField):
    """A person from the list, or by e-mail or full name where the list would be long."""

    widget = FewOrWritten(hint=_("e-mail or full name"))

    def written(self, chosen: User) -> str:
        """How a chosen one stands in a box."""
        return chosen.email

    def to_python(self, value: Any) -> Any:
        said = str(value or "").strip()
        if not said or said.isdecimal():
            return super().to_python(value)
        found = list(self.queryset.filter(Q(email__iexact=said) | Q(display_name__iexact=said))[:2])  # type: ignore[union-attr]
        if len(found) == 1:
            return found[0]
        if found:
            raise forms.ValidationError(_("Several people have this name: write the e-mail."))
        raise forms.ValidationError(_("There is nobody of this e-mail or full name here."))


def someone(label: Any, *, required: bool = False, hint: Any = "") -> forms.ModelChoiceField:
    """A colleague."""
    colleagues = User.objects.active().filter(is_service=False)
    return Colleague(colleagues, label=label, required=required, help_text=hint)


class ProposalForm(forms.Form):
    """Two minutes: a problem in one's own words."""

    title = forms.CharField(
        label=_("What would you call it?"),
        max_length=140,
        help_text=_("A few words, such as “Fewer wrong claims”."),
    )
    problem = text(
        _("What goes wrong today, for whom?"),
        rows=4,
        longest=4000,
        hint=_("In your own words. Start from the problem, not from a model."),
    )
    decides_today = text(
        _("Who decides what today?"),
        rows=2,
        required=False,
        hint=_("The decision a prediction could help with."),
    )
    data_hint = text(_("Which data do you think exist?"), rows=2, required=False)
    people_affected = forms.IntegerField(
        label=_("How many people does it concern?"), min_value=0, max_value=2_000_000_000, required=False
    )
    rough_benefit = forms.IntegerField(
        label=_("Rough benefit a year (€)"),
        min_value=0,
        max_value=2_000_000_000,
        required=False,
        help_text=_("A guess is fine."),
    )
    is_confidential = forms.BooleanField(
        label=_("Confidential: only those who work on it see it"), required=False
    )


class DetailsForm(ProposalForm):
    """All that is known about a use case."""

    decision_supported = text(
        _("Decision supported"), required=False, hint=_("Which decision, by whom, how often.")
    )
    action_taken = text(
        _("Action taken on a prediction"),
        required=False,
        hint=_("What changes in the process, and who does it."),
    )
    process = forms.CharField(label=_("Operational process"), max_length=200, required=False)
    process_owner = someone(_("Process owner"), hint=_("Keeps control of the process that changes."))
    end_users = forms.CharField(label=_("End users"), max_length=200, required=False)
    success_metric = forms.CharField(label=_("Success metric"), max_length=200, required=False)
    metric_unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    metric_baseline = forms.FloatField(label=_("Today"), required=False)
    metric_target = forms.FloatField(label=_("Target"), required=False)
    ai_kind = forms.ChoiceField(label=_("Kind of AI"), choices=UseCase.Kind.choices)
    unit = forms.ModelChoiceField(OrgUnit.objects.all(), label=_("Business line"), required=False)
    sponsor = someone(_("Sponsor"), hint=_("Decides at the gates; not the product owner."))
    improvement_owner = someone(_("Owner of improvement"))
    operation_owner = someone(_("Owner of operation"))
    monitoring_owner = someone(_("Owner of monitoring"))


class AcceptForm(forms.Form):
    """Into the backlog."""

    product_owner = someone(
        _("Product owner"),
        required=True,
        hint=_("Only people who earned the right to own a use case are listed."),
    )
    sponsor = someone(_("Sponsor"), hint=_("Decides at the gates."))
    unit = forms.ModelChoiceField(OrgUnit.objects.all(), label=_("Business line"), required=False)
    risk_tier = forms.ChoiceField(
        label=_("First risk tier"), choices=[each for each in UseCase.Tier.choices if each[0] != "prohibited"]
    )
    risk_basis = text(_("Basis of the tier"), rows=2, required=False)
    comment = text(_("A word to the author"), rows=2, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product_owner"].queryset = User.objects.holding(Right.OWN_USE_CASE).filter(
            is_service=False
        )  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """Back to the author."""

    question = text(_("Your question"), hint=_("The author is told and answers on the page of the proposal."))


class DeclineForm(forms.Form):
    """Not taken up."""

    reason = text(_("Reason"), hint=_("The author sees it. Say what would have to change."))


class ByReference(forms.ModelChoiceField):
    """A use case named by its reference (or its key): a list of ten thousand helps nobody."""

    widget = forms.TextInput

    def written(self, chosen: UseCase) -> str:
        """How a chosen one stands in a box."""
        return str(chosen)

    def to_python(self, value: Any) -> Any:
        said = str(value or "").strip().split(" ")[0]
        if said.upper().startswith("UC-"):
            found = self.queryset.filter(ref=said.upper()).first()  # type: ignore[union-attr]
            if found is None:
                raise forms.ValidationError(
                    _("There is no use case %(ref)s that you see and that goes on."),
                    params={"ref": said.upper()},
                )
            return found
        return super().to_python(value)


class DuplicateForm(forms.Form):
    """Goes on elsewhere."""

    of = ByReference(
        UseCase.objects.none(),
        label=_("Use case that goes on"),
        help_text=_("Its reference, such as UC-0007."),
        widget=forms.TextInput(attrs={"list": "similar-references", "autocomplete": "off"}),
        error_messages={"invalid_choice": _("Write its reference, such as UC-0007.")},
    )

    def __init__(self, *args: Any, visible: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["of"].queryset = visible  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """Send a draft, or the answer to a question."""

    answer = text(
        _("A word to the portfolio manager"),
        required=False,
        hint=_("Answer the question here, or change the proposal first."),
    )


class TierForm(forms.Form):
    """The risk tier with its reason."""

    tier = forms.ChoiceField(
        label=_("Risk tier"), choices=[each for each in UseCase.Tier.choices if each[0] != "unassessed"]
    )
    reason = text(_("Reason"), hint=_("Whom it touches, how much, how reversibly."))


class MakeOrBuyForm(forms.Form):
    """Make, buy, with a partner, or no AI."""

    choice = forms.ChoiceField(
        label=_("Decision"),
        choices=[each for each in UseCase.MakeOrBuy.choices if each[0] != "undecided"],
        widget=forms.RadioSelect,
    )
    reason = text(_("Reason"), hint=_("Dependence, exit, skills, time and cost."))


class HoldForm(forms.Form):
    """A pause with an end."""

    until = day(_("Until"))
    reason = text(_("Reason"), rows=2, longest=300)


class TurnForm(forms.Form):
    """The answer to a pivot."""

    direction = text(
        _("What is different from now on?"), hint=_("What you learned, and what you try instead.")
    )


class HealthForm(forms.Form):
    """How it goes."""

    health = forms.ChoiceField(label=_("Health"), choices=UseCase.Health.choices, widget=forms.RadioSelect)
    comment = text(
        _("What is behind it"), rows=2, required=False, hint=_("Needed when it is at risk or off track.")
    )


class StopForm(forms.Form):
    """The end before production."""

    reason = text(_("Why stop?"))
    lessons = text(_("What did you learn?"), hint=_("For those who have the same idea in a year."))


class ReasonForm(forms.Form):
    """A reason and nothing else."""

    reason = text(_("Reason"))


class OwnerForm(forms.Form):
    """Another product owner."""

    product_owner = someone(_("Product owner"), required=True, hint=_("Needs the right to own a use case."))


class CommentForm(forms.Form):
    """A word on a use case."""

    text = text(_("Your comment"), longest=4000, hint=_("Markdown works: **bold**, lists, links."))


class ReadinessForm(forms.Form):
    """One of the three checks, with what shows it."""

    kind = forms.ChoiceField(choices=ReadinessCheck.Kind.choices, widget=forms.HiddenInput)
    evidence = text(_("What shows it?"), hint=_("Who agreed to what, where it is written."))


class EmptyForm(forms.Form):
    """An act that asks for nothing."""
