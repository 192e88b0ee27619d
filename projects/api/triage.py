"""Triage over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import StrictSerializer
from portal.core.models import OrgUnit, User
from projects.models import UseCase
from projects.services import triage


class AcceptIn(StrictSerializer):
    """Into the backlog."""

    product_owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.active())  # type: ignore[var-annotated]
    risk_tier = serializers.ChoiceField(UseCase.Tier.choices)
    unit = serializers.PrimaryKeyRelatedField(queryset=OrgUnit.objects.all(), required=False, allow_null=True)  # type: ignore[var-annotated]
    sponsor = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.active(), required=False, allow_null=True
    )  # type: ignore[var-annotated]
    risk_basis = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class AskIn(StrictSerializer):
    """A question to the author."""

    question = serializers.CharField(max_length=2000)


class DeclineIn(StrictSerializer):
    """A reason the author sees."""

    reason = serializers.CharField(max_length=2000)


class SnoozeIn(StrictSerializer):
    """A day to look again."""

    until = serializers.DateField()
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class WakeIn(StrictSerializer):
    """An act that asks for nothing."""


class DuplicateIn(StrictSerializer):
    """The use case that goes on: one the caller sees."""

    of = serializers.PrimaryKeyRelatedField(queryset=UseCase.objects.none())  # type: ignore[var-annotated]

    def get_fields(self) -> dict[str, Any]:
        """Only what the caller sees can be named."""
        fields = super().get_fields()
        request = self.context.get("request")
        if request is not None:
            fields["of"].queryset = UseCase.objects.visible_to(request.user)
        return fields


class TriageActs:
    """The four answers to a proposal."""

    get_object: Any
    taken: Any
    shown: Any

    @extend_schema(request=AcceptIn)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Accept into the backlog."""
        return self.shown(triage.accept(self.get_object(), **self.taken(AcceptIn, request), by=request.user))  # type: ignore[no-any-return]

    @extend_schema(request=AskIn)
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, pk: str) -> Response:
        """Ask the author."""
        return self.shown(triage.ask(self.get_object(), **self.taken(AskIn, request), by=request.user))  # type: ignore[no-any-return]

    @extend_schema(request=DeclineIn)
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, pk: str) -> Response:
        """Decline with a reason."""
        return self.shown(
            triage.decline(self.get_object(), **self.taken(DeclineIn, request), by=request.user)
        )  # type: ignore[no-any-return]

    @extend_schema(request=DuplicateIn)
    @action(detail=True, methods=["post"], url_path="mark-duplicate")
    def mark_duplicate(self, request: Request, pk: str) -> Response:
        """Close in favour of another one."""
        return self.shown(
            triage.mark_duplicate(self.get_object(), **self.taken(DuplicateIn, request), by=request.user)
        )  # type: ignore[no-any-return]

    @extend_schema(request=SnoozeIn)
    @action(detail=True, methods=["post"])
    def snooze(self, request: Request, pk: str) -> Response:
        """Look at it again on a day."""
        return self.shown(  # type: ignore[no-any-return]
            triage.snooze(self.get_object(), **self.taken(SnoozeIn, request), by=request.user)
        )

    @extend_schema(request=WakeIn)
    @action(detail=True, methods=["post"])
    def wake(self, request: Request, pk: str) -> Response:
        """Bring it back before its day."""
        self.taken(WakeIn, request)
        return self.shown(triage.wake(self.get_object(), by=request.user))  # type: ignore[no-any-return]
