"""Artifacts for programs."""

import re
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext, gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects.api.datasets import KnowsCase, MyUseCase
from projects.api.shares import SharesThings
from projects.downloads import by_code
from projects.filters.artifacts import ArtifactFilter
from projects.models import Artifact, ArtifactVersion, Dataset
from projects.rules import artifacts as rules, shares as share_rules
from projects.selectors.artifacts import sources_of, with_case_known
from projects.services import artifact_files, artifact_sources, artifacts

SOURCE = re.compile(r"(dataset|experiment|version|artifact):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
MANY = ("tags", "made_from")


class ArtifactVersionOut(serializers.ModelSerializer[ArtifactVersion]):
    """One frozen version."""

    class Meta:
        model = ArtifactVersion
        fields = (
            "id", "artifact", "number", "remark", "original_name", "digest", "size_bytes", "media_type", "link",
            "made_by", "created_at",
        )  # fmt: skip


class ArtifactListOut(KnowsCase, serializers.ModelSerializer[Artifact]):
    """One artifact."""

    tags = serializers.SerializerMethodField()

    class Meta:
        model = Artifact
        fields: tuple[str, ...] = (
            "id", "kind", "title", "description", "classification", "use_case", "owner", "tags", "created_at", "retired_at",
            "retired_reason",
        )  # fmt: skip

    def get_tags(self, artifact: Artifact) -> list[str]:
        """The words it is found by."""
        return [each.word for each in artifact.tags.all()]


class ArtifactOut(ArtifactListOut):
    """One artifact, what it was made from as far as the caller sees it, and what the caller may do with it."""

    made_from = serializers.SerializerMethodField()
    can = CanField(
        {
            "use": rules.may_use,
            "change": rules.may_change,
            "share": share_rules.may_share,
            "classify": rules.may_classify,
            "retire": rules.may_retire,
            "restore": rules.may_restore,
        }
    )

    class Meta(ArtifactListOut.Meta):
        fields = (*ArtifactListOut.Meta.fields, "made_from", "can")

    def get_made_from(self, artifact: Artifact) -> list[str]:
        """Each as `kind:key`."""
        found = sources_of(artifact, self.context["request"].user)
        return sorted(f"{each.kind}:{each.key}" for each in found)


class SourceField(serializers.CharField):
    """`dataset:key`, `experiment:key`, `version:key` or `artifact:key`."""

    default_error_messages = {"invalid": _("Write the kind, a colon and the key, such as dataset:… .")}

    def to_internal_value(self, data: Any) -> Any:
        """Kind and key."""
        parts = SOURCE.fullmatch(super().to_internal_value(data))
        if parts:
            return parts[1], UUID(parts[2])
        return self.fail("invalid")


class ContentIn(StrictSerializer):
    """`file`, `text` (a note, as Markdown) or `link` (an address)."""

    file = serializers.FileField(allow_empty_file=True, required=False)
    text = serializers.CharField(required=False, trim_whitespace=False, max_length=60_000)
    link = serializers.CharField(required=False, max_length=2000)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """One of the three; a text becomes a file."""
        if len([name for name in ("file", "text", "link") if name in data]) != 1:
            raise serializers.ValidationError({"file": [gettext("Send one file, text or link.")]})
        if "text" in data:
            data["file"] = ContentFile(data.pop("text").encode(), name="note.md")
        return data


class ArtifactIn(ContentIn):
    """A new artifact."""

    kind = serializers.ChoiceField(choices=Artifact.Kind.choices)
    title = serializers.CharField(max_length=140)
    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    classification = serializers.ChoiceField(choices=Dataset.Classification.choices, required=False)
    use_case = MyUseCase(required=False, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=100), required=False, max_length=50)
    made_from = serializers.ListField(child=SourceField(), required=False, max_length=50)


class VersionIn(ContentIn):
    """A new state."""

    remark = serializers.CharField(max_length=300, required=False, allow_blank=True)


class DescribeIn(StrictSerializer):
    """Words about an artifact."""

    title = serializers.CharField(max_length=140, required=False)
    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)


class TagIn(StrictSerializer):
    """All its tags."""

    tags = serializers.ListField(child=serializers.CharField(max_length=100), max_length=50)


class SourcesIn(StrictSerializer):
    """All it was made from."""

    made_from = serializers.ListField(child=SourceField(), max_length=50)


class ClassIn(StrictSerializer):
    """How carefully it is kept."""

    classification = serializers.ChoiceField(choices=Dataset.Classification.choices)


class RetireIn(StrictSerializer):
    """Why it is put away."""

    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


