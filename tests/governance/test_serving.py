"""Champions: swapped at once, loaded by digest, scored, measured for drift; with the real engine."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from governance import scoring_pool
from governance.bundles import ModelDamaged
from governance.models import Deployment, Finding, ModelVersion, PredictionLog
from governance.services import approvals, batches, deployments, drift, models, scoring
from portal.core import clock, filestore, job_runner
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import DatasetVersion
from tests.governance import factories as f, trained
from tests.people import person

pytestmark = pytest.mark.django_db
ROW = {"age": 30, "income": 3000, "region": "north", "visits": 5}


@pytest.fixture(autouse=True)
def _no_child_is_left():
    yield
    scoring_pool.pool.close()


def serving(tier="limited", *, real=True):
    """A champion that the real engine trained."""
    w = f.world(tier, bundle=trained.trained() if real else None)
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    if real:
        w.trial.experiment.result = trained.trained().result
        w.trial.experiment.save(update_fields=["result"])
        w.version.refresh_from_db()
    w.deployment = deployments.promote(w.version, by=w.owner)
    return w


def new_table(w, path: Path) -> DatasetVersion:
    last = w.version.dataset_version
    return DatasetVersion.objects.create(
        dataset=last.dataset, number=last.dataset.versions.count() + 1, state="ready", uploaded_by=w.owner, original_name="new.csv",
        upload_digest="f" * 64, table_digest=trained.store(path), rows=300,
    )  # fmt: skip


def second_version(w):
    trial = f.Trial.objects.create(
        experiment=w.trial.experiment,
        number=2,
        name="Linear",
        family="linear",
        status="done",
        bundle_digest=f.stored_bundle(b"two"),
        model_sha256=f.FILE,
    )
    version = models.register(trial, model=w.model, by=w.author)
    f.approve(models.submit(version, card=f.CARD, by=w.author), w.reviewer)
    version.refresh_from_db()
    return version


def test_only_an_approved_version_is_promoted_and_only_by_those_who_run_it():
    w = f.world()
    with pytest.raises(Refused, match="not approved"):
        deployments.promote(w.version, by=w.owner)
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    for user in (w.author, w.reviewer, person("Adam", duties=(Duty.ADMINISTRATOR,))):
        with pytest.raises(Refused, match="puts a version into service"):
            deployments.promote(w.version, by=user)
    assert not Deployment.objects.exists()

    deployments.promote(w.version, by=w.squad["ml_engineer"])

    assert Deployment.objects.champions().get().request == w.request


def test_a_new_champion_ends_the_old_one_and_the_history_answers():
    w = serving(real=False)
    version = second_version(w)
    with clock.at(clock.now() + timedelta(days=3)):
        deployments.promote(version, by=w.owner)

    first, second = Deployment.objects.order_by("started_at")
    assert first.ended_at == second.started_at and second.ended_at is None
    with pytest.raises(DatabaseError), transaction.atomic():
        Deployment.objects.create(model=w.model, version=w.version, request=w.request)


def test_an_approval_that_has_run_out_promotes_nothing():
    w = f.world()
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()

    with clock.at(clock.now() + timedelta(days=366)), pytest.raises(Refused, match="run out"):
        deployments.promote(w.version, by=w.owner)
    assert not Deployment.objects.exists()


def test_a_version_whose_record_was_changed_after_the_approval_is_not_promoted():
    w = f.world()
    f.approve(w.request, w.reviewer)
    ModelVersion.objects.filter(pk=w.version.pk).update(bundle_digest=f.stored_bundle(b"another"))
    w.version.refresh_from_db()

    with pytest.raises(Refused, match="no longer what was approved"):
        deployments.promote(w.version, by=w.owner)
    assert not Deployment.objects.exists()


def test_at_high_risk_a_promotion_needs_a_decision_of_its_own():
    w = f.world("high")
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    with pytest.raises(Refused, match="decision of its own"):
        deployments.promote(w.version, by=w.owner)
    asked = deployments.request_promotion(w.version, reason="It beats the rules.", by=w.owner)
    with pytest.raises(Refused):
        approvals.decide(asked, answer="approve", by=w.owner)
    assert not Deployment.objects.exists()

    approvals.decide(asked, answer="approve", by=w.risk)

    assert Deployment.objects.champions().get().request == asked


def test_a_revoked_champion_leaves_and_the_last_approved_version_serves_again():
    w = serving(real=False)
    version = second_version(w)
    deployments.promote(version, by=w.owner)
    with pytest.raises(Refused):
        models.revoke(version, reason="Wrong.", by=w.reviewer)

    models.revoke(version, reason="It treats the young unfairly.", by=w.risk)

    assert Deployment.objects.champions().get().version == w.version


def test_the_champion_answers_and_each_request_is_counted():
    w = serving()

    scored = scoring.score(w.model, rows=[ROW, {**ROW, "age": 70}], by=w.author)

    assert len(scored.predictions) == 2
    assert scored.predictions[0]["score"] > scored.predictions[1]["score"]
    log = PredictionLog.objects.get()
    assert (log.rows, log.ok, log.consumer) == (2, True, w.author)
    scoring.score(w.model, rows=[ROW], by=w.author)
    assert len(scoring_pool.pool.children) == 1
    assert AuditEvent.objects.filter(verb="model.consumer_began").count() == 1


def test_rows_that_do_not_fit_are_refused_with_row_and_column():
    w = serving()

    with pytest.raises(scoring.RowsRefused) as problem:
        scoring.score(w.model, rows=[ROW, {**ROW, "age": "old"}], by=w.author)

    first = problem.value.problems[0]
    assert (first["row"], first["column"]) == (2, "age")
    assert PredictionLog.objects.get().code == "rows_refused"
    with pytest.raises(ValidationError):
        scoring.score(w.model, rows=[], by=w.author)


def test_strangers_and_auditors_do_not_score():
    w = serving(real=False)

    for user in (
        person("Strange"),
        person("Aud", duties=(Duty.AUDITOR,)),
        person("Adam", duties=(Duty.ADMINISTRATOR,)),
    ):
        with pytest.raises(Refused):
            scoring.score(w.model, rows=[ROW], by=user)
    assert not PredictionLog.objects.exists()


def test_a_damaged_model_file_is_never_used_and_raises_the_alarm():
    w = serving()
    engineer = person("Ivo", duties=(Duty.IT_ENGINEER,))
    scoring.score(w.model, rows=[ROW], by=w.author)
    for path in (
        Path(f.filestore.cached(w.version.bundle_digest, ".zip")),
        stored_file(w.version.bundle_digest),
    ):
        path.write_bytes(path.read_bytes()[:-1] + b"X")

    with pytest.raises(ModelDamaged):
        scoring.score(w.model, rows=[ROW], by=w.author)

    assert PredictionLog.objects.filter(ok=False).get().code == "model_integrity"
    assert Finding.objects.get().severity == "high"
    assert Notice.objects.filter(user=engineer, text__startswith="Integrity alarm").exists()
    with pytest.raises(ModelDamaged):
        scoring.score(w.model, rows=[ROW], by=w.author)
    assert Finding.objects.count() == 1


def stored_file(digest):
    from django.core.files.storage import default_storage

    return Path(default_storage.path(filestore.address(digest)))


def test_a_model_whose_content_is_not_what_was_approved_is_refused_by_the_engine():
    w = serving()
    ModelVersion.objects.filter(pk=w.version.pk).update(model_sha256="0" * 64)

    with pytest.raises(ModelDamaged):
        scoring.score(w.model, rows=[ROW], by=w.author)


def test_without_a_champion_nothing_answers():
    w = serving(real=False)
    deployments.end(w.deployment, reason="Over.", by=w.owner)

    with pytest.raises(IllegalMove, match="in service"):
        scoring.score(w.model, rows=[ROW], by=w.author)


def test_a_table_is_scored_in_the_background_and_its_file_is_harmless():
    w = serving()
    batch = batches.request(w.deployment, dataset_version=new_table(w, trained.alike()), by=w.author)

    job_runner.run_until_idle("ml")

    batch.refresh_from_db()
    batch.job.refresh_from_db()
    assert batch.job.state == "done", batch.job.error_text
    lines = batches.download(batch, by=w.author).read_text().splitlines()
    assert lines[0].startswith("row,prediction,") and len(lines) == 301
    assert batch.rows == 300
    with pytest.raises(Refused):
        batches.download(batch, by=person("Strange"))


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+33 1", "'+33 1"),
        ("-0.5", "-0.5"),
        ("-a", "'-a"),
        ("@x", "'@x"),
        ("yes", "yes"),
        ("1e-5", "1e-5"),
        ("", ""),
    ],
)
def test_no_cell_of_a_file_is_a_formula(cell, safe):
    assert batches.safe_cell(cell) == safe


def test_drift_of_a_shifted_table_becomes_a_finding_of_the_owner_of_monitoring():
    w = serving()
    f.UseCase.objects.filter(pk=w.use_case.pk).update(monitoring_owner=w.squad["data_engineer"])
    report = drift.request(w.deployment, dataset_version=new_table(w, trained.shifted()), by=w.author)

    job_runner.run_until_idle("ml")

    report.refresh_from_db()
    report.job.refresh_from_db()
    assert report.job.state == "done", report.job.error_text
    assert report.is_alert and report.share_drifted >= 0.5
    assert "prediction" in report.figures and report.sentence
    assert report.finding.owner == w.squad["data_engineer"]

    again = drift.request(w.deployment, dataset_version=report.dataset_version, by=w.author)
    job_runner.run_until_idle("ml")
    again.refresh_from_db()
    assert again.finding == report.finding and Finding.objects.count() == 1


def test_rows_like_the_training_rows_show_no_drift():
    w = serving()
    report = drift.request(w.deployment, dataset_version=new_table(w, trained.alike()), by=w.author)

    job_runner.run_until_idle("ml")

    report.refresh_from_db()
    assert report.finished_at and not report.is_alert and not Finding.objects.exists()
