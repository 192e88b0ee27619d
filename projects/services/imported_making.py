"""Making a use case of a bundle: by the same services as by hand, part by part, each as the person may."""

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock, filestore
from portal.core.job_runner import JobRun
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.services.jobs import JobFailed
from portal.core.states import IllegalMove
from portal.core.uploads import UploadRefused
from portal.core.verdicts import Refused, require
from projects import imported_plan
from projects.models import Dataset, DatasetVersion, ImportedProject, UseCase
from projects.rules import imported_projects as rules
from projects.services import (
    comments,
    datasets,
    expectations,
    hypotheses,
    imported_projects,
    kill_criteria,
    recipes,
    triage,
    use_cases,
)

DAYS = 20  # a kill criterion of elsewhere is due so many days from now
State = ImportedProject.State
Part = dict[str, Any]
WRONG = (Refused, ValidationError, UploadRefused, IllegalMove)
ODD = (
    TypeError,
    ValueError,
    KeyError,
    AttributeError,
)  # what a stranger wrote where our services expect our own forms


@transaction.atomic
def carry_out(brought: ImportedProject, *, people: dict[str, User | None], by: User) -> ImportedProject:
    """Say who owns it here and whom other names stand for, and queue the making of it."""
    require(rules.may_carry_out(by, brought))
    unstick(brought)
    imported_projects.refuse_unknown(people)
    owner = people["product_owner"]
    assert owner is not None  # just refused otherwise
    use_cases.check_owner(UseCase(), owner)
    known = ("product_owner", *imported_plan.PEOPLE)
    choices = {name: person.pk for name in known if (person := people.get(name))}
    ImportedProject.LIFE.move(brought, "run", choices=choices)
    return queued(brought, by)


@transaction.atomic
def take_over(brought: ImportedProject, *, by: User) -> ImportedProject:
    """Make what is left, as far as this person may. Safe to ask for twice: what is made is not made again."""
    require(rules.may_take_over(by, brought))
    unstick(brought)
    ImportedProject.LIFE.move(brought, "run")
    return queued(brought, by)


def unstick(brought: ImportedProject) -> None:
    """A step whose job failed or was cancelled can be asked for again."""
    if brought.state == State.RUNNING and brought.status != State.RUNNING:
        ImportedProject.LIFE.move(brought, "put_back" if brought.use_case_id else "give_up")


def queued(brought: ImportedProject, person: User) -> ImportedProject:
    """The job of it."""
    label = _("Import of %(name)s") % {"name": brought.original_name}
    brought.job = imported_projects.queue(brought, "bundle.import", label, person)
    brought.save(update_fields=["job"])
    audit.record("imported_project.carried_out", brought, by=person, choices=brought.choices)
    return brought


def go_through(run: JobRun) -> None:
    """The worker's half: all that can be made, in one transaction with the end of the job. Safe to run twice."""
    brought = ImportedProject.objects.for_list().get(pk=run.payload["imported"])
    if brought.state != State.RUNNING:
        return
    person = User.objects.get(pk=run.payload["by"])
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as place, translation.override(person.language):
        run.report(10, N_("Fetching the tables"))
        fetch_tables(brought, Path(place))
        run.report(50, N_("Making the use case"))
        try:
            with run.finishing(imported=str(brought.pk)):
                make(brought, Path(place), person)
        except WRONG as problem:
            raise JobFailed(N_("It could not be made: %(why)s"), why=said(problem)) from None


def fetch_tables(brought: ImportedProject, place: Path) -> None:
    """The verified tables of datasets that are not made yet, under names we give them."""
    for part in left(brought, "dataset"):
        for number, table in enumerate(part["data"]["tables"], start=1):
            try:
                filestore.fetch(table["sha256"], table_in(place, part, number))
            except (OSError, filestore.FileDamaged):
                raise JobFailed(
                    N_("A stored file is missing or damaged (%(path)s)."), path=table["path"]
                ) from None


def table_in(place: Path, part: Part, number: int) -> Path:
    """Where a table lies for the moment."""
    return place / part["key"] / f"v{number}.parquet"


def left(brought: ImportedProject, kind: str = "") -> list[Part]:
    """Parts that are neither made nor refused for good, in order."""
    return [
        each
        for each in brought.plan["parts"]
        if not each["refused"]
        and kind in ("", each["kind"])
        and "key" not in brought.made.get(each["key"], {})
    ]


def make(brought: ImportedProject, place: Path, person: User) -> None:
    """First the use case, without which nothing is made; then each part by itself, or why not yet."""
    use_case = brought.use_case or make_case(brought, person)
    made = dict(brought.made)
    for part in left(brought):
        try:
            with transaction.atomic():
                made[part["key"]] = MAKERS[part["kind"]](brought, use_case, part, place, person)
        except (*WRONG, *ODD) as problem:
            made[part["key"]] = {"why": said(problem)}
        brought.made = made  # the next part asks what was made
    ImportedProject.LIFE.move(brought, "finish", use_case=use_case, made=made)
    count = sum("key" in each for each in made.values())
    audit.record("imported_project.made", brought, by=person, use_case=use_case.pk, parts=count)
    notices.tell(
        [brought.owner, use_case.product_owner],
        text=N_("“%(title)s” was brought from elsewhere. See what is made and what is left."),
        url=imported_projects.page(brought),
        icon="upload",
        by=person,
        title=use_case,
    )


