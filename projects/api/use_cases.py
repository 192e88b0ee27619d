"""Use cases over the API: the same services and rules as the pages."""

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from portal.core.models import OrgUnit, User
from projects import rules
from projects.api.backlog import BulkActs
from projects.api.case_parts import ScoreActs, WorkActs
from projects.api.comments import CommentActs
from projects.api.dossiers import DossierActs
from projects.api.framing import FramingActs
from projects.api.hypotheses import HypothesisActs
from projects.api.papers import PaperActs
from projects.api.phase_times import TimesActs
from projects.api.ranks import RankActs, placement, with_way_back
from projects.api.squads import SquadActs
from projects.api.teamwork import CycleActs, TrustActs
from projects.api.triage import TriageActs
from projects.filters.use_cases import OrderedUseCaseFilter
from projects.models import UseCase
from projects.selectors import use_cases as reads
from projects.services import phases, pivots, undos, use_cases

CAN = {
    "update": rules.use_cases.may_edit,
    "submit": rules.use_cases.may_submit,
    "withdraw": rules.use_cases.may_withdraw,
    "accept": rules.triage.may_accept,
    "ask": rules.triage.may_ask,
    "decline": rules.triage.may_decline,
    "mark_duplicate": rules.triage.may_mark_duplicate,
    "snooze": rules.triage.may_snooze,
    "wake": rules.triage.may_wake,
    "support": rules.supports.may_support,
    "estimate": rules.scores.may_estimate,
    "assess_make_or_buy": rules.make_or_buy.may_assess,
    "copy": rules.templates.may_copy,
    "to_template": rules.templates.may_make_from,
    "apply_criteria": rules.templates.may_apply_criteria,
    "set_risk_tier": rules.use_cases.may_set_risk_tier,
    "decide_make_or_buy": rules.use_cases.may_decide_make_or_buy,
    "name_product_owner": rules.use_cases.may_name_owner,
    "write_dossier": rules.dossiers.may_write,
    "report_usage": rules.dossiers.may_report,
    "set_health": rules.use_cases.may_set_health,
    "hold": rules.use_cases.may_hold,
    "resume": rules.use_cases.may_resume,
    "rank": rules.ranks.may_rank,
    "depend": rules.dependencies.may_depend,
    "turn": rules.pivots.may_turn,
    "stop": rules.phases.may_stop,
    "reopen": rules.phases.may_reopen,
    "comment": rules.use_cases.may_comment,
    "manage_squad": rules.squads.may_manage_squad,
    "open_score": rules.scores.may_open,
    "add_kill_criterion": rules.kill_criteria.may_add,
    "record_result": rules.kill_criteria.may_record,
}


def colleague(**kwargs: Any) -> serializers.PrimaryKeyRelatedField:
    """An active person, by key."""
    return serializers.PrimaryKeyRelatedField(queryset=User.objects.active(), **kwargs)


class ColleagueOut(serializers.Serializer[Any]):
    """A person, briefly."""

    id = serializers.IntegerField()
    display_name = serializers.CharField()


class UseCaseRow(serializers.ModelSerializer[UseCase]):
    """A use case in a list."""

    product_owner = ColleagueOut(allow_null=True)
    submitter = ColleagueOut()
    unit = serializers.StringRelatedField()  # type: ignore[var-annotated]

    class Meta:
        model = UseCase
        fields = [
            "id", "ref", "title", "phase", "phase_since", "health", "risk_tier", "priority", "product_owner", "submitter",
            "unit", "held_until", "is_confidential", "rank", "ranked_at",
        ]  # fmt: skip


class UseCaseOut(UseCaseRow):
    """A use case with all that is known, and what the caller may do."""

    sponsor = ColleagueOut(allow_null=True)
    process_owner = ColleagueOut(allow_null=True)
    improvement_owner = ColleagueOut(allow_null=True)
    operation_owner = ColleagueOut(allow_null=True)
    monitoring_owner = ColleagueOut(allow_null=True)
    placement = serializers.SerializerMethodField()
    can = CanField(CAN)

    class Meta(UseCaseRow.Meta):
        fields = [
            *UseCaseRow.Meta.fields, "problem", "decides_today", "data_hint", "people_affected", "rough_benefit",
            "decision_supported", "action_taken", "process", "process_owner", "end_users", "success_metric", "metric_unit",
            "metric_baseline", "metric_target", "ai_kind", "sponsor", "improvement_owner", "operation_owner",
            "monitoring_owner", "risk_basis", "make_or_buy", "make_or_buy_reason", "tags", "external_source", "external_id",
            "duplicate_of", "open_question", "end_reason", "lessons", "held_reason", "pivot_until", "pivot_reason", "timebox_days", "timebox_person_days",
            "created_at", "snoozed_until", "snoozed_reason", "template", "copied_from", "custom", "placement", "can",
        ]  # fmt: skip

    def get_placement(self, use_case: UseCase) -> dict[str, Any] | None:
        """Where hand and score put it."""
        return placement(use_case, self.context["request"].user)


