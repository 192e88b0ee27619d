"""Places by hand and taking back, over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects import rules
from projects.api.backlog import Visible
from projects.models import Undo, UseCase
from projects.selectors import ranks as reads
from projects.services import ranks, undos


class PlaceIn(StrictSerializer):
    """One place: a direction, or a neighbour."""

    to = serializers.ChoiceField(choices=list(ranks.TO), required=False)
    before = Visible(required=False, queryset=UseCase.objects.none())
    after = Visible(required=False, queryset=UseCase.objects.none())


class PlacementOut(serializers.Serializer[Any]):
    """Where hand and score put it among those of its phase that the caller sees; null when never placed by hand."""

    by_hand = serializers.IntegerField()
    by_score = serializers.IntegerField()
    ahead = serializers.IntegerField()
    sentence = serializers.CharField()


class RankActs:
    """The order by hand; part of `/api/use-cases/`."""

    taken: Any
    shown: Any
    get_object: Any

    @extend_schema(request=PlaceIn)
    @action(detail=True, methods=["post"])
    def rank(self, request: Request, pk: str) -> Response:
        """Give it a place by hand; `X-Undo` names what takes it back."""
        use_case = self.get_object()
        with undos.offering([use_case], "rank", by=request.user) as offer:  # type: ignore[arg-type]
            ranks.place(use_case, **self.taken(PlaceIn, request), by=request.user)
        return with_way_back(self.shown(use_case), offer)


def with_way_back(response: Response, offer: undos.Offer) -> Response:
    """The key of what may be taken back, as a header."""
    if offer.undo:
        response["X-Undo"] = str(offer.undo.pk)
    return response


def placement(use_case: UseCase, user: Any) -> dict[str, Any] | None:
    """The place as the API shows it."""
    found = reads.places([use_case], user).get(use_case.pk)
    return dict(PlacementOut(found).data) if found else None


class UndoOut(serializers.ModelSerializer[Undo]):
    """What may be taken back."""

    can = CanField({"take_back": rules.undos.may_take_back})

    class Meta:
        model = Undo
        fields = ["id", "act", "changes", "until", "taken_at", "created_at", "can"]


class UndoViewSet(ReadViewSet):
    """One's own latest reversible acts."""

    model = Undo
    serializer_class = UndoOut

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="take-back")
    def take_back(self, request: Request, pk: str) -> Response:
        """Put back what was changed; `left` says in words what could not be."""
        undo = self.get_object()
        left = undos.take_back(undo, by=request.user)  # type: ignore[arg-type]
        undo.refresh_from_db()
        return Response({**self.get_serializer(undo).data, "left": left})