def said(problem: Exception) -> str:
    """Why, in words."""
    if isinstance(problem, ValidationError):
        return " ".join(problem.messages)
    return str(problem) if isinstance(problem, WRONG) else _("It does not have the form that is used here.")


def make_case(brought: ImportedProject, person: User) -> UseCase:
    """Proposed and accepted by the importer, with the owner they chose; its tier is assessed here anew."""
    case, people = brought.plan["case"], User.objects.in_bulk(brought.choices.values())
    chosen = {name: people[key] for name, key in brought.choices.items() if key in people}
    owner = chosen.pop("product_owner", None)
    if owner is None:
        raise JobFailed(N_("The product owner you chose is not here any more."))
    use_case = use_cases.propose(
        title=case["title"],
        problem=case["problem"],
        is_confidential=brought.plan["is_confidential"],
        by=person,
        **case["details"],
        **chosen,
    )
    told = {"ref": brought.manifest["ref"], "day": brought.manifest["exported_at"][:10]}
    note = (
        _(
            "Brought from elsewhere, where it was %(ref)s (%(day)s). Decisions taken there count as nothing here."
        )
        % told
    )
    triage.accept(use_case, product_owner=owner, risk_tier=UseCase.Tier.UNASSESSED, comment=note, by=person)
    if case["scores"]:
        words = _("%(note)s The score agreed there, as evidence to read: %(scores)s")
        comments.add(use_case, text=words % {"note": note, "scores": case["scores"]}, by=person)
    return use_case


def make_criterion(
    _brought: ImportedProject, use_case: UseCase, part: Part, _place: Path, person: User
) -> dict[str, str]:
    """A kill criterion, due anew."""
    due = clock.today() + timedelta(days=DAYS)
    return {"key": str(kill_criteria.add(use_case, **part["data"], deadline=due, by=person).pk)}


def make_hypothesis(
    _brought: ImportedProject, use_case: UseCase, part: Part, _place: Path, person: User
) -> dict[str, str]:
    """A hypothesis, open again."""
    return {"key": str(hypotheses.state(use_case, **part["data"], by=person).pk)}


def make_dataset(
    _brought: ImportedProject, use_case: UseCase, part: Part, place: Path, person: User
) -> dict[str, str]:
    """A dataset of the person, its tables read like any other that is sent."""
    data = part["data"]
    made, _first = datasets.create(
        name=data["name"],
        file=table_in(place, part, 1),
        description=data["description"],
        classification=data["classification"],
        source=data["source"] or _("Brought from elsewhere"),
        use_case=use_case,
        by=person,
    )
    for number in range(2, len(data["tables"]) + 1):
        datasets.add_version(made, table_in(place, part, number), by=person)
    datasets.describe(made, dictionary=data["dictionary"], units=data["units"], by=person)
    return {"key": str(made.pk)}


def make_expectations(
    brought: ImportedProject, _case: UseCase, part: Part, _place: Path, person: User
) -> dict[str, str]:
    """What every version must keep, once the first one here is checked."""
    key = brought.made.get(part["data"]["dataset"], {}).get("key")
    dataset = Dataset.objects.filter(pk=key).first() if key else None
    if dataset is None or not dataset.versions.ready().exists():
        raise ValidationError(_("Its table is not here, or not checked yet."))
    expectations.expect(dataset, part["data"]["wanted"], by=person)
    return {"key": str(dataset.pk)}


def make_recipe(
    brought: ImportedProject, use_case: UseCase, part: Part, _place: Path, person: User
) -> dict[str, str]:
    """A recipe on the table it read there, once that is checked here."""
    version = version_for(brought, use_case, part["data"]["reads"])
    recipe = recipes.create(version, name=part["data"]["name"], steps=part["data"]["steps"], by=person)
    return {"key": str(recipe.pk)}


def version_for(brought: ImportedProject, use_case: UseCase, reads: str) -> DatasetVersion:
    """The version that a place in the bundle has become."""
    for part in brought.plan["parts"]:
        tables = part["data"].get("tables", []) if part["kind"] == "dataset" else []
        for table in tables:
            if table["path"] == f"{reads}.parquet" and "key" in brought.made.get(part["key"], {}):
                found = Dataset.objects.get(pk=brought.made[part["key"]]["key"], use_case=use_case)
                return found.versions.get(upload_digest=table["sha256"])
    raise ValidationError(_("The table it reads is not brought yet."))


Maker = Callable[[ImportedProject, UseCase, Part, Path, User], dict[str, str]]
MAKERS: dict[str, Maker] = {
    "criterion": make_criterion,
    "hypothesis": make_hypothesis,
    "dataset": make_dataset,
    "expectations": make_expectations,
    "recipe": make_recipe,
}
