"""Tables with a share and a recipe, questions asked of them, and what the real engine learned."""

import random
from types import SimpleNamespace as Side

from django.core.files.uploadedfile import SimpleUploadedFile

from portal.core import clock, job_runner
from projects.models import Experiment, Explanation, GuardrailResult, Trial
from projects.question import advice_basis
from projects.services import (
    datasets,
    experiments,
    guardrails,
    partial_uploads,
    recipes,
    shares,
)
from tests.governance import factories as f


def table(word: str, rows: int = 400) -> bytes:
    """Clients who leave when they are young and rarely visit; `word` stands in a cell."""
    chance = random.Random(1)  # noqa: S311
    lines = ["age,visits,region,left"]
    for _number in range(rows):
        age, visits = round(chance.gauss(45, 9), 1), round(chance.gauss(10, 3), 1)
        leaves = chance.random() < (0.75 if age + 2 * visits < 63 else 0.15)
        lines.append(f"{age},{visits},{chance.choice(['north', 'south', word])},{'yes' if leaves else 'no'}")
    return "\n".join(lines).encode()


def upload(word: str = "west", rows: int = 400) -> SimpleUploadedFile:
    """The table as a browser sends it."""
    return SimpleUploadedFile(f"{word}.csv", table(word, rows), content_type="text/csv")


def data(side: Side) -> None:
    """A table of the class of the project; a confidential project has one that everybody sees, too."""
    made = {"by": side.author, "use_case": side.main, "description": f"{side.mark}description"}
    kind = "confidential" if side.is_confidential else "internal"
    side.dataset, side.version = datasets.create(
        name=f"{side.mark}Clients", file=upload(f"{side.mark}west"), classification=kind, **made
    )
    side.shared, side.shared_version = datasets.create(
        name="Weather of last year", file=upload("east"), by=side.author, use_case=side.main
    )
    side.locked, _version = datasets.create(
        name=f"{side.mark}Salaries", file=upload("south", rows=40), classification="confidential", **made
    )
    job_runner.run_until_idle("quick")
    for version in (side.version, side.shared_version):
        version.refresh_from_db()
        assert version.state == "ready", version.problems
    side.share = shares.share(
        side.dataset, person=side.friend, right="use", reason=f"{side.mark}reason", by=side.author
    )
    step = {"kind": "drop", "columns": ["visits"]}
    side.upload = partial_uploads.begin(name="clients.csv", size=9, by=side.author)
    side.recipe = recipes.create(side.version, name=f"{side.mark}Recipe", steps=[step], by=side.author)


def asked_question(side: Side, title: str) -> Experiment:
    """A draft whose question is complete."""
    made = experiments.create_draft(
        use_case=side.main, dataset_version=side.version, title=f"{side.mark}{title}", by=side.author
    )
    return experiments.update_question(
        made, {"target": "left", "budget_seconds": 40, "max_trials": 2}, by=side.author
    )


def checked(side: Side, title: str) -> Experiment:
    """A draft that may be started."""
    made = asked_question(side, title)
    guardrails.request_checks(made, by=side.author)
    job_runner.run_until_idle("quick")
    for result in GuardrailResult.objects.filter(experiment=made).open().filter(severity="justify"):
        guardrails.justify(result, f"{side.mark}known beforehand.", by=side.author)
    made.refresh_from_db()
    return made


def experiment(side: Side) -> None:
    """A search that the real engine carried out, a draft with an open question, one that may be started."""
    side.experiment = checked(side, "Renewal")
    experiments.start(side.experiment, by=side.author)
    job_runner.run_until_idle("ml")
    side.experiment = Experiment.objects.select_related("job").get(pk=side.experiment.pk)
    assert side.experiment.status == "done", side.experiment.job.error_text
    side.row_answer = row_answer(side)
    side.justified = f.guardrail(
        side.experiment, code="imbalance", severity="justify", is_alerted=True, justification=f"{side.mark}rare on purpose",
        justified_by=side.author, justified_at=clock.now(),
    )  # fmt: skip
    side.edited = asked_question(side, "Draft question")
    side.open_result = f.guardrail(side.edited, code="imbalance", severity="justify", is_alerted=True)
    used = [name for name, role in side.edited.question["roles"].items() if role == "feature"]
    side.mendable = f.guardrail(
        side.edited, code="sensitive_undeclared", severity="warn", is_alerted=True, columns=used[:1]
    )
    give_advice(side.edited)
    side.startable = checked(side, "Startable")


def give_advice(draft: Experiment) -> None:
    """As if the engine had looked at the table of this draft."""
    question = draft.question | {"metric": "average_precision"}
    parts = {name: {"value": question[name], "reason": {}} for name in ("task", "metric", "validation")}
    roles = [{"column": name, "role": role, "reason": {}} for name, role in question["roles"].items()]
    advice = parts | {"roles": roles, "question": question, "basis": advice_basis(draft)}
    Experiment.objects.filter(pk=draft.pk).update(advice=advice)


def row_answer(side: Side) -> Explanation:
    """Somebody asked why a row is answered as it is; values of the row stand in the answer."""
    row = {
        "row": 0,
        "values": {"age": 45.0, "region": f"{side.mark}west"},
        "contributions": [],
        "sentences": [],
    }
    row |= {"method": "exact", "scale": "log_odds", "base": 0.1, "said": "yes", "answer": 0.7}
    return Explanation.objects.create(
        experiment=side.experiment, trial=side.experiment.trials.get(is_best=True), what="rows", options={"rows": [0]},
        digest="e" * 64, asked_by=side.author, job=side.experiment.job, result={"ok": True, "rows": [row], "locked": []},
    )  # fmt: skip


def another_trial(side: Side, number: int, experiment: Experiment | None = None) -> Trial:
    """A further candidate with a stored bundle."""
    return Trial.objects.create(
        experiment=experiment or side.experiment, number=number, name=f"{side.mark}Linear {number}", family="linear", status="done",
        bundle_digest=f.stored_bundle(f"{side.mark}{number}".encode()), model_sha256=f.FILE,
    )  # fmt: skip


def copied(side: Side, title: str) -> Experiment:
    """A second start of the question that was checked."""
    made = checked(side, title)
    experiments.start(made, by=side.author)
    return Experiment.objects.select_related("job").get(pk=made.pk)
