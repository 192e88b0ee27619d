"""How long things take, over the API."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from projects.api.part import Part
from projects.selectors import phase_times as reads


class TimesActs(Part):
    """Time per phase."""

    @extend_schema(
        parameters=[OpenApiParameter("by", enum=list(reads.WAYS))], responses={200: OpenApiTypes.OBJECT}
    )
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def times(self, request: Request) -> Response:
        """Middle days per phase (Kaplan–Meier), for all and by group (`?by=`)."""
        by = request.query_params.get("by", "")
        if by and by not in reads.WAYS:
            raise ValidationError(
                {"by": [_("Choose one of: %(choices)s.") % {"choices": ", ".join(reads.WAYS)}]}
            )
        return Response([told(each) for each in reads.groups(request.user, by)])  # type: ignore[arg-type]


def told(group: reads.Group) -> dict[str, Any]:
    """One group with its phases by name."""
    phases = {str(phase): asdict(each) for phase, each in zip(reads.PHASES, group.phases, strict=True)}
    return {
        "label": str(group.label), "count": group.count, "phases": phases, "acceptance_to_production": asdict(group.whole),
    }  # fmt: skip
