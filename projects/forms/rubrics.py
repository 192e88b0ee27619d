"""What portfolio managers enter about the scoring rubric."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.use_cases import text
from projects.rubric import LEVELS

NEEDED = (1, 3, 5)


class RubricForm(forms.Form):
    """What changes, and how much risk weighs."""

    reason = text(_("What changes, and why"), hint=_("Everybody who scores reads it."), required=False)
    aversion = forms.FloatField(
        label=_("Weight of risk in the priority"),
        min_value=0,
        max_value=0.8,
        help_text=_("From 0 (risk does not count) to 0.8; usually 0.5."),
    )


class QuestionForm(forms.Form):
    """One criterion with the sentence each level is anchored to."""

    code = forms.RegexField(
        r"^[VFR][1-9][0-9]?$",
        label=_("Code"),
        max_length=3,
        help_text=_(
            "V for value, F for feasibility, R for risk, and a number. A new question gets a new code."
        ),
        error_messages={"invalid": _("A code is V, F or R and a number, such as V6.")},
    )
    label = forms.CharField(label=_("Question"), max_length=120)
    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=1,
        max_value=100,
        help_text=_("The weights of one axis come to 100."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for level in LEVELS:
            self.fields[f"level_{level}"] = forms.CharField(
                label=_("Level %(level)s") % {"level": level}, max_length=200, required=level in NEEDED
            )

    @property
    def criterion(self) -> dict[str, Any]:
        """As it is kept."""
        given = {str(level): self.cleaned_data[f"level_{level}"] for level in LEVELS}
        return {
            "code": self.cleaned_data["code"],
            "label": self.cleaned_data["label"],
            "weight": self.cleaned_data["weight"],
            "anchors": {level: words for level, words in given.items() if words},
        }
