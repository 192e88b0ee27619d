"""Forms of kept views, planned gates, acts on several and imports."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects.models import GatePlan, SavedView, SquadMember, UseCase, ViewFollower
from projects.rules.bulk import ACTS


class ViewForm(forms.Form):
    """A kept view."""

    name = forms.CharField(label=_("Name"), max_length=80)
    scope = forms.ChoiceField(label=_("For"), choices=SavedView.Scope.choices, initial="private")
    use_case = forms.ModelChoiceField(
        label=_("Squad of"), queryset=UseCase.objects.none(), required=False, help_text=_("Only for a squad.")
    )
    is_locked = forms.BooleanField(
        label=_("Locked"), required=False, help_text=_("Others cannot change its filters.")
    )
    layout = forms.ChoiceField(label=_("Layout"), choices=SavedView.Layout.choices)
    query = forms.CharField(label=_("Filters"), max_length=2000, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        squads = SquadMember.objects.current().filter(user=user).values("use_case")
        visible = UseCase.objects.visible_to(user)
        mine = (visible.filter(pk__in=squads) | visible.filter(product_owner=user)).order_by("ref")
        self.fields["use_case"].queryset = mine  # type: ignore[attr-defined]


class FollowForm(forms.Form):
    """A star and a rhythm; what is not sent stays."""

    star = forms.CharField(required=False, widget=forms.HiddenInput)
    every = forms.ChoiceField(
        label=_("Tell me what entered and left"), choices=ViewFollower.Every.choices, required=False
    )


class PlanForm(forms.Form):
    """A day for a gate; empty takes it away."""

    gate = forms.ChoiceField(choices=GatePlan.Gate.choices, widget=forms.HiddenInput)
    planned_on = forms.DateField(
        label=_("Planned for"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    with_later = forms.BooleanField(label=_("Later gates move along"), required=False)


class LimitForm(forms.Form):
    """How much a column may hold; empty takes the limit away."""

    phase = forms.CharField(max_length=16)
    most = forms.IntegerField(label=_("At most"), min_value=1, required=False)
    most_in_lane = forms.IntegerField(label=_("At most in one lane"), min_value=1, required=False)


class BulkForm(forms.Form):
    """What an act on several asks for: only its own fields are shown and needed."""

    tags = forms.CharField(label=_("Tags"), max_length=400, help_text=_("Several with commas between them."))
    product_owner = forms.ModelChoiceField(label=_("Product owner"), queryset=User.objects.none())
    tier = forms.ChoiceField(label=_("Risk tier"), choices=UseCase.Tier.choices[1:])
    until = forms.DateField(label=_("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, act: str, owners: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product_owner"].queryset = owners  # type: ignore[attr-defined]
        for name in set(self.fields) - set(ACTS[act].asks):
            del self.fields[name]

    def clean_tags(self) -> list[str]:
        """As a list."""
        return [tag.strip() for tag in self.cleaned_data["tags"].split(",") if tag.strip()]


class ImportFileForm(forms.Form):
    """A file, and where it comes from."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("CSV or Excel (.xlsx), at most 5,000 rows, names of the columns in the first row."),
    )
    source = forms.SlugField(
        label=_("Where it comes from"), max_length=40,
        help_text=_("A short name such as jira: together with the number of each row it makes a second import change nothing."),
    )  # fmt: skip


class MappingForm(forms.Form):
    """Which of their columns is which of our fields."""

    submit = forms.BooleanField(
        label=_("Send new ones to triage at once"), required=False, initial=True,
        help_text=_("Otherwise they are drafts of yours."),
    )  # fmt: skip
    skip_unknown_people = forms.BooleanField(
        label=_("Leave people empty whom we do not know"), required=False,
        help_text=_("Otherwise a row that names one is refused."),
    )  # fmt: skip

    def __init__(self, *args: Any, fields: dict[str, Any], columns: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("not in the file")), *((name, name) for name in columns)]
        own = self.fields
        self.fields = {  # type: ignore[assignment]
            **{
                f"map_{name}": forms.ChoiceField(label=label, choices=choices, required=False)
                for name, label in fields.items()
            },
            **own,
        }

    @property
    def mapping(self) -> dict[str, str]:
        """Our field to their column."""
        return {
            name.removeprefix("map_"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("map_") and value
        }
