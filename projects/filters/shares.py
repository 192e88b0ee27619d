"""How lists of shares are narrowed down in the API."""

from typing import Any

import django_filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.core.choosing import EitherOrFilter
from portal.core.models import User
from projects.models import DatasetShare, ShareRight


class ShareFilter(django_filters.FilterSet):
    """Dataset, right, running or over."""

    dataset = django_filters.UUIDFilter(label=_("Dataset"), field_name="dataset_id")
    right = django_filters.ChoiceFilter(label=_("Right"), choices=ShareRight.choices)
    running = EitherOrFilter(label=_("Running"), method="is_running")

    class Meta:
        model = DatasetShare
        fields: list[str] = []

    def is_running(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001  django-filter's signature
        """In force today."""
        now = Q(pk__in=DatasetShare.objects.current().values("pk"))
        return queryset.filter(now if value else ~now)


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
