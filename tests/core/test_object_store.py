"""Files in a bucket: kept whole, verified, told apart from a store that is silent or not there."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage

from portal.core import filestore, job_runner
from portal.core.models import Job
from portal.core.services import jobs, stored_files
from tests.bucket import bucket, s3_server

__all__ = ["bucket", "s3_server"]


def kept(tmp_path, content=b"rows"):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    return filestore.store(path)


def test_content_lies_once_under_its_digest_below_the_prefix_and_comes_back_whole(bucket, tmp_path):
    digest = kept(tmp_path)

    assert kept(tmp_path) == digest
    assert bucket.objects() == {bucket.key(digest)} and bucket.read(digest) == b"rows"
    assert filestore.fetch(digest, tmp_path / "copy").read_bytes() == b"rows"
    assert list(default_storage.names()) == [filestore.address(digest)]
    assert filestore.holds(digest) and not filestore.holds("0" * 64)
    assert not (tmp_path / "files").exists()


def test_a_large_file_travels_in_pieces_and_comes_back_whole(bucket, tmp_path):
    content = bytes(range(256)) * 80_000  # 20 MB, three pieces
    digest = kept(tmp_path, content)

    assert filestore.fetch(digest, tmp_path / "copy").read_bytes() == content
    etag = bucket.client.head_object(Bucket=bucket.name, Key=bucket.key(digest))["ETag"]
    assert etag.strip('"').endswith("-3")


def test_a_changed_object_is_damaged_and_leaves_no_copy(bucket, tmp_path):
    digest = kept(tmp_path)
    bucket.change(digest)

    with pytest.raises(filestore.FileDamaged):
        filestore.fetch(digest, tmp_path / "copy")

    assert not (tmp_path / "copy").exists() and not list(tmp_path.glob(".*.part"))


def test_a_file_that_was_cut_off_in_the_bucket_is_whole_once_it_is_sent_again(bucket, tmp_path):
    digest = kept(tmp_path)
    bucket.change(digest, b"ro")

    assert kept(tmp_path) == digest
    assert bucket.read(digest) == b"rows"


def test_a_missing_object_is_missing_and_a_missing_bucket_is_silence(bucket, tmp_path):
    digest = kept(tmp_path)
    bucket.client.delete_object(Bucket=bucket.name, Key=bucket.key(digest))
    with pytest.raises(FileNotFoundError):
        filestore.fetch(digest, tmp_path / "copy")

    bucket.choose(bucket.server.address, "agora-of-nobody")
    for act in (lambda: filestore.fetch(digest, tmp_path / "copy"), lambda: filestore.holds(digest)):
        with pytest.raises(filestore.StoreUnreachable):
            act()
    assert not (tmp_path / "copy").exists() and not list(tmp_path.glob(".*.part"))


def test_a_silent_store_is_said_by_every_act_and_nothing_is_left(bucket, tmp_path):
    digest = kept(tmp_path)
    assert filestore.answers()
    bucket.fall_silent()

    assert not filestore.answers()
    for act in (
        lambda: filestore.fetch(digest, tmp_path / "copy"),
        lambda: kept(tmp_path, b"other rows"),
        lambda: filestore.holds(digest),
        lambda: filestore.discard(digest),
    ):
        with pytest.raises(filestore.StoreUnreachable):
            act()
    bucket.speak()
    assert bucket.objects() == {bucket.key(digest)}


def test_a_copy_on_this_machine_is_used_while_the_store_is_silent(bucket, tmp_path):
    digest = kept(tmp_path)
    filestore.cached(digest)
    bucket.choose("http://127.0.0.1:9")

    assert filestore.cached(digest).read_bytes() == b"rows"


def test_threads_read_and_write_at_once(bucket, tmp_path):
    gate = threading.Barrier(8)

    def act(number):
        path = tmp_path / f"{number}.csv"
        path.write_bytes(b"rows %d" % (number % 3))
        gate.wait(20)
        return filestore.cached(filestore.store(path), f".{number}").read_bytes()

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(act, range(8))) == [b"rows %d" % (number % 3) for number in range(8)]
    assert len(bucket.objects()) == 3


@pytest.mark.django_db
def test_what_is_let_go_while_the_store_is_silent_goes_later_unless_somebody_needs_it_then(
    bucket, tmp_path, monkeypatch
):
    digest, other = kept(tmp_path), kept(tmp_path, b"other rows")
    bucket.fall_silent()
    stored_files.let_go(digest)
    stored_files.let_go(other)
    assert job_runner.run_until_idle("quick") == 2
    assert set(Job.objects.values_list("state", "attempt")) == {("queued", 0)}  # waiting is no failed attempt
    bucket.speak()
    assert bucket.objects() == {bucket.key(digest), bucket.key(other)}

    monkeypatch.setattr(stored_files, "holders", [lambda asked: asked == other])
    Job.objects.update(not_before=None)
    job_runner.run_until_idle("quick")

    assert bucket.objects() == {bucket.key(other)}
    assert set(Job.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_a_job_waits_a_day_for_the_store_and_then_says_so(bucket, monkeypatch):
    bucket.fall_silent()
    stored_files.let_go("0" * 64)
    job_runner.run_until_idle("quick")
    job = Job.objects.get()
    assert job.state == "queued" and "tried again every minute" in job.step_text

    monkeypatch.setattr(jobs, "LONGEST_WAIT", -jobs.LONGEST_WAIT)
    Job.objects.update(not_before=None)
    job_runner.run_until_idle("quick")

    job.refresh_from_db()
    assert job.state == "failed" and "for a day" in job.error_text
