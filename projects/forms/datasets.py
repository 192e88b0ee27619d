"""What people enter about tables."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.models import User
from projects import readings
from projects.models import Dataset, SquadMember, UseCase

ACCEPTED = ".csv,.tsv,.txt,.xlsx,.parquet,.jsonl,.ndjson"
MOST_PASTED = 1_000_000


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


class TableForm(forms.Form):
    """One table: as a file, as a file that came in pieces, or pasted. The service looks at it."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        required=False,
        help_text=_(
            "CSV, TSV, Excel (.xlsx), Parquet or JSON lines; the first row holds the names of the columns."
        ),
        widget=forms.FileInput(attrs={"accept": ACCEPTED, "data-pieces": "/api/uploads/"}),
    )
    pasted = forms.CharField(
        label=_("or paste a table"),
        required=False,
        strip=False,
        max_length=MOST_PASTED,
        help_text=_("Copied from a spreadsheet, with the names of the columns in the first row."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    upload = forms.UUIDField(required=False, widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        """One of the three, not two of them."""
        data = super().clean() or {}
        given = [name for name in ("file", "pasted", "upload") if data.get(name)]
        if not given and "file" not in self.errors:
            self.add_error("file", _("Choose a file, or paste a table."))
        if len(given) > 1:
            self.add_error("pasted", _("Send the file or paste the table, not both."))
        return data


class ReadingForm(forms.Form):
    """How a file is to be read, where what was found out is wrong."""

    delimiter = forms.ChoiceField(label=_("Separator"), required=False)
    decimal = forms.ChoiceField(label=_("Decimal sign"), required=False)
    dates = forms.ChoiceField(
        label=_("Dates"), required=False, help_text=_("Columns whose values all fit become dates.")
    )
    encoding = forms.ChoiceField(label=_("Encoding"), required=False)
    sheet = forms.CharField(label=_("Sheet"), required=False, max_length=100, help_text=_("Of a workbook."))
    skip_bad_rows = forms.BooleanField(
        label=_("Leave out rows with another number of values"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in readings.CHOICES.items():
            self.fields[name].choices = [("", _("As found")), *choices.items()]  # type: ignore[attr-defined]


class DatasetForm(TableForm):
    """A dataset and its first file."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("A few words, such as “Car policies 2025”.")
    )
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

    field_order = ["name", "file", "pasted", "upload"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self["use_case"].value()
        self.fields["use_case"].queryset = my_use_cases(user, chosen)  # type: ignore[attr-defined]


class VersionForm(TableForm):
    """A new state of a dataset."""


class PeopleForm(forms.Form):
    """Who answers for a dataset."""

    owner = forms.ModelChoiceField(User.objects.active().filter(is_service=False), label=_("Owner"))
    steward = forms.ModelChoiceField(
        User.objects.active().filter(is_service=False),
        label=_("Steward"),
        required=False,
        help_text=_("Looks after the content day by day: meanings, expectations, new versions."),
    )


class ClassForm(forms.Form):
    """How carefully a dataset is kept."""

    classification = forms.ChoiceField(label=_("Classification"), choices=Dataset.Classification.choices)
    reason = forms.CharField(
        label=_("Why"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_(
            "Needed when columns look personal and the class says they are not, and for a milder class."
        ),
    )
