"""Datasets for programs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects.api.downloads import TakesTables
from projects.api.shares import PersonField, SharesThings
from projects.filters.datasets import AgainstFilter, DatasetFilter
from projects.forms.datasets import my_use_cases
from projects.models import Dataset, DatasetVersion, PartialUpload, UseCase
from projects.rules import datasets as rules, shares as share_rules
from projects.selectors import changes as difference, datasets as selectors, expectations as wanted, privacy
from projects.sentences import sentence
from projects.services import custody, datasets, expectations as services, partial_uploads, relations


class MyUseCase(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """A use case or sandbox the caller works on; others are as unknown as those that do not exist."""

    def get_queryset(self) -> Any:
        if "request" not in self.context:
            return UseCase.objects.none()
        user = self.context["request"].user
        mine = Q(pk__in=my_use_cases(user).values("pk"))
        practice = Q(pk__in=UseCase.everything.sandboxes_of(user).values("pk"))
        return UseCase.everything.filter(mine | practice)


class MyUpload(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """A file of the caller that came in pieces."""

    def get_queryset(self) -> Any:
        if "request" not in self.context:
            return PartialUpload.objects.none()
        return PartialUpload.objects.visible_to(self.context["request"].user)


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
            "table_digest", "reading", "problems", "remarks", "job", "uploaded_by", "created_at",
        )  # fmt: skip

    def get_problems(self, version: DatasetVersion) -> list[dict[str, Any]]:
        """Why it was not accepted, with row and column."""
        return told(version.problems)

    def get_remarks(self, version: DatasetVersion) -> list[dict[str, Any]]:
        """What is good to know."""
        return told(version.remarks)


class KnowsCase(serializers.Serializer[Any]):
    """The use case of a thing, where the caller sees it; the rows come from `with_case_known`."""

    use_case = serializers.SerializerMethodField()

    def get_use_case(self, thing: Any) -> UUID | None:
        """Its key, or nothing."""
        return thing.use_case_id if getattr(thing, "knows_case", False) else None


class DatasetOut(KnowsCase, serializers.ModelSerializer[Dataset]):
    """One dataset and what the caller may do with it."""

    newest_version = serializers.IntegerField(source="newest", default=None)
    rows = serializers.IntegerField(source="newest_rows", default=None)
    can = CanField(
        {
            "add_version": rules.may_add_version,
            "describe": rules.may_describe,
            "share": share_rules.may_share,
            "use": rules.may_use,
            "expect": rules.may_expect,
            "classify": rules.may_classify,
            "name_people": rules.may_name_people,
        }
    )

    class Meta:
        model = Dataset
        fields = (
            "id", "name", "description", "classification", "use_case", "owner", "steward", "source", "dictionary",
            "units", "expectations", "newest_version", "rows", "created_at", "can",
        )  # fmt: skip


class DatasetListOut(DatasetOut):
    """The same without `can`, which would ask per row."""

    class Meta(DatasetOut.Meta):
        fields = tuple(name for name in DatasetOut.Meta.fields if name != "can")  # type: ignore[assignment]

    can = None  # type: ignore[assignment]


class TableIn(StrictSerializer):
    """A table: `file`, `text` (pasted CSV) or `upload` (a file that came in pieces)."""

    file = serializers.FileField(allow_empty_file=True, required=False)
    text = serializers.CharField(required=False, trim_whitespace=False, max_length=1_000_000)
    upload = MyUpload(required=False)
    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$", required=False)

    def to_internal_value(self, data: Any) -> Any:
        """One of the three, said beside whatever else is wrong."""
        one = len([name for name in ("file", "text", "upload") if name in data]) == 1
        wrong = [serializers.ErrorDetail(_("Send one file, text or upload."), "file.required")]
        try:
            found = super().to_internal_value(data)
        except serializers.ValidationError as error:
            more = {} if one else {"file": wrong}
            raise serializers.ValidationError({**error.detail, **more}) from None  # type: ignore[dict-item]
        if not one:
            raise serializers.ValidationError({"file": wrong})
        return found

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        """Pasted text becomes the file; an upload is opened by who takes it."""
        if "text" in data:
            data["file"] = ContentFile(data.pop("text").encode(), name="pasted.csv")
        return data


class DatasetIn(TableIn):
    """A dataset with its first file."""

    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    classification = serializers.ChoiceField(choices=Dataset.Classification.choices, required=False)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    use_case = MyUseCase(required=False, allow_null=True)


class VersionIn(TableIn):
    """A new state."""


class TargetIn(StrictSerializer):
    """A column of the version."""

    target = serializers.CharField(max_length=200)


class ReadingIn(StrictSerializer):
    """How to read the file, where what was found out is wrong."""

    reading = serializers.DictField()


class DescribeIn(StrictSerializer):
    """Words about a dataset."""

    description = serializers.CharField(max_length=4000, required=False, allow_blank=True)
    source = serializers.CharField(max_length=300, required=False, allow_blank=True)
    dictionary = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=500), required=False
    )
    units = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=40), required=False
    )


class ExpectIn(StrictSerializer):
    """All that is expected, each as `column`, `rule` and the limits of the rule."""

    expectations = serializers.ListField(child=serializers.DictField(), max_length=300)


class PeopleIn(StrictSerializer):
    """Who answers for a dataset."""

    owner = PersonField()
    steward = PersonField(required=False, allow_null=True, default=None)


class ClassIn(StrictSerializer):
    """How carefully a dataset is kept."""

    classification = serializers.ChoiceField(choices=Dataset.Classification.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=1000)


def files_too(request: Request | HttpRequest) -> dict[str, Any]:
    """The body as one plain dict; a repeated field counts once."""
    return {name: request.data[name] for name in request.data}  # type: ignore[union-attr]


class DatasetViewSet(SharesThings):
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

    @contextmanager
    def received(self, serializer_class: type[serializers.Serializer[Any]]) -> Iterator[dict[str, Any]]:
        """The validated form, its file included; one that came in pieces is forgotten once it was taken."""
        answer = serializer_class(data=files_too(self.request), context=self.get_serializer_context())
        answer.is_valid(raise_exception=True)
        data = dict(answer.validated_data)
        upload = data.pop("upload", None)
        if upload is None:
            yield data
            return
        with partial_uploads.opened(upload, by=self.request.user) as file:  # type: ignore[arg-type]
            yield {**data, "file": file}
        partial_uploads.forget(upload)

    @extend_schema(request={"multipart/form-data": DatasetIn}, responses={201: VersionOut})
    def create(self, request: Request) -> Response:
        """Make a dataset from a file. Answers with its first version, whose check goes on in the background."""
        with self.received(DatasetIn) as sent:
            _dataset, version = datasets.create(**sent, by=request.user)  # type: ignore[arg-type]
        return Response(VersionOut(version).data, status=201)

    @extend_schema(request={"multipart/form-data": VersionIn}, responses=VersionOut(many=True))
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def versions(self, request: Request, pk: str | None = None) -> Response:
        """The versions, the newest first; POST brings a new one (200 when the file stands already)."""
        dataset = self.get_object()
        if request.method == "POST":
            with self.received(VersionIn) as sent:
                file = sent.pop("file")
                version, is_new = datasets.add_version(dataset, file, **sent, by=request.user)  # type: ignore[arg-type]
            return Response(VersionOut(version).data, status=201 if is_new else 200)
        return Response(VersionOut(dataset.versions.for_list(), many=True).data)

    @extend_schema(request=DescribeIn, responses=DatasetOut)
    @action(detail=True, methods=["post"])
    def describe(self, request: Request, pk: str | None = None) -> Response:
        """Change description, source or data dictionary."""
        dataset = datasets.describe(self.get_object(), **self.taken(DescribeIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(dataset).data)

    @extend_schema(request=ExpectIn, responses={200: dict})
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def expectations(self, request: Request, pk: str | None = None) -> Response:
        """What is expected, what the newest version keeps, suggestions; POST replaces all of it."""
        dataset = self.get_object()
        if request.method == "POST":
            asked = self.taken(ExpectIn, request)["expectations"]
            dataset = services.expect(dataset, asked, by=request.user)  # type: ignore[arg-type]
        version = dataset.versions.ready().first()
        return Response(
            {
                "expectations": dataset.expectations,
                "results": [asdict(each) for each in wanted.expected(dataset, version, request.user)],  # type: ignore[arg-type]
                "suggestions": wanted.suggestions(dataset, version)
                if rules.may_expect(request.user, dataset)  # type: ignore[arg-type]
                else [],
            }
        )

    @extend_schema(request=PeopleIn, responses={204: None})
    @action(detail=True, methods=["post"])
    def people(self, request: Request, pk: str | None = None) -> Response:
        """Name owner and steward; the owner does it."""
        custody.name_people(self.get_object(), **self.taken(PeopleIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(status=204)

    @extend_schema(request=ClassIn, responses=DatasetOut)
    @action(detail=True, methods=["post"])
    def classify(self, request: Request, pk: str | None = None) -> Response:
        """Say how carefully it is kept."""
        dataset = custody.classify(self.get_object(), **self.taken(ClassIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(dataset).data)


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
        return Response(privacy.masked_profile(version, request.user))  # type: ignore[arg-type]

    @extend_schema(request=TargetIn, responses={200: dict, 202: dict})
    @action(detail=True, methods=["post"])
    def relations(self, request: Request, pk: str | None = None) -> Response:
        """How strongly each column goes with `target`; 202 while that is being measured: ask again."""
        version, target = self.get_object(), self.taken(TargetIn, request)["target"]
        job = relations.ask(version, target, by=request.user)  # type: ignore[arg-type]
        return Response(
            version.relations.get(target, {}) if job is None else {}, status=200 if job is None else 202
        )

    @extend_schema(request=ReadingIn, responses={201: VersionOut})
    @action(detail=True, methods=["post"], url_path="read-again")
    def read_again(self, request: Request, pk: str | None = None) -> Response:
        """Read its file in another way, as a version of its own (200 when it stands already)."""
        asked = self.taken(ReadingIn, request)["reading"]
        version, is_new = datasets.read_again(self.get_object(), asked, by=request.user)  # type: ignore[arg-type]
        return Response(VersionOut(version).data, status=201 if is_new else 200)

    @extend_schema(responses={200: dict})
    @action(detail=True, methods=["get"], pagination_class=None, filterset_class=AgainstFilter)
    def changes(self, request: Request, pk: str | None = None) -> Response:
        """What changed from the version before, or from the one named in `against`."""
        new = self.get_object()
        asked = request.query_params.get("against")
        old = new.dataset.versions.ready().filter(pk=asked).first() if asked else difference.before(new)
        if new.state != DatasetVersion.State.READY or (asked and old is None):
            raise serializers.ValidationError({"against": [_("Choose a ready version of this dataset.")]})
        if old is None:
            return Response({"against": None})
        found = difference.changes(old, new, request.user)  # type: ignore[arg-type]
        return Response(
            {
                "against": str(old.pk),
                "is_same_schema": found.is_same_schema,
                "added": [name for name, _kind in found.added],
                "removed": [name for name, _kind in found.removed],
                "renamed": found.renamed,
                "altered": [asdict(each) for each in found.altered],
            }
        )
