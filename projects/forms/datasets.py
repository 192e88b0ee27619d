"""What people enter about tables."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects.models import Dataset, SquadMember, UseCase

ACCEPTED = ".csv,.tsv,.txt,.xlsx,.parquet"


def my_use_cases(user: User, chosen: Any = None) -> Any:
    """Use cases the person works on; one of their sandboxes only where it is the one chosen."""
    squads = SquadMember.objects.current().filter(user=user).values("use_case")
    real = UseCase.objects.visible_to(user).filter(Q(product_owner=user) | Q(pk__in=squads))
    wanted = Q(pk__in=real.values("pk"))
    if is_uuid(chosen):
        wanted |= Q(pk__in=UseCase.everything.sandboxes_of(user).filter(pk=chosen).values("pk"))
    return UseCase.everything.filter(wanted).order_by("ref")


def is_uuid(text: Any) -> bool:
    """Whether something sent could be a key at all."""
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


def file_field() -> forms.FileField:
    """One table as a file; the service looks at it."""
    return forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=None,
        help_text=_("CSV, TSV, Excel (.xlsx) or Parquet; the first row holds the names of the columns."),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
    )


class DatasetForm(forms.Form):
    """A dataset and its first file."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("A few words, such as “Car policies 2025”.")
    )
    file = file_field()
    use_case = forms.ModelChoiceField(
        UseCase.objects.none(),
        label=_("For the use case"),
        required=False,
        help_text=_("Its squad can use the data."),
    )
    classification = forms.ChoiceField(
        label=_("Classification"),
        choices=Dataset.Classification.choices,
        initial=Dataset.Classification.INTERNAL,
        help_text=_("Public and internal data are seen by every colleague, the others by the squad only."),
    )
    description = forms.CharField(
        label=_("What is it?"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    source = forms.CharField(label=_("Where does it come from?"), max_length=300, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["use_case"].value()
        self.fields["use_case"].queryset = my_use_cases(user, chosen)  # type: ignore[attr-defined]


class VersionForm(forms.Form):
    """A new state of a dataset."""

    file = file_field()


class ShareForm(forms.Form):
    """Who else may see it."""

    person = forms.ModelChoiceField(User.objects.active().filter(is_service=False), label=_("Colleague"))
