"""Models in a bucket: laid out and asked by the real engine; a changed one raises the alarm, a silent store does not."""

import pytest

from governance import scoring_pool
from governance.bundles import ModelDamaged
from governance.models import BatchScoring, Deployment, Finding, PredictionLog
from governance.services import batches, scoring
from portal.core import filestore, job_runner
from portal.core.models import Job
from tests.bucket import bucket, s3_server
from tests.governance import trained
from tests.governance.test_serving import ROW, new_table, serving

__all__ = ["bucket", "s3_server"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("bucket")]


@pytest.fixture(autouse=True)
def _no_child_is_left():
    yield
    scoring_pool.pool.close()


def idle():
    Job.objects.filter(state="queued").update(not_before=None)
    return job_runner.run_until_idle("ml")


def test_a_stored_model_answers_and_scores_a_table_whose_file_lies_in_the_bucket(bucket):
    w = serving()
    bucket.forget_copies()

    assert scoring.score(w.model, rows=[ROW], by=w.author).predictions
    batch = batches.request(w.deployment, dataset_version=new_table(w, trained.alike()), by=w.author)
    idle()

    batch.refresh_from_db()
    assert batch.rows == 300 and bucket.key(batch.output_digest) in bucket.objects()
    bucket.forget_copies()
    assert batches.download(batch, by=w.author).read_bytes() == bucket.read(batch.output_digest)


@pytest.mark.parametrize("damage", ["change", "lose"])
def test_a_changed_or_lost_model_is_never_used_and_raises_the_alarm(bucket, damage):
    w = serving()
    getattr(bucket, damage)(w.version.bundle_digest)
    bucket.forget_copies()

    with pytest.raises(ModelDamaged):
        scoring.score(w.model, rows=[ROW], by=w.author)

    assert PredictionLog.objects.get().code == "model_integrity"
    assert Finding.objects.get().severity == "high"


def test_a_silent_store_raises_no_alarm_and_the_model_stays_in_service(bucket):
    w = serving()
    table = new_table(w, trained.alike())
    batch = batches.request(w.deployment, dataset_version=table, by=w.author)
    bucket.fall_silent()

    with pytest.raises(filestore.StoreUnreachable):
        scoring.score(w.model, rows=[ROW], by=w.author)
    idle()

    assert not Finding.objects.exists()
    assert Deployment.objects.get(pk=w.deployment.pk).ended_at is None
    kept = BatchScoring.objects.select_related("job").get(pk=batch.pk)
    assert kept.job.state == "queued" and not kept.output_digest and kept.finished_at is None
    bucket.speak()
    idle()
    kept.refresh_from_db()
    assert kept.rows == 300 and kept.output_digest
