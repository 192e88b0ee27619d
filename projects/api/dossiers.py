"""The dossier and the use of a use case over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import StrictSerializer, spoken
from portal.core.models import User
from projects import rules
from projects.api.part import Part
from projects.models import Dossier, UsageReport
from projects.services import dossiers


def words() -> serializers.CharField:
    """A few sentences, or none."""
    return serializers.CharField(max_length=2000, required=False, allow_blank=True)


def person() -> Any:
    """Somebody, or nobody."""
    return serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), required=False, allow_null=True)


class DossierIn(StrictSerializer):
    """What is written anew; the rest stays."""

    data_asked = words()
    data_asked_of = person()
    rollback_plan = words()
    support_owner = person()
    documentation = words()
    users_told = words()
    data_fate = serializers.ChoiceField(Dossier.Fate.choices, required=False, allow_blank=True)
    data_fate_note = words()


class DossierOut(serializers.ModelSerializer[Dossier]):
    """What stands."""

    class Meta:
        model = Dossier
        fields = list(dossiers.FIELDS)


class UsageIn(StrictSerializer):
    """One period."""

    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    eligible = serializers.IntegerField(min_value=1)
    active = serializers.IntegerField(min_value=0)
    run_cost = serializers.IntegerField(min_value=0)
    note = serializers.CharField(max_length=300)


class UsageOut(serializers.ModelSerializer[UsageReport]):
    """One period with its adoption in per cent."""

    class Meta:
        model = UsageReport
        fields = [
            "id", "starts_on", "ends_on", "eligible", "active", "adoption", "run_cost", "note", "reported_by", "reported_at",
        ]  # fmt: skip


class DossierActs(Part):
    """What the gates ask to be written."""

    @extend_schema(request=DossierIn, responses=DossierOut)
    @action(detail=True, methods=["get", "patch"])
    def dossier(self, request: Request, pk: str) -> Response:
        """The dossier; a PATCH writes parts of it."""
        use_case = self.get_object()
        if request.method == "PATCH":
            dossiers.write(use_case, **self.taken(DossierIn, request), by=request.user)
        found = Dossier.objects.filter(use_case=use_case).first() or Dossier(use_case=use_case)
        can = {"write": spoken(rules.dossiers.may_write(request.user, use_case))}
        return Response({**DossierOut(found).data, "can": can})

    @extend_schema(request=UsageIn, responses=UsageOut)
    @action(detail=True, methods=["get", "post"])
    def usage(self, request: Request, pk: str) -> Response:
        """Use and cost by period, newest first; a POST reports one."""
        use_case = self.get_object()
        if request.method == "POST":
            made = dossiers.report_usage(use_case, **self.taken(UsageIn, request), by=request.user)
            return Response(UsageOut(made).data, status=status.HTTP_201_CREATED)
        return Response(UsageOut(use_case.usage_reports.all(), many=True).data)
