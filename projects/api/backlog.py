"""Kept views, planned gates, acts on several, imports and the calendar over the API."""

from typing import Any

from django.core.exceptions import ValidationError as Wrong
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.filtering import refuse_unknown
from portal.core.api.kit import CanField, ReadsBodies, ReadViewSet, StrictSerializer, spoken
from portal.core.models import User
from portal.core.uploads import UploadRefused
from projects import rules
from projects.filters.use_cases import UseCaseFilter
from projects.models import CalendarFeed, CaseImport, GatePlan, SavedView, UseCase, ViewFollower
from projects.rules.bulk import ACTS
from projects.selectors import backlog, calendars, views as view_reads
from projects.sentences import sentences
from projects.services import bulk, calendar_feeds, exports_backlog, gate_plans, imports, saved_views, undos


class Visible(serializers.PrimaryKeyRelatedField):
    """A use case the caller sees."""

    def get_queryset(self) -> Any:
        """Nothing else can be named."""
        request = self.context.get("request")
        return UseCase.objects.visible_to(request.user) if request else UseCase.objects.none()


class SavedViewOut(serializers.ModelSerializer[SavedView]):
    """A kept view."""

    can = CanField(
        {
            "change": rules.saved_views.may_change,
            "remove": rules.saved_views.may_remove,
            "follow": rules.saved_views.may_follow,
        }
    )
    url = serializers.SerializerMethodField()

    class Meta:
        model = SavedView
        fields = [
            "id", "name", "layout", "query", "owner", "scope", "use_case", "is_locked", "external_source",
            "external_id", "created_at", "url", "can",
        ]  # fmt: skip

    def get_url(self, view: SavedView) -> str:
        """Where it is looked at."""
        return view_reads.address(view)


class SavedViewIn(StrictSerializer):
    """A view to keep."""

    name = serializers.CharField(max_length=80)
    query = serializers.CharField(max_length=2000, allow_blank=True, default="")
    layout = serializers.ChoiceField(SavedView.Layout.choices, default="table")
    scope = serializers.ChoiceField(SavedView.Scope.choices, default="private")
    use_case = Visible(required=False, allow_null=True, queryset=UseCase.objects.none())
    is_locked = serializers.BooleanField(default=False)
    external_source = serializers.CharField(max_length=40, allow_blank=True, default="")
    external_id = serializers.CharField(max_length=80, allow_blank=True, default="")


class SavedViewChangeIn(StrictSerializer):
    """What changes."""

    name = serializers.CharField(max_length=80, required=False)
    query = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    layout = serializers.ChoiceField(SavedView.Layout.choices, required=False)
    scope = serializers.ChoiceField(SavedView.Scope.choices, required=False)
    use_case = Visible(required=False, allow_null=True, queryset=UseCase.objects.none())
    is_locked = serializers.BooleanField(required=False)


class FollowIn(StrictSerializer):
    """A star and a rhythm."""

    is_starred = serializers.BooleanField(required=False)
    every = serializers.ChoiceField(ViewFollower.Every.choices, required=False)


