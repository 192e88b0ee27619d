"""R15: which change of a model is small enough for the short track."""

from typing import Any

from governance import cards
from governance.models import ApprovalRequest, Deployment, ModelVersion
from projects.models import GuardrailResult


def is_small(request: ApprovalRequest, pinned: dict[str, Any]) -> bool:
    """A review at the minimal tier, and a version that does not differ in question, columns, checks or quality."""
    version = request.version
    if request.kind != ApprovalRequest.Kind.MODEL_REVIEW or version is None:
        return False
    envelope = pinned["preapproved"]
    if not envelope["allowed"] or pinned["tier"] != "minimal":
        return False
    serving = Deployment.objects.champions().filter(model=version.model).select_related("version").first()
    return serving is not None and is_alike(version, serving.version, float(envelope["max_drop"]))


def is_alike(version: ModelVersion, champion: ModelVersion, max_drop: float) -> bool:
    """Same question, same columns, nothing found, and no worse than the envelope allows."""
    if version.question != champion.question or columns(version) != columns(champion):
        return False
    alerts = GuardrailResult.objects.filter(
        experiment=version.trial.experiment, is_current=True, is_alerted=True
    )
    if alerts.exclude(severity=GuardrailResult.Severity.INFO).exists():
        return False
    before, now = main_metric(champion), main_metric(version)
    if before is None or now is None:
        return False
    worse = before - now if direction(version) == "max" else now - before
    return worse <= max_drop


def columns(version: ModelVersion) -> Any:
    """Names and kinds of what the model reads."""
    found = version.computed_card.get("input_schema", [])
    return [(each.get("name"), each.get("kind"), each.get("type")) for each in found]


def direction(version: ModelVersion) -> str:
    """Whether more or less is better."""
    return str(version.computed_card.get("metric", {}).get("direction", "max"))


def main_metric(version: ModelVersion) -> float | None:
    """The figure the search aimed at, on the hold-out."""
    card = version.computed_card
    return cards.value_of(card.get("metrics", {}), card.get("metric", {}).get("name", ""))
