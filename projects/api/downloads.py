"""A table taken along, for programs."""

from typing import Any

from django.http import FileResponse
from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from portal.core import filestore
from portal.core.states import IllegalMove
from projects.services import downloads

PARQUET = "application/vnd.apache.parquet"


class TakesTables:
    """What the view set of versions adds."""

    get_object: Any

    @extend_schema(responses={(200, PARQUET): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def download(self, request: Request, pk: str | None = None) -> HttpResponseBase:
        """The frozen table as Parquet; the trail keeps who took it."""
        version = self.get_object()
        try:
            path = downloads.take_table(version, by=request.user)  # type: ignore[arg-type]
        except (filestore.FileDamaged, OSError):
            raise IllegalMove("The stored table is missing or damaged.") from None
        return FileResponse(
            path.open("rb"), as_attachment=True, filename=downloads.file_name(version), content_type=PARQUET
        )
