"""What people enter to decide by scores and to ask a candidate questions."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.models import Experiment, Explanation, Trial


class DecisionForm(forms.Form):
    """How many can be acted on, or what errors cost."""

    capacity = forms.IntegerField(
        label=_("We can act on"), min_value=0, max_value=1_000_000_000, required=False, help_text=_("rows")
    )
    of = forms.IntegerField(
        label=_("out of"), min_value=1, max_value=1_000_000_000, required=False, help_text=_("rows in all")
    )
    cost_false_positive = forms.FloatField(
        label=_("Cost of acting in vain"), min_value=0, max_value=1e9, required=False
    )
    cost_false_negative = forms.FloatField(
        label=_("Cost of missing a case"), min_value=0, max_value=1e9, required=False
    )

    def clean(self) -> dict[str, Any]:
        """A capacity needs to know out of how many."""
        found = super().clean() or {}
        if found.get("capacity") is not None and not found.get("of") and "of" not in self.errors:
            self.add_error("of", _("Say out of how many rows."))
        return found


def candidates(experiment: Experiment) -> Any:
    """Those whose model was kept, the best first."""
    kept = experiment.trials.exclude(bundle_digest="").exclude(model_sha256="")
    return kept.order_by("-is_best", "-is_simple", "number")


WORDS = {
    "effects": (_("How columns act"), _("What happens to the answer when one column moves.")),
    "rows": (_("Why this row"), _("What speaks for and against in one row that was kept apart.")),
    "compare": (_("Compare two candidates"), _("A paired test on the same rows: better, or luck?")),
    "learning": (
        _("Would more data help"),
        _("The candidate learns again from parts of the rows. Takes up to a few minutes."),
    ),
    "report": (
        _("Everything about another candidate"),
        _("What it relies on, how columns act, where it errs."),
    ),
}


class AskForm(forms.Form):
    """One question to a candidate; which fields there are depends on the question."""

    trial = forms.ModelChoiceField(
        Trial.objects.none(), label=_("Candidate"), required=False, empty_label=_("The best one")
    )

    def __init__(self, *args: Any, experiment: Experiment, what: str, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{what}_%s", **kwargs)
        self.title, self.subtitle = WORDS[what]
        self.fields["trial"].queryset = candidates(experiment)  # type: ignore[attr-defined]
        names = [(each["name"], each["name"]) for each in experiment.result.get("input_schema", [])]
        if what == Explanation.What.EFFECTS:
            self.fields["columns"] = forms.MultipleChoiceField(
                choices=names,
                label=_("Columns"),
                required=False,
                help_text=_("Up to 20; none means the first 20."),
            )
        if what == Explanation.What.ROWS:
            last = int(experiment.result["split"]["test_rows"]) - 1
            self.fields["row"] = forms.IntegerField(
                label=_("Row"),
                min_value=0,
                max_value=last,
                help_text=_("A row that was kept apart, 0 to %(last)s.") % {"last": last},
            )
        if what == Explanation.What.COMPARE:
            self.fields["other"] = forms.ModelChoiceField(candidates(experiment), label=_("Compared with"))

    def question(self) -> dict[str, Any]:
        """What the service takes."""
        found = dict(self.cleaned_data)
        options: dict[str, Any] = {}
        if found.get("columns"):
            options["columns"] = found["columns"]
        if "row" in found:
            options["rows"] = [found["row"]]
        return {"trial": found.get("trial"), "other": found.get("other"), "options": options}
