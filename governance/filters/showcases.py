"""Filters over showcased projects, shared by the page and the API."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from governance.models import Showcase
from projects.models import UseCase


class ShowcaseFilter(django_filters.FilterSet):
    """By words, kind of AI, and whether value or a lesson is told."""

    words = django_filters.CharFilter(method="by_words", label=_("Words"))
    ai_kind = django_filters.ChoiceFilter(
        field_name="use_case__ai_kind", choices=UseCase.Kind.choices, label=_("Kind of AI")
    )
    told = django_filters.ChoiceFilter(
        choices=[("value", _("Verified value")), ("lesson", _("Lessons of an end"))],
        method="by_told",
        label=_("Tells of"),
    )

    class Meta:
        model = Showcase
        fields: list[str] = []

    def by_words(self, rows: QuerySet[Showcase], _name: str, value: str) -> Any:
        """In any of its texts or the title of the project."""
        found = Q(use_case__title__icontains=value)
        for each in Showcase.TEXTS:
            found |= Q(**{f"{each}__icontains": value})
        return rows.filter(found)

    def by_told(self, rows: QuerySet[Showcase], _name: str, value: str) -> Any:
        """What ended before production tells a lesson."""
        stopped = Q(use_case__phase=UseCase.Phase.STOPPED)
        return rows.filter(stopped if value == "lesson" else ~stopped)