class SavedViewViewSet(ReadViewSet):
    """Views of the backlog."""

    model = SavedView
    serializer_class = SavedViewOut

    def shown(self, view: SavedView, code: int = status.HTTP_200_OK) -> Response:
        """The view as it is now."""
        return Response(self.get_serializer(self.get_queryset().get(pk=view.pk)).data, status=code)

    @extend_schema(request=SavedViewIn, responses={201: SavedViewOut})
    def create(self, request: Request) -> Response:
        """Keep."""
        made = saved_views.keep(**self.taken(SavedViewIn, request), by=request.user)
        return self.shown(made, status.HTTP_201_CREATED)

    @extend_schema(request=SavedViewChangeIn, responses=SavedViewOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change."""
        view = self.get_object()
        return self.shown(saved_views.change(view, **self.taken(SavedViewChangeIn, request), by=request.user))

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, pk: str) -> Response:
        """Remove."""
        saved_views.remove(self.get_object(), by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=FollowIn, responses=SavedViewOut)
    @action(detail=True, methods=["post"])
    def follow(self, request: Request, pk: str) -> Response:
        """Star or subscribe."""
        view = self.get_object()
        saved_views.follow(view, **self.taken(FollowIn, request), by=request.user)
        return self.shown(view)


class PlanIn(StrictSerializer):
    """A day for a gate; null takes it away. `with_later` moves the later gates by as many working days."""

    use_case = Visible(queryset=UseCase.objects.none())
    gate = serializers.ChoiceField(GatePlan.Gate.choices)
    planned_on = serializers.DateField(allow_null=True)
    with_later = serializers.BooleanField(default=False)


class PlanOut(serializers.ModelSerializer[GatePlan]):
    """A planned gate."""

    class Meta:
        model = GatePlan
        fields = ["id", "use_case", "gate", "planned_on"]


class GatePlanViewSet(ReadViewSet):
    """Planned days of gates."""

    model = GatePlan
    serializer_class = PlanOut

    def get_queryset(self) -> Any:
        """Of use cases the caller sees."""
        if getattr(self, "swagger_fake_view", False):
            return GatePlan.objects.none()
        return GatePlan.objects.filter(use_case__in=UseCase.objects.visible_to(self.request.user))

    @extend_schema(request=PlanIn, responses={200: PlanOut, 204: None})
    def create(self, request: Request) -> Response:
        """Plan, move or take away."""
        made = gate_plans.plan(**self.taken(PlanIn, request), by=request.user)
        if made is None:
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(PlanOut(made).data)


class BulkIn(StrictSerializer):
    """An act on several; `dry_run` only says who may."""

    ids = serializers.ListField(child=serializers.UUIDField(), min_length=1, max_length=rules.bulk.MOST)
    act = serializers.ChoiceField([(act.code, act.label) for act in ACTS.values()])
    tags = serializers.ListField(child=serializers.CharField(max_length=40), required=False)
    product_owner = serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), required=False)  # type: ignore[var-annotated]
    tier = serializers.ChoiceField(UseCase.Tier.choices, required=False)
    until = serializers.DateField(required=False)
    reason = serializers.CharField(max_length=300, required=False)
    dry_run = serializers.BooleanField(default=False)


class BulkRowOut(serializers.Serializer[Any]):
    """One row of the answer."""

    id = serializers.UUIDField(source="use_case.pk")
    ref = serializers.CharField(source="use_case.ref")
    is_changed = serializers.BooleanField()
    verdict = serializers.SerializerMethodField()

    def get_verdict(self, row: bulk.Row) -> dict[str, Any]:
        """Allowed, or why not."""
        return spoken(row.verdict)


class BulkActs:
    """Acts on several use cases, and the export; part of `/api/use-cases/`."""

    taken: Any

    @extend_schema(request=BulkIn, responses=BulkRowOut(many=True))
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def bulk(self, request: Request) -> Response:
        """One act on several; ids that are not visible are left out as if they did not exist."""
        given = self.taken(BulkIn, request)
        act, is_dry = given.pop("act"), given.pop("dry_run")
        found = UseCase.objects.visible_to(request.user).for_list().filter(pk__in=given.pop("ids"))
        rows = found.order_by("ref")
        headers: dict[str, str] = {}
        if is_dry:
            done = bulk.preview(rows, act=act, user=request.user)
        else:
            with undos.offering(rows, act, by=request.user) as offer:
                done = bulk.apply(rows, act=act, by=request.user, **given)
            if offer.undo:
                headers["X-Undo"] = str(offer.undo.pk)
        return Response(BulkRowOut(done, many=True).data, headers=headers)

    @extend_schema(
        parameters=[OpenApiParameter("as", enum=list(exports_backlog.KINDS))],
        responses={200: OpenApiTypes.BINARY},
    )
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def export(self, request: Request) -> HttpResponse:
        """What the filters of the list show, as a file."""
        refuse_unknown(request, {*UseCaseFilter.base_filters, "as"})
        visible = UseCase.objects.visible_to(request.user).for_list()
        found = UseCaseFilter(request.query_params, queryset=visible, request=request)
        if found.form.errors:
            raise Wrong({name: list(errors) for name, errors in found.form.errors.items()})
        kind = request.query_params.get("as", "csv")
        state = request.query_params.copy()
        state.pop("as", None)
        content = exports_backlog.export(
            backlog.in_order(found.qs), kind=kind, query=state.urlencode(), by=request.user
        )
        return HttpResponse(content, content_type=exports_backlog.KINDS[kind])


class ImportOut(serializers.ModelSerializer[CaseImport]):
    """An import and where it stands."""

    problems = serializers.SerializerMethodField()
    remarks = serializers.SerializerMethodField()

    class Meta:
        model = CaseImport
        fields = [
            "id", "original_name", "source", "state", "found", "mapping", "options", "problems", "remarks", "report", "job",
            "created_at",
        ]  # fmt: skip

    def get_problems(self, brought: CaseImport) -> list[str]:
        """Why it could not be read."""
        return sentences(brought.problems)

    def get_remarks(self, brought: CaseImport) -> list[str]:
        """What was noticed while reading."""
        return sentences(brought.found.get("warnings", []))


class ImportRow(ImportOut):
    """An import in a list, without its rows."""

    class Meta(ImportOut.Meta):
        fields = ["id", "original_name", "source", "state", "created_at"]


class ImportIn(StrictSerializer):
    """A file and its source."""

    file = serializers.FileField()
    source = serializers.CharField(max_length=40)


class MappingIn(StrictSerializer):
    """Our field to their column."""

    mapping = serializers.DictField(child=serializers.CharField(max_length=200))
    submit = serializers.BooleanField(default=True)
    skip_unknown_people = serializers.BooleanField(default=False)


class EmptyIn(StrictSerializer):
    """An act that asks for nothing."""


class ImportViewSet(ReadViewSet):
    """One's imports of use cases: send, `try`, then `run`."""

    model = CaseImport
    serializer_class = ImportOut

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """Rows are lighter."""
        return ImportRow if self.action == "list" else ImportOut

    def shown(self, brought: CaseImport, code: int = status.HTTP_200_OK) -> Response:
        """As it is now."""
        return Response(ImportOut(self.get_queryset().get(pk=brought.pk)).data, status=code)

    def get_parsers(self) -> Any:
        """A file comes as a form."""
        request = getattr(self, "request", None)
        is_file = request is not None and "multipart" in request.META.get("CONTENT_TYPE", "")
        return [MultiPartParser()] if is_file else super().get_parsers()

    @extend_schema(request={"multipart/form-data": ImportIn}, responses={201: ImportOut})
    def create(self, request: Request) -> Response:
        """Send a file."""
        try:
            made = imports.send(**self.taken(ImportIn, request), by=request.user)
        except UploadRefused as refusal:
            raise Wrong({"file": str(refusal)}) from None
        return self.shown(made, status.HTTP_201_CREATED)

    @extend_schema(request=MappingIn, responses=ImportOut)
    @action(detail=True, methods=["post"], url_path="try")
    def try_out(self, request: Request, pk: str) -> Response:
        """Say what the columns are; nothing is written."""
        given = self.taken(MappingIn, request)
        mapping = given.pop("mapping")
        return self.shown(imports.try_out(self.get_object(), mapping=mapping, options=given, by=request.user))

    @extend_schema(request=EmptyIn, responses=ImportOut)
    @action(detail=True, methods=["post"])
    def run(self, request: Request, pk: str) -> Response:
        """Carry out as it was tried."""
        self.taken(EmptyIn, request)
        return self.shown(imports.carry_out(self.get_object(), by=request.user))


class CalendarOut(serializers.Serializer[Any]):
    """The address, in the one answer that makes it."""

    url = serializers.CharField()


class CalendarViewSet(ReadsBodies):
    """One's calendar address."""

    serializer_class = CalendarOut

    @extend_schema(responses={200: dict[str, Any]})
    def list(self, request: Request) -> Response:
        """Whether there is an address, and the dates it shows."""
        refuse_unknown(request, set())
        feed = CalendarFeed.objects.visible_to(request.user).of_kind("deadlines").valid().first()
        rows = [
            {"day": day, "text": words, "use_case": case.pk}
            for _key, day, words, case in calendars.dates(request.user)
        ]
        return Response({"has_address": feed is not None, "dates": rows})

    @extend_schema(request=EmptyIn, responses={201: CalendarOut})
    def create(self, request: Request) -> Response:
        """Make a new address; an older one ends."""
        EmptyIn(data=request.data).is_valid(raise_exception=True)
        _feed, secret = calendar_feeds.renew(by=request.user)
        url = request.build_absolute_uri(f"/calendar/{secret}.ics")
        return Response({"url": url}, status=status.HTTP_201_CREATED)

    @extend_schema(request=EmptyIn, responses={204: None})
    @action(detail=False, methods=["post"])
    def revoke(self, request: Request) -> Response:
        """End it."""
        calendar_feeds.revoke(by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)
