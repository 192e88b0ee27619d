"""The API of finished projects."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.filters.showcases import ShowcaseFilter
from governance.models import Showcase
from governance.rules import showcases as rules
from governance.selectors import showcases as reads
from governance.services import showcases
from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects.models import UseCase


class ShowcaseOut(serializers.ModelSerializer[Showcase]):
    """A story in a list."""

    author = serializers.CharField(source="author.display_name", read_only=True)
    title = serializers.CharField(source="use_case.title", read_only=True)

    class Meta:
        model = Showcase
        fields = ["id", "use_case", "title", "headline", "author", "state", "consented_at", "created_at"]


class ShowcaseDetailOut(ShowcaseOut):
    """With its words, the digest of them, and the value that finance verified."""

    digest = serializers.CharField(read_only=True)
    verified = serializers.SerializerMethodField()
    can = CanField(
        {
            "change": rules.may_change,
            "hand_in": rules.may_hand_in,
            "consent": rules.may_consent,
            "send_back": rules.may_send_back,
            "withdraw": rules.may_withdraw,
        }
    )

    class Meta(ShowcaseOut.Meta):
        fields = [
            *ShowcaseOut.Meta.fields, "story", "outcome", "advice", "remark", "digest", "verified", "can",
        ]  # fmt: skip

    def get_verified(self, showcase: Showcase) -> int:
        """Euros, over all verified measurements."""
        return reads.told([showcase])[0].verified


class ShowcaseIn(StrictSerializer):
    """The story of a project (key)."""

    use_case = serializers.UUIDField()
    headline = serializers.CharField(max_length=160)
    story = serializers.CharField(max_length=4000)
    outcome = serializers.CharField(max_length=2000)
    advice = serializers.CharField(max_length=2000)


class ConsentIn(StrictSerializer):
    """The digest of the words that were read."""

    digest = serializers.CharField(max_length=64)


class RemarkIn(StrictSerializer):
    """What should change."""

    remark = serializers.CharField(max_length=500)


class EmptyIn(StrictSerializer):
    """An act that needs no body."""


class ShowcaseViewSet(ReadViewSet):
    """Finished projects that others may learn from."""

    model = Showcase
    serializer_class = ShowcaseOut
    filterset_class = ShowcaseFilter

    def get_serializer_class(self) -> Any:
        """A list is short."""
        return ShowcaseOut if self.action == "list" else ShowcaseDetailOut

    @extend_schema(request=ShowcaseIn, responses={201: ShowcaseDetailOut})
    def create(self, request: Request) -> Response:
        """Write or rewrite; what was agreed to falls when its words change."""
        given = self.taken(ShowcaseIn, request)
        case = get_object_or_404(UseCase.objects.visible_to(request.user), pk=given.pop("use_case"))
        made = showcases.write(case, **given, by=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EmptyIn, responses={200: ShowcaseDetailOut})
    @action(detail=True, methods=["post"], url_path="hand-in")
    def hand_in(self, request: Request, pk: str) -> Response:
        """Ask the product owner."""
        found = self.get_object()
        self.taken(EmptyIn, request)
        return Response(self.get_serializer(showcases.hand_in(found, by=request.user)).data)

    @extend_schema(request=ConsentIn, responses={200: ShowcaseDetailOut})
    @action(detail=True, methods=["post"])
    def consent(self, request: Request, pk: str) -> Response:
        """Agree to these very words."""
        found, given = self.get_object(), self.taken(ConsentIn, request)
        return Response(self.get_serializer(showcases.consent(found, **given, by=request.user)).data)

    @extend_schema(request=RemarkIn, responses={200: ShowcaseDetailOut})
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: str) -> Response:
        """Return it with what should change."""
        found, given = self.get_object(), self.taken(RemarkIn, request)
        return Response(self.get_serializer(showcases.send_back(found, **given, by=request.user)).data)

    @extend_schema(request=EmptyIn, responses={200: ShowcaseDetailOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Show it no longer."""
        found = self.get_object()
        self.taken(EmptyIn, request)
        return Response(self.get_serializer(showcases.withdraw(found, by=request.user)).data)
