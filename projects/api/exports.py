"""Taking models along, for programs."""

from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects.downloads import ZIP, by_code
from projects.filters.exports import ExportFilter
from projects.models import Export, Trial
from projects.rules import exports as rules
from projects.selectors.exports import nearest
from projects.sentences import sentences
from projects.services import exports


class VisibleTrial(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """A candidate the caller sees; others are as unknown as those that do not exist."""

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        if request is None:
            return Trial.objects.none()
        return Trial.objects.visible_to(request.user).select_related(
            "experiment__use_case", "experiment__job", "experiment__dataset_version__dataset__owner"
        )


class ExportIn(StrictSerializer):
    """A candidate and a format."""

    trial = VisibleTrial()
    format = serializers.ChoiceField(choices=Export.Format.choices)


class ExportListOut(serializers.ModelSerializer[Export]):
    """One file in a list: how far it is and what was checked."""

    status = serializers.CharField(read_only=True)
    error = serializers.CharField(source="job.error_text", read_only=True)
    notes = serializers.SerializerMethodField()

    class Meta:
        model = Export
        fields: tuple[str, ...] = (
            "id", "trial", "format", "status", "error", "notes", "report", "size_bytes", "file_digest", "requested_by",
            "finished_at", "created_at",
        )  # fmt: skip

    def get_notes(self, export: Export) -> list[str]:
        """What was checked, in words."""
        return sentences(export.notes)


class ExportOut(ExportListOut):
    """One file, whether the caller may take it, and what to take where it is not possible."""

    nearest = serializers.SerializerMethodField()
    can = CanField({"download": rules.may_download})

    class Meta(ExportListOut.Meta):
        fields = (*ExportListOut.Meta.fields, "nearest", "can")

    @extend_schema_field({"type": "object", "nullable": True})
    def get_nearest(self, export: Export) -> dict[str, Any] | None:
        """Where this candidate has no such form: the best one of its experiment that has it, and its scores."""
        found = nearest(export.trial, export) if export.status == "refused" else None
        return found and found | {"trial": str(found["trial"].pk), "name": found["trial"].name}


class ExportViewSet(ReadViewSet):
    """Models taken along."""

    model = Export
    serializer_class = ExportOut
    filterset_class = ExportFilter

    def get_serializer_class(self) -> Any:
        return ExportListOut if self.action == "list" else ExportOut

    @extend_schema(request=ExportIn, responses={202: ExportOut})
    def create(self, request: Request) -> Response:
        """Have a candidate built in one format (202); what is there already is given back."""
        body = self.taken(ExportIn, request)
        made = exports.request(body["trial"], format=body["format"], by=request.user)  # type: ignore[arg-type]
        fresh = self.get_queryset().get(pk=made.pk)
        return Response(ExportOut(fresh, context=self.get_serializer_context()).data, status=202)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def download(self, request: Request, pk: str | None = None) -> HttpResponseBase:
        """The zip; the trail keeps who took it."""
        export = self.get_object()
        take = partial(exports.download, export, by=request.user)
        return by_code(take, name=exports.file_name(export), kind=ZIP)
