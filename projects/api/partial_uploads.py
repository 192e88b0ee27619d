"""Files in pieces, for the page's own script and for programs."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import ReadViewSet, StrictSerializer
from portal.core.uploads import UploadRefused
from projects.filters.datasets import OffsetFilter
from projects.models import PartialUpload
from projects.services import partial_uploads as services


class BytesParser(BaseParser):
    """A piece as it is, whatever it is called, at most 8 MB of it."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        """The bytes; one more than allowed is enough to know."""
        piece: bytes = stream.read(services.MOST_PIECE + 1)
        if len(piece) > services.MOST_PIECE:
            raise UploadRefused(_("Send pieces of at most 8 MB."), 413, "upload.piece_too_large")
        announced = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or len(piece)
        if int(announced) != len(piece):
            raise UploadRefused(
                _("The piece was cut off on its way. Send it again."), 400, "upload.truncated"
            )
        return piece


class UploadOut(serializers.ModelSerializer[PartialUpload]):
    """How much of a file is here: the next piece begins at `received`."""

    class Meta:
        model = PartialUpload
        fields = ("id", "name", "size", "received", "is_complete", "created_at")


class UploadIn(StrictSerializer):
    """A file that is going to be sent."""

    name = serializers.CharField(max_length=400)
    size = serializers.IntegerField(min_value=0)


class PartialUploadViewSet(ReadViewSet):
    """One's own files on their way."""

    model = PartialUpload
    serializer_class = UploadOut
    filterset_class = None

    @extend_schema(request=UploadIn, responses={201: UploadOut})
    def create(self, request: Request) -> Response:
        """Announce a file; then send its pieces, and name it as `upload` where a file is asked for."""
        upload = services.begin(**self.taken(UploadIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(UploadOut(upload).data, status=201)

    @extend_schema(request={"application/octet-stream": bytes}, responses=UploadOut)
    @action(detail=True, methods=["post"], filterset_class=OffsetFilter, parser_classes=[BytesParser])
    def piece(self, request: Request, pk: str | None = None) -> Response:
        """Add the body at byte `offset`; 409 says where to go on."""
        upload = self.get_object()
        offset = int(request.query_params.get("offset") or 0)
        body = request.data if isinstance(request.data, bytes) else b""
        return Response(UploadOut(services.receive(upload, body, offset=offset, by=request.user)).data)  # type: ignore[arg-type]
