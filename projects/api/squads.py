"""Squads over the API: members, size, parts, and people's time."""

from collections.abc import Callable
from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError as Invalid
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.filtering import refuse_unknown
from portal.core.api.kit import ReadsBodies, StrictSerializer, spoken
from portal.core.models import User
from portal.core.verdicts import require
from projects import coverage, rules, workload
from projects.api.part import KEY, Part
from projects.api.ranks import with_way_back
from projects.forms.teamwork import StaffingForm
from projects.models import Component, SizeWaiver, SquadMember, SquadRole, UseCase
from projects.selectors import handover, loads, squads as reads, staffing
from projects.services import squad_sizes, squads, undos

MOST = 200


def anybody(**kwargs: Any) -> serializers.PrimaryKeyRelatedField:
    """A person, by key."""
    return serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), **kwargs)


class MemberOut(serializers.ModelSerializer[SquadMember]):
    """A member."""

    name = serializers.CharField(source="user.display_name")

    class Meta:
        model = SquadMember
        fields = [
            "id",
            "user",
            "name",
            "role",
            "is_lead",
            "allocation",
            "starts_on",
            "ends_on",
            "backup",
            "site",
        ]


class MemberIn(StrictSerializer):
    """Somebody for the squad."""

    user = anybody()
    role = serializers.ChoiceField(SquadRole.choices)
    allocation = serializers.IntegerField(min_value=1, max_value=100, default=20)
    is_lead = serializers.BooleanField(default=False)
    starts_on = serializers.DateField(required=False, allow_null=True, default=None)
    ends_on = serializers.DateField(required=False, allow_null=True, default=None)
    backup = anybody(required=False, allow_null=True, default=None)
    site = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")


class MemberChangeIn(StrictSerializer):
    """What changes."""

    allocation = serializers.IntegerField(min_value=1, max_value=100, required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False, allow_null=True)
    backup = anybody(required=False, allow_null=True)
    site = serializers.CharField(max_length=80, required=False, allow_blank=True)


class WaiverIn(StrictSerializer):
    """A reason and a day."""

    reason = serializers.CharField(max_length=2000)
    until = serializers.DateField()


class LooseOut(serializers.Serializer[handover.Loose]):
    """One thing to hand over: what it is, what to do, and where."""

    what = serializers.CharField()
    remedy = serializers.CharField()
    url = serializers.CharField()


class WaiverOut(serializers.ModelSerializer[SizeWaiver]):
    """A waiver."""

    class Meta:
        model = SizeWaiver
        fields = ["id", "reason", "until", "given_by", "given_at"]


