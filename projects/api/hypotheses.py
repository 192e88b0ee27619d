"""Hypotheses over the API: stating, looking, answering."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import StrictSerializer, spoken
from portal.core.verdicts import require
from projects import rules
from projects.api.part import KEY, Part
from projects.models import DatasetVersion, Hypothesis
from projects.selectors import column_pairs as pair_reads, hypotheses as hypothesis_reads
from projects.services import column_pairs, hypotheses


class HypothesisIn(StrictSerializer):
    """What one believes."""

    statement = serializers.CharField(max_length=300)
    consequence = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class AnswerIn(StrictSerializer):
    """What the data say."""

    is_true = serializers.BooleanField()
    version = serializers.PrimaryKeyRelatedField(queryset=DatasetVersion.objects.none())
    column = serializers.CharField(max_length=200)
    against = serializers.CharField(max_length=200, required=False, allow_blank=True, default="")
    finding = serializers.CharField(max_length=2000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        request = self.context.get("request")
        if request is not None:
            self.fields["version"].queryset = DatasetVersion.objects.usable_by(request.user)  # type: ignore[attr-defined]


class LookIn(AnswerIn):
    """Two columns of a table."""

    is_true = finding = None  # type: ignore[assignment]
    against = serializers.CharField(max_length=200)


class HypothesisOut(serializers.ModelSerializer[Hypothesis]):
    """A hypothesis; its table and column only for those who may see the table."""

    class Meta:
        model = Hypothesis
        fields = [
            "id", "statement", "consequence", "state", "stated_by", "stated_at", "finding", "answered_by", "answered_at",
        ]  # fmt: skip


class HypothesisActs(Part):
    """Hypotheses."""

    @extend_schema(request=HypothesisIn, responses=HypothesisOut)
    @action(detail=True, methods=["get", "post"])
    def hypotheses(self, request: Request, pk: str) -> Response:
        """The board; a POST states one."""
        use_case = self.get_object()
        if request.method == "POST":
            made = hypotheses.state(use_case, **self.taken(HypothesisIn, request), by=request.user)
            return Response(HypothesisOut(made).data, status=status.HTTP_201_CREATED)
        cards = [card for lane in hypothesis_reads.lanes(use_case, request.user) for card in lane.cards]
        return Response(
            [
                {
                    **HypothesisOut(card.hypothesis).data,
                    "version": None if card.is_hidden else card.hypothesis.version_id,
                    "column": "" if card.is_hidden else card.hypothesis.column,
                    "against": ""
                    if card.is_hidden or not card.hypothesis.pair
                    else card.hypothesis.pair.second,
                    "chart": card.chart,
                    "can": {
                        "answer": spoken(card.may_answer),
                        "withdraw": spoken(card.may_withdraw),
                        "reopen": spoken(card.may_reopen),
                    },
                }
                for card in cards
            ]
        )

    @extend_schema(request=AnswerIn, responses=HypothesisOut)
    @action(detail=True, methods=["post"], url_path=f"hypotheses/{KEY}/answer")
    def hypothesis_answer(self, request: Request, pk: str, part: str) -> Response:
        """Confirm or refute."""
        found = self.part(Hypothesis.objects.select_related("stated_by"), part)
        require(rules.hypotheses.may_answer(request.user, found))
        given = self.taken(AnswerIn, request)
        return Response(HypothesisOut(hypotheses.answer(found, **given, by=request.user)).data)

    @extend_schema(request=LookIn)
    @action(detail=True, methods=["post"], url_path=f"hypotheses/{KEY}/look")
    def hypothesis_look(self, request: Request, pk: str, part: str) -> Response:
        """Two columns against each other: the chart, or 202 while a worker reads them; ask again then."""
        found = self.part(Hypothesis.objects.select_related("stated_by"), part)
        require(rules.hypotheses.may_answer(request.user, found))
        pair = column_pairs.ask(found, **self.taken(LookIn, request), by=request.user)
        said = {"state": pair.job.state, "chart": None, "words": ""}
        if not pair.result:
            return Response(said, status=status.HTTP_202_ACCEPTED)
        return Response(said | {"chart": pair_reads.pair_chart(pair), "words": pair_reads.pair_words(pair)})

    @extend_schema(request=None, responses=HypothesisOut)
    @action(detail=True, methods=["post"], url_path=f"hypotheses/{KEY}/withdraw")
    def hypothesis_withdraw(self, request: Request, pk: str, part: str) -> Response:
        """Ask it no more."""
        found = self.part(Hypothesis.objects, part)
        return Response(HypothesisOut(hypotheses.withdraw(found, by=request.user)).data)

    @extend_schema(request=None, responses=HypothesisOut)
    @action(detail=True, methods=["post"], url_path=f"hypotheses/{KEY}/reopen")
    def hypothesis_reopen(self, request: Request, pk: str, part: str) -> Response:
        """Look again."""
        found = self.part(Hypothesis.objects, part)
        return Response(HypothesisOut(hypotheses.reopen(found, by=request.user)).data)
