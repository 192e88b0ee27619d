"""Tables, questions and searches; the engine really runs."""

from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any

from django.db import connection

from portal.core import job_runner
from portal.core.models import Job
from portal.demo import tables
from portal.demo.book import Scene
from portal.demo.stage import BrokenStory, Stage, act
from projects.models import GuardrailResult
from projects.services import datasets, experiments, guardrails

WORKERS = 2


def work_through(queue: str = Job.Queue.ML) -> None:
    """Two workers do what waits, side by side, as two cores allow; none of it may fail."""
    with ThreadPoolExecutor(WORKERS) as pool:
        for future in [pool.submit(copy_context().run, drain, queue) for _ in range(WORKERS)]:
            future.result()
    failed = Job.objects.filter(state=Job.State.FAILED).first()
    if failed:
        raise BrokenStory(f"{failed.label}: {failed.error_text}")


def drain(queue: str) -> None:
    """One worker: a thread with its own connection, under the story's clock."""
    try:
        job_runner.run_until_idle(queue)
    finally:
        connection.close()


@act("upload", trains=True)
def upload(stage: Stage, scene: Scene) -> None:
    """Somebody brings a table; it waits to be read."""
    told = scene.told
    table = told.get("table", told["data"])
    _dataset, version = datasets.create(
        name=told["name"],
        file=tables.write(table, stage.folder),
        description=tables.about(table)["title"],
        classification=told["classification"],
        use_case=stage.case(scene.subject),
        source=tables.about(table)["source"][:300],
        steward=stage.person(told["steward"]) if "steward" in told else None,
        by=stage.person(told["by"]),
    )
    stage.keep("data", told["data"], version)


@act("read", trains=True)
def read(stage: Stage, scene: Scene) -> None:
    """What was uploaded is read and profiled, what was asked is checked."""
    work_through(Job.Queue.QUICK)


@act("describe", trains=True)
def describe(stage: Stage, scene: Scene) -> None:
    """The meaning of each column is written down."""
    version = stage.data(scene.told["data"])
    datasets.describe(
        version.dataset, dictionary=tables.dictionary(scene.told["data"]), by=stage.person(scene.told["by"])
    )


@act("ask_question", trains=True)
def ask_question(stage: Stage, scene: Scene) -> None:
    """A draft with its question; its checks wait."""
    told = scene.told
    person, version = stage.person(told["by"]), stage.data(told["data"])
    experiment = experiments.create_draft(
        use_case=stage.case(scene.subject), dataset_version=version, title=told["title"], by=person
    )
    experiments.update_question(
        experiment,
        question(stage, told, version),
        row_meaning=told["row"],
        predicted_when=told["when"],
        by=person,
    )
    guardrails.request_checks(experiment, by=person)
    stage.keep("exp", told["exp"], experiment)


def question(stage: Stage, told: dict[str, Any], version: Any) -> dict[str, Any]:
    """The engine's question as the story tells it; what is not told the portal recommends."""
    asked: dict[str, Any] = {
        "target": tables.about(told.get("table", told["data"]))["target"],
        "metric": told["metric"],
        "budget_seconds": told["budget"],
        "max_trials": told["trials"],
        "seed": 2026,
    }
    if "positive" in told:
        asked |= {"task": "binary", "positive_label": told["positive"]}
    else:
        asked["task"] = "regression"
    if "costs" in told:
        asked["cost_false_positive"], asked["cost_false_negative"] = told["costs"]
    if "roles" in told:
        suggested = {
            each["name"]: each.get("suggested_role", "feature") for each in version.columns_described
        }
        suggested.pop(asked["target"], None)
        asked["roles"] = suggested | told["roles"]
    if "validation" in told:
        asked["validation"] = told["validation"]
    return asked


@act("justify", trains=True)
def justify(stage: Stage, scene: Scene) -> None:
    """The author answers every check that asks for words."""
    person = stage.person(scene.told["by"])
    experiment = stage.experiment(scene.told["exp"])
    waiting = experiment.guardrails.filter(
        is_current=True, is_alerted=True, severity=GuardrailResult.Severity.JUSTIFY, justification=""
    )
    for result in waiting:
        guardrails.justify(result, scene.told["text"], by=person)


@act("start", trains=True)
def start(stage: Stage, scene: Scene) -> None:
    """The search is queued."""
    experiments.start(stage.experiment(scene.told["exp"]), by=stage.person(scene.told["by"]))


@act("work", trains=True)
def work(stage: Stage, scene: Scene) -> None:
    """What waits for training is done."""
    work_through()
