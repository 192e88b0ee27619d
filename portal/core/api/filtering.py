"""Filters that are all declared: an unknown parameter is a 400, never silently ignored."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

PAGING = {"page", "page_size", "format"}


def refuse_unknown(request: Request, declared: set[str]) -> None:
    """A parameter that nobody declared is a 400."""
    unknown = sorted(set(request.query_params) - declared)
    if unknown:
        raise ValidationError({name: [_("This parameter is not known here.")] for name in unknown})


class StrictFilterBackend(DjangoFilterBackend):
    """django-filter, refusing what the filter set of the view does not declare."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        declared = set(filterset_class.base_filters) if filterset_class else set()
        if further := getattr(filterset_class, "further_names", None):
            declared |= further()
        refuse_unknown(request, declared | PAGING)
        return super().filter_queryset(request, queryset, view)
