"""Models, versions, deployments, scoring and drift."""

from functools import partial
from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import inputs, outputs
from governance.api.petitions import AsksAboutVersions
from governance.api.versions import ModelActs, VersionActs
from governance.bundles import ModelDamaged
from governance.filters import DeploymentFilter, DriftFilter, ModelFilter, VersionFilter
from governance.models import BatchScoring, Deployment, DriftReport, Model, ModelVersion
from governance.rules import deployments as rules
from governance.scoring_pool import Busy
from governance.services import batches, deployments, drift, models, scoring
from portal.core.api.errors import TYPE, body
from portal.core.api.kit import ReadViewSet
from portal.core.verdicts import require
from projects.downloads import CSV, by_code
from projects.models import Dataset, DatasetVersion, Experiment, Trial


def said(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The engine's texts in the caller's language, with row and column."""
    words = []
    for each in problems:
        text = _(each.get("message", "")) % each.get("params", {}) if each.get("message") else ""
        words.append(
            {
                "code": each.get("code", ""),
                "message": text,
                "row": each.get("row"),
                "column": each.get("column"),
            }
        )
    return words


def problem(request: Request, number: int, detail: Any, code: str, **more: Any) -> Response:
    """A problem answer with its own code."""
    return Response(
        body(number, detail, code=code, request=request._request, **more), status=number, content_type=TYPE
    )


def table_for(request: Request, key: Any) -> DatasetVersion:
    """A dataset version the caller may use, or 404."""
    return get_object_or_404(
        DatasetVersion.objects.filter(dataset__in=Dataset.objects.usable_by(request.user)), pk=key
    )


class ModelViewSet(ModelActs, ReadViewSet):
    """Registered models; `score` asks the champion."""

    model = Model
    serializer_class = outputs.ModelOut
    filterset_class = ModelFilter

    @extend_schema(request=inputs.RowsIn)
    @action(detail=True, methods=["post"])
    def score(self, request: Request, pk: str) -> Response:
        """Predictions for up to 1,000 rows. 503 `model_integrity` when the stored model is not the approved one."""
        model = self.get_object()
        taken = self.taken(inputs.RowsIn, request)
        try:
            scored = scoring.score(model, rows=taken["rows"], by=request.user)
        except scoring.RowsRefused as refused:
            return problem(
                request,
                400,
                _("The rows do not fit the model."),
                "rows_refused",
                errors=said(refused.problems),
            )
        except ModelDamaged:
            return problem(
                request,
                503,
                _("The stored model is not the approved one. It is not used; IT was told."),
                "model_integrity",
            )
        except Busy:
            return problem(
                request, 503, _("The model does not answer in time. Try again in a moment."), "busy"
            )
        version = scored.deployment.version
        return Response(
            {
                "model": str(model.pk),
                "version": str(version.pk),
                "number": version.number,
                "predictions": scored.predictions,
                "warnings": said(scored.warnings),
            }
        )


class VersionViewSet(AsksAboutVersions, VersionActs, ReadViewSet):
    """Versions: register, submit, withdraw, promote, revoke."""

    model = ModelVersion
    serializer_class = outputs.ModelVersionOut
    filterset_class = VersionFilter

    def out(self, version: ModelVersion, number: int = status.HTTP_200_OK) -> Response:
        """The version as it is now."""
        fresh = ModelVersion.objects.for_list().get(pk=version.pk)
        return Response(self.get_serializer(fresh).data, status=number)

    @extend_schema(request=inputs.RegisterIn)
    def create(self, request: Request) -> Response:
        """Register a trial as a candidate."""
        taken = self.taken(inputs.RegisterIn, request)
        seen = Experiment.objects.visible_to(request.user).values("pk")
        trial = get_object_or_404(
            Trial.objects.select_related("experiment__use_case", "experiment__job"),
            pk=taken["trial"],
            experiment__in=seen,
        )
        model = (
            get_object_or_404(Model.objects.visible_to(request.user), pk=taken["model"])
            if "model" in taken
            else None
        )
        return self.out(
            models.register(trial, model=model, name=taken.get("name", ""), by=request.user),
            status.HTTP_201_CREATED,
        )

    @extend_schema(request=inputs.CardIn, responses=outputs.ApprovalOut)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Hand in for review with the authored card; answers with the request."""
        version = self.get_object()
        card = self.taken(inputs.CardIn, request)
        asked = models.submit(version, comment=card.pop("comment", ""), card=card, by=request.user)
        return Response(
            outputs.ApprovalOut(asked, context=self.get_serializer_context()).data,
            status=status.HTTP_201_CREATED,
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the submission back."""
        version = self.get_object()
        models.withdraw(version, by=request.user)
        return self.out(version)

    @extend_schema(request=inputs.MaybeReasonIn, responses=outputs.DeploymentOut)
    @action(detail=True, methods=["post"])
    def promote(self, request: Request, pk: str) -> Response:
        """Make an approved version champion."""
        made = deployments.promote(
            self.get_object(), **self.taken(inputs.MaybeReasonIn, request), by=request.user
        )
        return Response(
            outputs.DeploymentOut(made, context=self.get_serializer_context()).data,
            status=status.HTTP_201_CREATED,
        )

    @extend_schema(request=inputs.GovernanceReasonIn, responses=outputs.ApprovalOut)
    @action(detail=True, methods=["post"], url_path="request-promotion")
    def request_promotion(self, request: Request, pk: str) -> Response:
        """Ask for the decision that high risk needs."""
        asked = deployments.request_promotion(
            self.get_object(), **self.taken(inputs.GovernanceReasonIn, request), by=request.user
        )
        return Response(
            outputs.ApprovalOut(asked, context=self.get_serializer_context()).data,
            status=status.HTTP_201_CREATED,
        )

    @extend_schema(request=inputs.GovernanceReasonIn)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """Take the approval back."""
        version = self.get_object()
        models.revoke(version, **self.taken(inputs.GovernanceReasonIn, request), by=request.user)
        return self.out(version)


class DeploymentViewSet(ReadViewSet):
    """Which version in which role, from when to when."""

    model = Deployment
    serializer_class = outputs.DeploymentOut
    filterset_class = DeploymentFilter

    @extend_schema(request=inputs.GovernanceReasonIn)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """Take out of service."""
        found = self.get_object()
        deployments.end(found, **self.taken(inputs.GovernanceReasonIn, request), by=request.user)
        return Response(self.get_serializer(found).data)

    @extend_schema(request=inputs.TableIn, responses=outputs.BatchOut)
    @action(detail=True, methods=["post"])
    def batch(self, request: Request, pk: str) -> Response:
        """Score a whole table in the background."""
        found = self.get_object()
        require(rules.may_score_table(request.user, found))
        table = table_for(request, self.taken(inputs.TableIn, request)["dataset_version"])
        made = batches.request(found, dataset_version=table, by=request.user)
        return Response(
            outputs.BatchOut(made, context=self.get_serializer_context()).data,
            status=status.HTTP_202_ACCEPTED,
        )


class BatchViewSet(ReadViewSet):
    """Scored tables."""

    model = BatchScoring
    serializer_class = outputs.BatchOut

    @extend_schema(responses={(200, "text/csv"): bytes})
    @action(detail=True, methods=["get"])
    def download(self, request: Request, pk: str) -> FileResponse:
        """The predictions as CSV."""
        take = partial(batches.download, self.get_object(), by=request.user)
        return by_code(take, name="predictions.csv", kind=CSV)


class DriftViewSet(ReadViewSet):
    """Drift reports."""

    model = DriftReport
    serializer_class = outputs.DriftOut
    filterset_class = DriftFilter

    @extend_schema(request=inputs.DeploymentTableIn)
    def create(self, request: Request) -> Response:
        """Compare a table with the training data, in the background."""
        taken = self.taken(inputs.DeploymentTableIn, request)
        found = get_object_or_404(
            Deployment.objects.visible_to(request.user).for_list(), pk=taken["deployment"]
        )
        require(rules.may_score_table(request.user, found))
        made = drift.request(
            found, dataset_version=table_for(request, taken["dataset_version"]), by=request.user
        )
        return Response(self.get_serializer(made).data, status=status.HTTP_202_ACCEPTED)
