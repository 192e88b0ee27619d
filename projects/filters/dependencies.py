"""How lists of dependencies are narrowed down."""

import django_filters
from django.utils.translation import gettext_lazy as _

from projects.models import Dependency


class DependencyFilter(django_filters.FilterSet):
    """Of the one that depends, of the one that is needed, and those that come too late."""

    use_case = django_filters.UUIDFilter(label=_("Use case"))
    needs = django_filters.UUIDFilter(label=_("Depends on"))
    too_late = django_filters.BooleanFilter(label=_("Dependency too late"), field_name="is_conflict")

    class Meta:
        model = Dependency
        fields: list[str] = []
