"""How lists of datasets are narrowed down, on the page and in the API."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.core.choosing import FewOrWritten
from projects.forms.use_cases import ByReference
from projects.models import Dataset, DatasetVersion, PartialUpload, UseCase


def use_cases(request: HttpRequest | None) -> QuerySet[UseCase]:
    """Those the reader sees."""
    if request is None:
        return UseCase.objects.none()
    return UseCase.objects.visible_to(request.user).order_by("ref")  # type: ignore[arg-type]


class ReferencedField(ByReference, django_filters.fields.ModelChoiceField):
    """A use case from the list, or by its reference where the list would be long."""

    widget = FewOrWritten(hint="UC-0007")


class CaseFilter(django_filters.ModelChoiceFilter):
    """Narrowed to one use case."""

    field_class = ReferencedField

    def __init__(self, **more: Any) -> None:
        super().__init__(label=_("Use case"), queryset=use_cases, **more)


class DatasetFilter(django_filters.FilterSet):
    """Text, classification, use case."""

    q = django_filters.CharFilter(label=_("Text"), method="has_text")
    classification = django_filters.ChoiceFilter(
        label=_("Classification"), choices=Dataset.Classification.choices
    )
    use_case = CaseFilter()

    class Meta:
        model = Dataset
        fields: list[str] = []

    def has_text(self, queryset: Any, name: str, value: str) -> Any:
        """Name, description or source."""
        return queryset.filter(
            Q(name__icontains=value) | Q(description__icontains=value) | Q(source__icontains=value)
        )


class AgainstFilter(django_filters.FilterSet):
    """Another version to compare with; it narrows nothing down."""

    against = django_filters.UUIDFilter(method="as_it_is")

    class Meta:
        model = DatasetVersion
        fields: list[str] = []

    def as_it_is(self, queryset: Any, name: str, value: Any) -> Any:
        """All rows."""
        return queryset


class OffsetFilter(django_filters.FilterSet):
    """Where a piece begins; it narrows nothing down."""

    offset = django_filters.NumberFilter(method="as_it_is", min_value=0, max_value=2**53, decimal_places=0)

    class Meta:
        model = PartialUpload
        fields: list[str] = []

    def as_it_is(self, queryset: Any, name: str, value: Any) -> Any:
        """All rows."""
        return queryset
