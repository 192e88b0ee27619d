"""Projects brought from elsewhere: one that is checked, one that has become the main use case of the side."""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core import filestore
from portal.core.models import Job
from projects.models import ImportedProject


def brought(side: SimpleNamespace) -> None:
    """As the checks leave them; the way there is tried in `tests/projects/test_imported_projects.py`."""
    card = Path(settings.VAR) / "card.json"
    card.write_text(json.dumps({"purpose": f"{side.mark}Calls"}))
    side.sha256 = filestore.store(card)
    side.imported = row(side, "read")
    side.became = row(side, "done", use_case=side.main)


def row(side: SimpleNamespace, state: str, **more: Any) -> ImportedProject:
    """One bundle with a hypothesis that is not made yet."""
    files = [{"path": "models/m1/v1/card.json", "size": 1, "sha256": side.sha256}]
    part = {
        "key": "hypothesis-1",
        "kind": "hypothesis",
        "title": f"{side.mark}Young ones leave",
        "refused": "",
    }
    words = {"statement": f"{side.mark}Young ones leave", "consequence": ""}
    return ImportedProject.objects.create(
        owner=side.manager,
        original_name=f"{side.mark}there.agora.zip",
        bundle_digest=hashlib.sha256(f"{side.mark}{state}".encode()).hexdigest(),
        state=state,
        manifest={
            "ref": f"{side.mark}UC-1", "title": f"{side.mark}There", "exported_at": "2026-01-01", "exported_by": "Zoe",
            "left_out": [], "files": files,
        },
        plan={
            "case": {"title": f"{side.mark}There", "problem": f"{side.mark}p", "details": {}, "scores": ""},
            "parts": [part | {"data": words}], "people": [], "is_confidential": False,
        },
        job=Job.objects.create(kind="bundle.read", label="x", state="done", owner=side.manager),
        **more,
    )  # fmt: skip


def bundle() -> SimpleUploadedFile:
    """A zip as it is sent; whether it is one of ours is seen later, behind the wall."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": "agora-project-bundle"}))
    return SimpleUploadedFile("there.agora.zip", buffer.getvalue(), content_type="application/zip")
