"""Before people read about a model it must show that it answers: one typical row, scored by the stored file."""

from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_noop as N_

from governance import bundles
from governance.models import ModelVersion, Rehearsal
from governance.rules import models as rules
from portal.core import clock
from portal.core.job_runner import JobRun
from portal.core.models import Job, User
from portal.core.services import audit, jobs, notices
from portal.core.services.jobs import JobFailed
from portal.core.states import NotYet
from portal.core.verdicts import require
from projects.services import engine

SECONDS = 60
MOST_ERRORS = 20
DAMAGED = N_("Its file is missing or damaged.")
GONE = N_("This version was deleted.")
LATE = {"message": N_("It gave no answer within %(seconds)s seconds."), "params": {"seconds": SECONDS}}
BROKE = {"message": N_("It stopped before it gave an answer."), "params": {}}


@transaction.atomic
def begin(version: ModelVersion, *, by: User) -> Rehearsal:
    """
    Let a worker try the stored model, or find the try of the same bytes that passed or is under way.

    Of two who ask at once one begins it, and both get the same.
    """
    last = Rehearsal.objects.of(version).first()
    if last is not None and last.state != "failed":
        return last
    try:
        with transaction.atomic():
            made = Rehearsal.objects.create(
                bundle_digest=version.bundle_digest, model_sha256=version.model_sha256,
                number=last.number + 1 if last else 1,
            )  # fmt: skip
    except IntegrityError:  # somebody asked a moment ago
        return Rehearsal.objects.of(version)[0]
    made.job = jobs.enqueue(
        "version.rehearse",
        payload={"rehearsal": str(made.pk), "version": str(version.pk)},
        label=str(version),
        queue=Job.Queue.QUICK,
        url=reverse("governance:version_submit", args=[version.pk]),
        by=by,
    )
    made.save(update_fields=["job"])
    audit.record("version.rehearsal_asked", version, by=by, bundle=version.bundle_digest, number=made.number)
    return made


def begin_if_never(version: ModelVersion, *, by: User) -> None:
    """Versions that were there before anybody tried them, or came from elsewhere, are tried now."""
    if not Rehearsal.objects.of(version).exists():
        begin(version, by=by)


def again(version: ModelVersion, *, by: User) -> Rehearsal:
    """Try once more what failed; what is under way is not begun twice."""
    require(rules.may_rehearse(by, version))
    return begin(version, by=by)


def require_passed(version: ModelVersion) -> None:
    """Raises `NotYet` unless exactly these bytes have scored their sample row."""
    verdict = rules.is_rehearsed(version)
    if not verdict:
        raise NotYet(verdict)


def carry_out(run: JobRun) -> None:
    """Score the sample row in a walled child and keep what it said; safe to run twice."""
    version = ModelVersion.objects.for_list().filter(pk=run.payload["version"]).first()
    if version is None:
        raise JobFailed(GONE)
    run.report(10, N_("Scoring a sample row"))
    try:
        said = rehearse(run, version)
    except bundles.ModelDamaged:
        raise JobFailed(DAMAGED) from None
    ok = said.get("ok") is True
    with run.finishing(ok=ok):
        keep(run, version, ok=ok, errors=[] if ok else said["errors"])


def keep(run: JobRun, version: ModelVersion, *, ok: bool, errors: list[dict[str, Any]]) -> None:
    """The answer, in the transaction that ends the job; whoever asked hears of a no."""
    asked = Rehearsal.objects.filter(pk=run.payload["rehearsal"], finished_at=None)
    asked.update(ok=ok, errors=errors, finished_at=clock.now())
    audit.record("version.rehearsed", version, by=None, ok=ok, bundle=version.bundle_digest)
    if not ok:
        notices.tell(
            [run.job.owner],
            text=N_("The stored model of %(version)s could not score a sample row. See why."),
            url=run.job.url,
            icon="alert",
            by=None,
            version=version,
        )


def rehearse(run: JobRun, version: ModelVersion) -> dict[str, Any]:
    """What the engine's child says when it scores the row that the model itself keeps as an example."""
    heard: list[dict[str, Any]] = []
    with bundles.unpacked(version) as place:
        ended = engine.call(
            run, ["rehearse", "--model", str(place / "model"), "--sha256", version.model_sha256],
            readable=[place / "model"], writable=place / "work", seconds=SECONDS, on_event=heard.append,
        )  # fmt: skip
    if ended.code == 3:
        raise bundles.ModelDamaged(version.bundle_digest)
    if ended.reason or not heard:
        return {"ok": False, "errors": [LATE if ended.reason == "timeout" else BROKE]}
    said = heard[-1]
    return said if said.get("ok") is True else {"ok": False, "errors": notes(said.get("errors"))}


def notes(said: Any) -> list[dict[str, Any]]:
    """The reasons of the child, which is not trusted, in the form of the engine's notes; never none."""
    found = [each for each in said if isinstance(each, dict)] if isinstance(said, list) else []
    kept = [
        {"message": str(each.get("message", ""))[:500], "params": each.get("params") or {}}
        for each in found[:MOST_ERRORS]
    ]
    return [each for each in kept if each["message"]] or [BROKE]
