"""What a gate is about: the facts a request and a signature are bound to."""

import hashlib
import json
from typing import Any

from governance.models import BenefitLine, Deployment
from projects.models import UseCase


def champion_of(use_case: UseCase) -> Deployment | None:
    """The champion that serves the use case, the latest of them when there are several models."""
    return (
        Deployment.objects.champions()
        .filter(model__use_case=use_case, environment=Deployment.Environment.PRODUCTION)
        .select_related("version__model", "request")
        .order_by("-started_at", "pk")
        .first()
    )


def facts(use_case: UseCase, gate: str) -> dict[str, Any]:
    """What a gate request is about; when any of it changes the request is void."""
    champion = champion_of(use_case)
    criteria = use_case.kill_criteria.order_by("pk").values_list("pk", "threshold", "deadline", "result")
    lines = BenefitLine.objects.filter(use_case=use_case, ended_on__isnull=True).order_by("pk")
    return {
        "use_case": str(use_case.pk),
        "gate": gate,
        "phase": use_case.phase,
        "since": use_case.phase_since.isoformat(),
        "tier": use_case.risk_tier,
        "champion": champion.version.manifest_digest if champion else "",
        "kill_criteria": [[str(part) for part in row] for row in criteria],
        "benefits": [
            [str(part) for part in row] for row in lines.values_list("pk", "yearly_amount", "baseline")
        ],
    }


def digest(use_case: UseCase, gate: str) -> str:
    """The facts as one line of 64 hexadecimal digits (SHA-256 of their JSON with sorted keys)."""
    return hashlib.sha256(json.dumps(facts(use_case, gate), sort_keys=True).encode()).hexdigest()
