"""Dependencies between use cases over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import ReadViewSet, StrictSerializer
from projects.api.backlog import Visible
from projects.filters.dependencies import DependencyFilter
from projects.models import Dependency, UseCase
from projects.selectors import dependencies as reads
from projects.services import dependencies


class DependencyOut(serializers.ModelSerializer[Dependency]):
    """`use_case` depends on `needs`; `ends` and `begins` are planned days, `state` says whether they fit."""

    ends = serializers.DateField(allow_null=True)
    begins = serializers.DateField(allow_null=True)
    state = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()

    class Meta:
        model = Dependency
        fields = [
            "id", "use_case", "needs", "reason", "added_by", "created_at", "ends", "begins", "is_conflict", "state", "words",
        ]  # fmt: skip

    is_conflict = serializers.BooleanField()

    def get_state(self, link: Any) -> str:
        """met, late, lost, fits or open."""
        return reads.state_of(link)

    def get_words(self, link: Any) -> str:
        """In a sentence."""
        return reads.told(link).words


class DependencyIn(StrictSerializer):
    """Both ends, as the caller sees them."""

    use_case = Visible(queryset=UseCase.objects.none())
    needs = Visible(queryset=UseCase.objects.none())
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class DependencyViewSet(ReadViewSet):
    """What use cases depend on; both ends are seen by the caller."""

    model = Dependency
    serializer_class = DependencyOut
    filterset_class = DependencyFilter

    def get_queryset(self) -> Any:
        """With the planned days."""
        return reads.dated(super().get_queryset())

    @extend_schema(request=DependencyIn, responses={201: DependencyOut})
    def create(self, request: Request) -> Response:
        """Say that one depends on another; a circle is refused with its path."""
        made = dependencies.add(**self.taken(DependencyIn, request), by=request.user)
        return Response(
            self.get_serializer(self.get_queryset().get(pk=made.pk)).data, status=status.HTTP_201_CREATED
        )

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """It depends on that one no more."""
        dependencies.remove(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
