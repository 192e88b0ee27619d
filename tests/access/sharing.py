"""A small world for the table of sharing: one table and one artifact, and everybody who stands to them in some way."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from portal.core import clock, job_runner
from portal.core.services import people
from projects.models import ArtifactShare, DatasetShare, UseCase
from projects.services import artifacts, datasets, partial_uploads, recipes, shares
from tests.access.experimented import upload
from tests.access.world import session
from tests.people import person
from tests.projects.artifact_scene import PNG, file
from tests.projects.data_scene import join

WORD, CASE_WORD = b"CANARY", b"HERON"  # of the things themselves, and of the use case they belong to
SHARED = {
    "editor": "edit",
    "user": "use",
    "viewer": "view",
    "unit": "use",
    "expired": "edit",
    "revoked": "edit",
}


class Sharing:
    """People and sessions as the requests of the matrix want them; `hide()` makes what most of them may not see."""

    def __init__(self) -> None:
        company = people.create_unit(name="Company", kind="company", parent=None, by=None)
        self.line = people.create_unit(name="Line", kind="business_line", parent=company, by=None)
        team = people.create_unit(name="Team", kind="team", parent=self.line, by=None)
        named = ("owner", "squad", "editor", "user", "viewer", "expired", "revoked", "stranger", "other")
        self.people = {name: person(f"{name.capitalize()} Of It") for name in named}
        self.people["unit"] = person("Unit Of It", unit=team)
        self.people["auditor"] = person("Auditor Of It", duties=("auditor",))
        # Names that bodies of the matrix use.
        self.people |= {"author": self.people["owner"], "member": self.people["squad"]}
        self.sessions = {name: session(user) for name, user in self.people.items()}
        self.lesson: dict[str, str] = {}
        other = self.people["other"]
        self.base = artifacts.create(
            kind="note", title="Open base", file=file(b"# Open"), tags=["open"], by=other
        )
        self.side: Any = SimpleNamespace()

    def hide(self) -> None:
        """A table, a recipe and artifacts of a confidential use case, shared in every way."""
        owner, lead = self.people["owner"], person("Lead Of It")
        side = self.side
        side.main = UseCase.objects.create(
            ref="UC-HERON-707", title="HERON renewals", problem="p", submitter=lead, product_owner=lead,
            phase="development", is_confidential=True,
        )  # fmt: skip
        for member in (owner, self.people["squad"]):
            join(side.main, member)
        more = {"use_case": side.main, "classification": "confidential", "by": owner}
        side.dataset, side.version = datasets.create(
            name="CANARY clients", file=upload("CANARY-west"), **more
        )
        job_runner.run_until_idle("quick")
        side.version.refresh_from_db()
        side.locked = side.dataset  # a name of bodies of the matrix
        step = {"kind": "drop", "columns": ["visits"]}
        side.recipe = recipes.create(side.version, name="CANARY recipe", steps=[step], by=owner)
        job_runner.run_until_idle("quick")
        side.upload = partial_uploads.begin(name="CANARY.csv", size=9, by=owner)
        self.bring(more)
        for kind, thing in (("share", side.dataset), ("artifact_share", side.artifact)):
            setattr(side, kind, self.share(thing))
        side.grant = shares.grant(
            side.dataset, person=self.people["user"], purpose="To compare.", by=owner, evidence={},
            until=clock.today() + timedelta(days=30),
        )  # fmt: skip
        side.artifact_grant = shares.grant(
            side.artifact, person=self.people["user"], purpose="To compare.", by=owner, evidence={},
            until=clock.today() + timedelta(days=30),
        )  # fmt: skip
        for thing in (side.picture.artifact, side.retired):
            self.share(thing)

    def bring(self, more: dict[str, Any]) -> None:
        """Artifacts made from the table and from what everybody sees."""
        side = self.side
        side.artifact = artifacts.create(
            kind="note", title="CANARY minutes", file=file(b"# CANARY words", "CANARY.md"), tags=["canary"],
            made_from=[("dataset", side.dataset.pk), ("artifact", self.base.pk)], **more,
        )  # fmt: skip
        side.artifact_version = side.artifact.versions.get()
        side.picture = artifacts.create(
            kind="image", title="CANARY picture", file=file(PNG, "CANARY.png"), **more
        ).versions.get()
        side.retired = artifacts.create(kind="note", title="CANARY old", file=file(b"CANARY old"), **more)
        artifacts.retire(side.retired, reason="CANARY reason", by=more["by"])

    def share(self, thing: Any) -> Any:
        """With everybody of the cast in their way; returns the share of the user."""
        owner, far = self.people["owner"], clock.today() + timedelta(days=30)
        made: dict[str, Any] = {}
        for name, right in SHARED.items():
            to = {"unit": self.line} if name == "unit" else {"person": self.people[name]}
            made[name] = shares.share(thing, **to, right=right, reason="To compare.", until=far, by=owner)
        shares.end(made["revoked"], by=owner)
        for model in (DatasetShare, ArtifactShare):
            model.objects.filter(pk=made["expired"].pk).update(until=clock.today() - timedelta(days=1))
        return made["user"]
