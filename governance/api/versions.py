"""Acts of the registry beside submitting and deciding: life, roles, names, lineage, comparisons, documents."""

from dataclasses import asdict
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance import renderings
from governance.api import inputs, outputs
from governance.filters import ComparisonFilter, EditionFilter
from governance.models import (
    Deployment,
    DocumentEdition,
    DocumentKind,
    Model,
    ModelVersion,
    VersionComparison,
)
from governance.rules import documents as document_rules, versions as version_rules
from governance.selectors import (
    comparisons as comparison_selectors,
    documents as document_selectors,
    registry,
)
from governance.services import aliases, comparisons, deployments, documents, rehearsals, version_life
from portal.core import clock
from portal.core.api.kit import ReadViewSet, StrictSerializer, spoken
from portal.core.verdicts import require
from projects.models import Trial


class TakeOverIn(StrictSerializer):
    """Which candidate goes on, and why."""

    reason = serializers.CharField(max_length=2000)
    trial = serializers.UUIDField(required=False)


class RoleIn(StrictSerializer):
    """Beside the champion."""

    role = serializers.ChoiceField(
        choices=[each for each in Deployment.Role.choices if each[0] != Deployment.Role.CHAMPION]
    )
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500)


class AliasIn(StrictSerializer):
    """A free name."""

    name = serializers.CharField(max_length=60)


class CompareIn(StrictSerializer):
    """Versions beside a version."""

    base = serializers.UUIDField()
    others = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=4)
    table = serializers.UUIDField(required=False, allow_null=True)


class ParagraphIn(StrictSerializer):
    """One paragraph of a document."""

    kind = serializers.ChoiceField(choices=DocumentKind.choices)
    code = serializers.CharField(max_length=40)
    text = serializers.CharField(max_length=6000, allow_blank=True)


class KindIn(StrictSerializer):
    """Which document."""

    kind = serializers.ChoiceField(choices=DocumentKind.choices)


class ComparisonOut(outputs.Out[VersionComparison]):
    """What the engine said of each pair; `status` is that of its job."""

    status = serializers.CharField(read_only=True)
    error = serializers.CharField(source="job.error_text", read_only=True)

    class Meta:
        model = VersionComparison
        fields = [
            "id",
            "model",
            "base",
            "others",
            "table",
            "asked_by",
            "status",
            "error",
            "figures",
            "finished_at",
            "created_at",
        ]


class EditionOut(outputs.Out[DocumentEdition]):
    """An edition; its content only when one is read, without what the caller may not see."""

    content = serializers.SerializerMethodField()

    class Meta:
        model = DocumentEdition
        fields = [
            "id", "version", "kind", "number", "language", "completeness", "facts_digest", "content_digest", "made_by",
            "made_at", "content",
        ]  # fmt: skip

    def get_content(self, edition: DocumentEdition) -> dict[str, Any] | None:
        """None in lists."""
        if isinstance(self.parent, serializers.ListSerializer):
            return None
        user = self.context["request"].user
        return document_selectors.for_reader(edition.content, edition.version, user)


