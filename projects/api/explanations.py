"""Questions about trained candidates for programs: everything the pages do."""

from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer, spoken
from portal.core.states import IllegalMove
from projects.filters.explanations import ExplanationFilter
from projects.models import Experiment, Explanation, Trial
from projects.rules import explanations as rules
from projects.selectors.decisions import decide
from projects.sentences import sentence, sentences
from projects.services import explanations


class ExplanationListOut(serializers.ModelSerializer[Explanation]):
    """One question in a list."""

    status = serializers.CharField()

    class Meta:
        model = Explanation
        fields = ("id", "experiment", "trial", "other", "what", "status", "asked_by", "created_at")


class ExplanationOut(ExplanationListOut):
    """One question with its answer; values of single rows only for those who see the data."""

    percent = serializers.IntegerField(source="job.percent")
    error = serializers.CharField(source="job.error_text")
    options = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()
    can = CanField({"read": rules.may_read})

    class Meta(ExplanationListOut.Meta):
        fields = (  # type: ignore[assignment]
            *ExplanationListOut.Meta.fields, "options", "percent", "error", "result", "sentences", "can",
        )  # fmt: skip

    def readable(self, explanation: Explanation) -> bool:
        """Whether this caller reads it; asked once per object."""
        if not hasattr(explanation, "_readable"):
            explanation._readable = bool(rules.may_read(self.context["request"].user, explanation))  # type: ignore[attr-defined]
        return bool(explanation._readable)  # type: ignore[attr-defined]

    @extend_schema_field({"type": "object"})
    def get_options(self, explanation: Explanation) -> dict[str, Any]:
        """What was asked in detail."""
        return explanation.options if self.readable(explanation) else {}

    @extend_schema_field({"type": "object"})
    def get_result(self, explanation: Explanation) -> dict[str, Any]:
        """The engine's whole answer; empty while there is none."""
        return explanation.result if self.readable(explanation) else {}

    @extend_schema_field({"type": "array", "items": {"type": "string"}})
    def get_sentences(self, explanation: Explanation) -> list[str]:
        """The answer in words."""
        found = explanation.result
        if not self.readable(explanation):
            return []
        return [sentence(found["problem"])] if "problem" in found else sentences(found.get("sentences", []))


class ExplainIn(StrictSerializer):
    """One question to a candidate; the best one when none is named."""

    what = serializers.ChoiceField(choices=Explanation.What.choices)
    trial = serializers.UUIDField(required=False)
    other = serializers.UUIDField(required=False)
    options = serializers.DictField(required=False, default=dict)


class DecisionIn(StrictSerializer):
    """How many rows can be acted on out of how many, or what errors cost."""

    capacity = serializers.IntegerField(required=False, min_value=0, max_value=1_000_000_000)
    of = serializers.IntegerField(required=False, min_value=1, max_value=1_000_000_000)
    cost_false_positive = serializers.FloatField(required=False, min_value=0, max_value=1e9)
    cost_false_negative = serializers.FloatField(required=False, min_value=0, max_value=1e9)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A capacity needs to know out of how many."""
        if attrs.get("capacity") is not None and not attrs.get("of"):
            raise serializers.ValidationError({"of": [_("Say out of how many rows.")]})
        return attrs


def trial_of(experiment: Experiment, field: str, key: Any) -> Trial | None:
    """A candidate of this experiment by its key."""
    if key is None:
        return None
    trial = experiment.trials.filter(pk=key).first()
    if trial is None:
        raise serializers.ValidationError({field: [_("There is no such candidate in this experiment.")]})
    return trial


class ExplainsExperiments(ReadViewSet):
    """The acts of an experiment that are about explaining it."""

    @extend_schema(request=ExplainIn, responses={202: ExplanationOut})
    @action(detail=True, methods=["post"])
    def explain(self, request: Request, pk: str | None = None) -> Response:
        """Put a question to a candidate (202), or get the answer that is there (200)."""
        experiment = self.get_object()
        body = self.taken(ExplainIn, request)
        trials = {name: trial_of(experiment, name, body.get(name)) for name in ("trial", "other")}
        asked = explanations.ask(
            experiment, what=body["what"], options=body["options"], by=request.user, **trials
        )
        fresh = Explanation.objects.select_related(
            "job", "trial", "other", "experiment__dataset_version__dataset__owner"
        ).get(pk=asked.pk)
        answer = ExplanationOut(fresh, context=self.get_serializer_context()).data
        return Response(answer, status=200 if fresh.job.is_over else 202)

    @extend_schema(parameters=[DecisionIn], responses={200: dict})
    @action(detail=True, methods=["get"], filter_backends=[], filterset_class=None, pagination_class=None)
    def decision(self, request: Request, pk: str | None = None) -> Response:
        """How many rows to act on, by capacity or by the cost of errors; 409 where there is no such curve."""
        experiment = self.get_object()
        given = DecisionIn(data=request.query_params.dict())
        given.is_valid(raise_exception=True)
        curve = (experiment.result.get("explanations") or {}).get("decision")
        if experiment.status != "done":
            raise IllegalMove(str(spoken(rules.may_explain(request.user, experiment))["reason"]))
        if not curve:
            raise IllegalMove(_("Only answers of yes or no can be decided by a limit."))
        asked = dict(given.validated_data)
        for name in ("cost_false_positive", "cost_false_negative"):
            asked.setdefault(name, experiment.question[name])
        found = asdict(
            decide(
                curve,
                capacity=asked.get("capacity"),
                of=asked.get("of"),
                cost_false_positive=asked["cost_false_positive"],
                cost_false_negative=asked["cost_false_negative"],
            )
        )
        return Response(found)


class ExplanationViewSet(ReadViewSet):
    """Questions put to trained candidates, and their answers."""

    model = Explanation
    serializer_class = ExplanationOut
    filterset_class = ExplanationFilter

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Explanation.objects.none()
        visible = Explanation.objects.visible_to(self.request.user)
        if self.action == "list":
            return visible.for_list()
        related = ("job", "trial", "other", "experiment__dataset_version__dataset__owner")
        return visible.select_related(*related)

    def get_serializer_class(self) -> Any:
        return ExplanationListOut if self.action == "list" else ExplanationOut
