"""What exactly is decided on: facts in one order, and one digest over them."""

import hashlib
import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder

from governance import gates
from governance.models import ApprovalRequest, ModelVersion, PolicyVersion
from projects.models import Artifact, Dataset, GuardrailResult, UseCase


def digest(facts: dict[str, Any]) -> str:
    """SHA-256 over canonical JSON."""
    canonical = json.dumps(
        facts, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def guardrails_of(version: ModelVersion) -> list[dict[str, Any]]:
    """The checks of the experiment as they stand, with the justifications."""
    rows = GuardrailResult.objects.filter(experiment=version.trial.experiment, is_current=True).order_by(
        "stage", "code", "pk"
    )
    return [
        {
            "id": str(row.pk),
            "code": row.code,
            "stage": row.stage,
            "severity": row.severity,
            "alerted": row.is_alerted,
            "value": row.value,
            "threshold": row.threshold,
            "columns": row.columns,
            "justification": row.justification,
        }
        for row in rows
    ]


def of_version(version: ModelVersion, policy_version: str) -> dict[str, Any]:
    """Everything a reviewer judges: artifact, data, guardrails, card, policy."""
    return {
        "artifact": {"bundle": version.bundle_digest, "model": version.model_sha256},
        "data": {"version": str(version.dataset_version_id), "table": version.dataset_version.table_digest},
        "question": version.question,
        "environment": version.environment,
        "guardrails": guardrails_of(version),
        "card": {name: getattr(version, name) for name in ModelVersion.AUTHORED}
        | {"computed": version.computed_card},
        "policy": policy_version,
    }


def of_policy(draft: PolicyVersion) -> str:
    """The document as it stands in the database now."""
    row = PolicyVersion.objects.filter(pk=draft.pk).values_list("tier", "version", "text").first()
    return digest({"policy": row or ()})


def of_access(request: ApprovalRequest) -> str:
    """The thing as it stands in the database now, with what is asked: another class is another question."""
    if request.artifact_id:
        facts = ("classification", "owner", "retired_at")
        found = Artifact.objects.filter(pk=request.artifact_id).values_list(*facts).first()
        return digest({"artifact": str(request.artifact_id), "is": found or (), "proposal": request.proposal})
    row = (
        Dataset.objects.filter(pk=request.dataset_id)
        .values_list("classification", "owner", "steward")
        .first()
    )
    return digest({"dataset": str(request.dataset_id), "is": row or (), "proposal": request.proposal})


def of_change(request: ApprovalRequest, version: ModelVersion) -> str:
    """A version as it stands in the database now, and what is to happen to it."""
    status = ModelVersion.objects.values_list("status", flat=True).get(pk=version.pk)
    facts = {"kind": request.kind, "version": str(version.pk), "status": status, "proposal": request.proposal}
    return digest(facts | {"bundle": version.bundle_digest, "guardrails": guardrails_of(version)})


def phase_of(use_case: UseCase) -> str:
    """The phase as it stands in the database now."""
    return str(UseCase.objects.values_list("phase", flat=True).get(pk=use_case.pk))


def tier_of(use_case: UseCase) -> str:
    """The tier as it stands in the database now."""
    return str(UseCase.objects.values_list("risk_tier", flat=True).get(pk=use_case.pk))


def subject_digest(request: ApprovalRequest) -> str:
    """The digest of the subject as it stands now; the request is void when it is another one."""
    if request.policy_draft is not None:
        return of_policy(request.policy_draft)
    if request.thing is not None:
        return of_access(request)
    assert request.use_case is not None  # a constraint of the table: all else is about a use case
    if request.kind in ApprovalRequest.GATES:
        return digest(gates.facts(request.use_case, request.kind))
    if request.kind == ApprovalRequest.Kind.TIER_CHANGE:
        use_case = request.use_case
        return digest({"use_case": str(use_case.pk), "tier": tier_of(use_case), "proposal": request.proposal})
    if request.kind == ApprovalRequest.Kind.WAIVER:
        facts = {
            "use_case": str(request.use_case.pk),
            "tier": tier_of(request.use_case),
            "phase": phase_of(request.use_case),
        }
        return digest(facts | {"proposal": request.proposal})
    assert request.version is not None  # a constraint of the services: all else is about a version
    if request.kind in (ApprovalRequest.Kind.BLOCK_WAIVER, ApprovalRequest.Kind.RETIREMENT):
        return of_change(request, request.version)
    reviewed = digest(
        of_version(request.version, request.version.manifest.get("policy", request.policy_version))
    )
    if request.kind == ApprovalRequest.Kind.MODEL_REVIEW:
        return reviewed
    return digest({"promote": reviewed, "status": request.version.status})
