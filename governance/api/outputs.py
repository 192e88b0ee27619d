"""How rows of governance look in answers."""

from typing import Any, TypeVar

from django.db.models import Model as DbModel
from rest_framework import serializers

from governance import cards, version_checks
from governance.audit_words import sentence
from governance.models import (
    ApprovalRequest,
    BatchScoring,
    BenefitLine,
    Decision,
    Deployment,
    Dissent,
    DriftReport,
    Finding,
    GateSignature,
    Measurement,
    Model,
    ModelVersion,
    Rehearsal,
    SecondLook,
)
from governance.rules import (
    approvals,
    benefits,
    deployments,
    dissents as dissent_rules,
    findings,
    models,
    overrides,
    petitions,
    second_looks as look_rules,
    versions,
    waivers,
)
from governance.selectors.drift import without_values
from portal.core.api.kit import CanField
from portal.core.models import AuditEvent
from projects.sentences import sentences

Row = TypeVar("Row", bound=DbModel)


class Out(serializers.ModelSerializer[Row]):
    """`can` costs questions for each row, so lists go without it: read one object to know."""

    def get_fields(self) -> dict[str, Any]:
        """All fields, in a list all but `can`."""
        fields = super().get_fields()
        if getattr(self.context.get("view"), "action", "") == "list":
            fields.pop("can", None)
        return fields


class ModelOut(Out[Model]):
    """A model with what serves now."""

    champion = serializers.SerializerMethodField()
    can = CanField(
        {"score": deployments.may_score, "compare": versions.may_compare, "delete": versions.may_delete_model}
    )

    class Meta:
        model = Model
        fields = ["id", "name", "use_case", "created_by", "created_at", "champion", "can"]

    def get_champion(self, model: Model) -> str | None:
        """The version that serves."""
        serving = [
            each
            for each in model.deployments.all()
            if each.ended_at is None and each.role == Deployment.Role.CHAMPION
        ]
        return str(serving[0].version_id) if serving else None


class ModelVersionOut(Out[ModelVersion]):
    """A version with its card; the manifest digest is what is decided on."""

    computed_card = serializers.SerializerMethodField()
    rehearsal = serializers.SerializerMethodField()
    can = CanField(
        {
            "submit": models.may_submit,
            "rehearse": models.may_rehearse,
            "promote": deployments.may_promote,
            "request_promotion": deployments.may_request_promotion,
            "revoke": models.may_revoke,
            "take_review": versions.may_take_review,
            "take_over": versions.may_take_over,
            "lift_block": versions.may_lift_block,
            "archive": versions.may_archive,
            "delete": versions.may_delete,
            "name": versions.may_name,
            "enter": versions.may_enter,
            "retire": petitions.may_ask_to_retire,
            "waive_block": waivers.may_ask_for_block,
        }
    )

    class Meta:
        model = ModelVersion
        fields = [
            "id", "model", "number", "status", "registered_by", "trial", "dataset_version", "bundle_digest", "model_sha256",
            "question", "environment", "computed_card", *ModelVersion.AUTHORED, "manifest_digest", "submitted_at", "decided_at",
            "valid_until", "ended_reason", "taken_over_from", "in_review_by", "in_review_at", "block_waiver", "block_waived_by",
            "created_at", "rehearsal", "can",
        ]  # fmt: skip

    def get_rehearsal(self, version: ModelVersion) -> dict[str, Any] | None:
        """Whether the stored model has scored its sample row, and how far it is; none in a list, or when never tried."""
        if isinstance(self.parent, serializers.ListSerializer):
            return None
        last = Rehearsal.objects.of(version).first()
        if last is None:
            return None
        job = last.job
        return {
            "state": last.state, "bundle_digest": last.bundle_digest, "asked_at": last.created_at,
            "finished_at": last.finished_at, "percent": job.percent if job else 100,
            "reasons": sentences(last.errors) or ([job.error_text] if job and job.error else []),
        }  # fmt: skip

    def get_computed_card(self, version: ModelVersion) -> dict[str, Any]:
        """Figures; values of the training data only for those who may see them, and never in a list."""
        card: dict[str, Any] = version.computed_card
        is_row = isinstance(self.parent, serializers.ListSerializer)
        if is_row or not models.may_see_values(self.context["request"].user, version):
            return cards.without_values(card)
        return card


class DecisionOut(Out[Decision]):
    """One answer."""

    class Meta:
        model = Decision
        fields = [
            "step",
            "role",
            "answer",
            "category",
            "reason",
            "until",
            "lessons",
            "decided_by",
            "decided_at",
            "subject_digest",
            "certificate",
            "on_behalf_of",
        ]


class DissentOut(Out[Dissent]):
    """A dissenting opinion of a decider."""

    class Meta:
        model = Dissent
        fields = ["text", "said_by", "said_at"]


class SecondLookOut(Out[SecondLook]):
    """What a risk officer saw in a sample of the short track."""

    class Meta:
        model = SecondLook
        fields = ["was_right", "remark", "looked_by", "looked_at"]


class GateSignatureOut(Out[GateSignature]):
    """A builder's signature beside the product owner."""

    class Meta:
        model = GateSignature
        fields = [
            "id",
            "use_case",
            "gate",
            "signed_by",
            "signed_at",
            "role",
            "certificate",
            "note",
            "subject_digest",
        ]


