"""How lists of experiments are narrowed down, on the page and in the API."""

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from portal.core.models import Job
from projects.filters.datasets import CaseFilter
from projects.models import Experiment

STATUS = [("draft", _("Draft")), *Job.State.choices]


class ExperimentFilter(django_filters.FilterSet):
    """Text, status, use case."""

    q = django_filters.CharFilter(label=_("Text"), field_name="title", lookup_expr="icontains")
    status = django_filters.ChoiceFilter(label=_("Status"), choices=STATUS, method="has_status")
    use_case = CaseFilter()
    dataset_version = django_filters.UUIDFilter(label=_("Dataset version"))

    class Meta:
        model = Experiment
        fields: list[str] = []

    def has_status(self, queryset: Any, name: str, value: str) -> Any:
        """Of the job; a draft has none."""
        return queryset.filter(job__isnull=True) if value == "draft" else queryset.filter(job__state=value)
