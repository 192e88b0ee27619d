"""Projects brought from elsewhere, for programs."""

from functools import partial
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects.api.datasets import MyUpload, PersonField
from projects.downloads import by_code
from projects.models import ImportedProject
from projects.rules import imported_projects as rules
from projects.selectors import imported_projects as selectors
from projects.sentences import sentences
from projects.services import imported_making, imported_projects, partial_uploads


class BundleIn(StrictSerializer):
    """A zip: `file`, or `upload` (a file that came in pieces)."""

    file = serializers.FileField(allow_empty_file=True, required=False)
    upload = MyUpload(required=False)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Whichever was sent becomes the file."""
        if len(data) != 1:
            raise serializers.ValidationError(
                {"file": [serializers.ErrorDetail("Send one file or upload.", "file.required")]}
            )
        return data


class WhoIn(StrictSerializer):
    """Who owns it here, and whom other names stand for."""

    product_owner = PersonField()
    process_owner = PersonField(required=False)
    improvement_owner = PersonField(required=False)
    operation_owner = PersonField(required=False)
    monitoring_owner = PersonField(required=False)


class ImportedProjectOut(serializers.ModelSerializer[ImportedProject]):
    """One bundle: what it tells, what would be made, and what was."""

    problems = serializers.SerializerMethodField()
    parts = serializers.SerializerMethodField()
    people = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()
    can = CanField(
        {"carry_out": rules.may_carry_out, "take_over": rules.may_take_over, "discard": rules.may_discard}
    )

    class Meta:
        model = ImportedProject
        fields = (
            "id", "original_name", "state", "error", "problems", "manifest", "parts", "people", "use_case", "owner",
            "bundle_digest", "size_bytes", "read_at", "created_at", "can",
        )  # fmt: skip

    def get_fields(self) -> dict[str, Any]:
        """The list goes without what costs questions for each row."""
        fields = super().get_fields()
        if getattr(self.context.get("view"), "action", "") == "list":
            for name in ("can", "people", "parts", "manifest"):
                fields.pop(name, None)
        return fields

    def get_problems(self, brought: ImportedProject) -> list[str]:
        """Why it was not accepted."""
        return sentences(brought.problems)

    def get_parts(self, brought: ImportedProject) -> list[dict[str, Any]]:
        """Each part with its fate and the reason."""
        return selectors.parts(brought)

    def get_people(self, brought: ImportedProject) -> list[dict[str, Any]]:
        """Names in it, and whether somebody here has them."""
        return selectors.names_here(brought)

    def get_error(self, brought: ImportedProject) -> str:
        """Why the last step did not finish."""
        return brought.job.error_text if brought.job else ""


class ImportedProjectViewSet(ReadViewSet):
    """Projects brought from elsewhere, by oneself or to a use case one works on."""

    model = ImportedProject
    serializer_class = ImportedProjectOut
    filterset_class = None

    def told(self, brought: ImportedProject, status: int) -> Response:
        """The row as it stands now."""
        fresh = get_object_or_404(self.get_queryset(), pk=brought.pk)
        return Response(ImportedProjectOut(fresh, context=self.get_serializer_context()).data, status=status)

    @extend_schema(
        request={"multipart/form-data": BundleIn, "application/json": BundleIn},
        responses={201: ImportedProjectOut},
    )
    def create(self, request: Request) -> Response:
        """Send a bundle; its check runs as a job (201). The same bytes again are the import that stands (200)."""
        body = self.taken(BundleIn, request)
        upload = body.get("upload")
        if upload is None:
            brought, is_new = imported_projects.send(file=body["file"], by=request.user)  # type: ignore[arg-type]
        else:
            with partial_uploads.opened(upload, by=request.user) as file:  # type: ignore[arg-type]
                brought, is_new = imported_projects.send(file=file, by=request.user)  # type: ignore[arg-type]
            partial_uploads.forget(upload)
        return self.told(brought, 201 if is_new else 200)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Discard one that has become no use case, with its files (204); 403 says what stands against it."""
        imported_projects.discard(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=WhoIn, responses={202: ImportedProjectOut})
    @action(detail=True, methods=["post"], url_path="carry-out", filterset_class=None, pagination_class=None)
    def carry_out(self, request: Request, pk: str | None = None) -> Response:
        """Make it a use case here, owned by the person named (202)."""
        brought = self.get_object()
        people = self.taken(WhoIn, request)
        return self.told(imported_making.carry_out(brought, people=people, by=request.user), 202)  # type: ignore[arg-type]

    @extend_schema(request=None, responses={202: ImportedProjectOut})
    @action(detail=True, methods=["post"], url_path="take-over", filterset_class=None, pagination_class=None)
    def take_over(self, request: Request, pk: str | None = None) -> Response:
        """Make what is left, as far as the caller may (202)."""
        return self.told(imported_making.take_over(self.get_object(), by=request.user), 202)  # type: ignore[arg-type]

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(
        detail=True,
        methods=["get"],
        url_path=r"files/(?P<sha256>[0-9a-f]{64})",
        filterset_class=None,
        pagination_class=None,
    )
    def file(self, request: Request, pk: str | None = None, sha256: str = "") -> HttpResponseBase:
        """One file of it, by its SHA-256; tables are had as datasets."""
        brought = self.get_object()
        path = imported_projects.path_of(brought, sha256)
        if not path:
            raise Http404
        take = partial(imported_projects.file_of, brought, sha256, by=request.user)
        return by_code(take, name=path.replace("/", "-"))