def whole(request: Request | HttpRequest) -> dict[str, Any]:
    """The body as one dict; of a form, lists stay lists."""
    data: Any = request.data  # type: ignore[union-attr]
    if hasattr(data, "getlist"):
        return {name: data.getlist(name) if name in MANY else data[name] for name in data}
    return data  # type: ignore[no-any-return]


class ArtifactViewSet(SharesThings):
    """Notes, notebooks, reports, images, extracts and links people share."""

    model = Artifact
    serializer_class = ArtifactOut
    filterset_class = ArtifactFilter

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Artifact.objects.none()
        return with_case_known(super().get_queryset(), self.request.user)  # type: ignore[arg-type]

    def get_serializer_class(self) -> Any:
        return ArtifactListOut if self.action == "list" else ArtifactOut

    def received(self, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The validated body, its file included."""
        answer = serializer_class(data=whole(self.request), context=self.get_serializer_context())
        answer.is_valid(raise_exception=True)
        return dict(answer.validated_data)

    def shown(self, artifact: Artifact, status: int = 200) -> Response:
        """The artifact as it stands now."""
        fresh = self.get_queryset().get(pk=artifact.pk)
        return Response(ArtifactOut(fresh, context=self.get_serializer_context()).data, status=status)

    @extend_schema(request={"multipart/form-data": ArtifactIn}, responses={201: ArtifactOut})
    def create(self, request: Request) -> Response:
        """Put an artifact into the library."""
        return self.shown(artifacts.create(**self.received(ArtifactIn), by=request.user), 201)  # type: ignore[arg-type]

    @extend_schema(request={"multipart/form-data": VersionIn}, responses={200: ArtifactVersionOut(many=True)})
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def versions(self, request: Request, pk: str | None = None) -> Response:
        """The versions, the newest first; POST brings a new one (200 when its content stands already)."""
        artifact = self.get_object()
        if request.method == "POST":
            version, is_new = artifacts.add_version(artifact, **self.received(VersionIn), by=request.user)  # type: ignore[arg-type]
            return Response(ArtifactVersionOut(version).data, status=201 if is_new else 200)
        return Response(ArtifactVersionOut(artifact.versions.for_list(), many=True).data)

    @extend_schema(request=DescribeIn, responses=ArtifactOut)
    @action(detail=True, methods=["post"])
    def describe(self, request: Request, pk: str | None = None) -> Response:
        """Change title or description."""
        return self.shown(
            artifacts.describe(self.get_object(), **self.taken(DescribeIn, request), by=request.user)  # type: ignore[arg-type]
        )

    @extend_schema(request=TagIn, responses=ArtifactOut)
    @action(detail=True, methods=["post"])
    def tag(self, request: Request, pk: str | None = None) -> Response:
        """Set its tags."""
        artifact = self.get_object()
        artifacts.tag(artifact, self.taken(TagIn, request)["tags"], by=request.user)  # type: ignore[arg-type]
        return self.shown(artifact)

    @extend_schema(request=SourcesIn, responses=ArtifactOut)
    @action(detail=True, methods=["post"])
    def derive(self, request: Request, pk: str | None = None) -> Response:
        """Say what it was made from; it inherits the strictest class of it."""
        sources = self.taken(SourcesIn, request)["made_from"]
        return self.shown(artifact_sources.derive(self.get_object(), sources, by=request.user))  # type: ignore[arg-type]

    @extend_schema(request=ClassIn, responses=ArtifactOut)
    @action(detail=True, methods=["post"])
    def classify(self, request: Request, pk: str | None = None) -> Response:
        """Say how carefully it is kept, never less than what it was made from."""
        return self.shown(
            artifacts.classify(self.get_object(), **self.taken(ClassIn, request), by=request.user)  # type: ignore[arg-type]
        )

    @extend_schema(request=RetireIn, responses=ArtifactOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str | None = None) -> Response:
        """Put it away."""
        return self.shown(
            artifacts.retire(self.get_object(), **self.taken(RetireIn, request), by=request.user)  # type: ignore[arg-type]
        )

    @extend_schema(request=None, responses=ArtifactOut)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str | None = None) -> Response:
        """Take it back."""
        return self.shown(artifacts.restore(self.get_object(), by=request.user))  # type: ignore[arg-type]


class ArtifactVersionViewSet(ReadViewSet):
    """Versions by their own address."""

    model = ArtifactVersion
    serializer_class = ArtifactVersionOut
    filterset_class = None

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def download(self, request: Request, pk: str | None = None) -> HttpResponseBase:
        """The file as it was brought; the trail keeps who took it."""
        version = self.get_object()
        return by_code(partial(artifact_files.take, version, by=request.user), name=version.original_name)
