"""Whole use cases taken along, for programs."""

from functools import partial
from typing import Any

from django.http.response import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects.downloads import MAKE_AGAIN, ZIP, by_code
from projects.filters.bundles import ProjectBundleFilter
from projects.models import ProjectBundle, UseCase
from projects.selectors.bundle_data import may_take_bundle
from projects.services import bundles


class VisibleCase(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """A use case the caller sees; others are as unknown as those that do not exist."""

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        return UseCase.objects.none() if request is None else UseCase.objects.visible_to(request.user)


class ProjectBundleIn(StrictSerializer):
    """A use case."""

    use_case = VisibleCase()


class ProjectBundleOut(serializers.ModelSerializer[ProjectBundle]):
    """One zip: how far it is, what is in it and what was left out, and whether the caller may take it."""

    status = serializers.CharField(read_only=True)
    percent = serializers.IntegerField(source="job.percent", read_only=True)
    step = serializers.CharField(source="job.step_text", read_only=True)
    error = serializers.CharField(source="job.error_text", read_only=True)
    left_out = serializers.SerializerMethodField()
    can = CanField({"download": may_take_bundle})

    class Meta:
        model = ProjectBundle
        fields = (
            "id", "use_case", "status", "percent", "step", "error", "left_out", "size_bytes", "file_digest", "requested_by",
            "finished_at", "expires_at", "created_at", "can",
        )  # fmt: skip

    def get_fields(self) -> dict[str, Any]:
        """`can` costs questions for each row, so the list goes without it."""
        fields = super().get_fields()
        if getattr(self.context.get("view"), "action", "") == "list":
            fields.pop("can", None)
        return fields

    def get_left_out(self, bundle: ProjectBundle) -> list[dict[str, str]]:
        """What is not in it, and why."""
        return list(bundle.contents.get("left_out", []))


class ProjectBundleViewSet(ReadViewSet):
    """One's own bundles of whole use cases."""

    model = ProjectBundle
    serializer_class = ProjectBundleOut
    filterset_class = ProjectBundleFilter

    @extend_schema(request=ProjectBundleIn, responses={202: ProjectBundleOut})
    def create(self, request: Request) -> Response:
        """Have a use case zipped (202); what is being made already is given back."""
        body = self.taken(ProjectBundleIn, request)
        made = bundles.request(body["use_case"], by=request.user)  # type: ignore[arg-type]
        fresh = self.get_queryset().get(pk=made.pk)
        return Response(ProjectBundleOut(fresh, context=self.get_serializer_context()).data, status=202)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def download(self, request: Request, pk: str | None = None) -> HttpResponseBase:
        """The zip; the trail keeps who took it."""
        bundle = self.get_object()
        take = partial(bundles.download, bundle, by=request.user)
        return by_code(take, name=bundles.file_name(bundle), kind=ZIP, damaged=MAKE_AGAIN)
