"""Narrowing the list of bundles."""

import django_filters

from projects.models import ProjectBundle


class ProjectBundleFilter(django_filters.FilterSet):
    """By use case."""

    use_case = django_filters.UUIDFilter(field_name="use_case")

    class Meta:
        model = ProjectBundle
        fields = ("use_case",)