class VersionActs:
    """Mixed into the view set of versions."""

    get_object: Any
    taken: Any
    out: Any
    get_serializer_context: Any

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a version that nothing refers to; 403 names what does."""
        version_life.delete(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def rehearse(self, request: Request, pk: str) -> Response:
        """Let the stored model score its sample row once more; `rehearsal` of the version says how far it is."""
        version = self.get_object()
        rehearsals.again(version, by=request.user)  # type: ignore[arg-type]
        return self.out(version, status.HTTP_202_ACCEPTED)  # type: ignore[no-any-return]

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path="take-review")
    def take_review(self, request: Request, pk: str) -> Response:
        """Say that one has begun to read."""
        version = self.get_object()
        version_life.take_review(version, by=request.user)  # type: ignore[arg-type]
        return self.out(version)  # type: ignore[no-any-return]

    @extend_schema(request=TakeOverIn)
    @action(detail=True, methods=["post"], url_path="take-over")
    def take_over(self, request: Request, pk: str) -> Response:
        """Go on with it as author; answers with the new version."""
        version, given = self.get_object(), self.taken(TakeOverIn, request)
        require(version_rules.may_take_over(request.user, version))  # type: ignore[arg-type]
        if "trial" in given:
            given["trial"] = get_object_or_404(
                Trial, pk=given["trial"], experiment=version.trial.experiment_id
            )
        made = version_life.take_over(version, **given, by=request.user)  # type: ignore[arg-type]
        return self.out(made, status.HTTP_201_CREATED)  # type: ignore[no-any-return]

    @extend_schema(request=inputs.GovernanceReasonIn)
    @action(detail=True, methods=["post"], url_path="lift-block")
    def lift_block(self, request: Request, pk: str) -> Response:
        """Let a blocked version go on."""
        version = self.get_object()
        version_life.lift_block(version, **self.taken(inputs.GovernanceReasonIn, request), by=request.user)  # type: ignore[arg-type]
        return self.out(version)  # type: ignore[no-any-return]

    @extend_schema(request=inputs.GovernanceReasonIn)
    @action(detail=True, methods=["post"])
    def archive(self, request: Request, pk: str) -> Response:
        """Put it away."""
        version = self.get_object()
        version_life.archive(version, **self.taken(inputs.GovernanceReasonIn, request), by=request.user)  # type: ignore[arg-type]
        return self.out(version)  # type: ignore[no-any-return]

    @extend_schema(request=RoleIn, responses=outputs.DeploymentOut)
    @action(detail=True, methods=["post"])
    def enter(self, request: Request, pk: str) -> Response:
        """Run it beside the champion, as challenger or in the shadow."""
        made = deployments.enter(self.get_object(), **self.taken(RoleIn, request), by=request.user)  # type: ignore[arg-type]
        shown = outputs.DeploymentOut(made, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=AliasIn)
    @action(detail=True, methods=["post"])
    def alias(self, request: Request, pk: str) -> Response:
        """Give it a free name; `champion`, `challenger`, `shadow` and `latest` are refused with the reason."""
        version = self.get_object()
        aliases.give(version, **self.taken(AliasIn, request), by=request.user)  # type: ignore[arg-type]
        return self.out(version)  # type: ignore[no-any-return]

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"])
    def lineage(self, request: Request, pk: str) -> Response:
        """Where it comes from, each step with its hash; whether the stored file is still the registered one."""
        version = self.get_object()
        steps = registry.lineage(version, request.user)  # type: ignore[arg-type]
        return Response({"intact": registry.is_intact(version), "steps": [asdict(each) for each in steps]})

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"])
    def documents(self, request: Request, pk: str) -> Response:
        """Each document with its last edition, completeness, whether it is stale, and who may write it."""
        version = self.get_object()
        rows = []
        for each in document_selectors.shelf(version):
            may = {
                "write": spoken(document_rules.may_write(request.user, version, each.kind)),  # type: ignore[arg-type]
                "issue": spoken(document_rules.may_issue(request.user, version, each.kind)),  # type: ignore[arg-type]
            }
            newest = str(each.newest.pk) if each.newest else None
            rows.append(
                {"kind": each.kind, "newest": newest, "completeness": each.completeness, "is_stale": each.is_stale, "can": may}
            )  # fmt: skip
        return Response({"language": get_language(), "documents": rows})

    @extend_schema(request=ParagraphIn, responses={201: dict[str, Any]})
    @action(detail=True, methods=["post"])
    def write(self, request: Request, pk: str) -> Response:
        """Write one paragraph of a document."""
        row = documents.write(self.get_object(), **self.taken(ParagraphIn, request), by=request.user)  # type: ignore[arg-type]
        body = {"id": str(row.pk), "kind": row.kind, "code": row.code, "text": row.text}
        return Response(body, status=status.HTTP_201_CREATED)

    @extend_schema(request=KindIn, responses=EditionOut)
    @action(detail=True, methods=["post"])
    def issue(self, request: Request, pk: str) -> Response:
        """Freeze an edition of a document."""
        made = documents.issue(self.get_object(), **self.taken(KindIn, request), by=request.user)  # type: ignore[arg-type]
        shown = EditionOut(made, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_201_CREATED)


class ModelActs:
    """Mixed into the view set of models."""

    get_object: Any
    taken: Any
    get_serializer_context: Any
    filter_queryset: Any

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a model without versions; 403 says how many it has."""
        version_life.delete_model(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses={200: dict[str, str]})
    @action(detail=True, methods=["get"])
    def aliases(self, request: Request, pk: str) -> Response:
        """Every name with its version: `champion` and `challenger` follow from approvals, others are set freely."""
        return Response(registry.names(self.get_object()))

    @extend_schema(request=AliasIn)
    @action(detail=True, methods=["post"])
    def unname(self, request: Request, pk: str) -> Response:
        """Take a free name away."""
        model = self.get_object()
        aliases.take(model, **self.taken(AliasIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(registry.names(model))

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"], url_path=r"served/(?P<day>\d{4}-\d{2}-\d{2})")
    def served(self, request: Request, pk: str, day: str) -> Response:
        """Which version held which role at the end of that day."""
        asked = serializers.DateField().run_validation(day)
        rows = [
            {"role": each.role, "environment": each.environment, "version": str(each.version_id), "number": each.version.number,
             "request": str(each.request_id), "deployment": str(each.pk)}
            for each in registry.on_day(self.get_object(), asked)
        ]  # fmt: skip
        return Response({"on": asked, "today": clock.today(), "served": rows})

    @extend_schema(request=CompareIn, responses=ComparisonOut)
    @action(detail=True, methods=["post"])
    def compare(self, request: Request, pk: str) -> Response:
        """Score two to four versions on the same rows, in the background; with `table` on recent rows with answers."""
        model: Model = self.get_object()
        given = self.taken(CompareIn, request)
        seen = ModelVersion.objects.filter(model=model).select_related("model", "trial")
        base = get_object_or_404(seen, pk=given["base"])
        others = [get_object_or_404(seen, pk=key) for key in given["others"]]
        tables = comparison_selectors.tables_for(request.user, model)
        table = get_object_or_404(tables, pk=given["table"]) if given.get("table") else None
        made = comparisons.ask(model, base=base, others=others, table=table, by=request.user)  # type: ignore[arg-type]
        shown = ComparisonOut(made, context=self.get_serializer_context())
        return Response(shown.data, status=status.HTTP_202_ACCEPTED)


class ComparisonViewSet(ReadViewSet):
    """Comparisons of versions."""

    model = VersionComparison
    serializer_class = ComparisonOut
    filterset_class = ComparisonFilter


class EditionViewSet(ReadViewSet):
    """Issued documents."""

    model = DocumentEdition
    serializer_class = EditionOut
    filterset_class = EditionFilter

    @extend_schema(responses={(200, "application/octet-stream"): bytes})
    @action(detail=True, methods=["get"], url_path="file/(?P<form>html|md|json|pdf)")
    def file(self, request: Request, pk: str, form: str) -> HttpResponse:
        """The edition as a file."""
        body = documents.download(self.get_object(), form=form, by=request.user)  # type: ignore[arg-type]
        return HttpResponse(body, content_type=renderings.TYPES[form])
