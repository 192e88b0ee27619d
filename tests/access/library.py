"""What stands in the library, on each side."""

from types import SimpleNamespace

from projects.services import artifacts, shares
from tests.projects.artifact_scene import PNG, file


def shelved(side: SimpleNamespace) -> None:
    """A note made from the table, a picture and a note put away, of the class of the project, made by the real services."""
    more = {
        "use_case": side.main,
        "classification": "confidential" if side.is_confidential else "internal",
        "description": f"{side.mark}description",
        "tags": [f"{side.mark}tag"],
        "by": side.author,
    }
    words = f"# {side.mark}Storms".encode()
    source = [("dataset", side.dataset.pk)]
    side.artifact = artifacts.create(
        kind="note",
        title=f"{side.mark}Storms",
        file=file(words, f"{side.mark}storms.md"),
        made_from=source,
        **more,
    )
    side.artifact_version = side.artifact.versions.get()
    side.artifact_share = shares.share(
        side.artifact, person=side.friend, right="use", reason=f"{side.mark}reason", by=side.author
    )
    picture = artifacts.create(
        kind="image", title=f"{side.mark}Picture", file=file(PNG, f"{side.mark}picture.png"), **more
    )
    side.picture = picture.versions.get()
    side.retired = artifacts.create(kind="note", title=f"{side.mark}Old", file=file(b"old"), **more)
    artifacts.retire(side.retired, reason=f"{side.mark}reason", by=side.author)
