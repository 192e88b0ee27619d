"""An object store for tests: moto's server in a thread, a bucket for each test."""

import logging
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from moto.server import ThreadedMotoServer

from portal.core import filestore

PREFIX = "agora"
KEYS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}


class Bucket:
    """The bucket as its operator sees it, beside the portal."""

    def __init__(self, server: "Server", settings: Any) -> None:
        self.server, self.settings = server, settings
        self.name = f"agora-{uuid.uuid4().hex[:12]}"
        self.client = boto3.client("s3", endpoint_url=server.address)
        self.client.create_bucket(Bucket=self.name)
        self.choose(server.address)

    def choose(self, address: str, name: str = "") -> None:
        """Let the portal use this address."""
        options = {"bucket_name": name or self.name, "endpoint_url": address, "location": PREFIX}
        chosen = {"BACKEND": "portal.core.object_store.ObjectStore", "OPTIONS": options}
        self.settings.S3_BUCKET = name or self.name
        self.settings.STORAGES = {**self.settings.STORAGES, "default": chosen}

    def key(self, digest: str) -> str:
        """Where the bytes lie."""
        return f"{PREFIX}/{filestore.address(digest)}"

    def objects(self) -> set[str]:
        """Everything in it."""
        return {each["Key"] for each in self.client.list_objects_v2(Bucket=self.name).get("Contents", [])}

    def read(self, digest: str) -> bytes:
        """The bytes as they lie there."""
        return self.client.get_object(Bucket=self.name, Key=self.key(digest))["Body"].read()

    def change(self, digest: str, content: bytes = b"something else") -> None:
        """Other bytes under the same key."""
        self.client.put_object(Bucket=self.name, Key=self.key(digest), Body=content)

    def lose(self, digest: str) -> None:
        """The object goes, and this machine's copies with it."""
        self.client.delete_object(Bucket=self.name, Key=self.key(digest))
        self.forget_copies()

    def forget_copies(self) -> None:
        """As on a machine that has read nothing yet."""
        for copy in filestore.copies().glob("*"):
            copy.unlink()

    def fall_silent(self) -> None:
        """Nobody listens at the address any more, and this machine has no copies."""
        self.forget_copies()
        self.choose("http://127.0.0.1:9")

    def speak(self) -> None:
        """It answers again."""
        self.choose(self.server.address)


class Server:
    """One server for the session; it takes a free port."""

    def __init__(self) -> None:
        logging.getLogger("werkzeug").setLevel(logging.WARNING)
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        self.address = "http://{}:{}".format(*self.server.get_host_and_port())


@pytest.fixture(scope="session")
def s3_server() -> Iterator[Server]:
    """Started once, stopped at the end."""
    made = Server()
    yield made
    made.server.stop()


@pytest.fixture
def bucket(s3_server: Server, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """The portal keeps its files in an empty bucket of its own."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    made = Bucket(s3_server, settings)
    assert default_storage.bucket_name == made.name  # type: ignore[attr-defined]
    return made
