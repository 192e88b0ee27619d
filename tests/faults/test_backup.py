"""A backup made while people work can be restored, and a damaged one is refused."""

import io
import json
import tarfile
import time

import pytest
from django.conf import settings
from django.core.management import CommandError

from portal.core.management.commands.soak import Yard

pytestmark = pytest.mark.faults


@pytest.fixture
def target(tmp_path_factory, database):
    """Options of `restore` for a second, empty place."""
    return tmp_path_factory.mktemp("new") / "portal"


def keep_a_file(yard, text):
    path = yard.folder / "files" / "blobs" / "aa" / "content"
    path.parent.mkdir(parents=True)
    path.write_text(text)


@pytest.fixture
def empty_database(database):
    """Where PostgreSQL backups are restored to; nothing on SQLite."""
    if settings.SQLITE:
        return []
    import psycopg

    address = f"{database}_restored"
    with psycopg.connect(database, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {address.rpartition('/')[2]}")
    return ["--database", address]


def test_a_backup_under_load_is_restored_whole(yard, target, empty_database):
    keep_a_file(yard, "a dataset")
    writing = yard.begin("soak", "seed", "--jobs", "400", "--over", "8")
    time.sleep(5)
    yard.manage("backup", str(yard.folder / "out" / "one.tar.gz"))
    assert writing.poll() is None, "nobody was writing during the backup: the test showed nothing"
    writing.kill()
    writing.wait()

    said = yard.manage(
        "restore", str(yard.folder / "out" / "one.tar.gz"), "--into", str(target), *empty_database
    )

    restored = Yard(target, empty_database[-1] if empty_database else "")
    count = restored.account()
    assert "audit events verified" in said
    assert (target / "files" / "blobs" / "aa" / "content").read_text() == "a dataset"
    assert count["audit_sound"]
    assert count["unfinished"] == count["queued_events"] > 100
    restored.start_worker("one")
    restored.start_timetable()  # the restored rows have no bell
    end = time.monotonic() + 60
    while not restored.account()["done"] and time.monotonic() < end:
        time.sleep(1)
    restored.close()
    assert restored.account()["done"] > 0


def damage(backup, name):
    """Write the archive again with one member changed and its manifest left as it was."""
    with tarfile.open(backup) as archive:
        members = [(member, archive.extractfile(member).read()) for member in archive.getmembers()]
    with tarfile.open(backup, "w:gz") as archive:
        for member, content in members:
            changed = content + b"!" if member.name == name else content
            member.size = len(changed)
            archive.addfile(member, io.BytesIO(changed))


@pytest.mark.parametrize("name", ["files/blobs/aa/content", "database"])
def test_a_damaged_backup_is_refused(yard, target, name):
    keep_a_file(yard, "a dataset")
    backup = yard.folder / "one.tar.gz"
    yard.manage("backup", str(backup))
    with tarfile.open(backup) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
    damage(backup, manifest["database"] if name == "database" else name)

    with pytest.raises(CommandError, match="damaged or missing"):
        yard.manage("restore", str(backup), "--into", str(target))


def test_a_cut_backup_is_refused(yard, target):
    backup = yard.folder / "one.tar.gz"
    yard.manage("backup", str(backup))
    backup.write_bytes(backup.read_bytes()[: backup.stat().st_size // 2])

    with pytest.raises(CommandError, match="not a whole backup"):
        yard.manage("restore", str(backup), "--into", str(target))


def test_nothing_is_ever_written_over(yard):
    backup = yard.folder / "one.tar.gz"
    yard.manage("backup", str(backup))

    with pytest.raises(CommandError, match="never replaces"):
        yard.manage("backup", str(backup))
    with pytest.raises(CommandError, match="not empty"):
        yard.manage("restore", str(backup), "--into", str(yard.folder))
