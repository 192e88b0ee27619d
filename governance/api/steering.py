"""Value, portfolio and audit trail."""

from dataclasses import asdict
from datetime import date
from typing import Any

from django.http import Http404, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api import inputs, outputs
from governance.filters import AuditFilter, BenefitFilter, MeasurementFilter
from governance.models import BenefitLine, Measurement
from governance.rules.portfolio import may_read_audit, may_read_portfolio
from governance.selectors import as_of, portfolio, trail as trail_selectors
from governance.services import benefits, trail
from portal.core import clock
from portal.core.api.filtering import PAGING, refuse_unknown
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


OF = r"of/(?P<kind>[a-z]+)/(?P<key>[0-9a-f-]{36})"
ON = [OpenApiParameter("on", OpenApiTypes.DATE, description="The day, in the time zone of the caller.")]


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

    @extend_schema(parameters=ON, responses={200: outputs.AuditOut(many=True)})
    @action(detail=False, url_path=f"{OF}/timeline", url_name="timeline")
    def timeline(self, request: Request, kind: str, key: str) -> Response:
        """What happened to one thing and to what belongs to it, the newest first; with `on` as it stood that day."""
        subject, day = self.subject(request, kind, key, PAGING)
        page = self.paginate_queryset(trail_selectors.events_of(subject, day))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    @extend_schema(parameters=ON, responses={200: dict[str, Any]})
    @action(detail=False, url_path=f"{OF}/state", url_name="state")
    def state(self, request: Request, kind: str, key: str) -> Response:
        """Its state at the end of the day `on`, today without one: a list of facts with their values."""
        subject, day = self.subject(request, kind, key, {"format"})
        day = day or clock.today()
        facts = [asdict(each) for each in as_of.state_on(subject.thing, day)]
        return Response({"kind": kind, "key": key, "subject": subject.label, "on": day, "facts": facts})

    @extend_schema(parameters=ON, responses={(200, "application/octet-stream"): bytes})
    @action(
        detail=False,
        url_path=f"{OF}/(?P<what>timeline|state)/export/(?P<form>csv|jsonl)",
        url_name="subject-export",
    )
    def subject_export(
        self, request: Request, kind: str, key: str, what: str, form: str
    ) -> StreamingHttpResponse:
        """The timeline, the oldest first, or the state on a day, as CSV or JSON lines."""
        subject, day = self.subject(request, kind, key, {"format"})
        lines = trail.export_subject(subject, what, form, day, by=request.user)  # type: ignore[arg-type]
        return StreamingHttpResponse(lines, content_type=f"{trail.FORMATS[form]}; charset=utf-8")

    def subject(
        self, request: Request, kind: str, key: str, also: set[str]
    ) -> tuple[trail_selectors.Subject, date | None]:
        """The thing and the day asked for; 403, 404 or 400."""
        require(may_read_audit(request.user))  # type: ignore[arg-type]
        refuse_unknown(request, {"on", *also})
        subject = trail_selectors.subject_of(kind, key)
        if subject is None:
            raise Http404
        asked = request.query_params.get("on")
        try:
            day = serializers.DateField().run_validation(asked) if asked else None
        except serializers.ValidationError as wrong:
            raise serializers.ValidationError({"on": wrong.detail}) from None
        return subject, day
