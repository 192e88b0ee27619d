"""A table taken along, for programs."""

from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from projects.downloads import PARQUET, by_code
from projects.services import downloads


class TakesTables:
    """What the view set of versions adds."""

    get_object: Any

    @extend_schema(responses={(200, PARQUET): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def download(self, request: Request, pk: str | None = None) -> HttpResponseBase:
        """The frozen table as Parquet; the trail keeps who took it."""
        version = self.get_object()
        take = partial(downloads.take_table, version, by=request.user)
        return by_code(take, name=downloads.file_name(version), kind=PARQUET)
