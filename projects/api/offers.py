"""Offers of vendors over the API."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects import rules
from projects.api.backlog import Visible
from projects.models import MakeOrBuyAssessment, Offer, UseCase
from projects.selectors import offers as reads
from projects.services import offers


class OfferFilter(django_filters.FilterSet):
    """Of one use case, and whether it still stands."""

    use_case = django_filters.UUIDFilter(field_name="use_case")
    standing = django_filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull")

    class Meta:
        model = Offer
        fields: list[str] = []


class OfferOut(serializers.ModelSerializer[Offer]):
    """One offer, with its cost of three years and what speaks against it."""

    judged = serializers.SerializerMethodField()
    can = CanField({"change": rules.offers.may_change})

    class Meta:
        model = Offer
        fields = [
            "id", "use_case", "vendor", "product", "link", "costs", "exit_strategy", "on_site", "deployable", "open_exit",
            "note", "is_preferred", "withdrawn_at", "created_at", "judged", "can",
        ]  # fmt: skip

    def get_fields(self) -> dict[str, Any]:
        """Rows of a list are lighter: neither judged nor asked for rights."""
        fields = super().get_fields()
        if getattr(self.context.get("view"), "action", "") == "list":
            fields.pop("judged")
            fields.pop("can")
        return fields

    def get_judged(self, offer: Offer) -> dict[str, Any] | None:
        """Beside the others; null once it is withdrawn."""
        assessment = MakeOrBuyAssessment.objects.filter(use_case=offer.use_case_id).first()
        for each in reads.judged(offer.use_case, assessment):
            if each.bid.key == str(offer.pk):
                return {
                    "three_year_cost": each.total, "is_cheapest": each.is_cheapest,
                    "ruled_out": [str(word) for word in each.ruled_out], "cautions": [str(word) for word in each.cautions],
                }  # fmt: skip
        return None


class OfferChangeIn(StrictSerializer):
    """What may change."""

    vendor = serializers.CharField(max_length=120, required=False)
    product = serializers.CharField(max_length=120, required=False, allow_blank=True)
    link = serializers.URLField(required=False, allow_blank=True)
    costs = serializers.DictField(child=serializers.FloatField(), required=False)
    exit_strategy = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    on_site = serializers.ChoiceField(Offer.Answer.choices, required=False, allow_blank=True)
    deployable = serializers.ChoiceField(Offer.Answer.choices, required=False, allow_blank=True)
    open_exit = serializers.ChoiceField(Offer.Answer.choices, required=False, allow_blank=True)
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True)


class OfferIn(OfferChangeIn):
    """A new offer."""

    use_case = Visible(queryset=UseCase.objects.none())
    vendor = serializers.CharField(max_length=120)


class OfferViewSet(ReadViewSet):
    """Offers of vendors, by use case."""

    model = Offer
    serializer_class = OfferOut
    filterset_class = OfferFilter

    @extend_schema(request=OfferIn, responses={201: OfferOut})
    def create(self, request: Request) -> Response:
        """Add one."""
        made = offers.add(**self.taken(OfferIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=OfferChangeIn, responses=OfferOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change one."""
        offer = offers.change(self.get_object(), **self.taken(OfferChangeIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(offer).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def prefer(self, request: Request, pk: str) -> Response:
        """Compare this one with making."""
        return Response(self.get_serializer(offers.prefer(self.get_object(), by=request.user)).data)  # type: ignore[arg-type]

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it off the table."""
        return Response(self.get_serializer(offers.withdraw(self.get_object(), by=request.user)).data)  # type: ignore[arg-type]