class DetailsIn(StrictSerializer):
    """What may be said about a use case; everything is optional."""

    title = serializers.CharField(max_length=140, required=False)
    problem = serializers.CharField(max_length=4000, required=False)
    decides_today = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    data_hint = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    people_affected = serializers.IntegerField(
        min_value=0, max_value=2_000_000_000, required=False, allow_null=True
    )
    rough_benefit = serializers.IntegerField(
        min_value=0, max_value=2_000_000_000, required=False, allow_null=True
    )
    is_confidential = serializers.BooleanField(required=False)
    decision_supported = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    action_taken = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    process = serializers.CharField(max_length=200, required=False, allow_blank=True)
    process_owner = colleague(required=False, allow_null=True)
    end_users = serializers.CharField(max_length=200, required=False, allow_blank=True)
    success_metric = serializers.CharField(max_length=200, required=False, allow_blank=True)
    metric_unit = serializers.CharField(max_length=40, required=False, allow_blank=True)
    metric_baseline = serializers.FloatField(required=False, allow_null=True)
    metric_target = serializers.FloatField(required=False, allow_null=True)
    ai_kind = serializers.ChoiceField(UseCase.Kind.choices, required=False)
    unit = serializers.PrimaryKeyRelatedField(queryset=OrgUnit.objects.all(), required=False, allow_null=True)  # type: ignore[var-annotated]
    improvement_owner = colleague(required=False, allow_null=True)
    operation_owner = colleague(required=False, allow_null=True)
    monitoring_owner = colleague(required=False, allow_null=True)
    tags = serializers.ListField(child=serializers.CharField(max_length=40), max_length=20, required=False)
    custom = serializers.DictField(
        child=serializers.JSONField(allow_null=True), required=False
    )  # key of a field -> value
    external_source = serializers.CharField(max_length=40, required=False, allow_blank=True)
    external_id = serializers.CharField(max_length=80, required=False, allow_blank=True)


class ProposeIn(DetailsIn):
    """A proposal: title and problem are enough."""

    title = serializers.CharField(max_length=140)
    problem = serializers.CharField(max_length=4000)
    submit = serializers.BooleanField(required=False, default=True)


class UpdateIn(DetailsIn):
    """Changes, with what only those who steer may set."""

    sponsor = colleague(required=False, allow_null=True)
    timebox_days = serializers.IntegerField(min_value=1, max_value=365, required=False)
    timebox_person_days = serializers.IntegerField(min_value=1, max_value=1000, required=False)


class AnswerIn(StrictSerializer):
    """A word to the portfolio manager."""

    answer = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class TierIn(StrictSerializer):
    """A tier with its reason."""

    tier = serializers.ChoiceField(UseCase.Tier.choices)
    reason = serializers.CharField(max_length=2000)


class MakeOrBuyIn(StrictSerializer):
    """A choice with its reason."""

    choice = serializers.ChoiceField(UseCase.MakeOrBuy.choices)
    reason = serializers.CharField(max_length=2000)
    exception = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class OwnerIn(StrictSerializer):
    """The new product owner."""

    product_owner = colleague()


class HealthIn(StrictSerializer):
    """How it goes."""

    health = serializers.ChoiceField(UseCase.Health.choices)
    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class HoldIn(StrictSerializer):
    """A pause with an end."""

    until = serializers.DateField()
    reason = serializers.CharField(max_length=300)


class TurnIn(StrictSerializer):
    """What is different from now on."""

    direction = serializers.CharField(max_length=2000)


class StopIn(StrictSerializer):
    """The end before production."""

    reason = serializers.CharField(max_length=2000)
    lessons = serializers.CharField(max_length=2000)


class ReasonIn(StrictSerializer):
    """A reason."""

    reason = serializers.CharField(max_length=2000)


class EmptyIn(StrictSerializer):
    """An act that asks for nothing."""


