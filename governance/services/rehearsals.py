"""Before people read about a model it must show that it answers: one typical row, scored by the stored file."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance import bundles
from governance.models import ModelVersion
from portal.core import sandbox
from projects.sentences import sentences

SECONDS = 60
MEMORY_MB = 2048


def require_scores(version: ModelVersion) -> None:
    """Raises `ValidationError` with the engine's reason when the stored model cannot score its own sample row."""
    try:
        said = rehearse(version)
    except bundles.ModelDamaged:
        raise ValidationError(
            _("The stored model is missing or damaged. Run the experiment again.")
        ) from None
    if said.get("ok"):
        return
    why = " ".join(map(str, sentences(said.get("errors", [])))) or _(
        "It gave no answer within %(seconds)s seconds."
    ) % {"seconds": SECONDS}
    raise ValidationError(
        _("The stored model cannot score a sample row: %(why)s Run the experiment again.") % {"why": why}
    )


def rehearse(version: ModelVersion) -> dict[str, Any]:
    """What the engine's child says when it scores the row that the model itself keeps as an example."""
    heard: list[dict[str, Any]] = []
    with bundles.unpacked(version) as place:
        command = ["rehearse", "--model", str(place / "model"), "--sha256", version.model_sha256]
        ended = sandbox.run(
            [*command, "--memory-mb", str(MEMORY_MB)], readable=[place / "model"], writable=place / "work",
            seconds=SECONDS, on_event=heard.append,
        )  # fmt: skip
    if ended.code == 3:
        raise bundles.ModelDamaged(version.bundle_digest)
    return heard[-1] if heard and not ended.reason else {}
