"""Small true files, and artifacts made of them by the services."""

import base64
import json
import struct
import zlib

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core.models import AuditEvent
from projects.models import Artifact, ArtifactTag, ArtifactVersion, Dataset, UseCase
from projects.services import artifacts
from tests.people import person

TEXT = b"# Storms\n\nMany."
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def chunk(name, body):
    """One chunk of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\x00\x20\x80\xc0"))
    + chunk(b"IEND", b"")
)


def notebook(source, outputs=(), markdown="# Title"):
    """A notebook with a cell of text and a cell of code."""
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": [markdown]},
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": source,
            "outputs": list(outputs),
        },
    ]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def png_text():
    """The picture as a notebook holds it."""
    return base64.b64encode(PNG).decode()


def file(content=TEXT, name="storms.md"):
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content)


def note(by, title="Storms", **more):
    """A note in the library."""
    return artifacts.create(kind="note", title=title, file=file(more.pop("content", TEXT)), by=by, **more)


def dataset(owner, name="Claims", **more):
    """A dataset without versions."""
    return Dataset.objects.create(name=name, owner=owner, **more)


def sandbox():
    """A sandbox and its learner."""
    learner = person("Lena Learner")
    place = UseCase.everything.create(
        ref="", title="Practice", problem="To learn.", submitter=learner, product_owner=learner, is_sandbox=True,
        phase=UseCase.Phase.DEVELOPMENT,
    )  # fmt: skip
    return place, learner


def finds_a_worm(path):
    """A scanner."""
    return "worm" if b"worm" in path.read_bytes() else ""


def nothing_was_made():
    """No row of any table of artifacts, and no word in the trail."""
    return not (
        Artifact.objects.exists()
        or ArtifactVersion.objects.exists()
        or ArtifactTag.objects.exists()
        or AuditEvent.objects.filter(verb__startswith="artifact").exists()
    )
