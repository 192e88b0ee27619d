"""How lists of shares are narrowed down in the API."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.choosing import EitherOrFilter
from portal.core.models import User
from projects.models import ArtifactShare, DatasetShare, ShareRight


class RunningFilter(django_filters.FilterSet):
    """Right, running or over."""

    right = django_filters.ChoiceFilter(label=_("Right"), choices=ShareRight.choices)
    running = EitherOrFilter(label=_("Running"), method="is_running")

    def is_running(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001  django-filter's signature
        """In force today."""
        now = Q(pk__in=queryset.model.objects.current().values("pk"))
        return queryset.filter(now if value else ~now)


class ShareFilter(RunningFilter):
    """The same, and the dataset."""

    dataset = django_filters.UUIDFilter(label=_("Dataset"), field_name="dataset_id")

    class Meta:
        model = DatasetShare
        fields: list[str] = []


class ArtifactShareFilter(RunningFilter):
    """The same, and the artifact."""

    artifact = django_filters.UUIDFilter(label=_("Artifact"), field_name="artifact_id")

    class Meta:
        model = ArtifactShare
        fields: list[str] = []


class WhoseFilter(django_filters.FilterSet):
    """Whose sight; it narrows nothing down."""

    person = django_filters.ModelChoiceFilter(
        queryset=User.objects.active().filter(is_service=False), label=_("Person"), method="as_it_is"
    )

    class Meta:
        model = User
        fields: list[str] = []

    def as_it_is(self, queryset: Any, name: str, value: Any) -> Any:
        """All rows."""
        return queryset