class UseCaseViewSet(
    BulkActs,
    RankActs,
    FramingActs,
    TriageActs,
    SquadActs,
    ScoreActs,
    WorkActs,
    TrustActs,
    DossierActs,
    PaperActs,
    TimesActs,
    HypothesisActs,
    CycleActs,
    CommentActs,
    ReadViewSet,
):
    """The backlog: everything that the pages do. Moves through gates belong to `/api/gates/`."""

    model = UseCase
    serializer_class = UseCaseOut
    filterset_class = OrderedUseCaseFilter

    def get_serializer_class(self) -> type[serializers.Serializer[Any]]:
        """Rows are lighter: no rule is asked per row."""
        return UseCaseRow if self.action == "list" else UseCaseOut

    def shown(self, use_case: UseCase, code: int = status.HTTP_200_OK) -> Response:
        """The use case as it is now."""
        fresh = self.get_queryset().get(pk=use_case.pk)
        return Response(UseCaseOut(fresh, context=self.get_serializer_context()).data, status=code)

    def reversible(self, act: str, deed: Callable[..., UseCase], given: dict[str, Any]) -> Response:
        """One act that may be taken back: `X-Undo` names how."""
        use_case = self.get_object()
        with undos.offering([use_case], act, by=self.request.user) as offer:
            deed(use_case, **given, by=self.request.user)
        return with_way_back(self.shown(use_case), offer)

    @extend_schema(request=ProposeIn, responses={201: UseCaseOut})
    def create(self, request: Request) -> Response:
        """Propose."""
        made = use_cases.propose(**self.taken(ProposeIn, request), by=request.user)
        return self.shown(made, status.HTTP_201_CREATED)

    @extend_schema(request=UpdateIn, responses=UseCaseOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is known."""
        use_case = self.get_object()
        return self.shown(use_cases.update(use_case, **self.taken(UpdateIn, request), by=request.user))

    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def similar(self, request: Request) -> Response:
        """Use cases like a text (`?text=`)."""
        found = reads.similar_to(request.query_params.get("text", "")[:2000], user=request.user)  # type: ignore[arg-type]
        return Response(
            [
                {"id": each.pk, "ref": each.ref, "title": each.title, "likeness": round(how, 3)}
                for each, how in found
            ]
        )

    @extend_schema(request=AnswerIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Send to triage."""
        return self.shown(
            use_cases.submit(self.get_object(), **self.taken(AnswerIn, request), by=request.user)
        )

    @extend_schema(request=EmptyIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take back."""
        return self.shown(
            use_cases.withdraw(self.get_object(), **self.taken(EmptyIn, request), by=request.user)
        )

    @extend_schema(request=TierIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"], url_path="risk-tier")
    def risk_tier(self, request: Request, pk: str) -> Response:
        """Set the risk tier."""
        return self.shown(
            use_cases.set_risk_tier(self.get_object(), **self.taken(TierIn, request), by=request.user)
        )

    @extend_schema(request=MakeOrBuyIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"], url_path="make-or-buy")
    def make_or_buy(self, request: Request, pk: str) -> Response:
        """Decide make or buy."""
        return self.shown(
            use_cases.decide_make_or_buy(
                self.get_object(), **self.taken(MakeOrBuyIn, request), by=request.user
            )
        )

    @extend_schema(request=OwnerIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"], url_path="product-owner")
    def product_owner(self, request: Request, pk: str) -> Response:
        """Name another product owner."""
        return self.reversible("owner", use_cases.name_product_owner, self.taken(OwnerIn, request))

    @extend_schema(request=HealthIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"])
    def health(self, request: Request, pk: str) -> Response:
        """Report health."""
        return self.reversible("health", use_cases.set_health, self.taken(HealthIn, request))

    @extend_schema(request=HoldIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"])
    def hold(self, request: Request, pk: str) -> Response:
        """Put on hold."""
        return self.reversible("hold", use_cases.hold, self.taken(HoldIn, request))

    @extend_schema(request=EmptyIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, pk: str) -> Response:
        """Go on."""
        return self.reversible("resume", use_cases.resume, self.taken(EmptyIn, request))

    @extend_schema(request=TurnIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"])
    def turn(self, request: Request, pk: str) -> Response:
        """Answer a pivot with the new direction."""
        return self.shown(pivots.turn(self.get_object(), **self.taken(TurnIn, request), by=request.user))

    @extend_schema(request=StopIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"])
    def stop(self, request: Request, pk: str) -> Response:
        """Stop with lessons."""
        return self.shown(
            phases.stop(self.get_object(), **self.taken(StopIn, request), by=request.user).use_case
        )

    @extend_schema(request=ReasonIn, responses=UseCaseOut)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Re-open."""
        return self.shown(
            phases.reopen(self.get_object(), **self.taken(ReasonIn, request), by=request.user).use_case
        )
