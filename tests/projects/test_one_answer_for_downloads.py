"""Every file that is taken along leaves in one way, and where it is damaged the answer says what to do."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import RequestFactory

from portal.core.filestore import FileDamaged
from portal.core.states import IllegalMove
from projects import downloads


@pytest.fixture
def request_(rf: RequestFactory) -> Any:
    """A request that can keep a message."""
    made = rf.get("/")
    made._messages = CookieStorage(made)
    return made


def lost() -> Any:
    raise FileDamaged("x")


def gone() -> Any:
    raise FileNotFoundError("x")


@pytest.mark.parametrize("take", [lost, gone])
def test_a_page_goes_back_with_the_reason_and_a_program_hears_the_same(request_: Any, take: Any) -> None:
    answer = downloads.on_page(request_, take, name="a.zip", back="/there/")
    assert (answer.status_code, answer["Location"]) == (302, "/there/")
    said = [str(each) for each in get_messages(request_)]
    assert said == [str(downloads.DAMAGED)]
    with pytest.raises(IllegalMove, match="missing or damaged"):
        downloads.by_code(take, name="a.zip")


def test_what_is_there_is_saved_and_never_opened(request_: Any, tmp_path: Any) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"<script>")
    for answer in (
        downloads.on_page(request_, lambda: path, name="a.html", back="/", kind=downloads.ZIP),
        downloads.by_code(lambda: path, name="a.html", kind=downloads.ZIP),
    ):
        assert answer["Content-Disposition"] == 'attachment; filename="a.html"'
        assert answer["Content-Type"] == "application/zip"
        assert "sandbox" in answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"".join(answer.streaming_content) == b"<script>"  # type: ignore[attr-defined]
