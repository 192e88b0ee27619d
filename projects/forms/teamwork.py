"""What people enter about memberships, trust, hypotheses, cycles and comments."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.models import Right, User
from projects.forms.use_cases import day, someone, text
from projects.models import ContractSignature, Cycle, DatasetVersion, SquadRole, UseCase


def people(label: Any, *, required: bool = False, hint: Any = "") -> forms.ModelMultipleChoiceField:
    """Several colleagues."""
    return forms.ModelMultipleChoiceField(
        User.objects.active().filter(is_service=False),
        label=label,
        required=required,
        help_text=hint,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )


class MemberChangeForm(forms.Form):
    """Share, days and backup of a membership."""

    allocation = forms.IntegerField(label=_("Share of their time (%)"), min_value=1, max_value=100)
    starts_on = day(_("From"))
    ends_on = day(_("Until"), required=False, hint=_("Leave empty when no end is planned."))
    backup = someone(_("Backup"), hint=_("Who steps in when this person is away or leaves."))
    site = forms.CharField(label=_("Site"), max_length=80, required=False)


class WaiverForm(forms.Form):
    """Why another size is right."""

    reason = text(_("Why is this size right?"), rows=3)
    until = day(_("Until"), hint=_("Then the size is looked at again; at most a year."))


class ComponentForm(forms.Form):
    """A use case that becomes a part."""

    part = forms.ModelChoiceField(UseCase.objects.none(), label=_("Use case that is a part of this one"))

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["part"].queryset = offered  # type: ignore[attr-defined]


class StaffingForm(forms.Form):
    """Whom one looks for."""

    role = forms.ChoiceField(
        label=_("Has had the role"), choices=[("", _("Any role")), *SquadRole.choices], required=False
    )
    right = forms.ChoiceField(
        label=_("Holds the right"), choices=[("", _("Any")), *Right.choices], required=False
    )
    q = forms.CharField(label=_("Name or job title"), max_length=80, required=False)
    site = forms.CharField(label=_("Site"), max_length=80, required=False)
    free = forms.IntegerField(label=_("Free at least (%)"), min_value=0, max_value=100, required=False)
    first = day(_("From"), required=False)
    last = day(_("Until"), required=False)

    def clean(self) -> dict[str, Any]:
        """Days in order."""
        given = super().clean() or {}
        if given.get("first") and given.get("last") and given["last"] < given["first"]:
            self.add_error("last", _("The end lies before the start."))
        return given


class RaciForm(forms.Form):
    """Who is who in one area."""

    area = forms.CharField(widget=forms.HiddenInput)
    accountable = someone(_("Accountable"), required=True, hint=_("One person who answers for it."))
    responsible = people(_("Do the work"), required=True)
    consulted = people(_("Are asked first"))
    informed = people(_("Are told"))


class ContractForm(forms.Form):
    """The promise to those who live with the model."""

    intended_use = text(_("What it is for"), hint=_("The decision it helps with, and whose."))
    promised_figures = text(
        _("What it promises, in figures"), hint=_("Such as “8 of 10 clients on the list answer the call”.")
    )
    not_to_follow = text(_("When not to follow it"), hint=_("Situations in which people know better."))
    human_fallback = text(_("What people do then"), hint=_("How work goes on without the model."))
    feedback_channel = text(
        _("Whom to tell"), rows=2, hint=_("Where to report a wrong prediction, and when an answer comes.")
    )


class SignForm(forms.Form):
    """A signature."""

    capacity = forms.ChoiceField(choices=ContractSignature.Capacity.choices)


class HypothesisForm(forms.Form):
    """What the business believes."""

    statement = forms.CharField(
        label=_("We believe that…"), max_length=300, help_text=_("Such as “young clients leave more often”.")
    )
    consequence = forms.CharField(
        label=_("If so, we would…"), max_length=300, required=False, help_text=_("What would change.")
    )


class AnswerHypothesisForm(forms.Form):
    """What the data say."""

    version = forms.ModelChoiceField(
        DatasetVersion.objects.none(), label=_("Table"), widget=forms.HiddenInput
    )
    column = forms.ChoiceField(label=_("Column that shows it"), widget=forms.HiddenInput)
    against = forms.ChoiceField(label=_("Against"), required=False, widget=forms.HiddenInput)
    is_true = forms.TypedChoiceField(
        label=_("The data"),
        choices=[("yes", _("confirm it")), ("no", _("refute it"))],
        widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
    )
    finding = text(_("In a sentence"), rows=2, hint=_("What the chart shows, with a figure."))

    def __init__(self, *args: Any, offered: Any, columns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["version"].queryset = offered  # type: ignore[attr-defined]
        for name in ("column", "against"):
            self.fields[name].choices = [(each, each) for each in columns]  # type: ignore[attr-defined]


class CycleForm(forms.Form):
    """A goal and its days."""

    goal = forms.CharField(
        label=_("Goal"),
        max_length=300,
        help_text=_("What will be possible at the end that is not possible now?"),
    )
    starts_on = day(_("From"))
    ends_on = day(_("Until"), hint=_("Two or three weeks, six at most."))
    metric = forms.CharField(label=_("Measured by"), max_length=120, required=False)
    metric_before = forms.FloatField(label=_("Value before"), required=False)


class CycleCloseForm(forms.Form):
    """The demo and what came of it."""

    is_accepted = forms.TypedChoiceField(
        label=_("The demo was"),
        choices=[("yes", _("accepted")), ("no", _("not accepted"))],
        widget=forms.RadioSelect,
        coerce=lambda said: said == "yes",
    )
    outcome = text(_("Outcome"), hint=_("What was shown, what was learned."))
    metric_after = forms.FloatField(label=_("Value after"), required=False)


class StoryForm(forms.Form):
    """A small piece of work."""

    title = forms.CharField(
        label=_("Story"),
        max_length=200,
        help_text=_("Such as “As an agent I see why a client is on the list”."),
    )
    assignee = someone(_("Whose"))


class StoryChangeForm(StoryForm):
    """The same, with its cycle."""

    cycle = forms.ModelChoiceField(
        Cycle.objects.none(), label=_("Cycle"), required=False, empty_label=_("In no cycle yet")
    )

    def __init__(self, *args: Any, cycles: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cycle"].queryset = cycles  # type: ignore[attr-defined]
