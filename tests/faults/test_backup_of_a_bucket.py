"""A backup holds what lies in a bucket, and restoring puts it into an empty one."""

import pytest
from django.conf import settings
from django.core.management import CommandError

from portal.core.management.commands.soak import Yard
from tests.bucket import KEYS, PREFIX, bucket, s3_server

__all__ = ["bucket", "s3_server"]
pytestmark = [pytest.mark.faults, pytest.mark.skipif(not settings.SQLITE, reason="the same on both")]


def on(made):
    """What a process needs to use this bucket."""
    return {
        **KEYS,
        "AGORA_S3_BUCKET": made.name,
        "AGORA_S3_ENDPOINT": made.server.address,
        "AGORA_S3_PREFIX": PREFIX,
    }


def test_the_objects_of_a_bucket_are_in_the_backup_and_come_back_into_another(
    bucket, tmp_path, tmp_path_factory
):
    yard = Yard(tmp_path_factory.mktemp("old"), **on(bucket))
    yard.manage("migrate", "--verbosity", "0")
    for name in ("aa", "bb"):
        bucket.client.put_object(
            Bucket=bucket.name, Key=f"{PREFIX}/blobs/{name}/{name * 32}", Body=name.encode()
        )
    backup = tmp_path / "one.tar.gz"
    yard.manage("backup", str(backup))

    other = type(bucket)(bucket.server, bucket.settings)
    yard.variables |= on(other)
    said = yard.manage("restore", str(backup), "--into", str(tmp_path / "new"))

    assert "2 files are in the bucket" in said
    assert other.objects() == bucket.objects() and len(other.objects()) == 2
    found = other.client.get_object(Bucket=other.name, Key=f"{PREFIX}/blobs/aa/{'aa' * 32}")
    assert found["Body"].read() == b"aa"
    assert not (tmp_path / "new" / "files").exists()


def test_no_backup_is_written_while_the_store_is_silent(bucket, tmp_path_factory, tmp_path):
    yard = Yard(tmp_path_factory.mktemp("old"), **on(bucket))
    yard.manage("migrate", "--verbosity", "0")
    yard.variables["AGORA_S3_ENDPOINT"] = "http://127.0.0.1:9"

    with pytest.raises(CommandError, match="does not answer; no backup was written"):
        yard.manage("backup", str(tmp_path / "one.tar.gz"))
    assert not list(tmp_path.glob("*.tar.gz")) and not list(tmp_path.glob(".backup-*"))
