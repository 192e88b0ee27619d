"""Moves of use cases over the API: the same door as the board's."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from governance.services import moves
from portal.core.api.kit import ReadsBodies, StrictSerializer
from projects.models import UseCase


class MoveIn(StrictSerializer):
    """Which use case, and where to."""

    use_case = serializers.UUIDField()
    to = serializers.ChoiceField(UseCase.Phase.choices)


class UnmetOut(serializers.Serializer[Any]):
    """One requirement in the way."""

    code = serializers.CharField()
    label = serializers.CharField()
    detail = serializers.CharField()
    remedy = serializers.CharField()
    url = serializers.CharField()


class MoveOut(serializers.Serializer[Any]):
    """What became of it. `form`: fill in the page at `url`; `asked`: the decision is at `url`."""

    outcome = serializers.ChoiceField([moves.MOVED, moves.ASKED, moves.FORM, moves.REFUSED, moves.CONFLICT])
    sentence = serializers.CharField()
    remedy = serializers.SerializerMethodField()
    url = serializers.CharField()
    unmet = UnmetOut(many=True)

    def get_remedy(self, answer: moves.Answer) -> str:
        """What to do about a refusal."""
        return str(answer.verdict.remedy) if answer.verdict else ""


class MoveViewSet(ReadsBodies):
    """Asking for a move; a refusal is a 403 that names every unmet requirement."""

    serializer_class = MoveOut

    @extend_schema(request=MoveIn, responses={200: MoveOut, 403: MoveOut, 409: MoveOut})
    def create(self, request: Request) -> Response:
        """Ask."""
        given = MoveIn(data=request.data)
        given.is_valid(raise_exception=True)
        visible = UseCase.objects.visible_to(request.user).for_list()
        use_case = get_object_or_404(visible, pk=given.validated_data["use_case"])
        answer = moves.ask(use_case, to=given.validated_data["to"], user=request.user)
        code = {moves.REFUSED: status.HTTP_403_FORBIDDEN, moves.CONFLICT: status.HTTP_409_CONFLICT}.get(
            answer.outcome, status.HTTP_200_OK
        )
        return Response(MoveOut(answer).data, status=code)
