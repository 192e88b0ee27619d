"""The portal's files in an object store that speaks S3, chosen by `AGORA_S3_BUCKET`. Imported only then."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import RetriesExceededError
from storages.backends.s3 import S3Storage
from storages.utils import clean_name

from portal.core.filestore import StoreUnreachable

log = logging.getLogger(__name__)
CONNECT_SECONDS, READ_SECONDS, TRIES = 3, 30, 3
BLOCK = 8 * 1024 * 1024  # larger files travel in pieces, of which a few at once


@contextmanager
def answering() -> Iterator[None]:
    """Whatever keeps the store from answering becomes one exception; the log says what it was."""
    try:
        yield
    except (BotoCoreError, ClientError, Boto3Error, RetriesExceededError) as problem:
        log.warning("The object store does not answer: %s", problem)
        raise StoreUnreachable(type(problem).__name__) from problem


class ObjectStore(S3Storage):  # type: ignore[misc]
    """
    One bucket, private, each object whole or not at all.

    Where a bucket is missing the store says 404 for each of its objects too; this class asks for the bucket before
    it lets a file count as missing: a wrong setting must not look like the loss of all models.
    """

    def __init__(self, **options: Any) -> None:
        """Options as django-storages takes them; a store of one's own has the bucket in the path of its address."""
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"total_max_attempts": TRIES, "mode": "standard"},
            s3={"addressing_style": "path" if options.get("endpoint_url") else "auto"},
            signature_version="s3v4",
        )
        pieces = TransferConfig(multipart_threshold=BLOCK, multipart_chunksize=BLOCK, max_concurrency=4)
        fixed = {
            "client_config": config,
            "transfer_config": pieces,
            "file_overwrite": True,
            "default_acl": None,
        }
        super().__init__(**fixed, **options)

    @property
    def client(self) -> Any:
        """The client of this thread."""
        return self.connection.meta.client

    def key(self, name: str) -> str:
        """The object's name in the bucket."""
        return str(self._normalize_name(clean_name(name)))

    def ask(self) -> None:
        """Raise unless the bucket itself answers."""
        with answering():
            self.client.head_bucket(Bucket=self.bucket_name)

    @contextmanager
    def finding(self, name: str) -> Iterator[None]:
        """What is not in a bucket that is there raises `FileNotFoundError`."""
        with answering():
            try:
                yield
            except ClientError as problem:
                if problem.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                    raise
                self.ask()
                raise FileNotFoundError(name) from None

    def size(self, name: str) -> int:
        """Bytes of the object."""
        with self.finding(name):
            return int(self.client.head_object(Bucket=self.bucket_name, Key=self.key(name))["ContentLength"])

    def exists(self, name: str) -> bool:
        """Whether the object is there."""
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def download(self, name: str, target: BinaryIO) -> None:
        """Write the object into `target`."""
        with self.finding(name):
            self.client.download_fileobj(
                self.bucket_name, self.key(name), target, Config=self.transfer_config
            )

    def _save(self, name: str, content: Any) -> str:
        with answering():
            return str(super()._save(name, content))

    def delete(self, name: str) -> None:
        """Remove the object; what is not there needs no removing."""
        with answering():
            super().delete(name)

    def written(self) -> Iterator[tuple[str, float]]:
        """The same names with the time at which each object was written."""
        start = f"{self.location.strip('/')}/" if self.location else ""
        with answering():
            for each in self.bucket.objects.filter(Prefix=start):
                yield each.key.removeprefix(start), each.last_modified.timestamp()

    def names(self) -> Iterator[str]:
        """The names of everything below the prefix, as this class takes them."""
        start = f"{self.location.strip('/')}/" if self.location else ""
        with answering():
            for each in self.bucket.objects.filter(Prefix=start):
                yield each.key.removeprefix(start)
