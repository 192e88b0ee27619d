"""A finished experiment for tests that ask its models: the engine really ran, once per input."""

import hashlib
import io
import json
import shutil
import signal
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from automl.__main__ import main
from automl.explain.answering import answer_lines
from portal.core import engine_pool, job_runner, sandbox
from projects.models import Experiment, GuardrailResult
from projects.services import engine, experiments, guardrails
from tests.projects.data_scene import draft, scene

POOL = engine.pool
_answers: dict[str, tuple[int, Path]] = {}
_said: dict[str, dict[str, object]] = {}


@pytest.fixture
def replayed_engine(monkeypatch, settings):
    """Every command of the real engine is carried out once per input, in this process, and replayed from its files."""
    settings.JOB_HEARTBEAT_SECONDS = 3600  # the test's own transaction holds the one write lock of SQLite

    def call(run, arguments, *, readable, writable, **more):
        key = key_of(arguments)
        if key not in _answers:
            heard = signal.getsignal(signal.SIGTERM)
            try:
                code = main([str(each) for each in arguments])
            finally:
                signal.signal(signal.SIGTERM, heard)
            _answers[key] = (code, Path(tempfile.mkdtemp(prefix="agora-test-")))
            shutil.copytree(writable, _answers[key][1], dirs_exist_ok=True)
        code, files = _answers[key]
        shutil.copytree(files, writable, dirs_exist_ok=True)
        return sandbox.Outcome(code, "", "", "limits")

    monkeypatch.setattr(engine, "call", call)
    monkeypatch.setattr(engine, "pool", Said())


class Said:
    """The children that stay, carried out in this process: each question once."""

    def answer(self, key, layout, request, **limits):
        """The last line of a child, or why it would not serve."""
        key = "|".join([*key, json.dumps(request, sort_keys=True)])
        if key not in _said:
            with tempfile.TemporaryDirectory() as place:
                arguments, _readable = layout(Path(place))
                given = dict(zip(arguments[1::2], arguments[2::2], strict=True))
                source, sink = io.StringIO(json.dumps(request) + "\n"), io.StringIO()
                places = [Path(given[f"--{name}"]) for name in ("model", "table", "question")]
                code = answer_lines(*places, given["--sha256"], source, sink)
            said = json.loads(sink.getvalue().splitlines()[-1])
            if code:
                raise engine_pool.NotReady(said)
            _said[key] = said
        return _said[key]


def key_of(arguments):
    """The command and what it reads."""
    parts = []
    for each in arguments:
        path = Path(each)
        if path.is_file():
            parts.append(hashlib.sha256(path.read_bytes()).hexdigest())
        elif not path.is_absolute():
            parts.append(each)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def finished(**question):
    """The scene with an experiment that is done."""
    play = scene()
    asked = {
        "roles": {"sex": "sensitive", "age": "feature"},
        "max_trials": 3,
        "budget_seconds": 60,
    } | question
    made = draft(play, **asked)
    guardrails.request_checks(made, by=play.citizen)
    job_runner.run_until_idle("quick")
    made.refresh_from_db()
    for result in GuardrailResult.objects.filter(experiment=made).open().filter(severity="justify"):
        guardrails.justify(result, "It is known when we predict.", by=play.citizen)
    experiments.start(made, by=play.citizen)
    job_runner.run_until_idle("ml")
    done = Experiment.objects.select_related("job", "use_case", "dataset_version__dataset__owner").get(
        pk=made.pk
    )
    assert done.status == "done", done.job.error_text
    return SimpleNamespace(**vars(play), experiment=done)


def worked():
    """What waits is done."""
    job_runner.run_until_idle("quick")
    job_runner.run_until_idle("ml")
