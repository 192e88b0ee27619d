"""A program that speaks for one person: nothing but a token and JSON."""

import json
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal.core import job_runner
from portal.core.models import User
from portal.core.services import tokens
from tests.walk.cast import address


class Caller:
    """Calls the API as somebody; every call names the status it expects."""

    def __init__(self, first_name: str) -> None:
        user = User.objects.get(email=address(first_name))
        _token, secret = tokens.create(name="The walk", scope="write", days=2, by=user)
        self.pk = user.pk
        self.client = Client(headers={"Authorization": f"Bearer {secret}"})

    def get(self, path: str, expect: int = 200, **query: Any) -> Any:
        """Read."""
        return self.heard(self.client.get(f"/api/{path}/", query), expect)

    def post(self, path: str, expect: int = 200, /, **body: Any) -> Any:
        """Act."""
        answer = self.client.post(f"/api/{path}/", json.dumps(body), content_type="application/json")
        return self.heard(answer, expect)

    def patch(self, path: str, expect: int = 200, /, **body: Any) -> Any:
        """Change."""
        answer = self.client.patch(f"/api/{path}/", json.dumps(body), content_type="application/json")
        return self.heard(answer, expect)

    def send(self, path: str, file: Path, expect: int = 201, /, **fields: Any) -> Any:
        """A file with its fields."""
        upload = SimpleUploadedFile(file.name, file.read_bytes(), content_type="text/csv")
        return self.heard(self.client.post(f"/api/{path}/", {**fields, "file": upload}), expect)

    def heard(self, answer: Any, expect: int) -> Any:
        """The body, once the status is the expected one."""
        said = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert answer.status_code == expect, f"{answer.status_code}, not {expect}: {said[:800]!r}"
        return json.loads(said) if "json" in answer.headers.get("Content-Type", "") else said


def let_workers_work() -> None:
    """What Celery's workers would do now."""
    for queue in ("quick", "ml"):
        job_runner.run_until_idle(queue)
