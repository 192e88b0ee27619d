"""The scoring rubric over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects import rules
from projects.api.framing import NoneIn
from projects.models import RubricVersion
from projects.selectors import rubrics as reads
from projects.services import rubrics


class RubricOut(serializers.ModelSerializer[RubricVersion]):
    """A version of the organisation's own."""

    can = CanField(
        {
            "change": rules.rubrics.may_change,
            "publish": rules.rubrics.may_publish,
            "discard": rules.rubrics.may_discard,
        }
    )

    class Meta:
        model = RubricVersion
        fields = [
            "id", "number", "state", "reason", "criteria", "aversion", "drafted_by", "published_by", "published_at",
            "created_at", "can",
        ]  # fmt: skip


class CriterionRowIn(StrictSerializer):
    """One criterion; `anchors` holds a sentence per level."""

    code = serializers.CharField(max_length=3)
    label = serializers.CharField(max_length=120)
    weight = serializers.IntegerField(min_value=1, max_value=100)
    anchors = serializers.DictField(child=serializers.CharField(max_length=200, allow_blank=True))


class RubricChangeIn(StrictSerializer):
    """What changes in a draft; `criteria` replaces all of them."""

    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    aversion = serializers.FloatField(min_value=0, max_value=0.8, required=False)
    criteria = CriterionRowIn(many=True, required=False)


class RubricViewSet(ReadViewSet):
    """Versions of the scoring rubric: read them, write the next one, publish it."""

    model = RubricVersion
    serializer_class = RubricOut

    def out(self, version: RubricVersion, code: int = status.HTTP_200_OK) -> Response:
        """The version as it is now."""
        return Response(self.get_serializer(version).data, status=code)

    @extend_schema(request=NoneIn, responses={201: RubricOut})
    def create(self, request: Request) -> Response:
        """Begin a draft with the words of the version in force."""
        self.taken(NoneIn, request)
        return self.out(rubrics.draft(by=request.user), status.HTTP_201_CREATED)  # type: ignore[arg-type]

    @extend_schema(request=RubricChangeIn, responses=RubricOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Rewrite a draft."""
        version, given = self.get_object(), self.taken(RubricChangeIn, request)
        if "criteria" in given:
            rows = [dict(row) for row in given["criteria"]]
            given["criteria"] = sorted(rows, key=rubrics.in_order)
        return self.out(rubrics.change(version, **given, by=request.user))  # type: ignore[arg-type]

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Discard a draft."""
        rubrics.discard(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=NoneIn, responses=RubricOut)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Put it in force."""
        self.taken(NoneIn, request)
        return self.out(rubrics.publish(self.get_object(), by=request.user))  # type: ignore[arg-type]

    @action(detail=False, methods=["get"])
    def current(self, request: Request) -> Response:
        """The rubric in force, in the caller's language; number 1 is the portal's own."""
        found = reads.current()
        criteria: list[dict[str, Any]] = [
            {
                "code": each.code,
                "axis": each.axis,
                "label": str(each.label),
                "weight": each.weight,
                "anchors": {str(level): str(words) for level, words in each.anchors},
            }
            for each in found.criteria
        ]
        return Response({"number": found.version, "aversion": found.aversion, "criteria": criteria})
