"""What people enter at exercises: figures and texts, a wish for a review, levels of a rubric."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _, gettext_lazy

from training import own_work
from training.models import ExerciseVersion, ExerciseWork, Review
from training.models.reviews import LONGEST_WORDS
from training.services.exercises import LONGEST_NUMBER, LONGEST_TEXT
from training.wording import say


class WrittenForm(forms.Form):
    """The fields of one exercise; empty ones are kept empty, so that checks can be looked at one by one."""

    def __init__(self, *args: Any, work: ExerciseWork, **kwargs: Any) -> None:
        super().__init__(*args, initial=dict(work.written), **kwargs)
        for each in work.version.fields:
            if each["kind"] == "item":
                self.fields[each["key"]] = forms.ChoiceField(
                    label=say(each["labels"]), required=False, choices=work_choices(work)
                )
                continue
            is_text = each["kind"] == "text"
            self.fields[each["key"]] = forms.CharField(
                label=say(each["labels"]),
                required=False,
                max_length=LONGEST_TEXT if is_text else LONGEST_NUMBER,
                widget=forms.Textarea(attrs={"rows": 6})
                if is_text
                else forms.TextInput(attrs={"inputmode": "decimal"}),
            )


def work_choices(work: ExerciseWork) -> list[tuple[str, str]]:
    """What the learner can show, and nothing yet."""
    found = own_work.pieces(work.user)
    return [("", _("Nothing yet")), *((key, piece.label) for key, piece in found.items())]


class AskForm(forms.Form):
    """What the learner wants from the look."""

    wish = forms.CharField(
        label=gettext_lazy("What would you like to hear about?"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One question brings a better answer than “is it good?”."),
    )
    mode = forms.ChoiceField(choices=Review.Mode.choices, widget=forms.HiddenInput)


class WordsForm(forms.Form):
    """One message."""

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ContestForm(forms.Form):
    """Why a result is contested."""

    reason = forms.CharField(
        label=gettext_lazy("What did the markers overlook?"),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Name the criterion and the place in your work. The new marker reads this, not the first marks."
        ),
    )


class LevelsForm(forms.Form):
    """A level for each criterion, chosen by its anchor."""

    def __init__(self, *args: Any, version: ExerciseVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in version.criteria:
            self.fields[each["key"]] = forms.TypedChoiceField(
                label=each["title"],
                choices=[(number, f"{number} · {anchor}") for number, anchor in each["levels"]],
                coerce=int,
                widget=forms.RadioSelect,
                help_text=_("Needed: level %(level)s.") % {"level": each["needs"]},
            )
        self.keys = list(self.fields)

    @property
    def levels(self) -> dict[str, int]:
        """What was chosen."""
        return {key: self.cleaned_data[key] for key in self.keys}


class MarkForm(LevelsForm):
    """Levels, and what helps the learner."""

    def __init__(self, *args: Any, version: ExerciseVersion, **kwargs: Any) -> None:
        super().__init__(*args, version=version, **kwargs)
        self.fields["comment"] = forms.CharField(
            label=_("One to three ideas for the learner"),
            max_length=LONGEST_WORDS,
            widget=forms.Textarea(attrs={"rows": 4}),
        )
