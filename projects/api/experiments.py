"""Experiments for programs: everything the pages do."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, StrictSerializer, spoken
from portal.core.models import Job
from portal.core.states import IllegalMove
from projects.api.datasets import MyUseCase
from projects.api.explanations import ExplainsExperiments
from projects.filters.experiments import ExperimentFilter
from projects.models import DatasetVersion, Experiment, GuardrailResult, Trial
from projects.question import digest_of
from projects.rules import experiments as rules, explanations as explain_rules
from projects.selectors.experiments import best_score, state_of
from projects.selectors.question_advice import PARTS, Advice, advice_for
from projects.selectors.result_words import about_checks, lasting, reasons
from projects.services import experiments, guardrails, question_advice


class UsableVersion(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """A version the caller may use; others are as unknown as those that do not exist."""

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        return DatasetVersion.objects.usable_by(request.user) if request else DatasetVersion.objects.none()


class ExperimentJobOut(serializers.ModelSerializer[Job]):
    """How far the work is."""

    step = serializers.CharField(source="step_text")
    elapsed_seconds = serializers.FloatField(
        source="step_params.elapsed", default=None, allow_null=True, read_only=True
    )
    remaining_seconds = serializers.FloatField(
        source="step_params.remaining", default=None, allow_null=True, read_only=True
    )
    error = serializers.CharField(source="error_text")

    class Meta:
        model = Job
        fields = (
            "id",
            "state",
            "percent",
            "step",
            "elapsed_seconds",
            "remaining_seconds",
            "error",
            "attempt",
            "isolation",
            "started_at",
            "finished_at",
        )


class ExperimentListOut(serializers.ModelSerializer[Experiment]):
    """One experiment in a list."""

    status = serializers.CharField()

    class Meta:
        model = Experiment
        fields = ("id", "title", "use_case", "dataset_version", "author", "status", "question", "created_at")


class ExperimentOut(ExperimentListOut):
    """One experiment, its work, and what the caller may do."""

    job = ExperimentJobOut()
    check_job = ExperimentJobOut()
    state_in_words = serializers.SerializerMethodField()
    best_score = serializers.SerializerMethodField()
    is_checked = serializers.SerializerMethodField()
    can = CanField(
        {
            "edit": rules.may_edit,
            "check": rules.may_check,
            "start": rules.may_start,
            "cancel": rules.may_cancel,
            "stop_early": rules.may_stop_early,
            "register": rules.may_register,
            "explain": explain_rules.may_explain,
            "explain_rows": explain_rules.may_ask_rows,
        }
    )

    class Meta(ExperimentListOut.Meta):
        fields = (  # type: ignore[assignment]
            *ExperimentListOut.Meta.fields, "row_meaning", "predicted_when", "job", "check_job", "state_in_words",
            "is_checked", "limits", "best_score", "stop_requested_at", "can",
        )  # fmt: skip

    def get_state_in_words(self, experiment: Experiment) -> str:
        """Honest about waiting and lost workers."""
        return state_of(experiment.job, experiment)[1] if experiment.job else ""

    @extend_schema_field(OpenApiTypes.FLOAT)
    def get_best_score(self, experiment: Experiment) -> float | None:
        """The best score while searching so far; null while there is none."""
        return best_score(experiment, list(experiment.trials.all())) if experiment.job else None

    def get_is_checked(self, experiment: Experiment) -> bool:
        """Whether the checks looked at exactly this question."""
        return experiment.checked_digest == digest_of(experiment)


class GuardrailOut(serializers.ModelSerializer[GuardrailResult]):
    """One result with its sentences."""

    text = serializers.CharField()
    why = serializers.CharField(source="why_text")
    fix = serializers.CharField(source="fix_text")

    class Meta:
        model = GuardrailResult
        fields = (
            "id", "code", "family", "stage", "severity", "certainty", "is_alerted", "is_current", "value", "threshold", "columns", "text", "why",
            "fix", "lesson", "justification", "justified_by", "justified_at", "question_digest",
        )  # fmt: skip


class TrialOut(serializers.ModelSerializer[Trial]):
    """One candidate; `reason` says why it was given up or could not be trained, once the search is over."""

    reason = serializers.SerializerMethodField()

    class Meta:
        model = Trial
        fields = (
            "id", "number", "name", "family", "is_baseline", "is_simple", "is_best", "status", "reason", "cv_score", "cv_std",
            "test_metrics", "at_seconds", "fit_seconds", "predict_ms_per_1000", "size_bytes", "model_sha256", "bundle_digest",
        )  # fmt: skip

    def get_reason(self, trial: Trial) -> str:
        """In words."""
        return str(self.context.get("reasons", {}).get(trial.number, ""))


class DraftIn(StrictSerializer):
    """A new experiment, its question too if it is known."""

    title = serializers.CharField(max_length=140)
    use_case = MyUseCase()
    dataset_version = UsableVersion()
    question = serializers.DictField(required=False)
    row_meaning = serializers.CharField(max_length=200, required=False, allow_blank=True)
    predicted_when = serializers.CharField(max_length=200, required=False, allow_blank=True)


class QuestionIn(StrictSerializer):
    """Parts of the question; what is not said stays."""

    question = serializers.DictField(required=False, default=dict)
    row_meaning = serializers.CharField(max_length=200, required=False, allow_blank=True)
    predicted_when = serializers.CharField(max_length=200, required=False, allow_blank=True)
    dataset_version = UsableVersion(required=False)


class JustifyIn(StrictSerializer):
    """Words for one finding."""

    result = serializers.UUIDField()
    text = serializers.CharField(max_length=2000)


class MendIn(StrictSerializer):
    """Which finding to mend."""

    result = serializers.UUIDField()


class AdviceIn(StrictSerializer):
    """Which parts of the advice to take; all of it when none is named."""

    parts = serializers.ListField(child=serializers.CharField(), required=False, default=list)


class AdviceOut(serializers.Serializer[Any]):
    """What the engine recommends to ask, part by part; `state` is none, waiting, failed or ready."""

    part = serializers.CharField()
    state = serializers.CharField()
    problem = serializers.CharField()
    value = serializers.CharField()
    reason = serializers.CharField()
    is_taken = serializers.BooleanField()
    roles = serializers.SerializerMethodField()

    def get_roles(self, advice: Advice) -> list[dict[str, str]]:
        """Columns that the engine would use otherwise than it is asked now."""
        return [{"column": column, "role": role, "reason": reason} for column, role, reason in advice.roles]


class NothingIn(StrictSerializer):
    """No fields."""


class ExperimentViewSet(ExplainsExperiments):
    """AutoML experiments."""

    model = Experiment
    serializer_class = ExperimentOut
    filterset_class = ExperimentFilter

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Experiment.objects.none()
        visible = Experiment.objects.visible_to(self.request.user)  # type: ignore[arg-type]
        if self.action == "list":
            return visible.for_list()
        jobs = ("job", "check_job", "advice_job")
        related = ("use_case", "author", *jobs, "dataset_version__dataset__owner")
        return visible.select_related(*related)

    def get_serializer_class(self) -> Any:
        return ExperimentListOut if self.action == "list" else ExperimentOut

    def shown(self, experiment: Experiment, status: int = 200) -> Response:
        """The experiment as it stands after an act."""
        fresh = self.get_queryset().get(pk=experiment.pk)
        return Response(ExperimentOut(fresh, context=self.get_serializer_context()).data, status=status)

    @extend_schema(request=DraftIn, responses={201: ExperimentOut})
    def create(self, request: Request) -> Response:
        """Make a draft; with a question it is checked field by field and nothing is kept when one is wrong."""
        body = self.taken(DraftIn, request)
        words = {name: body.pop(name) for name in ("row_meaning", "predicted_when") if name in body}
        draft = experiments.draft_with_question(
            question=body.pop("question", None), words=words, **body, by=request.user
        )  # type: ignore[arg-type]
        return self.shown(draft, 201)

    @extend_schema(request=QuestionIn, responses=ExperimentOut)
    @action(detail=True, methods=["post"])
    def question(self, request: Request, pk: str | None = None) -> Response:
        """Change parts of the question of a draft."""
        experiment = self.get_object()
        body = self.taken(QuestionIn, request)
        if "dataset_version" in body:
            experiments.choose_version(experiment, body.pop("dataset_version"), by=request.user)  # type: ignore[arg-type]
        if body["question"] or len(body) > 1:
            experiments.update_question(experiment, body.pop("question"), by=request.user, **body)  # type: ignore[arg-type]
        return self.shown(experiment)

    @extend_schema(request=NothingIn, responses=GuardrailOut(many=True))
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def checks(self, request: Request, pk: str | None = None) -> Response:
        """Results of the guardrails, superseded ones too; POST lets them look at the question (202)."""
        experiment = self.get_object()
        if request.method == "POST":
            self.taken(NothingIn, request)
            guardrails.request_checks(experiment, by=request.user)  # type: ignore[arg-type]
            return self.shown(experiment, 202)
        results = GuardrailResult.objects.filter(experiment=experiment)
        return Response(GuardrailOut(results, many=True).data)

    @extend_schema(request=JustifyIn, responses=GuardrailOut)
    @action(detail=True, methods=["post"])
    def justify(self, request: Request, pk: str | None = None) -> Response:
        """Say why one finding is right as it is."""
        experiment = self.get_object()
        body = self.taken(JustifyIn, request)
        results = GuardrailResult.objects.filter(experiment=experiment).select_related("experiment__use_case")
        result = results.filter(pk=body["result"]).first()
        if result is None:
            raise serializers.ValidationError({"result": ["There is no such result."]})
        return Response(GuardrailOut(guardrails.justify(result, body["text"], by=request.user)).data)  # type: ignore[arg-type]

    @extend_schema(request=MendIn, responses={202: ExperimentOut})
    @action(detail=True, methods=["post"])
    def mend(self, request: Request, pk: str | None = None) -> Response:
        """Do what one finding advises: another role for its columns; the checks look again."""
        experiment = self.get_object()
        body = self.taken(MendIn, request)
        results = GuardrailResult.objects.filter(experiment=experiment).select_related("experiment__use_case")
        result = results.filter(pk=body["result"]).first()
        if result is None:
            raise serializers.ValidationError({"result": ["There is no such result."]})
        guardrails.mend(result, by=request.user)  # type: ignore[arg-type]
        return self.shown(self.get_object(), 202)

    @extend_schema(request=NothingIn, responses=AdviceOut(many=True))
    @action(detail=True, methods=["get", "post"], filterset_class=None, pagination_class=None)
    def advice(self, request: Request, pk: str | None = None) -> Response:
        """How the engine would ask, with its reasons; POST lets it look at the table (202)."""
        experiment = self.get_object()
        if request.method == "POST":
            self.taken(NothingIn, request)
            question_advice.request_advice(experiment, by=request.user)  # type: ignore[arg-type]
            return self.shown(experiment, 202)
        given = [advice_for(experiment, step) for step in PARTS]
        return Response(AdviceOut([each for each in given if each], many=True).data)

    @extend_schema(request=AdviceIn, responses=ExperimentOut)
    @action(detail=True, methods=["post"], url_path="take-advice")
    def take_advice(self, request: Request, pk: str | None = None) -> Response:
        """Ask what the engine recommends."""
        experiment = self.get_object()
        experiments.take_advice(experiment, self.taken(AdviceIn, request)["parts"], by=request.user)  # type: ignore[arg-type]
        return self.shown(experiment)

    @extend_schema(request=NothingIn, responses={202: ExperimentOut})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str | None = None) -> Response:
        """Freeze the question and queue the search."""
        experiment = self.get_object()
        self.taken(NothingIn, request)
        experiments.start(experiment, by=request.user)  # type: ignore[arg-type]
        return self.shown(experiment, 202)

    @extend_schema(request=NothingIn, responses=ExperimentOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """End the search and throw its result away."""
        experiment = self.get_object()
        self.taken(NothingIn, request)
        experiments.cancel(experiment, by=request.user)  # type: ignore[arg-type]
        return self.shown(experiment)

    @extend_schema(request=NothingIn, responses=ExperimentOut)
    @action(detail=True, methods=["post"], url_path="stop-early")
    def stop_early(self, request: Request, pk: str | None = None) -> Response:
        """End the search now and keep the best so far."""
        experiment = self.get_object()
        self.taken(NothingIn, request)
        experiments.stop_early(experiment, by=request.user)  # type: ignore[arg-type]
        return self.shown(experiment)

    @extend_schema(request=NothingIn, responses={201: ExperimentOut})
    @action(detail=True, methods=["post"])
    def copy(self, request: Request, pk: str | None = None) -> Response:
        """A new draft with the same question."""
        experiment = self.get_object()
        self.taken(NothingIn, request)
        return self.shown(experiments.copy_draft(experiment, by=request.user), 201)  # type: ignore[arg-type]

    @extend_schema(responses=TrialOut(many=True))
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def trials(self, request: Request, pk: str | None = None) -> Response:
        """Candidates so far."""
        experiment = self.get_object()
        context = {"reasons": reasons(experiment.result)}
        return Response(TrialOut(experiment.trials.all(), many=True, context=context).data)

    @extend_schema(responses={200: dict})
    @action(detail=True, methods=["get"], filterset_class=None, pagination_class=None)
    def result(self, request: Request, pk: str | None = None) -> Response:
        """The engine's whole result with the summary in words; 409 while there is none."""
        experiment = self.get_object()
        if experiment.status != "done":
            raise IllegalMove(str(spoken(rules.may_register(request.user, experiment))["reason"]))  # type: ignore[arg-type]
        checks = GuardrailResult.objects.filter(experiment=experiment).current()
        said = lasting(experiment.result["summary"]) + about_checks(checks)
        return Response({**experiment.result, "sentences": said})
