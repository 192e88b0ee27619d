"""Files by content: kept once, verified always, whole or not at all."""

import shutil

import pytest
from django.core.files.storage import default_storage

from portal.core import filestore


def kept(tmp_path, content=b"rows"):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    return filestore.store(path)


def test_the_same_content_is_kept_once_and_comes_back_whole(tmp_path):
    digest = kept(tmp_path)

    assert kept(tmp_path) == digest
    assert filestore.fetch(digest, tmp_path / "copy").read_bytes() == b"rows"


def test_damaged_content_is_refused_and_leaves_no_copy(tmp_path):
    digest = kept(tmp_path)
    with open(default_storage.path(filestore.address(digest)), "wb") as stored:
        stored.write(b"r0ws")

    with pytest.raises(filestore.FileDamaged):
        filestore.fetch(digest, tmp_path / "copy")

    assert not (tmp_path / "copy").exists()
    assert not list(tmp_path.glob(".*.part"))


def test_a_damaged_local_copy_is_fetched_again(tmp_path):
    digest = kept(tmp_path)
    filestore.cached(digest).write_bytes(b"r0ws")

    assert filestore.cached(digest).read_bytes() == b"rows"


def test_a_write_that_dies_in_the_middle_leaves_nothing_at_the_address(tmp_path, monkeypatch):
    def die(source, target):
        target.write(b"ro")
        raise OSError("no space left")

    with monkeypatch.context() as broken:
        broken.setattr(shutil, "copyfileobj", die)
        with pytest.raises(OSError, match="no space"):
            kept(tmp_path)

    digest = kept(tmp_path)
    assert filestore.fetch(digest, tmp_path / "copy").read_bytes() == b"rows"


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "z" * 64, "A" * 64])
def test_only_a_digest_is_an_address(digest):
    with pytest.raises(ValueError, match="SHA-256"):
        filestore.address(digest)
