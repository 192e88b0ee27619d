"""Narrowing the list of exports."""

import django_filters

from projects.models import Export


class ExportFilter(django_filters.FilterSet):
    """By candidate, experiment and kind of file (`format` is a word of the API itself)."""

    experiment = django_filters.UUIDFilter(field_name="trial__experiment")
    trial = django_filters.UUIDFilter(field_name="trial")
    kind = django_filters.ChoiceFilter(field_name="format", choices=Export.Format.choices)

    class Meta:
        model = Export
        fields = ("trial", "experiment", "kind")
