"""Practice projects of learners: made, filled with a table, and cleared away; they count nowhere."""

from pathlib import Path

from django.db import transaction
from django.db.models import F

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit
from portal.core.verdicts import require
from projects.models import Dataset, DatasetVersion, Experiment, GuardrailResult, Sequence, UseCase
from projects.rules import sandboxes as rules
from projects.services import datasets


@transaction.atomic
def create(*, title: str, problem: str, by: User) -> UseCase:
    """A private use case in which the learner may do what a squad does, and nobody else sees it."""
    require(rules.may_practise(by))
    sandbox = UseCase.everything.create(
        ref=next_ref(),
        title=title[:140],
        problem=problem[:4000],
        submitter=by,
        product_owner=by,
        phase=UseCase.Phase.INITIALISATION,
        phase_since=clock.now(),
        is_confidential=True,
        is_sandbox=True,
    )
    audit.record("sandbox.created", sandbox, by=by)
    return sandbox


def next_ref() -> str:
    """A number of its own row, so that practice leaves no gaps in the references of real use cases."""
    Sequence.objects.get_or_create(name="sandbox")
    Sequence.objects.filter(name="sandbox").update(last=F("last") + 1)
    return f"TRY-{Sequence.objects.get(name='sandbox').last:05d}"


def bring(
    sandbox: UseCase, *, name: str, file: Path, description: str, source: str, by: User
) -> DatasetVersion:
    """A supplied table into the sandbox, by the same door as an upload."""
    require(rules.may_use(by, sandbox))
    _dataset, version = datasets.create(
        name=name[:120], file=file, description=description, source=source[:300], use_case=sandbox, by=by
    )
    return version


@transaction.atomic
def clear(sandbox: UseCase, *, by: User | None) -> None:
    """
    Delete a sandbox with everything in it. Safe to call twice.

    Refused while work of it waits or runs. Only rows of a sandbox are ever deleted; the trail keeps what happened.
    """
    require(rules.may_clear(by, sandbox))
    if not UseCase.everything.select_for_update().filter(pk=sandbox.pk, is_sandbox=True).exists():
        return
    audit.record("sandbox.cleared", sandbox, by=by, learner=sandbox.product_owner_id)
    experiments = Experiment.objects.filter(use_case=sandbox)
    GuardrailResult.objects.filter(experiment__in=experiments).delete()
    experiments.delete()
    DatasetVersion.objects.filter(dataset__use_case=sandbox).delete()
    Dataset.objects.filter(use_case=sandbox).delete()
    UseCase.everything.filter(pk=sandbox.pk, is_sandbox=True).delete()
