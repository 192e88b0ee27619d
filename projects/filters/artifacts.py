"""How the list of artifacts is narrowed down in the API."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.choosing import EitherOrFilter
from projects.filters.datasets import CaseFilter
from projects.models import Artifact, Dataset


class ArtifactFilter(django_filters.FilterSet):
    """Text, kind, class, use case, tag, and whether it was put away."""

    q = django_filters.CharFilter(label=_("Text"), method="has_text")
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=Artifact.Kind.choices)
    classification = django_filters.ChoiceFilter(
        label=_("Classification"), choices=Dataset.Classification.choices
    )
    use_case = CaseFilter()
    tag = django_filters.CharFilter(label=_("Tag"), method="has_tag")
    retired = EitherOrFilter(label=_("Put away"), method="is_away")

    class Meta:
        model = Artifact
        fields: list[str] = []

    def has_text(self, queryset: Any, name: str, value: str) -> Any:
        """Title or description."""
        return queryset.filter(Q(title__icontains=value) | Q(description__icontains=value))

    def has_tag(self, queryset: Any, name: str, value: str) -> Any:
        """Those with this word."""
        return queryset.filter(tags__word=value.lower())

    def is_away(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001  django-filter calls it so
        """Those put away, or those in use."""
        return queryset.filter(retired_at__isnull=not value)
