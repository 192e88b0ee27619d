"""Datasets for programs."""

from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from portal.core.models import User
from projects.api.downloads import TakesTables
from projects.filters.datasets import DatasetFilter
from projects.forms.datasets import my_use_cases
from projects.models import Dataset, DatasetVersion, UseCase
from projects.rules import datasets as rules
from projects.selectors import datasets as selectors
from projects.sentences import sentence
from projects.services import datasets


class MyUseCase(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """A use case or sandbox the caller works on; others are as unknown as those that do not exist."""

    def get_queryset(self) -> Any:
        if "request" not in self.context:
            return UseCase.objects.none()
        user = self.context["request"].user
        mine = Q(pk__in=my_use_cases(user).values("pk"))
        practice = Q(pk__in=UseCase.everything.sandboxes_of(user).values("pk"))
        return UseCase.everything.filter(mine | practice)


class PersonField(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """An active colleague."""

    def get_queryset(self) -> Any:
        return User.objects.active().filter(is_service=False)


def told(notes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Problems and remarks with their sentence and place."""
    return [
        {
            "code": note.get("code", ""),
            "message": sentence(note),
            "row": note.get("row"),
            "column": note.get("column"),
        }
        for note in notes
    ]


class VersionOut(serializers.ModelSerializer[DatasetVersion]):
    """One version without its profile."""

    state = serializers.CharField(source="status")
    problems = serializers.SerializerMethodField()
    remarks = serializers.SerializerMethodField()

    class Meta:
        model = DatasetVersion
        fields = (
            "id", "dataset", "number", "state", "original_name", "size_bytes", "rows", "columns", "upload_digest",
            "table_digest", "problems", "remarks", "job", "uploaded_by", "created_at",
        )  # fmt: skip

    def get_problems(self, version: DatasetVersion) -> list[dict[str, Any]]:
        """Why it was not accepted, with row and column."""
        return told(version.problems)

    def get_remarks(self, version: DatasetVersion) -> list[dict[str, Any]]:
        """What is good to know."""
        return told(version.remarks)


class DatasetOut(serializers.ModelSerializer[Dataset]):
    """One dataset and what the caller may do with it."""

    newest_version = serializers.IntegerField(source="newest", default=None)
    rows = serializers.IntegerField(source="newest_rows", default=None)
    can = CanField(
        {"add_version": rules.may_add_version, "describe": rules.may_describe, "share": rules.may_share}
    )

    class Meta:
        model = Dataset
        fields = (
            "id", "name", "description", "classification", "use_case", "owner", "steward", "source", "dictionary",
            "newest_version", "rows", "created_at", "can",
        )  # fmt: skip


class DatasetListOut(DatasetOut):
    """The same without `can`, which would ask per row."""

    class Meta(DatasetOut.Meta):
        fields = tuple(name for name in DatasetOut.Meta.fields if name != "can")  # type: ignore[assignment]

    can = None  # type: ignore[assignment]


class DatasetIn(StrictSerializer):
    """A dataset with its first file."""

    name = serializers.CharField(max_length=120)
    file = serializers.FileField(allow_empty_file=True)
    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    classification = serializers.ChoiceField(choices=Dataset.Classification.choices, required=False)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    use_case = MyUseCase(required=False, allow_null=True)


class VersionIn(StrictSerializer):
    """A new state."""

    file = serializers.FileField(allow_empty_file=True)


class DescribeIn(StrictSerializer):
    """Words about a dataset."""

    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    dictionary = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=500), required=False
    )


class ShareIn(StrictSerializer):
    """A colleague."""

    person = PersonField()


def files_too(request: Request | HttpRequest) -> dict[str, Any]:
    """The body as one plain dict; a repeated field counts once."""
    return {name: request.data[name] for name in request.data}  # type: ignore[union-attr]


class DatasetViewSet(ReadViewSet):
    """Tables, their versions and profiles."""

    model = Dataset
    serializer_class = DatasetOut
    filterset_class = DatasetFilter

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Dataset.objects.none()
        return selectors.listed(self.request.user)  # type: ignore[arg-type]

    def get_serializer_class(self) -> Any:
        return DatasetListOut if self.action == "list" else DatasetOut

    def get_parsers(self) -> Any:
        return (
            [MultiPartParser()]
            if getattr(self, "action", "") in {"create", "versions"}
            else super().get_parsers()
        )

    def received(self, serializer_class: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        """The validated form, its file included."""
        answer = serializer_class(data=files_too(self.request), context=self.get_serializer_context())
        answer.is_valid(raise_exception=True)
        return dict(answer.validated_data)

    @extend_schema(request={"multipart/form-data": DatasetIn}, responses={201: VersionOut})
    def create(self, request: Request) -> Response:
        """Make a dataset from a file. Answers with its first version, whose check goes on in the background."""
        _dataset, version = datasets.create(**self.received(DatasetIn), by=request.user)  # type: ignore[arg-type]
        return Response(VersionOut(version).data, status=201)

    @extend_schema(request={"multipart/form-data": VersionIn}, responses=VersionOut(many=True))
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def versions(self, request: Request, pk: str | None = None) -> Response:
        """The versions, the newest first; POST brings a new one (200 when the file stands already)."""
        dataset = self.get_object()
        if request.method == "POST":
            version, is_new = datasets.add_version(dataset, self.received(VersionIn)["file"], by=request.user)  # type: ignore[arg-type]
            return Response(VersionOut(version).data, status=201 if is_new else 200)
        return Response(VersionOut(dataset.versions.for_list(), many=True).data)

    @extend_schema(request=DescribeIn, responses=DatasetOut)
    @action(detail=True, methods=["post"])
    def describe(self, request: Request, pk: str | None = None) -> Response:
        """Change description, source or data dictionary."""
        dataset = datasets.describe(self.get_object(), **self.taken(DescribeIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(dataset).data)

    @extend_schema(request=ShareIn, responses={204: None})
    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: str | None = None) -> Response:
        """Let one more colleague see it."""
        datasets.share(self.get_object(), **self.taken(ShareIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(status=204)

    @extend_schema(request=ShareIn, responses={204: None})
    @action(detail=True, methods=["post"])
    def unshare(self, request: Request, pk: str | None = None) -> Response:
        """End a share."""
        datasets.unshare(self.get_object(), **self.taken(ShareIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(status=204)


class DatasetVersionViewSet(TakesTables, ReadViewSet):
    """Versions by their own address."""

    model = DatasetVersion
    serializer_class = VersionOut
    filterset_class = None

    @extend_schema(responses={200: dict})
    @action(detail=True, methods=["get"], pagination_class=None)
    def profile(self, request: Request, pk: str | None = None) -> Response:
        """What stands in each column; empty until the version is ready."""
        version = self.get_object()
        if version.state != DatasetVersion.State.READY:
            return Response(
                {"detail": _("The profile is there once the version is ready."), "state": version.status},
                status=409,
            )
        return Response(version.profile)
