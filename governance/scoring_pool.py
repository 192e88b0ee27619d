"""The engine children of this web process that hold approved models and answer scoring requests."""

from functools import partial
from pathlib import Path
from typing import Any

from governance import bundles
from governance.models import ModelVersion
from portal.core.engine_pool import Busy, NotReady, Pool

__all__ = ["Busy", "pool"]

MOST_CHILDREN = 4
MEMORY_MB = 2048


def laid_out(version: ModelVersion, place: Path) -> tuple[list[str], list[Path]]:
    """The files of a version, and the command that serves them."""
    bundles.lay_out(version, place / "model")
    model = ["--model", str(place / "model"), "--sha256", version.model_sha256]
    return ["serve", *model, "--memory-mb", str(MEMORY_MB)], [place / "model"]


class ScoringPool(Pool):
    """By version."""

    def ask(self, version: ModelVersion, rows: list[dict[str, Any]]) -> dict[str, Any]:
        """
        The engine's answer to these rows.

        The stored file is verified on each request, so a file damaged after loading stops the
        service too. Raises `ModelDamaged` or `Busy`.
        """
        bundles.check(version)
        key = version.bundle_digest, version.model_sha256
        try:
            return self.answer(key, partial(laid_out, version), {"id": 1, "rows": rows})
        except NotReady:
            raise bundles.ModelDamaged("refused by the engine") from None


pool = ScoringPool(MOST_CHILDREN)