class ApprovalOut(Out[ApprovalRequest]):
    """A request with its answers so far."""

    decisions = DecisionOut(many=True, read_only=True)
    dissents = DissentOut(many=True, read_only=True)
    second_look = SecondLookOut(read_only=True, allow_null=True, default=None)
    steps = serializers.ListField(child=serializers.CharField(), read_only=True)
    plan = serializers.SerializerMethodField()
    requirements = serializers.SerializerMethodField()
    can = CanField(
        {
            "decide": approvals.may_decide,
            "withdraw": approvals.may_withdraw,
            "dissent": dissent_rules.may_dissent,
            "override": overrides.may_propose,
            "look_again": look_rules.may_look_again,
        }
    )

    class Meta:
        model = ApprovalRequest
        fields = [
            "id", "kind", "topic", "use_case", "version", "policy_draft", "dataset", "artifact", "state", "requested_by", "comment", "subject_digest", "revision",
            "proposal", "policy_version", "pinned_policy", "steps", "plan", "requirements", "is_preapproved", "is_sampled", "second_look", "active_step", "waivers", "is_own_act",
            "due_on", "closed_at", "applied_at", "created_at", "decisions", "dissents", "can",
        ]  # fmt: skip

    def get_plan(self, request: ApprovalRequest) -> list[dict[str, Any]]:
        """The steps as they were pinned: role, quorum, decision or feedback, certificate."""
        return [vars(step) for step in request.plan]

    def get_requirements(self, request: ApprovalRequest) -> list[dict[str, Any]]:
        """What the pinned policy asks of a version besides the votes, met or not, with the remedy."""
        return [
            {
                name: getattr(each, name)
                for name in ("code", "label", "met", "mode", "detail", "remedy", "url")
            }
            for each in version_checks.of_request(request)
        ]


class FindingOut(Out[Finding]):
    """A finding."""

    can = CanField(
        {
            "start": findings.may_start,
            "resolve": findings.may_work_on,
            "verify": findings.may_verify,
            "accept": findings.may_accept,
        }
    )

    class Meta:
        model = Finding
        fields = [
            "id", "use_case", "version", "request", "source", "severity", "title", "detail", "state", "raised_by", "owner",
            "due_on", "is_overdue", "resolution", "resolved_by", "verified_by", "accepted_by", "accepted_until",
            "acceptance_reason", "created_at", "can",
        ]  # fmt: skip


class DeploymentOut(Out[Deployment]):
    """A version in a role, from when to when."""

    can = CanField({"end": deployments.may_end, "score_table": deployments.may_score_table})

    class Meta:
        model = Deployment
        fields = [
            "id",
            "model",
            "version",
            "environment",
            "role",
            "started_at",
            "ended_at",
            "started_by",
            "request",
            "reason",
            "end_reason",
            "can",
        ]


class BatchOut(Out[BatchScoring]):
    """A scored table."""

    status = serializers.CharField(read_only=True)
    error = serializers.CharField(source="job.error_text", read_only=True)
    can = CanField({"download": deployments.may_download})

    class Meta:
        model = BatchScoring
        fields = [
            "id",
            "deployment",
            "dataset_version",
            "requested_by",
            "status",
            "error",
            "rows",
            "finished_at",
            "created_at",
            "can",
        ]


class DriftOut(Out[DriftReport]):
    """A drift report with its verdict."""

    status = serializers.CharField(read_only=True)
    error = serializers.CharField(source="job.error_text", read_only=True)
    sentence = serializers.CharField(read_only=True)
    figures = serializers.SerializerMethodField()

    class Meta:
        model = DriftReport
        fields = [
            "id", "deployment", "dataset_version", "requested_by", "status", "error", "rows", "share_drifted", "is_alert",
            "sentence", "figures", "finding", "finished_at", "created_at",
        ]  # fmt: skip

    def get_figures(self, report: DriftReport) -> dict[str, Any]:
        """Values of the data only for those who may see them, and never in a list."""
        figures: dict[str, Any] = report.figures
        is_row = isinstance(self.parent, serializers.ListSerializer)
        if is_row or not models.may_see_values(self.context["request"].user, report.deployment.version):
            return without_values(figures)
        return figures


class LineOut(Out[BenefitLine]):
    """An expected benefit."""

    can = CanField({"change": benefits.may_change})

    class Meta:
        model = BenefitLine
        fields = [
            "id",
            "use_case",
            "title",
            "kind",
            "yearly_amount",
            "evidence",
            "method",
            "baseline",
            "created_by",
            "ended_on",
            "created_at",
            "can",
        ]


class MeasurementOut(Out[Measurement]):
    """A realised figure."""

    can = CanField({"verify": benefits.may_verify})

    class Meta:
        model = Measurement
        fields = [
            "id", "line", "starts_on", "ends_on", "amount", "evidence", "note", "state", "reported_by", "verified_by",
            "verified_at", "verification_note", "created_at", "can",
        ]  # fmt: skip


class AuditOut(Out[AuditEvent]):
    """One event, with its hash."""

    sentence = serializers.SerializerMethodField()

    class Meta:
        model = AuditEvent
        fields = [
            "seq",
            "at",
            "actor_id",
            "actor",
            "verb",
            "sentence",
            "target_type",
            "target_id",
            "target",
            "details",
            "previous_hash",
            "hash",
        ]

    def get_sentence(self, event: AuditEvent) -> Any:
        """The verb in words."""
        return sentence(event.verb)
