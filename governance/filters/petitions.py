"""Filters of waivers and of access to data."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import Waiver
from portal.core.choosing import EitherOr
from projects.filters.datasets import CaseFilter
from projects.models import ArtifactShare, DatasetShare


class WaiverFilter(filters.FilterSet):
    """Use case, gate, version, running or over."""

    use_case = CaseFilter()
    gate = filters.CharFilter(label=_("Gate"))
    version = filters.UUIDFilter(label=_("Version"), field_name="version_id")
    running = filters.BooleanFilter(widget=EitherOr, label=_("Running"), method="is_running")

    class Meta:
        model = Waiver
        fields: list[str] = []

    def is_running(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001  django-filter's signature
        """In force today."""
        now = Q(pk__in=Waiver.objects.in_force().values("pk"))
        return queryset.filter(now if value else ~now)


class RunningFilter(filters.FilterSet):
    """Running or over."""

    running = filters.BooleanFilter(widget=EitherOr, label=_("Running"), method="is_running")

    def is_running(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001  django-filter's signature
        """In force today."""
        now = Q(pk__in=queryset.model.objects.current().values("pk"))
        return queryset.filter(now if value else ~now)


class GrantFilter(RunningFilter):
    """Dataset, running or over."""

    dataset = filters.UUIDFilter(label=_("Dataset"), field_name="dataset_id")

    class Meta:
        model = DatasetShare
        fields: list[str] = []


class ArtifactGrantFilter(RunningFilter):
    """Artifact, running or over."""

    artifact = filters.UUIDFilter(label=_("Artifact"), field_name="artifact_id")

    class Meta:
        model = ArtifactShare
        fields: list[str] = []