class ComponentIn(StrictSerializer):
    """The use case that becomes a part."""

    part = serializers.PrimaryKeyRelatedField(queryset=UseCase.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            self.fields["part"].queryset = UseCase.objects.visible_to(request.user)  # type: ignore[attr-defined]


def coverage_out(found: coverage.Coverage) -> dict[str, Any]:
    """Coverage as the API shows it."""
    seats = [
        {
            "role": seat.role,
            "strength": seat.strength,
            "people": list(seat.people),
            "backups": list(seat.backups),
            "by": seat.by,
            "is_missing": seat.is_missing,
            "hangs_on_one": seat.hangs_on_one,
        }
        for seat in found.seats
    ]
    return {
        "phase": found.phase, "percent": found.percent, "state": found.state, "size": found.size, "has_lead": found.has_lead,
        "missing": found.missing, "holds_everything": found.holds_everything, "is_too_small": found.is_too_small,
        "is_too_large": found.is_too_large, "seats": seats,
    }  # fmt: skip


class SquadActs(Part):
    """The squad of one use case."""

    @action(detail=True, methods=["get"])
    def squad(self, request: Request, pk: str) -> Response:
        """Members, those who come later, waiver, coverage of the present phase."""
        use_case = self.get_object()
        waiver = reads.waiver_of(use_case)
        return Response(
            {
                "members": MemberOut(reads.members_of(use_case), many=True).data,
                "coming": MemberOut(reads.coming_to(use_case), many=True).data,
                "waiver": WaiverOut(waiver).data if waiver else None,
                "coverage": coverage_out(reads.coverage_of(use_case)),
                "holes": [{"role": str(each.label), "from": each.first} for each in reads.holes(use_case)],
                "can": {
                    "manage": spoken(rules.squads.may_manage_squad(request.user, use_case)),
                    "waive_size": spoken(rules.squads.may_waive_size(request.user, use_case)),
                },
            }
        )

    def answered(self, member: SquadMember, act: Callable[[], SquadMember]) -> Response:
        """The membership after the act; `X-Undo` names what takes it back."""
        with undos.offering([member.use_case], "squad", by=self.request.user) as offer:  # type: ignore[arg-type]
            found = act()
        return with_way_back(Response(MemberOut(found).data), offer)

    @extend_schema(request=MemberIn, responses={201: MemberOut})
    @action(detail=True, methods=["post"])
    def members(self, request: Request, pk: str) -> Response:
        """Take somebody in."""
        use_case, given = self.get_object(), self.taken(MemberIn, request)
        with undos.offering([use_case], "squad", by=request.user) as offer:  # type: ignore[arg-type]
            member = squads.add_member(use_case, **given, by=request.user)
        return with_way_back(Response(MemberOut(member).data, status=status.HTTP_201_CREATED), offer)

    @extend_schema(request=MemberChangeIn, responses=MemberOut)
    @action(detail=True, methods=["patch"], url_path=f"members/{KEY}")
    def member(self, request: Request, pk: str, part: str) -> Response:
        """Change share, days, backup or site."""
        member = self.part(SquadMember.objects.select_related("user", "backup"), part)
        given = self.taken(MemberChangeIn, request)
        return self.answered(member, lambda: squads.change_member(member, **given, by=request.user))

    @extend_schema(request=None, responses=MemberOut)
    @action(detail=True, methods=["post"], url_path=f"members/{KEY}/end")
    def member_end(self, request: Request, pk: str, part: str) -> Response:
        """Let somebody go."""
        member = self.part(SquadMember.objects.select_related("user"), part)
        return self.answered(member, lambda: squads.end_membership(member, by=request.user))

    @extend_schema(responses=LooseOut(many=True))
    @action(detail=True, methods=["get"], url_path=f"members/{KEY}/handover", filterset_class=None)
    def member_handover(self, request: Request, pk: str, part: str) -> Response:
        """What hangs on this person in this use case, as far as the caller sees it."""
        member = self.part(SquadMember.objects.select_related("user", "use_case"), part)
        return Response(LooseOut(handover.loose_ends(member, request.user), many=True).data)  # type: ignore[arg-type]

    @extend_schema(request=None, responses=MemberOut)
    @action(detail=True, methods=["post"], url_path=f"members/{KEY}/lead")
    def member_lead(self, request: Request, pk: str, part: str) -> Response:
        """Designate the lead."""
        member = self.part(SquadMember.objects.select_related("user"), part)
        return self.answered(member, lambda: squads.make_lead(member, by=request.user))

    @extend_schema(request=WaiverIn, responses={201: WaiverOut})
    @action(detail=True, methods=["post"], url_path="size-waiver")
    def size_waiver(self, request: Request, pk: str) -> Response:
        """Agree to another size for a time."""
        made = squad_sizes.waive(self.get_object(), **self.taken(WaiverIn, request), by=request.user)
        return Response(WaiverOut(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ComponentIn)
    @action(detail=True, methods=["get", "post"])
    def parts(self, request: Request, pk: str) -> Response:
        """Parts with a squad of their own; a POST adds one."""
        use_case = self.get_object()
        if request.method == "POST":
            require(rules.ways.may_steer(request.user, use_case))
            made = squad_sizes.link(use_case, **self.taken(ComponentIn, request), by=request.user)
            return Response({"id": made.pk, "part": made.part_id}, status=status.HTTP_201_CREATED)
        found = reads.family(use_case, request.user)
        return Response(
            {
                "part_of": found.whole and {"id": found.whole.whole_id, "title": str(found.whole.whole)},
                "parts": [
                    {"id": each.pk, "part": each.part_id, "title": str(each.part)} for each in found.parts
                ],
            }
        )

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["delete"], url_path=f"parts/{KEY}", url_name="part")
    def part_remove(self, request: Request, pk: str, part: str) -> Response:
        """The part stands on its own again."""
        use_case = self.get_object()
        link = get_object_or_404(Component.objects.select_related("whole", "part"), whole=use_case, pk=part)
        squad_sizes.unlink(link, by=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)


def burden_out(burden: workload.Burden) -> dict[str, Any]:
    """A burden with its verdict."""
    return {"percent": burden.percent, "is_heavy": burden.is_heavy, "cap": workload.BURDEN_CAP}


class SquadViewSet(ReadsBodies):
    """All squads, and people's time."""

    queryset = UseCase.objects.none()
    serializer_class = serializers.Serializer

    @extend_schema(responses={200: {"type": "object"}})
    def list(self, request: Request) -> Response:
        """Each squad with its coverage; gaps come first."""
        refuse_unknown(request, {"page", "page_size"})
        page = self.paginate_queryset(reads.squads_at_work(request.user))
        return self.get_paginated_response(
            [
                {
                    "use_case": row.use_case.pk,
                    "title": str(row.use_case),
                    "phase": row.use_case.phase,
                    "lead": row.lead and row.lead.pk,
                    "coverage": coverage_out(row.coverage),
                }
                for row in reads.squad_rows(page)
            ]
        )

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=False, methods=["get"])
    def load(self, request: Request) -> Response:
        """Percent of time promised by person and week; one's own for those who staff no squad."""
        people = loads.busy_people(request.user)
        rows = loads.load_rows(people[:MOST], request.user)
        may_see = rules.squads.may_see_loads(request.user)
        return Response(
            {
                "people": [
                    {
                        "person": row.person.pk,
                        "name": str(row.person),
                        "weeks": [{"start": each.start, "percent": each.percent} for each in row.cells],
                        "use_cases": [each.pk for each in row.cases],
                        "at_once": row.at_once,
                        "maintenance": burden_out(row.burden),
                    }
                    for row in rows
                ],
                "teams": [
                    {"unit": row.name, "people": row.people, "maintenance": burden_out(row.burden)}
                    for row in (loads.team_rows(request.user) if may_see else [])
                ],
                "can": {"see_everybody": spoken(may_see)},
            }
        )

    @extend_schema(
        parameters=[OpenApiParameter(name) for name in StaffingForm.base_fields],
        responses={200: {"type": "array", "items": {"type": "object"}}},
    )
    @action(detail=False, methods=["get"])
    def staffing(self, request: Request) -> Response:
        """People by role, certificate and free time."""
        require(rules.squads.may_see_loads(request.user))
        form = StaffingForm(request.query_params)
        if not form.is_valid():
            raise Invalid(form.errors)
        given = form.cleaned_data | {
            "free": 1 if form.cleaned_data["free"] is None else form.cleaned_data["free"]
        }
        return Response(
            [
                {
                    "person": each.person.pk,
                    "name": str(each.person),
                    "free": each.free,
                    "rights": [str(right) for right in each.rights],
                    "roles": [str(role) for role in each.roles],
                    "site": each.person.site,
                }
                for each in staffing.described(staffing.candidates(**given)[:MOST])
            ]
        )
