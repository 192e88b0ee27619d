"""What people enter about a share: for whom, what it allows, why, until when."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.core.choosing import FewOrWritten
from portal.core.models import OrgUnit, User
from projects.forms.use_cases import ByReference
from projects.models import Artifact, Dataset, ReceiverKind, ShareRight, UseCase
from projects.rules import shares as rules
from projects.rules.shares import Thing
from projects.selectors.shares import PLACES

MANAGES = (ShareRight.MANAGE, _("Manage: also share it on and end shares"))
RIGHTS = {
    Dataset: [
        (ShareRight.VIEW, _("View: description, profile and a masked sample")),
        (ShareRight.USE, _("Use: also work with the rows, train on them and take the table along")),
        (ShareRight.EDIT, _("Edit: also the description, the dictionary, expectations and new versions")),
        MANAGES,
    ],
    Artifact: [
        (ShareRight.VIEW, _("View: description, versions and preview")),
        (ShareRight.USE, _("Use: also take the file along and build on it")),
        (ShareRight.EDIT, _("Edit: also the description, tags, sources and new versions")),
        MANAGES,
    ],
}


class ShareForm(forms.Form):
    """What a share allows, why and until when."""

    right = forms.ChoiceField(
        label=_("What it allows"), choices=(), initial=ShareRight.USE, widget=forms.RadioSelect
    )
    reason = forms.CharField(
        label=_("What is it for?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Stands beside the share, for whoever looks at it later."),
    )  # fmt: skip
    until = forms.DateField(
        label=_("Until which day?"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("It ends by itself after this day. Empty: until somebody ends it."),
    )  # fmt: skip

    def __init__(self, *args: Any, thing: Thing, user: User, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.thing, self.user, self.kind = thing, user, kind
        self.fields["right"].choices = RIGHTS[type(thing)]  # type: ignore[attr-defined]
        if thing.classification in rules.NEEDS_A_DAY:
            self.fields["until"].required = True
            self.fields["until"].help_text = _("Needed for this class. It ends by itself after this day.")

    def clean(self) -> dict[str, Any]:
        """Within the cap of the class and of one's own right."""
        data = super().clean() or {}
        if "until" not in self.errors:
            verdict = rules.may_give(self.user, self.thing, kind=self.kind, until=data.get("until"))
            if not verdict:
                self.add_error("until", f"{verdict.reason} {verdict.remedy}".strip())
        return data


class SquadField(ByReference):
    """A use case from the list, or by its reference where the list would be long."""

    widget = FewOrWritten(hint="UC-0007")  # type: ignore[assignment]


class GiveForm(ShareForm):
    """The same with its receiver, whose kind is chosen before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        receiver: dict[str, forms.Field] = {}
        if self.kind == ReceiverKind.PERSON:
            people = User.objects.active().filter(is_service=False)
            receiver["person"] = forms.ModelChoiceField(people, label=_("Colleague"))
        elif self.kind == ReceiverKind.SQUAD:
            cases = UseCase.objects.visible_to(self.user).order_by("ref")
            receiver["squad"] = SquadField(
                cases, label=_("Squad of"), help_text=_("Whoever joins it later may see it, too.")
            )
        elif self.kind == ReceiverKind.UNIT:
            receiver["unit"] = forms.ModelChoiceField(
                OrgUnit.objects.all(), label=_("Business unit"), help_text=_("With all units below it.")
            )
        self.fields = {**receiver, **self.fields}

    @property
    def given(self) -> dict[str, Any]:
        """What the service takes."""
        return {**self.cleaned_data, "everyone": self.kind == ReceiverKind.EVERYONE}


class LookUpForm(forms.Form):
    """Whose sight to look at."""

    person = forms.ModelChoiceField(
        User.objects.active().filter(is_service=False),
        label=_("Colleague"),
        required=False,
        empty_label=_("Myself"),
    )
    kind = forms.ChoiceField(
        required=False, choices=[(code, code) for code in PLACES], widget=forms.HiddenInput()
    )
