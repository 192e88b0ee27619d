"""The API of placement tests."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from training import placement_rules
from training.api.filters import PlacementFilter
from training.api.serializers import ShownOut
from training.models import Course, Placement
from training.services import placements
from training.showing import show


class PlacementOut(serializers.ModelSerializer[Placement]):
    """A test with its questions while it is open, its result afterwards; never a key."""

    course = serializers.CharField(source="course.code", read_only=True)
    asked = serializers.SerializerMethodField()
    can = CanField({"submit": placement_rules.may_submit})

    class Meta:
        model = Placement
        fields = ["id", "course", "state", "started_at", "graded_at", "percent", "passed", "per_objective", "asked", "can"]  # fmt: skip

    def get_asked(self, placement: Placement) -> list[dict[str, Any]]:
        """Empty once graded, and in lists."""
        if placement.state != Placement.State.OPEN or self.parent is not None:
            return []
        rows = placements.questions_of(placement)
        return [
            {"key": str(question.pk), **ShownOut(show(question, order=order)).data}
            for question, order in rows
        ]


class PlacementIn(StrictSerializer):
    """Which course."""

    course = serializers.CharField(max_length=20)


class PlacementSubmitIn(StrictSerializer):
    """An answer for each question by its key."""

    responses = serializers.DictField(child=serializers.JSONField())


class PlacementViewSet(ReadViewSet):
    """One's own placement tests."""

    model = Placement
    serializer_class = PlacementOut
    filterset_class = PlacementFilter

    @extend_schema(request=PlacementIn, responses={201: PlacementOut})
    def create(self, request: Request) -> Response:
        """Begin, or go on with the one under way."""
        course = get_object_or_404(Course, code=self.taken(PlacementIn, request)["course"])
        placement = placements.start(course, by=request.user)
        return Response(self.get_serializer(placement).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PlacementSubmitIn, responses={200: PlacementOut})
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Hand in; graded once however often it is called."""
        placement, given = self.get_object(), self.taken(PlacementSubmitIn, request)
        return Response(self.get_serializer(placements.submit(placement, **given, by=request.user)).data)
