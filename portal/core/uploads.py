"""Receiving files: bytes are counted while they arrive, and a broken upload is an error, never a silence."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.utils.translation import gettext as _


class UploadRefused(Exception):
    """The file cannot be taken; `status` is the HTTP status that says so, `code` names the reason."""

    def __init__(self, sentence: str, status: int = 400, code: str = "upload_refused") -> None:
        super().__init__(sentence)
        self.status, self.code = status, code


def too_large() -> UploadRefused:
    """The answer to a file above the limit."""
    limit = settings.MAX_UPLOAD_BYTES // (1024 * 1024)
    return UploadRefused(
        _("The file is larger than %(limit)s MB. Send fewer rows or columns, or ask for a higher limit.")
        % {"limit": limit},
        413,
        "file.too_large",
    )


class LimitedUploadHandler(TemporaryFileUploadHandler):
    """
    Writes to a temporary file and gives up as soon as the limit is passed.

    Raising Django's own StopUpload would drop the file silently and let the request go on.
    """

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.received = 0

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, Any],
        content_length: int,
        boundary: Any,
        encoding: str | None = None,
    ) -> None:
        """Refuse early when the announced length is above the limit (64 kB are left for the form)."""
        if content_length and content_length > settings.MAX_UPLOAD_BYTES + 65_536:
            raise too_large()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Count, then write."""
        self.received += len(raw_data)
        if self.received > settings.MAX_UPLOAD_BYTES:
            self.file.close()
            raise too_large()
        super().receive_data_chunk(raw_data, start)

    def upload_interrupted(self) -> None:
        """The sender went away or never closed the form."""
        raise UploadRefused(
            _("The upload was cut off before its end. Please send the file again."), 400, "upload.truncated"
        )
