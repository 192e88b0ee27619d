"""A use case, its bundle, and the bundle sent to another portal."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core import job_runner
from portal.core.duties import Duty
from portal.core.models import Right
from projects.models import (
    Dataset,
    DatasetVersion,
    Hypothesis,
    ImportedProject,
    KillCriterion,
    PhaseEvent,
    Recipe,
    UseCase,
)
from projects.services import (
    bundles,
    datasets,
    expectations,
    hypotheses,
    imported_making,
    imported_projects,
    recipes,
)
from tests.people import person
from tests.projects import cases
from tests.projects.data_scene import near_engine, ready_version, scene  # noqa: F401  a fixture


@pytest.fixture
def play(near_engine):  # noqa: F811
    """A use case with two tables, a recipe, hypotheses and a score, and its bundle; a manager and an owner elsewhere."""
    made = scene(phase=UseCase.Phase.BACKLOG)
    UseCase.objects.filter(pk=made.use_case.pk).update(ref="UC-9001")  # made without the service that counts
    made.use_case.refresh_from_db()
    made.version = ready_version(made)
    datasets.describe(made.version.dataset, dictionary={"age": "Years"}, units={"age": "a"}, by=made.citizen)
    wanted = [{"column": "age", "rule": "range", "least": 18, "most": 120}]
    expectations.expect(made.version.dataset, wanted, by=made.citizen)
    recipes.create(
        made.version, name="Without sex", steps=[{"kind": "drop", "columns": ["sex"]}], by=made.citizen
    )
    hypotheses.state(made.use_case, statement="Young clients leave.", by=made.owner)
    cases.criterion(made.use_case)
    cases.scored(made.use_case)
    bundle = bundles.request(made.use_case, by=made.owner)
    job_runner.run_until_idle("quick")
    bundle.refresh_from_db()
    made.zip = bundles.download(bundle, by=made.owner).read_bytes()
    made.manager = person("Portia Manager", duties=(Duty.PORTFOLIO_MANAGER,))
    made.here = person("Henri Here", rights=(Right.OWN_USE_CASE,))
    return made


def files_of(content):
    """Name and bytes of every entry."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files, *more):
    """A zip of these files; `more` are further (name, bytes) pairs, doubles included."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*files.items(), *more]:
            archive.writestr(name, content)
    return buffer.getvalue()


def relisted(files):
    """The same with a manifest that tells the truth about them: somebody who forges knows how."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
        if path != "manifest.json"
    ]
    return files | {"manifest.json": json.dumps(manifest).encode()}


def sent(play, content=None, by=None):
    """Sent and checked."""
    file = SimpleUploadedFile("uc.agora.zip", play.zip if content is None else content)
    brought, is_new = imported_projects.send(file=file, by=by or play.manager)
    job_runner.run_until_idle("quick")
    brought.refresh_from_db()
    return brought, is_new


def made(play, brought, owner=None, **people):
    """Carried out, with the jobs that follow."""
    imported_making.carry_out(brought, people={"product_owner": owner or play.here} | people, by=play.manager)
    job_runner.run_until_idle("quick")
    brought = ImportedProject.objects.for_list().get(pk=brought.pk)
    assert brought.state == "done", brought.job.error_text
    return brought


def counts():
    """How much there is of everything an import may make."""
    models = (UseCase, KillCriterion, Hypothesis, Dataset, DatasetVersion, Recipe, PhaseEvent)
    return [model._default_manager.count() for model in models]


def be_foreign(files, content):
    return zipped({"manifest.json": b'{"format": "something else"}', "a.txt": b"b"})
