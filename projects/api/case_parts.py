"""Parts of a use case over the API: score, kill criteria, readiness, history."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import StrictSerializer
from projects import rubric
from projects.api.part import KEY, Part
from projects.models import KillCriterion, ReadinessCheck, ScoreCard
from projects.selectors.scores import score_page
from projects.services import kill_criteria, readiness, scores


class VoteIn(StrictSerializer):
    """One's levels."""

    levels = serializers.DictField(child=serializers.IntegerField(min_value=1, max_value=5))
    evidence = serializers.DictField(
        child=serializers.ChoiceField(list(rubric.EVIDENCE)), required=False, default=dict
    )
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class AgreeIn(StrictSerializer):
    """A comment, needed where votes lie apart."""

    comment = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class CardOut(serializers.ModelSerializer[ScoreCard]):
    """A card; its figures are empty while the vote is open."""

    class Meta:
        model = ScoreCard
        fields = [
            "id", "state", "rubric_version", "agreed_at", "levels", "evidence", "spread", "value", "feasibility", "risk",
            "confidence", "priority", "coverage", "voters", "comment",
        ]  # fmt: skip


class ScoreActs(Part):
    """The score."""

    @action(detail=True, methods=["get"])
    def score(self, request: Request, pk: str) -> Response:
        """The open and the agreed card; of an open vote one's own levels only."""
        page = score_page(self.get_object(), request.user)  # type: ignore[arg-type]
        own = page.own_vote and {
            "levels": page.own_vote.levels,
            "evidence": page.own_vote.evidence,
            "note": page.own_vote.note,
        }
        raises = [
            {"criterion": each.code, "to_level": each.to_level, "gain": round(each.gain, 3)}
            for _criterion, each in page.raises
        ]
        return Response(
            {
                "open": page.open_card and CardOut(page.open_card).data,
                "agreed": page.agreed and CardOut(page.agreed).data,
                "is_provisional": page.is_provisional,
                "own_vote": own,
                "voted": [voter.display_name for voter in page.voters],
                "would_raise_it_most": raises,
            }
        )

    @extend_schema(request=None, responses={201: CardOut})
    @action(detail=True, methods=["post"], url_path="score/open")
    def score_open(self, request: Request, pk: str) -> Response:
        """Open a vote."""
        card = scores.open_card(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(CardOut(card).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=VoteIn, responses=CardOut)
    @action(detail=True, methods=["post"], url_path="score/vote")
    def score_vote(self, request: Request, pk: str) -> Response:
        """Give one's levels."""
        card = self.open_card()
        given = scores.vote(card, **self.taken(VoteIn, request), by=request.user)
        return Response({"levels": given.levels, "evidence": given.evidence, "note": given.note})

    @extend_schema(request=AgreeIn, responses=CardOut)
    @action(detail=True, methods=["post"], url_path="score/agree")
    def score_agree(self, request: Request, pk: str) -> Response:
        """Close the vote."""
        return Response(
            CardOut(scores.agree(self.open_card(), **self.taken(AgreeIn, request), by=request.user)).data
        )

    def open_card(self) -> ScoreCard:
        """The card of the open vote, or 404."""
        use_case = self.get_object()
        card = get_object_or_404(ScoreCard, use_case=use_case, state=ScoreCard.State.OPEN)
        card.use_case = use_case
        return card


class CriterionOut(serializers.ModelSerializer[KillCriterion]):
    """A kill criterion."""

    class Meta:
        model = KillCriterion
        fields = [
            "id", "statement", "metric", "comparator", "threshold", "deadline", "result", "measured_value", "measured_at",
            "evidence",
        ]  # fmt: skip


class CriterionIn(StrictSerializer):
    """What would make us stop."""

    statement = serializers.CharField(max_length=300)
    metric = serializers.CharField(max_length=120)
    comparator = serializers.ChoiceField(KillCriterion.Comparator.choices, default="at_least")
    threshold = serializers.FloatField()
    deadline = serializers.DateField()


class CriterionChangeIn(StrictSerializer):
    """What changes."""

    statement = serializers.CharField(max_length=300, required=False)
    metric = serializers.CharField(max_length=120, required=False)
    comparator = serializers.ChoiceField(KillCriterion.Comparator.choices, required=False)
    threshold = serializers.FloatField(required=False)
    deadline = serializers.DateField(required=False)


class ResultIn(StrictSerializer):
    """What was measured."""

    measured_value = serializers.FloatField()
    evidence = serializers.CharField(max_length=2000)


class WaiveIn(StrictSerializer):
    """A reason."""

    reason = serializers.CharField(max_length=2000)


class ConfirmIn(StrictSerializer):
    """A readiness check with its evidence."""

    kind = serializers.ChoiceField(ReadinessCheck.Kind.choices)
    evidence = serializers.CharField(max_length=2000)


class ReadinessOut(serializers.ModelSerializer[ReadinessCheck]):
    """A confirmed check."""

    class Meta:
        model = ReadinessCheck
        fields = ["id", "kind", "evidence", "confirmed_by", "confirmed_at"]


class WorkActs(Part):
    """Kill criteria, readiness, history."""

    @extend_schema(request=CriterionIn, responses={201: CriterionOut})
    @action(detail=True, methods=["get", "post"], url_path="kill-criteria")
    def kill_criteria(self, request: Request, pk: str) -> Response:
        """The list; a POST writes one."""
        use_case = self.get_object()
        if request.method == "GET":
            return Response(CriterionOut(use_case.kill_criteria.all(), many=True).data)
        made = kill_criteria.add(use_case, **self.taken(CriterionIn, request), by=request.user)
        return Response(CriterionOut(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CriterionChangeIn, responses=CriterionOut)
    @action(detail=True, methods=["patch", "delete"], url_path=f"kill-criteria/{KEY}")
    def kill_criterion(self, request: Request, pk: str, part: str) -> Response:
        """Change or remove one, before initialisation."""
        found = self.part(KillCriterion.objects, part)
        if request.method == "DELETE":
            kill_criteria.remove(found, by=request.user)  # type: ignore[arg-type]
            return Response(status=status.HTTP_204_NO_CONTENT)
        return Response(
            CriterionOut(
                kill_criteria.change(found, **self.taken(CriterionChangeIn, request), by=request.user)
            ).data
        )

    @extend_schema(request=ResultIn, responses=CriterionOut)
    @action(detail=True, methods=["post"], url_path=f"kill-criteria/{KEY}/record")
    def kill_criterion_record(self, request: Request, pk: str, part: str) -> Response:
        """Record what was measured."""
        found = self.part(KillCriterion.objects, part)
        return Response(
            CriterionOut(
                kill_criteria.record_result(found, **self.taken(ResultIn, request), by=request.user)
            ).data
        )

    @extend_schema(request=WaiveIn, responses=CriterionOut)
    @action(detail=True, methods=["post"], url_path=f"kill-criteria/{KEY}/waive")
    def kill_criterion_waive(self, request: Request, pk: str, part: str) -> Response:
        """Waive one with a reason."""
        found = self.part(KillCriterion.objects, part)
        return Response(
            CriterionOut(kill_criteria.waive(found, **self.taken(WaiveIn, request), by=request.user)).data
        )

    @extend_schema(request=ConfirmIn, responses=ReadinessOut)
    @action(detail=True, methods=["get", "post"])
    def readiness(self, request: Request, pk: str) -> Response:
        """The confirmed checks; a POST confirms one."""
        use_case = self.get_object()
        if request.method == "POST":
            readiness.confirm(use_case, **self.taken(ConfirmIn, request), by=request.user)
        return Response(ReadinessOut(use_case.readiness_checks.all(), many=True).data)

    @action(detail=True, methods=["get"])
    def history(self, request: Request, pk: str) -> Response:
        """The phase events, oldest first."""
        events = self.get_object().phase_events.select_related("by")
        return Response(
            [
                {
                    "from": each.from_phase,
                    "to": each.to_phase,
                    "action": each.action,
                    "at": each.at,
                    "by": each.by and str(each.by),
                    "gate": each.gate,
                    "decided_by": each.evidence.get("decided_by", []),
                    "own_act": bool(each.evidence.get("own_act")),
                    "comment": each.comment,
                }
                for each in events
            ]
        )
