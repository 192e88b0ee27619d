"""Forms of acts: plain fields, one service call each."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from governance.checklist import ITEMS, for_tier
from governance.models import ApprovalRequest, BenefitLine, Decision, Finding, Model, ModelVersion
from governance.models.benefits import Evidence
from portal.core.models import User
from projects.models import DatasetVersion


def area(rows: int = 3) -> forms.Textarea:
    """A text field of this height."""
    return forms.Textarea(attrs={"rows": rows})


def day() -> forms.DateInput:
    """A calendar field."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class DecisionForm(forms.Form):
    """The answer to a request; fields that the kind does not need are taken out."""

    answer = forms.ChoiceField(
        label=_("Your answer"), choices=Decision.Answer.choices, widget=forms.RadioSelect
    )
    checklist = forms.MultipleChoiceField(
        label=_("I confirm"), choices=list(ITEMS.items()), widget=forms.CheckboxSelectMultiple, required=False
    )
    category = forms.ChoiceField(
        label=_("What it is about"),
        choices=Decision.Category.choices,
        required=False,
        help_text=_("Needed for every answer but a yes."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        widget=area(),
        max_length=4000,
        required=False,
        help_text=_("Needed for every answer but a yes. The author learns from it."),
    )
    until = forms.DateField(
        label=_("Until"), widget=day(), required=False, help_text=_("Needed for a hold or a pivot.")
    )
    lessons = forms.CharField(
        label=_("What was learned?"),
        widget=area(2),
        max_length=2000,
        required=False,
        help_text=_("Needed to stop: for those who have the same idea in a year."),
    )
    dissent = forms.CharField(
        label=_("A dissenting opinion"),
        widget=area(2),
        max_length=4000,
        required=False,
        help_text=_(
            "If you think otherwise, or go along all the same: kept with your name, whatever the outcome."
        ),
    )
    finding_title = forms.CharField(
        label=_("Finding: what must be put right"), max_length=200, required=False
    )
    finding_severity = forms.ChoiceField(
        label=_("How severe"),
        choices=Finding.Severity.choices,
        required=False,
        initial=Finding.Severity.MEDIUM,
    )
    finding_owner = forms.ModelChoiceField(label=_("Owner"), queryset=User.objects.none(), required=False)
    finding_due = forms.DateField(label=_("Until"), widget=day(), required=False)
    seen_digest = forms.CharField(widget=forms.HiddenInput, required=False)
    FINDING = ("finding_title", "finding_severity", "finding_owner", "finding_due")

    def __init__(
        self,
        *args: Any,
        is_review: bool,
        owners: Any,
        tier: str = "",
        choices: list[str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["checklist"].choices = list(for_tier(tier).items())  # type: ignore[attr-defined]
        self.fields["finding_owner"].queryset = owners  # type: ignore[attr-defined]
        offered = set(choices if choices is not None else Decision.Answer.values)
        if not is_review:
            offered.discard(Decision.Answer.APPROVE_WITH_FINDINGS)
        if Decision.Answer.APPROVE_WITH_FINDINGS not in offered:
            for name in (*self.FINDING, "checklist"):
                del self.fields[name]
        for name, needed in (("until", Decision.DATED), ("lessons", [Decision.Answer.STOP])):
            if not offered & set(needed):
                del self.fields[name]
        said = [each for each in Decision.Answer.choices if each[0] in offered]
        self.fields["answer"].choices = said  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        """What the service takes."""
        data = dict(self.cleaned_data)
        finding = {name: data.pop(name, None) for name in self.FINDING}
        if (
            data["answer"] == Decision.Answer.APPROVE_WITH_FINDINGS
            and finding["finding_title"]
            and finding["finding_owner"]
        ):
            data["findings"] = [
                {
                    "title": finding["finding_title"],
                    "severity": finding["finding_severity"],
                    "owner": finding["finding_owner"],
                    "due_on": finding["finding_due"],
                }
            ]
        return data


class CardForm(forms.Form):
    """The authored part of the model card."""

    purpose = forms.CharField(
        label=_("What is it for?"),
        widget=area(),
        max_length=2000,
        help_text=_("The decision it supports, in one or two sentences."),
    )
    intended_use = forms.CharField(label=_("Who uses it, when and how?"), widget=area(), max_length=2000)
    limits = forms.CharField(
        label=_("What must it not be used for?"),
        widget=area(),
        max_length=2000,
        help_text=_("People, products or times it was not trained for."),
    )
    ethics = forms.CharField(label=_("Whom could it treat unfairly?"), widget=area(), max_length=2000)
    fallback = forms.CharField(label=_("What do people do without it?"), widget=area(), max_length=2000)
    comment = forms.CharField(
        label=_("A word to the reviewer"), widget=area(2), max_length=2000, required=False
    )


class RegisterForm(forms.Form):
    """As the next version of a model, or the first of a new one."""

    model = forms.ModelChoiceField(
        label=_("Model"), queryset=Model.objects.none(), required=False, empty_label=_("A new model")
    )
    name = forms.CharField(label=_("Name of a new model"), max_length=120, required=False)

    def __init__(self, *args: Any, models: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["model"].queryset = models  # type: ignore[attr-defined]
        if not models.exists():
            del self.fields["model"]


class ReasonForm(forms.Form):
    """A reason."""

    reason = forms.CharField(label=_("Reason"), widget=area(2), max_length=500)


class TableForm(forms.Form):
    """Which table."""

    dataset_version = forms.ModelChoiceField(label=_("Table"), queryset=DatasetVersion.objects.none())

    def __init__(self, *args: Any, tables: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataset_version"].queryset = tables  # type: ignore[attr-defined]


class GateForm(forms.Form):
    """A word, and reasons for what may be waived."""

    comment = forms.CharField(
        label=_("A word to the deciders"), widget=area(2), max_length=2000, required=False
    )

    def __init__(self, *args: Any, waivable: list[Any], asks_course: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if asks_course:
            self.fields["course"] = forms.ChoiceField(
                label=_("What do you propose?"),
                choices=ApprovalRequest.Course.choices,
                widget=forms.RadioSelect,
            )
        for each in waivable:
            label = _("Why without: %(what)s") % {"what": each.label}
            self.fields[f"waive_{each.code}"] = forms.CharField(
                label=label, max_length=500, required=False, widget=area(2)
            )

    def waivers(self) -> dict[str, str]:
        """Requirement code to reason."""
        return {
            name.removeprefix("waive_"): text
            for name, text in self.cleaned_data.items()
            if name.startswith("waive_") and text
        }


class SignForm(forms.Form):
    """A word with the signature."""

    note = forms.CharField(
        label=_("A word with it"), widget=area(2), max_length=2000, required=False,
        help_text=_("For example what you tried and what you saw."),
    )  # fmt: skip


class DissentForm(forms.Form):
    """What somebody who decides thinks otherwise."""

    text = forms.CharField(label=_("What do you think otherwise?"), widget=area(), max_length=4000)


class SecondLookForm(forms.Form):
    """What somebody sees who looks afterwards at a small change."""

    remark = forms.CharField(
        label=_("What did you see?"),
        widget=area(2),
        max_length=4000,
        required=False,
        help_text=_("Needed when it should not have passed: its author puts it right from these words."),
    )


class LineForm(forms.Form):
    """An expected benefit."""

    title = forms.CharField(label=_("Benefit"), max_length=160)
    kind = forms.ChoiceField(label=_("Kind"), choices=BenefitLine.Kind.choices)
    yearly_amount = forms.IntegerField(label=_("Expected per year (€)"), min_value=1, max_value=10**12)
    evidence = forms.ChoiceField(
        label=_("How well is it known?"), choices=Evidence.choices, initial=Evidence.DECLARED
    )
    method = forms.CharField(label=_("How will it be measured?"), widget=area(2), max_length=2000)
    baseline = forms.CharField(label=_("Where do we start from?"), widget=area(2), max_length=2000)


class MeasurementForm(forms.Form):
    """What was realised."""

    starts_on = forms.DateField(label=_("From"), widget=day())
    ends_on = forms.DateField(label=_("Until"), widget=day())
    amount = forms.IntegerField(label=_("Realised (€)"), min_value=-(10**12), max_value=10**12)
    evidence = forms.ChoiceField(
        label=_("How well is it known?"), choices=Evidence.choices, initial=Evidence.DECLARED
    )
    note = forms.CharField(label=_("How was it measured?"), widget=area(2), max_length=2000)


class FindingActForm(forms.Form):
    """Text and day of an act on a finding; the service says which it needs."""

    act = forms.ChoiceField(
        choices=[(name, name) for name in ("start", "resolve", "verify", "reopen", "accept")],
        widget=forms.HiddenInput,
    )
    text = forms.CharField(label=_("What was done, or why"), widget=area(), max_length=4000, required=False)
    until = forms.DateField(label=_("Accepted until"), widget=day(), required=False)


def card_of(version: ModelVersion) -> dict[str, str]:
    """What stands on the card now."""
    return {name: getattr(version, name) for name in ModelVersion.AUTHORED}
