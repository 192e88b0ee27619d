"""What people enter while a use case is framed: estimates, make or buy, templates, answers to the portal."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import buying, standards
from projects.forms.use_cases import ProposalForm, day, text
from projects.models import KillCriterion, MakeOrBuyAssessment, SquadRole, UseCase, UseCaseTemplate
from projects.models.estimates import IMPACTS, SIZES

OPEN = ("", _("Not answered"))


class SnoozeForm(forms.Form):
    """Look again on a day."""

    until = day(_("Look at it again on"))
    reason = forms.CharField(label=_("What are you waiting for?"), max_length=300, required=False)


class SupportForm(forms.Form):
    """A word with one's vote."""

    comment = text(
        _("What is it like for you?"),
        required=False,
        longest=4000,
        hint=_("Your words become a comment there: how often, how much, where it differs."),
    )


class StepForm(forms.Form):
    """One question of the proposal."""

    def __init__(self, *args: Any, names: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in names:
            self.fields[name] = ProposalForm.base_fields[name].__deepcopy__({})


class EstimateForm(forms.Form):
    """Rough figures for the lenses beside P."""

    reach = forms.IntegerField(
        label=_("People or cases a quarter"), min_value=0, max_value=2_000_000_000, required=False
    )
    impact = forms.TypedChoiceField(
        label=_("Impact on each"), choices=[OPEN, *IMPACTS], coerce=float, empty_value=None, required=False
    )
    effort_months = forms.FloatField(
        label=_("Person-months to production"), min_value=0.1, max_value=1000, required=False
    )
    yearly_value = forms.IntegerField(
        label=_("Expected value a year (€)"),
        min_value=0,
        max_value=10**12,
        required=False,
        help_text=_("Empty: the rough benefit of the proposal counts."),
    )
    weeks = forms.IntegerField(label=_("Weeks to production"), min_value=1, max_value=520, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (
            ("user_value", _("Value for users")),
            ("time_criticality", _("Urgency")),
            ("risk_reduction", _("Risk it takes away, chances it opens")),
            ("job_size", _("Size of the job")),
        ):
            self.fields[name] = forms.TypedChoiceField(
                label=label, choices=[OPEN, *SIZES], coerce=int, empty_value=None, required=False
            )


class AssessmentForm(forms.Form):
    """Make or buy: category, criteria, facts, questions, cost."""

    category = forms.ChoiceField(
        label=_("What kind of thing is it?"),
        choices=MakeOrBuyAssessment.Category.choices,
        widget=forms.RadioSelect,
    )
    facts = forms.MultipleChoiceField(
        label=_("What holds here?"),
        choices=list(buying.FACTS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for criterion in buying.CRITERIA:
            words = {
                -2: f"{buying.LEVEL_WORDS[-2]} · {criterion.buy}",
                2: f"{buying.LEVEL_WORDS[2]} · {criterion.make}",
            }
            self.fields[criterion.code] = forms.TypedChoiceField(
                label=criterion.label,
                choices=[
                    OPEN,
                    *((level, words.get(level, buying.LEVEL_WORDS[level])) for level in buying.LEVELS),
                ],
                coerce=int,
                empty_value=None,
                required=False,
            )
        for code, question in buying.QUESTIONS.items():
            self.fields[f"answer_{code}"] = text(question, rows=2, required=False)
        for code, (label, is_share, default) in buying.COSTS.items():
            self.fields[f"cost_{code}"] = forms.FloatField(
                label=label,
                min_value=0,
                max_value=100 if is_share else 10**12,
                required=False,
                initial=default if is_share else None,
            )

    def named(self, *codes: str) -> list[Any]:
        """These fields, bound."""
        return [self[code] for code in codes]

    def levels(self) -> list[Any]:
        """The seven criteria."""
        return self.named(*buying.BY_CODE)

    def questions(self) -> list[Any]:
        """The structuring questions."""
        return self.named(*(f"answer_{code}" for code in buying.QUESTIONS))

    def costs(self) -> list[Any]:
        """The cost table."""
        return self.named(*(f"cost_{code}" for code in buying.COSTS))

    @property
    def given(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        return {
            "category": data["category"],
            "facts": data["facts"],
            "scores": {code: data[code] for code in buying.BY_CODE if data.get(code) is not None},
            "answers": {
                code: data[f"answer_{code}"] for code in buying.QUESTIONS if data.get(f"answer_{code}")
            },
            "costs": {
                code: data[f"cost_{code}"] for code in buying.COSTS if data.get(f"cost_{code}") is not None
            },
        }


def initial_of(assessment: MakeOrBuyAssessment | None) -> dict[str, Any]:
    """What was answered before, as the form shows it."""
    if assessment is None:
        return {}
    return {
        "category": assessment.category,
        "facts": assessment.facts,
        **assessment.scores,
        **{f"answer_{code}": words for code, words in assessment.answers.items()},
        **{f"cost_{code}": amount for code, amount in assessment.costs.items()},
    }


class DecisionForm(forms.Form):
    """Make, buy, with a partner, or no AI; with the reason, and the exception where a veto stands."""

    choice = forms.ChoiceField(
        label=_("Decision"),
        choices=[each for each in UseCase.MakeOrBuy.choices if each[0] != "undecided"],
        widget=forms.RadioSelect,
    )
    reason = text(_("Reason"), hint=_("Dependence, exit, skills, time and cost."))
    exception = text(
        _("Exception"),
        rows=2,
        longest=500,
        required=False,
        hint=_("Needed where a veto speaks against the decision."),
    )


class BeginForm(forms.Form):
    """A new use case from a template or from another one."""

    title = forms.CharField(label=_("What would you call it?"), max_length=140)
    problem = text(_("What goes wrong today, for whom?"), rows=4, longest=4000)


class TemplateNameForm(forms.Form):
    """A template made of a finished use case."""

    name = forms.CharField(label=_("Name of the template"), max_length=120)
    summary = text(_("When to use it"), rows=2, required=False)


class TemplateForm(TemplateNameForm):
    """A template written by hand."""

    decision_supported = text(_("Decision supported"), rows=2, required=False)
    action_taken = text(_("Action taken on a prediction"), rows=2, required=False)
    process = forms.CharField(label=_("Operational process"), max_length=200, required=False)
    end_users = forms.CharField(label=_("End users"), max_length=200, required=False)
    success_metric = forms.CharField(label=_("Success metric"), max_length=200, required=False)
    metric_unit = forms.CharField(label=_("Unit"), max_length=40, required=False)
    data_hint = text(_("Data that usually exist"), rows=2, required=False)
    ai_kind = forms.ChoiceField(label=_("Kind of AI"), choices=UseCase.Kind.choices, required=False)
    roles = forms.MultipleChoiceField(
        label=_("Roles it needs"),
        choices=SquadRole.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    standards = forms.MultipleChoiceField(
        label=_("What each use case must have"),
        choices=[(each.code, each.label) for each in standards.STANDARDS],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    @property
    def content(self) -> dict[str, Any]:
        """As the service takes it."""
        data = self.cleaned_data
        words = ("decision_supported", "action_taken", "process", "end_users", "success_metric", "metric_unit", "data_hint", "ai_kind")  # fmt: skip
        return {
            "name": data["name"],
            "summary": data["summary"],
            "details": {name: data[name] for name in words if data[name]},
            "roles": data["roles"],
            "standards": data["standards"],
        }

    @staticmethod
    def initial_of(template: UseCaseTemplate) -> dict[str, Any]:
        """A template as the form shows it."""
        return {
            "name": template.name,
            "summary": template.summary,
            "roles": template.roles,
            "standards": template.standards,
            **template.details,
        }


class TemplateCriterionForm(forms.Form):
    """One kill criterion that a template brings."""

    statement = forms.CharField(label=_("We stop unless…"), max_length=300)
    metric = forms.CharField(label=_("Measured as"), max_length=120)
    comparator = forms.ChoiceField(label=_("Must be"), choices=KillCriterion.Comparator.choices)
    threshold = forms.FloatField(label=_("Threshold"))
    in_days = forms.IntegerField(label=_("Days from the start"), min_value=1, max_value=365, initial=20)
