"""Forms of training."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects.models import UseCase
from training import graph, graph_words
from training.models import Certificate, Lesson, Objective, Path, Prerequisite
from training.models.publications import LONGEST_DRAFT


class RevokeForm(forms.Form):
    """Why a certificate is taken back."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The holder reads it. What was done under the right stays valid."),
    )


class ShareForm(forms.Form):
    """Under which name outsiders verify a certificate."""

    name_shown = forms.ChoiceField(
        label=_("Name shown to outsiders"), choices=Certificate.NameShown.choices, required=False
    )


class VoidForm(forms.Form):
    """Why a question is taken out of all results."""

    reason = forms.CharField(
        label=_("What is wrong with it"),
        max_length=300,
        help_text=_("All results are computed anew without it. Nobody loses a pass."),
    )


class DraftForm(forms.Form):
    """A question as YAML."""

    text = forms.CharField(
        label=_("The question"),
        max_length=LONGEST_DRAFT,
        widget=forms.Textarea(attrs={"rows": 22, "class": "form-control code-field", "spellcheck": "false"}),
        help_text=_(
            "YAML, as in the files of the curriculum: uid, kind, use, objective, stem, feedback and the parts."
        ),
    )
    note = forms.CharField(label=_("What changes and why"), max_length=300, required=False)


class SendBackForm(forms.Form):
    """What the author should change."""

    remark = forms.CharField(label=_("What should change"), max_length=500)


class ImportForm(forms.Form):
    """Questions from elsewhere."""

    FORMS = (("yaml", _("YAML of this portal")), ("moodle", _("Moodle XML")))
    USES = (("practice", _("Practice")), ("exam", _("Exam")))

    form = forms.ChoiceField(label=_("Format"), choices=FORMS)
    text = forms.CharField(
        label=_("Text"),
        max_length=1_000_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 10, "class": "form-control code-field", "spellcheck": "false"}),
    )
    file = forms.FileField(label=_("or a file"), required=False, max_length=200)
    objective = forms.ModelChoiceField(
        label=_("Objective"),
        queryset=Objective.objects.order_by("course__position", "code"),
        to_field_name="code",
        required=False,
        help_text=_("For Moodle XML, which names none."),
    )
    use = forms.ChoiceField(label=_("Use"), choices=USES, help_text=_("For Moodle XML."))

    def clean(self) -> dict[str, Any]:
        """The text, typed or from a small UTF-8 file."""
        found = super().clean() or {}
        file = found.get("file")
        if file and file.size > 1_000_000:  # noqa: PLR2004
            raise forms.ValidationError({"file": _("The file is larger than 1 MB; divide it.")})
        if file:
            try:
                found["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                raise forms.ValidationError({"file": _("The file is not text in UTF-8.")}) from None
        if not found.get("text"):
            raise forms.ValidationError({"text": _("Paste the questions or choose a file.")})
        if found.get("form") == "moodle" and not found.get("objective"):
            raise forms.ValidationError({"objective": _("Choose what the questions are about.")})
        return found


class AssignForm(forms.Form):
    """Who follows which path until when."""

    path = forms.ModelChoiceField(
        label=_("Path"), queryset=Path.objects.filter(is_active=True), to_field_name="code"
    )
    people = forms.ModelMultipleChoiceField(
        label=_("People"),
        queryset=User.objects.filter(is_active=True, is_service=False).order_by("display_name"),
        help_text=_("Hold Ctrl or Cmd to choose several."),
    )
    due_on = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    note = forms.CharField(label=_("A word to them"), max_length=300, required=False)


class TimeForm(forms.Form):
    """More time in exams for one person."""

    person = forms.ModelChoiceField(
        label=_("Person"),
        queryset=User.objects.filter(is_active=True, is_service=False).order_by("display_name"),
    )
    extra_percent = forms.IntegerField(
        label=_("More time, in percent"),
        min_value=0,
        max_value=300,
        help_text=_("No reason is asked or kept. 0 takes it back."),
    )


class ReplyForm(forms.Form):
    """The authors' answer to a problem."""

    reply = forms.CharField(
        label=_("Answer"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2, "class": "form-control"})
    )


class PrerequisiteForm(forms.Form):
    """One rule of the graph; `base` is the edition on the page, `position` the rule that is replaced."""

    node = forms.ChoiceField(label=_("This"), choices=graph_words.choices)
    kind = forms.ChoiceField(label=_("How"), choices=Prerequisite.Kind.choices)
    of = forms.MultipleChoiceField(
        label=_("What comes before"),
        choices=graph_words.choices,
        help_text=_("Hold Ctrl or Cmd to choose several."),
    )
    least = forms.IntegerField(
        label=_("At least so many"), min_value=1, max_value=100, required=False, help_text=_("For “some of”.")
    )
    note = forms.CharField(label=_("What changes and why"), max_length=300, required=False)
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    position = forms.IntegerField(min_value=0, max_value=999, required=False, widget=forms.HiddenInput)

    @property
    def rule(self) -> graph.Rule:
        """What was chosen, once it is valid."""
        given = self.cleaned_data
        least = given["least"] or 0 if given["kind"] == graph.ANY_OF else 0
        return graph.Rule(given["node"], given["kind"], tuple(given["of"]), least)


class HelpQuestionForm(forms.Form):
    """What is not understood, and where."""

    title = forms.CharField(label=_("Your question in one line"), max_length=160)
    text = forms.CharField(
        label=_("What you tried and where you are stuck"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    lesson = forms.ModelChoiceField(
        label=_("Lesson"), queryset=Lesson.objects.none(), to_field_name="code", required=False
    )
    use_case = forms.ModelChoiceField(label=_("Use case"), queryset=UseCase.objects.none(), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lesson"].queryset = Lesson.objects.visible_to(user).for_list()  # type: ignore[attr-defined]
        self.fields["use_case"].queryset = UseCase.objects.visible_to(user)  # type: ignore[attr-defined]


class HelpAnswerForm(forms.Form):
    """The words of an answer."""

    text = forms.CharField(
        label=_("Answer in your own words"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )
