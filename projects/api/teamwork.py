"""Trust and cycles over the API."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, StrictSerializer, spoken
from portal.core.models import User
from projects import rules
from projects.api.part import KEY, Part
from projects.models import (
    Area,
    ContractSignature,
    Cycle,
    Story,
    TrustContract,
    UseCase,
)
from projects.selectors import contracts as trust_reads
from projects.services import contracts, cycles, raci, stories


def anybody(**kwargs: Any) -> Any:
    """One or several people, by key."""
    return serializers.PrimaryKeyRelatedField(queryset=User.objects.all(), **kwargs)


def sentence(**kwargs: Any) -> serializers.CharField:
    """Up to two thousand characters."""
    return serializers.CharField(max_length=2000, **kwargs)


class RaciIn(StrictSerializer):
    """One area anew."""

    area = serializers.ChoiceField(Area.choices)
    accountable = anybody()
    responsible = anybody(many=True)
    consulted = anybody(many=True, required=False)
    informed = anybody(many=True, required=False)


class ContractIn(StrictSerializer):
    """The promise."""

    intended_use = sentence()
    promised_figures = sentence()
    not_to_follow = sentence()
    human_fallback = sentence()
    feedback_channel = sentence()


class SignatureOut(serializers.ModelSerializer[ContractSignature]):
    """A signature."""

    class Meta:
        model = ContractSignature
        fields = ["capacity", "user", "signed_at"]


class ContractOut(serializers.ModelSerializer[TrustContract]):
    """A version with its signatures."""

    signatures = SignatureOut(many=True)

    class Meta:
        model = TrustContract
        fields = ["version", *TrustContract.TEXTS, "written_by", "written_at", "signatures"]


class SignIn(StrictSerializer):
    """Which version, as what."""

    version = serializers.IntegerField(min_value=1)
    capacity = serializers.ChoiceField(ContractSignature.Capacity.choices)


class TrustActs(Part):
    """Who answers for what, and the contract of trust."""

    @extend_schema(request=RaciIn)
    @action(detail=True, methods=["get", "post"])
    def raci(self, request: Request, pk: str) -> Response:
        """The three areas; a POST sets one."""
        use_case = self.get_object()
        if request.method == "POST":
            raci.assign(use_case, **self.taken(RaciIn, request), by=request.user)
        areas = [
            {
                "area": row.area,
                "accountable": row.accountable and row.accountable.pk,
                "responsible": [each.pk for each in row.responsible],
                "consulted": [each.pk for each in row.consulted],
                "informed": [each.pk for each in row.informed],
            }
            for row in trust_reads.raci_rows(use_case)
        ]
        shared = spoken(rules.readiness.responsibility_is_shared(use_case))
        can = {"assign": spoken(rules.raci.may_assign(request.user, use_case))}
        return Response({"areas": areas, "is_shared": shared, "can": can})

    @extend_schema(request=ContractIn, responses=ContractOut)
    @action(detail=True, methods=["get", "post"])
    def contract(self, request: Request, pk: str) -> Response:
        """The versions, newest first; a POST writes one that nobody has signed yet."""
        use_case = self.get_object()
        if request.method == "POST":
            made = contracts.write(use_case, **self.taken(ContractIn, request), by=request.user)
            return Response(ContractOut(made).data, status=status.HTTP_201_CREATED)
        page = trust_reads.contract_page(use_case, request.user)
        found = [page.contract, *page.older] if page.contract else []
        return Response(
            {
                "versions": ContractOut(found, many=True).data,
                "in_force": page.in_force.version if page.in_force else None,
                "is_signed": page.is_signed,
                "can": {
                    "write": spoken(rules.contracts.may_write(request.user, use_case)),
                    **{
                        f"sign_{each.capacity}": spoken(each.verdict)
                        for each in page.places
                        if each.verdict is not None
                    },
                },
            }
        )

    @extend_schema(request=SignIn, responses={201: SignatureOut})
    @action(detail=True, methods=["post"], url_path="contract/sign")
    def contract_sign(self, request: Request, pk: str) -> Response:
        """Give one's word for the newest version."""
        given = self.taken(SignIn, request)
        use_case = self.get_object()
        contract = use_case.trust_contracts.filter(version=given["version"]).first()
        if contract is None:
            raise serializers.ValidationError({"version": [_("There is no such version.")]})
        contract.use_case = use_case
        made = contracts.sign(contract, capacity=given["capacity"], by=request.user)
        return Response(SignatureOut(made).data, status=status.HTTP_201_CREATED)


class CycleIn(StrictSerializer):
    """A goal and its days."""

    goal = serializers.CharField(max_length=300)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    metric = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    metric_before = serializers.FloatField(required=False, allow_null=True, default=None)


class CycleChangeIn(StrictSerializer):
    """What changes."""

    goal = serializers.CharField(max_length=300, required=False)
    starts_on = serializers.DateField(required=False)
    ends_on = serializers.DateField(required=False)
    metric = serializers.CharField(max_length=120, required=False, allow_blank=True)
    metric_before = serializers.FloatField(required=False, allow_null=True)


class CloseIn(StrictSerializer):
    """The demo and what came of it."""

    is_accepted = serializers.BooleanField()
    outcome = sentence()
    metric_after = serializers.FloatField(required=False, allow_null=True, default=None)


class CycleOut(serializers.ModelSerializer[Cycle]):
    """A cycle."""

    can = CanField({"change": rules.cycles.may_change, "close": rules.cycles.may_close})

    class Meta:
        model = Cycle
        fields = [
            "id", "number", "goal", "starts_on", "ends_on", "state", "metric", "metric_before", "metric_after", "demo",
            "outcome", "closed_by", "closed_at", "can",
        ]  # fmt: skip


class StoryIn(StrictSerializer):
    """A small piece of work."""

    title = serializers.CharField(max_length=200)
    cycle = serializers.PrimaryKeyRelatedField(queryset=Cycle.objects.none(), required=False, allow_null=True)
    assignee = anybody(required=False, allow_null=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            seen = Cycle.objects.filter(use_case__in=UseCase.objects.visible_to(request.user))
            self.fields["cycle"].queryset = seen  # type: ignore[attr-defined]


class StoryChangeIn(StoryIn):
    """What changes."""

    title = serializers.CharField(max_length=200, required=False)


class MoveIn(StrictSerializer):
    """One move on the board."""

    action = serializers.ChoiceField(sorted(Story.LIFE.moves))


class StoryOut(serializers.ModelSerializer[Story]):
    """A story."""

    class Meta:
        model = Story
        fields = ["id", "title", "cycle", "assignee", "state", "told_at", "done_at"]


class CycleActs(Part):
    """Cycles and stories."""

    get_serializer_context: Any

    def cycle_out(self, found: Any, *, many: bool = False) -> Any:
        """Cycles with what the caller may do."""
        return CycleOut(found, many=many, context=self.get_serializer_context()).data

    @extend_schema(request=CycleIn, responses=CycleOut)
    @action(detail=True, methods=["get", "post"])
    def cycles(self, request: Request, pk: str) -> Response:
        """The cycles; a POST plans one."""
        use_case = self.get_object()
        if request.method == "POST":
            made = cycles.plan(use_case, **self.taken(CycleIn, request), by=request.user)
            return Response(self.cycle_out(made), status=status.HTTP_201_CREATED)
        found = list(use_case.cycles.all())
        for each in found:
            each.use_case = use_case
        return Response(self.cycle_out(found, many=True))

    @extend_schema(request=CycleChangeIn, responses=CycleOut)
    @action(detail=True, methods=["patch"], url_path=f"cycles/{KEY}")
    def cycle(self, request: Request, pk: str, part: str) -> Response:
        """Change goal, days or measure."""
        found = self.part(Cycle.objects, part)
        given = self.taken(CycleChangeIn, request)
        return Response(self.cycle_out(cycles.change(found, **given, by=request.user)))

    @extend_schema(request=CloseIn, responses=CycleOut)
    @action(detail=True, methods=["post"], url_path=f"cycles/{KEY}/close")
    def cycle_close(self, request: Request, pk: str, part: str) -> Response:
        """Accept the demo or not."""
        found = self.part(Cycle.objects, part)
        return Response(self.cycle_out(cycles.close(found, **self.taken(CloseIn, request), by=request.user)))

    @extend_schema(request=StoryIn, responses=StoryOut)
    @action(detail=True, methods=["get", "post"])
    def stories(self, request: Request, pk: str) -> Response:
        """All stories; a POST writes one."""
        use_case = self.get_object()
        if request.method == "POST":
            made = stories.add(use_case, **self.taken(StoryIn, request), by=request.user)
            return Response(StoryOut(made).data, status=status.HTTP_201_CREATED)
        return Response(StoryOut(use_case.stories.all(), many=True).data)

    @extend_schema(request=StoryChangeIn, responses=StoryOut)
    @action(detail=True, methods=["patch", "delete"], url_path=f"stories/{KEY}")
    def story(self, request: Request, pk: str, part: str) -> Response:
        """Change one, or take it away."""
        found = self.part(Story.objects.select_related("cycle", "assignee"), part)
        if request.method == "DELETE":
            stories.remove(found, by=request.user)
            return Response(status=status.HTTP_204_NO_CONTENT)
        now = {"title": found.title, "cycle": found.cycle, "assignee": found.assignee}
        given = now | self.taken(StoryChangeIn, request)
        return Response(StoryOut(stories.change(found, **given, by=request.user)).data)

    @extend_schema(request=MoveIn, responses=StoryOut)
    @action(detail=True, methods=["post"], url_path=f"stories/{KEY}/move")
    def story_move(self, request: Request, pk: str, part: str) -> Response:
        """Move it one column on or back."""
        found = self.part(Story.objects.select_related("cycle"), part)
        return Response(StoryOut(stories.move(found, **self.taken(MoveIn, request), by=request.user)).data)
