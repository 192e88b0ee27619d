"""The limits of the board over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.filtering import refuse_unknown
from portal.core.api.kit import ReadsBodies, StrictSerializer, spoken
from projects import rules
from projects.models import BoardLimit, UseCase
from projects.selectors import boards
from projects.services import board_limits


class LimitIn(StrictSerializer):
    """How much a column may hold; `most: null` takes the limit away."""

    phase = serializers.ChoiceField([(phase, UseCase.Phase(phase).label) for phase in boards.COLUMNS])
    most = serializers.IntegerField(min_value=1, max_value=board_limits.HIGHEST, allow_null=True)
    most_in_lane = serializers.IntegerField(
        min_value=1, max_value=board_limits.HIGHEST, allow_null=True, default=None
    )


class LimitOut(serializers.ModelSerializer[BoardLimit]):
    """A limit of work in progress."""

    class Meta:
        model = BoardLimit
        fields = ["phase", "most", "most_in_lane", "set_by"]


class BoardLimitViewSet(ReadsBodies):
    """Limits of the columns of the board: over them the board warns, nothing is forbidden."""

    queryset = BoardLimit.objects.none()
    serializer_class = LimitOut
    pagination_class = None

    @extend_schema(responses={200: {"type": "object"}})
    def list(self, request: Request) -> Response:
        """Every limit, with what stands in its column as far as the caller sees it."""
        refuse_unknown(request, set())
        limits, stocks = boards.limits_and_stocks(UseCase.objects.visible_to(request.user))  # type: ignore[arg-type]
        rows: list[dict[str, Any]] = [
            {
                **LimitOut(each).data,
                "stock": stocks.get(phase, 0),
                "is_over": stocks.get(phase, 0) > each.most,
            }
            for phase, each in limits.items()
        ]
        return Response({"limits": rows, "can": {"limit": spoken(rules.boards.may_limit(request.user))}})  # type: ignore[arg-type]

    @extend_schema(request=LimitIn, responses={200: LimitOut, 204: None})
    def create(self, request: Request) -> Response:
        """Set, change or take away the limit of one column."""
        body = LimitIn(data=request.data)
        body.is_valid(raise_exception=True)
        made = board_limits.limit(**body.validated_data, by=request.user)  # type: ignore[arg-type]
        if made is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(LimitOut(made).data)
