"""Seats handed over for some days, and emergency overrides."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.outputs import Out
from governance.filters import DelegationFilter, OverrideFilter
from governance.models import ApprovalRequest, Delegation, Override
from governance.rules import delegations as delegation_rules, overrides as rules
from governance.services import delegations, overrides
from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from portal.core.models import User


class DelegationOut(Out[Delegation]):
    """Who answers in whose place, from when to when."""

    can = CanField({"take_back": delegation_rules.may_take_back})

    class Meta:
        model = Delegation
        fields = [
            "id",
            "given_by",
            "given_to",
            "starts_on",
            "ends_on",
            "reason",
            "ended_at",
            "created_at",
            "can",
        ]


class DelegationIn(StrictSerializer):
    """To whom, from when to when, why."""

    to = serializers.PrimaryKeyRelatedField(queryset=User.objects.filter(is_active=True, is_service=False))
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class DelegationViewSet(ReadViewSet):
    """Seats one gave or received."""

    model = Delegation
    serializer_class = DelegationOut
    filterset_class = DelegationFilter

    @extend_schema(request=DelegationIn)
    def create(self, request: Request) -> Response:
        """Hand one's seat over."""
        made = delegations.give(**self.taken(DelegationIn, request), by=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Take it back."""
        found = self.get_object()
        delegations.take_back(found, by=request.user)
        return Response(self.get_serializer(found).data)


class OverrideOut(Out[Override]):
    """An emergency override."""

    can = CanField({"confirm": rules.may_confirm, "drop": rules.may_drop})

    class Meta:
        model = Override
        fields = [
            "id", "request", "state", "reason", "subject_digest", "proposed_by", "confirmed_by", "confirmed_at", "ends_at",
            "created_at", "can",
        ]  # fmt: skip


class OverrideIn(StrictSerializer):
    """Which request, and the emergency."""

    request = serializers.UUIDField()
    reason = serializers.CharField(max_length=2000)


class OverrideViewSet(ReadViewSet):
    """Overrides: proposed by one person, confirmed by another."""

    model = Override
    serializer_class = OverrideOut
    filterset_class = OverrideFilter

    def out(self, found: Override, number: int = status.HTTP_200_OK) -> Response:
        """As it is now."""
        return Response(self.get_serializer(Override.objects.for_list().get(pk=found.pk)).data, status=number)

    @extend_schema(request=OverrideIn)
    def create(self, request: Request) -> Response:
        """Propose one."""
        taken = self.taken(OverrideIn, request)
        about = get_object_or_404(
            ApprovalRequest.objects.visible_to(request.user).for_list(), pk=taken["request"]
        )
        return self.out(
            overrides.propose(about, reason=taken["reason"], by=request.user), status.HTTP_201_CREATED
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """As the second person."""
        return self.out(overrides.confirm(self.get_object(), by=request.user))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Take a proposal back."""
        found = self.get_object()
        overrides.drop(found, by=request.user)
        return self.out(found)
