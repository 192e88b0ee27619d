"""What people enter on the steps of an experiment."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects import question as known
from projects.forms.datasets import my_use_cases
from projects.models import DatasetVersion, Experiment, UseCase
from projects.sentences import sentence


def usable_versions(user: User) -> Any:
    """Ready versions the person sees, without their large profiles."""
    return DatasetVersion.objects.usable_by(user).ready().for_list().order_by("dataset__name", "-number")


class DraftForm(forms.Form):
    """Which data, for which use case."""

    title = forms.CharField(
        label=_("Title"),
        max_length=140,
        help_text=_("The question in a few words, such as “Who will renew?”."),
    )
    use_case = forms.ModelChoiceField(
        UseCase.objects.none(), label=_("For the use case"), help_text=_("One you work on.")
    )
    dataset_version = forms.ModelChoiceField(DatasetVersion.objects.none(), label=_("Data"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["use_case"].value()
        self.fields["use_case"].queryset = my_use_cases(user, chosen)  # type: ignore[attr-defined]
        self.fields["dataset_version"].queryset = usable_versions(user)  # type: ignore[attr-defined]


class VersionChoiceForm(forms.Form):
    """Another version of the data."""

    dataset_version = forms.ModelChoiceField(DatasetVersion.objects.none(), label=_("Data"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["dataset_version"].queryset = usable_versions(user)  # type: ignore[attr-defined]


class StepForm(forms.Form):
    """One step of the question; knows the experiment and turns what was entered into parts of the question."""

    def __init__(self, *args: Any, experiment: Experiment, **kwargs: Any) -> None:
        super().__init__(*args, initial=self.start(experiment), **kwargs)
        self.experiment = experiment
        self.columns = [each["name"] for each in experiment.dataset_version.columns_described]
        self.prepare()

    def start(self, experiment: Experiment) -> dict[str, Any]:
        """What stands in the question already."""
        return dict(experiment.question)

    def prepare(self) -> None:
        """Choices that depend on the data."""

    def asked(self) -> dict[str, Any]:
        """The parts of the question."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class QuestionForm(StepForm):
    """What is predicted, about what, and when."""

    target = forms.ChoiceField(
        label=_("What do you want to predict?"), help_text=_("The column that holds the answer.")
    )
    task = forms.ChoiceField(
        label=_("What kind of answer is it?"),
        required=False,
        choices=[("", _("As the data suggest")), *known.TASKS.items()],
    )
    row_meaning = forms.CharField(
        label=_("One row is"), max_length=200, help_text=_("For example: one client on 1 January.")
    )
    predicted_when = forms.CharField(
        label=_("The prediction is made"),
        max_length=200,
        help_text=_("For example: one month before the renewal. What is known only later must not be used."),
    )

    def start(self, experiment: Experiment) -> dict[str, Any]:
        words = {"row_meaning": experiment.row_meaning, "predicted_when": experiment.predicted_when}
        return {**experiment.question, **words}

    def prepare(self) -> None:
        self.fields["target"].choices = [("", "—"), *((name, name) for name in self.columns)]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        found = {"target": self.cleaned_data["target"]}
        return {**found, "task": self.cleaned_data["task"]} if self.cleaned_data["task"] else found

    def words(self) -> dict[str, str]:
        """What stands beside the question."""
        return {name: self.cleaned_data[name] for name in ("row_meaning", "predicted_when")}


class ColumnsForm(StepForm):
    """A role for every column."""

    def prepare(self) -> None:
        roles = self.experiment.question.get("roles", {})
        self.rows = []
        for number, each in enumerate(self.experiment.dataset_version.columns_described):
            if each["name"] == self.experiment.question.get("target"):
                continue
            name = f"role_{number}"
            start = roles.get(each["name"], each.get("suggested_role", "feature"))
            field = forms.ChoiceField(label=each["name"], choices=list(known.ROLES.items()), initial=start)
            field.widget.attrs["aria-label"] = each["name"]
            field.reason = sentence(each.get("reason", {}))  # type: ignore[attr-defined]
            self.fields[name] = field
            self.rows.append((name, each))

    def asked(self) -> dict[str, Any]:
        return {"roles": {each["name"]: self.cleaned_data[name] for name, each in self.rows}}


class MetricForm(StepForm):
    """What counts as good, and what errors cost."""

    metric = forms.ChoiceField(label=_("A good model is measured by"))
    positive_label = forms.ChoiceField(label=_("The answer of interest"), required=False)
    cost_false_positive = forms.FloatField(
        label=_("Cost of a false alarm"), min_value=0, help_text=_("We act, and it was not needed.")
    )
    cost_false_negative = forms.FloatField(
        label=_("Cost of a missed case"), min_value=0, help_text=_("We do not act, and it was needed.")
    )

    def prepare(self) -> None:
        asked = self.experiment.question
        task = asked.get("task", "binary")
        best = known.recommended_metric(self.experiment)
        labels = [
            (name, _("%(label)s (recommended)") % {"label": label} if name == best else label)
            for name, label in known.METRICS[task].items()
        ]
        self.fields["metric"].choices = labels  # type: ignore[attr-defined]
        if task != "binary":
            for name in ("positive_label", "cost_false_positive", "cost_false_negative"):
                del self.fields[name]
            return
        column = next(
            (
                each
                for each in self.experiment.dataset_version.columns_described
                if each["name"] == asked.get("target")
            ),
            {},
        )
        answers = [(top["value"], top["value"]) for top in column.get("top_values", [])]
        self.fields["positive_label"].choices = [("", _("As the data suggest")), *answers]  # type: ignore[attr-defined]

    def asked(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        if "positive_label" in found:
            found["positive_label"] = found["positive_label"] or None
        return found


class ValidationForm(StepForm):
    """How the model is put to the test."""

    kind = forms.ChoiceField(
        label=_("Rows for the test are chosen"),
        choices=list(known.VALIDATIONS.items()),
        widget=forms.RadioSelect,
    )
    holdout = forms.FloatField(
        label=_("Share kept for the final test"),
        min_value=known.HOLDOUT[0],
        max_value=known.HOLDOUT[1],
        help_text=_("0.2 is one row in five."),
    )
    folds = forms.IntegerField(
        label=_("Folds"),
        min_value=known.FOLDS[0],
        max_value=known.FOLDS[1],
        help_text=_("How often each candidate is trained and tested."),
    )

    def start(self, experiment: Experiment) -> dict[str, Any]:
        return dict(experiment.question.get("validation", {}))

    def asked(self) -> dict[str, Any]:
        return {"validation": {name: self.cleaned_data[name] for name in ("kind", "holdout", "folds")}}


class BudgetForm(StepForm):
    """How long to search."""

    budget_seconds = forms.IntegerField(
        label=_("Seconds to search"),
        min_value=known.BUDGET[0],
        max_value=known.BUDGET[1],
        help_text=_("60 for a first impression, 600 for a good model. It never takes longer."),
    )
    max_trials = forms.IntegerField(
        label=_("Candidates at most"),
        min_value=known.TRIALS[0],
        max_value=known.TRIALS[1],
        help_text=_("The search ends when the time is over or so many were tried, whichever comes first."),
    )


class JustifyForm(forms.Form):
    """Why a finding is right as it is."""

    text = forms.CharField(
        label=_("Justification"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
