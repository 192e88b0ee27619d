"""Value, portfolio and audit trail."""

from dataclasses import asdict
from typing import Any

from django.http import StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import inputs, outputs
from governance.filters import AuditFilter, BenefitFilter, MeasurementFilter
from governance.models import BenefitLine, Measurement
from governance.rules.portfolio import may_read_audit, may_read_portfolio
from governance.selectors import portfolio
from governance.services import benefits, trail
from portal.core.api.filtering import refuse_unknown
from portal.core.api.kit import ReadsBodies, ReadViewSet
from portal.core.models import AuditEvent
from portal.core.verdicts import require
from projects.models import UseCase


class LineViewSet(ReadViewSet):
    """Expected benefits."""

    model = BenefitLine
    serializer_class = outputs.LineOut
    filterset_class = BenefitFilter

    @extend_schema(request=inputs.LineIn)
    def create(self, request: Request) -> Response:
        """Enter an expected benefit."""
        taken = self.taken(inputs.LineIn, request)
        use_case = get_object_or_404(UseCase.objects.visible_to(request.user), pk=taken.pop("use_case"))
        line = benefits.add_line(use_case, **taken, by=request.user)
        return Response(self.get_serializer(line).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """No longer expected."""
        line = self.get_object()
        benefits.end_line(line, by=request.user)
        return Response(self.get_serializer(line).data)


class MeasurementViewSet(ReadViewSet):
    """Realised figures."""

    model = Measurement
    serializer_class = outputs.MeasurementOut
    filterset_class = MeasurementFilter

    @extend_schema(request=inputs.MeasurementIn)
    def create(self, request: Request) -> Response:
        """Report a realised figure."""
        taken = self.taken(inputs.MeasurementIn, request)
        line = get_object_or_404(
            BenefitLine.objects.visible_to(request.user).for_list(), pk=taken.pop("line")
        )
        made = benefits.report(line, **taken, by=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=inputs.NoteIn)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Finance confirms."""
        found = self.get_object()
        benefits.verify(found, **self.taken(inputs.NoteIn, request), by=request.user)
        return Response(self.get_serializer(found).data)

    @extend_schema(request=inputs.NoteIn)
    @action(detail=True, methods=["post"])
    def dispute(self, request: Request, pk: str) -> Response:
        """Finance does not accept the figure."""
        found = self.get_object()
        benefits.dispute(found, **self.taken(inputs.NoteIn, request), by=request.user)
        return Response(self.get_serializer(found).data)


class PortfolioViewSet(viewsets.ViewSet):
    """The figures of the portfolio page."""

    @extend_schema(responses={200: dict[str, Any]})
    def list(self, request: Request) -> Response:
        """Tiles, funnel, tiers, sentences, as of now."""
        require(may_read_portfolio(request.user))
        refuse_unknown(request, {"format"})
        board = portfolio.board(request.user)  # type: ignore[arg-type]
        values = [
            {
                "use_case": str(row["use_case"].pk),
                **{name: row[name] for name in ("expected", "realised", "months", "gap")},
            }
            for row in board.value_rows
        ]
        return Response(
            {
                "as_of": board.as_of,
                "tiles": [asdict(tile) for tile in board.tiles],
                "funnel": [asdict(stage) for stage in board.funnel],
                "tiers": [{**row, "label": str(row["label"])} for row in board.tiers],
                "values": values,
                "burden_others": board.others,
                "burden": [
                    {"person": person.pk, "use_cases": count, "as": capacity}
                    for person, count, capacity in board.burden
                ],
                "decisions": [str(each.pk) for each in board.decisions],
                "sentences": board.sentences,
            }
        )


class AuditViewSet(mixins.ListModelMixin, ReadsBodies):
    """The audit trail."""

    serializer_class = outputs.AuditOut
    filterset_class = AuditFilter

    def get_queryset(self) -> Any:
        """All of it, for those who may read it."""
        if getattr(self, "swagger_fake_view", False):
            return AuditEvent.objects.none()
        require(may_read_audit(self.request.user))  # type: ignore[arg-type]
        return AuditEvent.objects.all()

    @extend_schema(request=None, responses={200: dict[str, Any]})
    @action(detail=False, methods=["post"])
    def verify(self, request: Request) -> Response:
        """Recompute every hash."""
        return Response(asdict(trail.verify(by=request.user)))  # type: ignore[arg-type]

    @extend_schema(responses={(200, "application/octet-stream"): bytes})
    @action(detail=False, url_path="export/(?P<kind>csv|jsonl)")
    def export(self, request: Request, kind: str) -> StreamingHttpResponse:
        """What the filter shows, as CSV or JSON lines; the latter can be verified elsewhere."""
        found = self.filter_queryset(self.get_queryset())
        asked = {name: value for name, value in request.query_params.items() if value}
        lines = trail.export(found, kind, asked, by=request.user)  # type: ignore[arg-type]
        return StreamingHttpResponse(lines, content_type=f"{trail.FORMATS[kind]}; charset=utf-8")
