"""What the tests of datasets and experiments play with: a use case, its people, and small real tables."""

import hashlib
import shutil
import tempfile
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from automl.__main__ import COMMANDS, parser
from portal.core import clock, job_runner, sandbox
from portal.core.models.credentials import Right
from projects.models import SquadMember, SquadRole, UseCase
from projects.services import datasets, engine, experiments
from tests.people import person


def scene(phase=UseCase.Phase.DEVELOPMENT):
    """A use case being worked on: product owner, a certified citizen in the squad, a stranger."""
    owner = person("Olga Owner")
    citizen = person("Carl Citizen", rights=(Right.LAUNCH_AUTOML,))
    stranger = person("Sven Stranger", rights=(Right.LAUNCH_AUTOML,))
    use_case = UseCase.objects.create(
        ref=f"UC-{UseCase.objects.count() + 1:04d}", title="Who renews?", problem="We do not know.",
        submitter=owner, product_owner=owner, phase=phase,
    )  # fmt: skip
    join(use_case, citizen)
    return SimpleNamespace(use_case=use_case, owner=owner, citizen=citizen, stranger=stranger)


def join(use_case, user, role=SquadRole.CITIZEN):
    """Put somebody into the squad since a month ago."""
    return SquadMember.objects.create(
        use_case=use_case, user=user, role=role, starts_on=clock.today() - timedelta(days=30)
    )


def table(rows=240, seed=1):
    """Clients whose renewal depends on age and visits, with some noise."""
    rng = np.random.default_rng(seed)
    age, visits = rng.integers(20, 80, rows), rng.poisson(3, rows)
    region = rng.choice(["north", "south", "west"], rows)
    renews = (age / 20 + visits + rng.normal(0, 1.2, rows) > 5.5).astype(int)
    lines = ["age,visits,region,sex,renews"]
    sex = rng.choice(["f", "m"], rows)
    lines += [
        f"{a},{v},{r},{s},{'yes' if y else 'no'}"
        for a, v, r, s, y in zip(age, visits, region, sex, renews, strict=True)
    ]
    return "\n".join(lines).encode()


def upload(content=None, name="clients.csv"):
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, table() if content is None else content)


def ready_version(play, content=None, **fields):
    """A dataset of the scene's use case whose first version is ready."""
    _dataset, version = datasets.create(
        name=fields.pop("name", "Clients"),
        file=upload(content),
        by=play.citizen,
        use_case=play.use_case,
        **fields,
    )
    job_runner.run_until_idle("quick")
    version.refresh_from_db()
    return version


def draft(play, version=None, **question):
    """A draft whose question is asked."""
    version = version or ready_version(play)
    experiment = experiments.create_draft(
        use_case=play.use_case, dataset_version=version, title="Renewal", by=play.citizen
    )
    asked = {"target": "renews", "budget_seconds": 60, "max_trials": 3} | question
    return experiments.update_question(experiment, asked, by=play.citizen)


_kept: dict[tuple[str, ...], tuple[object, Path]] = {}


@pytest.fixture
def quick_engine(monkeypatch):
    """The real engine, run once per input: the same reading, profile or check is replayed from its files."""
    real = engine.call

    def call(run, arguments, *, readable, writable, **more):
        if arguments[0] not in {"ingest", "profile", "check", "frame", "expect", "prepare", "relate"}:
            return real(run, arguments, readable=readable, writable=writable, **more)
        inputs = [Path(each) for each in arguments[1:] if Path(each).is_file()]
        words = [each for each in arguments if not each.startswith("/")]
        key = (*words, *(hashlib.sha256(each.read_bytes()).hexdigest() for each in inputs))
        if key not in _kept:
            outcome = real(run, arguments, readable=readable, writable=writable, **more)
            _kept[key] = (outcome, Path(tempfile.mkdtemp(prefix="agora-test-")))
            shutil.copytree(writable, _kept[key][1], dirs_exist_ok=True)
        outcome, files = _kept[key]
        shutil.copytree(files, writable, dirs_exist_ok=True)
        run.note_isolation(outcome.isolation)
        return outcome

    monkeypatch.setattr(engine, "call", call)


@pytest.fixture
def near_engine(monkeypatch):
    """The real engine in this very process: no wall and no start of Python, for tests of what it finds."""

    def call(run, arguments, *, readable, writable, **_more):
        options = parser().parse_args(list(arguments))
        code = COMMANDS[options.command][0](options)
        run.check()
        return sandbox.Outcome(code, "", "", "none")

    monkeypatch.setattr(engine, "call", call)
