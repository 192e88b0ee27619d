"""Having two columns of a table drawn against each other; the engine reads the table, never the web."""

import tempfile
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import filestore
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs
from portal.core.services.jobs import JobFailed
from portal.core.verdicts import require
from projects import rules
from projects.models import ColumnPair, DatasetVersion, Hypothesis
from projects.selectors.hypotheses import drawable, offered_versions
from projects.services import engine

SECONDS = 120
AGAIN = {Job.State.FAILED, Job.State.CANCELLED}


@transaction.atomic
def ask(
    hypothesis: Hypothesis, *, version: DatasetVersion, column: str, against: str, by: User
) -> ColumnPair:
    """Two columns of a table of the squad. The same two find what is there; a failed look is tried again."""
    require(rules.hypotheses.may_answer(by, hypothesis))
    require_drawable(hypothesis, version, column, against, by)
    pair = (
        ColumnPair.objects.select_related("job").filter(version=version, first=column, second=against).first()
    )
    if pair and pair.job.state not in AGAIN:
        return pair
    pair = pair or ColumnPair(version=version, first=column, second=against, asked_by=by)
    pair.job = jobs.enqueue(
        "pair.draw", payload={"version": str(version.pk), "first": column, "second": against}, label=str(pair), by=by,
        queue=Job.Queue.QUICK, url=f"/use-cases/{hypothesis.use_case_id}/hypotheses/{hypothesis.pk}/", max_attempts=3,
    )  # fmt: skip
    try:
        with transaction.atomic():
            pair.save()
    except IntegrityError:  # a colleague asked the same a moment ago: one answer serves both
        jobs.cancel(pair.job, by=by)
        return ColumnPair.objects.select_related("job").get(version=version, first=column, second=against)
    audit.record("pair.asked", version, by=by, first=column, second=against)
    return pair


def require_drawable(
    hypothesis: Hypothesis, version: DatasetVersion, column: str, against: str, offered_to: User
) -> None:
    """A table that is offered, two different columns of it that can be drawn."""
    if not offered_versions(hypothesis.use_case, offered_to).filter(pk=version.pk).exists():
        raise ValidationError({"version": _("Choose a table that the squad may see.")})
    known = drawable(version)
    problems = {
        name: _("This column is not there or cannot be drawn.")
        for name, value in (("column", column), ("against", against))
        if value not in known
    }
    if not problems and column == against:
        problems["against"] = _("Choose another column than the first.")
    if problems:
        raise ValidationError(problems)


def carry_out(run: JobRun) -> None:
    """One look by the engine. Safe to run twice."""
    pair = ColumnPair.objects.select_related("version").filter(job=run.job).first()
    if pair is None or pair.result:
        return
    work = settings.VAR / "work"
    work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work) as place:
        look(run, pair, Path(place))


def look(run: JobRun, pair: ColumnPair, place: Path) -> None:
    """The call and its answer."""
    run.report(20, N_("Reading both columns"))
    out = place / "out"
    out.mkdir()
    try:
        table = filestore.fetch(pair.version.table_digest, place / "in" / "table.parquet")
    except (FileNotFoundError, filestore.FileDamaged):
        raise JobFailed(N_("The table is not there any more. Ask its owner to send it again.")) from None
    arguments = ["pair", "--table", str(table), "--first", pair.first, "--second", pair.second]
    arguments += ["--out", str(out / "pair.json")]
    ended = engine.call(run, arguments, readable=[table], writable=out, seconds=SECONDS)
    if ended.code != 0:
        raise JobFailed(N_("The two columns could not be read within the limits of time and memory."))
    found = engine.answer(out / "pair.json")
    with run.finishing(pair=str(pair.pk)):
        ColumnPair.objects.filter(pk=pair.pk).update(result=found)
