"""Filters of policies, risk, seats and overrides."""

import django_filters as filters
from django.utils.translation import gettext_lazy as _

from governance.models import Delegation, Override, PolicyVersion, ResidualRisk, RiskAssessment
from projects.filters.datasets import CaseFilter
from projects.models import UseCase


class PolicyFilter(filters.FilterSet):
    """Tier and state."""

    tier = filters.ChoiceFilter(label=_("Risk tier"), choices=PolicyVersion.Tier.choices)
    state = filters.ChoiceFilter(label=_("State"), choices=PolicyVersion.State.choices)

    class Meta:
        model = PolicyVersion
        fields: list[str] = []


class RiskFilter(filters.FilterSet):
    """Use case and chosen tier."""

    use_case = CaseFilter()
    chosen = filters.ChoiceFilter(label=_("Risk tier"), choices=UseCase.Tier.choices)

    class Meta:
        model = RiskAssessment
        fields: list[str] = []


class ResidualFilter(filters.FilterSet):
    """Use case and day."""

    use_case = CaseFilter()
    before = filters.DateFilter(label=_("Until"), field_name="until", lookup_expr="lte")

    class Meta:
        model = ResidualRisk
        fields: list[str] = []


class DelegationFilter(filters.FilterSet):
    """Day."""

    on = filters.DateFilter(label=_("On this day"), method="lasting")

    class Meta:
        model = Delegation
        fields: list[str] = []

    def lasting(self, found: filters.FilterSet, _name: str, day: object) -> object:
        """Begun and not over on that day."""
        return found.filter(starts_on__lte=day, ends_on__gte=day)  # type: ignore[attr-defined]


class OverrideFilter(filters.FilterSet):
    """State and request."""

    state = filters.ChoiceFilter(label=_("State"), choices=Override.State.choices)
    request = filters.UUIDFilter(label=_("Request"), field_name="request_id")

    class Meta:
        model = Override
        fields: list[str] = []
