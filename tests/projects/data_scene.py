"""What the tests of datasets and experiments play with: a use case, its people, and small real tables."""

import hashlib
import json
import shutil
import tempfile
from contextlib import contextmanager, redirect_stdout
from datetime import timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from automl import __main__ as automl
from portal.core import clock, job_runner, sandbox
from portal.core.models.credentials import Right
from projects.models import SquadMember, SquadRole, UseCase
from projects.services import datasets, engine, experiments, shares
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


def lend(dataset, friend, *, by, days=30, right="use"):
    """Share a dataset with somebody by name, for a month."""
    until = clock.today() + timedelta(days=days) if days is not None else None
    return shares.share(dataset, person=friend, right=right, reason="To compare.", until=until, by=by)


def draft(play, version=None, **question):
    """A draft whose question is asked."""
    version = version or ready_version(play)
    experiment = experiments.create_draft(
        use_case=play.use_case, dataset_version=version, title="Renewal", by=play.citizen
    )
    asked = {"target": "renews", "budget_seconds": 60, "max_trials": 3} | question
    return experiments.update_question(experiment, asked, by=play.citizen)


WALLED = engine.call
_kept: dict[tuple[str, ...], tuple[object, Path]] = {}
READING = frozenset({"ingest", "profile", "check", "frame", "expect", "prepare", "relate"})


def near(run, arguments, *, readable, writable, on_event=None, **_more):
    """The real engine in this very process: no wall and no start of Python, for tests of what it finds."""
    options = automl.parser().parse_args(list(arguments))
    with redirect_stdout(StringIO()) as said:
        try:
            code = automl.COMMANDS[options.command][0](options)
        except Exception as error:  # noqa: BLE001  as at the engine's own door
            code = automl._failed(error)
    for line in said.getvalue().splitlines():
        if on_event and line.startswith("{"):
            on_event(json.loads(line))
    run.check()
    return sandbox.Outcome(code, "" if code == 0 else "crashed", "", "none")


def replayed(run, arguments, *, readable, writable, **more):
    """The near engine, run once per input: the same reading, profile or check comes from its files."""
    inputs = [Path(each) for each in arguments[1:] if Path(each).is_file()]
    words = [each for each in arguments if not each.startswith("/")]
    key = (*words, *(hashlib.sha256(each.read_bytes()).hexdigest() for each in inputs))
    if key not in _kept:
        outcome = near(run, arguments, readable=readable, writable=writable, **more)
        _kept[key] = (outcome, Path(tempfile.mkdtemp(prefix="agora-test-")))
        shutil.copytree(writable, _kept[key][1], dirs_exist_ok=True)
    outcome, files = _kept[key]
    shutil.copytree(files, writable, dirs_exist_ok=True)
    return outcome


@contextmanager
def quick(near_too=frozenset()):
    """Reading is replayed, these other commands are carried out in this process, the rest behind the wall."""
    real = engine.call

    def call(run, arguments, **more):
        if arguments[0] in READING:
            return replayed(run, arguments, **more)
        return (near if arguments[0] in near_too else real)(run, arguments, **more)

    with patch.object(engine, "call", call):
        yield


@pytest.fixture
def quick_engine():
    """Reading happens in this process and once per input; the search and what follows is walled as ever."""
    with quick():
        yield


@pytest.fixture
def near_engine(monkeypatch):
    """Everything in this process, and anew each time."""
    monkeypatch.setattr(engine, "call", near)
