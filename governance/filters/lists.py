"""One filter set per noun."""

from typing import Any

import django_filters as filters
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from governance.models import (
    ApprovalRequest,
    BenefitLine,
    Deployment,
    DocumentEdition,
    DocumentKind,
    DriftReport,
    Finding,
    Measurement,
    Model,
    ModelVersion,
    VersionAlias,
    VersionComparison,
)
from governance.models.benefits import Evidence
from portal.core.choosing import EitherOrFilter
from portal.core.models import AuditEvent
from projects.filters.datasets import CaseFilter
from projects.models import UseCase


class ModelFilter(filters.FilterSet):
    """Text, use case, status of any version, tier, in service."""

    q = filters.CharFilter(label=_("Text"), method="says")
    use_case = CaseFilter()
    status = filters.ChoiceFilter(
        label=_("Review"), choices=ModelVersion.Status.choices, field_name="versions__status", distinct=True
    )
    tier = filters.ChoiceFilter(
        label=_("Risk tier"), choices=UseCase.Tier.choices, field_name="use_case__risk_tier"
    )
    serving = EitherOrFilter(label=_("In service"), method="is_serving")

    class Meta:
        model = Model
        fields: list[str] = []

    def says(self, queryset: Any, name: str, value: str) -> Any:
        """Every word in the name, the use case, a purpose or a free name of a version."""
        for word in value.split()[:8]:
            queryset = queryset.filter(
                Q(name__icontains=word)
                | Q(use_case__title__icontains=word)
                | Q(pk__in=ModelVersion.objects.filter(purpose__icontains=word).values("model"))
                | Q(pk__in=VersionAlias.objects.filter(name__icontains=word).values("model"))
            )
        return queryset

    def is_serving(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001  django-filter's signature
        """With a champion now."""
        serving = Deployment.objects.champions().values("model")
        return queryset.filter(pk__in=serving) if value else queryset.exclude(pk__in=serving)


class VersionFilter(filters.FilterSet):
    """Model and status."""

    model = filters.UUIDFilter(label=_("Model"), field_name="model_id")
    status = filters.ChoiceFilter(label=_("Review"), choices=ModelVersion.Status.choices)

    class Meta:
        model = ModelVersion
        fields: list[str] = []


class ApprovalFilter(filters.FilterSet):
    """Kind, state, use case."""

    kind = filters.ChoiceFilter(label=_("Kind"), choices=ApprovalRequest.Kind.choices)
    state = filters.ChoiceFilter(label=_("State"), choices=ApprovalRequest.State.choices)
    use_case = CaseFilter()

    class Meta:
        model = ApprovalRequest
        fields: list[str] = []


class FindingFilter(filters.FilterSet):
    """State, severity, source, use case, overdue, mine."""

    state = filters.ChoiceFilter(label=_("State"), choices=Finding.State.choices)
    severity = filters.ChoiceFilter(label=_("Severity"), choices=Finding.Severity.choices)
    source = filters.ChoiceFilter(label=_("Source"), choices=Finding.Source.choices)
    use_case = CaseFilter()
    overdue = EitherOrFilter(label=_("Overdue"), method="is_overdue")
    mine = EitherOrFilter(label=_("Mine"), method="is_mine")
    version = filters.UUIDFilter(label=_("Version"), field_name="version_id")

    class Meta:
        model = Finding
        fields: list[str] = []

    def is_overdue(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001  django-filter's signature
        """Unsettled after their day."""
        late = Finding.objects.overdue().values("pk")
        return queryset.filter(pk__in=late) if value else queryset.exclude(pk__in=late)

    def is_mine(self, queryset: Any, name: str, value: bool) -> Any:  # noqa: FBT001
        """Owned by the reader."""
        return (
            queryset.filter(owner=self.request.user) if value else queryset.exclude(owner=self.request.user)
        )


class DeploymentFilter(filters.FilterSet):
    """Role, use case, in service or over."""

    role = filters.ChoiceFilter(label=_("Role"), choices=Deployment.Role.choices)
    use_case = CaseFilter(field_name="model__use_case")
    over = EitherOrFilter(label=_("Over"), field_name="ended_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Deployment
        fields: list[str] = []


class DriftFilter(filters.FilterSet):
    """Deployment and alert."""

    deployment = filters.UUIDFilter(label=_("Deployment"), field_name="deployment_id")
    is_alert = EitherOrFilter(label=_("Alert"))

    class Meta:
        model = DriftReport
        fields: list[str] = []


class ComparisonFilter(filters.FilterSet):
    """Model."""

    model = filters.UUIDFilter(label=_("Model"), field_name="model_id")

    class Meta:
        model = VersionComparison
        fields: list[str] = []


class EditionFilter(filters.FilterSet):
    """Version and kind."""

    version = filters.UUIDFilter(label=_("Version"), field_name="version_id")
    kind = filters.ChoiceFilter(label=_("Document"), choices=DocumentKind.choices)

    class Meta:
        model = DocumentEdition
        fields: list[str] = []


class BenefitFilter(filters.FilterSet):
    """Use case and evidence."""

    use_case = CaseFilter()
    evidence = filters.ChoiceFilter(label=_("Evidence"), choices=Evidence.choices)

    class Meta:
        model = BenefitLine
        fields: list[str] = []


class MeasurementFilter(filters.FilterSet):
    """Line, state, evidence."""

    line = filters.UUIDFilter(label=_("Benefit"), field_name="line_id")
    state = filters.ChoiceFilter(label=_("State"), choices=Measurement.State.choices)
    evidence = filters.ChoiceFilter(label=_("Evidence"), choices=Evidence.choices)

    class Meta:
        model = Measurement
        fields: list[str] = []


class AuditFilter(filters.FilterSet):
    """Who, what, on which kind of thing, from when to when."""

    actor = filters.CharFilter(label=_("Who"), lookup_expr="icontains")
    verb = filters.CharFilter(label=_("What"), lookup_expr="startswith")
    target_type = filters.CharFilter(label=_("Kind of thing"), lookup_expr="icontains")
    target_id = filters.CharFilter(label=_("Key"))
    after = filters.DateFilter(label=_("From"), field_name="at", lookup_expr="date__gte")
    before = filters.DateFilter(label=_("Until"), field_name="at", lookup_expr="date__lte")

    class Meta:
        model = AuditEvent
        fields: list[str] = []
