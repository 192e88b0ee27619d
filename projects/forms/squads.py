"""What people enter about squads, scores and kill criteria."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects import rubric
from projects.forms.use_cases import day, someone, text
from projects.models import KillCriterion, SquadRole


class MemberForm(forms.Form):
    """Somebody for the squad."""

    user = someone(_("Person"), required=True)
    role = forms.ChoiceField(
        label=_("Role"), choices=[each for each in SquadRole.choices if each[0] != "product_owner"]
    )
    allocation = forms.IntegerField(
        label=_("Share of their time (%)"), min_value=1, max_value=100, initial=20
    )
    starts_on = day(_("From"), required=False, hint=_("Empty: from today."))
    ends_on = day(_("Until"), required=False)
    backup = someone(_("Backup"), hint=_("Who steps in when this person is away or leaves."))
    site = forms.CharField(
        label=_("Site"), max_length=80, required=False, help_text=_("Empty: where they work.")
    )
    is_lead = forms.BooleanField(label=_("Leads the squad"), required=False)


class CriterionForm(forms.Form):
    """What would make us stop."""

    statement = forms.CharField(
        label=_("We stop unless…"), max_length=300, help_text=_("Such as “the field agents trust the list”.")
    )
    metric = forms.CharField(
        label=_("Measured as"), max_length=120, help_text=_("Such as “share of calls made from the list”.")
    )
    comparator = forms.ChoiceField(label=_("Must be"), choices=KillCriterion.Comparator.choices)
    threshold = forms.FloatField(label=_("Threshold"))
    deadline = day(_("Deadline"))


class ResultForm(forms.Form):
    """What was measured."""

    measured_value = forms.FloatField(label=_("Measured value"))
    evidence = text(_("How was it measured?"), rows=2)


class WaiveForm(forms.Form):
    """Going on in spite of a criterion."""

    reason = text(_("Reason for the waiver"), rows=2)


class AgreeForm(forms.Form):
    """Closing a vote."""

    comment = text(
        _("Comment"), rows=2, required=False, hint=_("Needed where two votes lie two levels apart or more.")
    )


def levels_of(criterion: rubric.Criterion) -> list[tuple[str, Any]]:
    """Levels 1 to 5, the anchored ones with their sentence, so that people vote on words and not on figures."""
    words = dict(criterion.anchors)
    return [
        ("", _("Not assessed")),
        *(
            (str(level), f"{level} · {words[level]}" if level in words else str(level))
            for level in rubric.LEVELS
        ),
    ]


class VoteForm(forms.Form):
    """One level and its evidence per criterion; what one cannot judge stays open."""

    note = text(_("Note"), rows=2, required=False)

    def __init__(self, *args: Any, asks: rubric.Rubric, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asks = asks
        for criterion in asks.criteria:
            self.fields[criterion.code] = forms.TypedChoiceField(
                label=criterion.label,
                choices=levels_of(criterion),
                required=False,
                coerce=int,
                empty_value=None,
            )
            if criterion.axis != "risk":
                self.fields[f"{criterion.code}_evidence"] = forms.ChoiceField(
                    label=_("Evidence"), choices=list(rubric.EVIDENCE_WORDS.items()), required=False
                )

    @property
    def levels(self) -> dict[str, int]:
        """The levels that were given."""
        given = {code: self.cleaned_data.get(code) for code in self.asks.by_code}
        return {code: level for code, level in given.items() if level is not None}

    @property
    def evidence(self) -> dict[str, str]:
        """The evidence that goes with them."""
        given = {code: self.cleaned_data.get(f"{code}_evidence") for code in self.levels}
        return {code: proof for code, proof in given.items() if proof}

    def axes(self) -> list[tuple[Any, list[tuple[rubric.Criterion, Any, Any]]]]:
        """Axis by axis: criterion, its level field, its evidence field."""
        return [
            (
                label,
                [
                    (each, self[each.code], self[f"{each.code}_evidence"] if axis != "risk" else None)
                    for each in self.asks.of(axis)
                ],
            )
            for axis, label in rubric.AXES.items()
        ]
