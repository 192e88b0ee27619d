"""Speaks HTTP with the portal: JSON, pages, files, waiting."""

import os
from collections.abc import Callable, Iterator
from email.message import Message
from pathlib import Path
from time import monotonic, sleep
from typing import Any, BinaryIO

import httpx

from agora.errors import KINDS, AgoraError, Unreachable

Row = dict[str, Any]
Rows = list[Row]
Tell = Callable[[Row], None]
AGAIN = {429, 502, 503, 504}
TRIES = 4
LONGEST_PAUSE = 30.0  # seconds


class Connection:
    """
    Sends requests as the owner of a token. Reads are repeated when the portal is busy or the network
    fails for a moment; acts are sent once, because a lost answer does not mean a lost act.
    """

    def __init__(
        self, url: str, token: str, *, timeout: float = 60, transport: httpx.BaseTransport | None = None
    ) -> None:
        self.url = url.rstrip("/")
        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        self.http = httpx.Client(
            base_url=f"{self.url}/api/", headers=headers, timeout=timeout, transport=transport
        )

    def close(self) -> None:
        """Ends the connection."""
        self.http.close()

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at `path`, for example `datasets`."""
        return heard(self.read(path, query))

    def post(self, path: str, body: Row | None = None) -> Any:
        """Acts, with a JSON body; gives what the portal answered, `None` for nothing."""
        return heard(self.ask(lambda: self.http.post(f"{path}/", json=body or {})))

    def send(self, path: str, name: str, content: BinaryIO, /, **fields: Any) -> Any:
        """Acts with a file; it is streamed, not held in memory."""
        given = {
            key: [str(each) for each in value] if isinstance(value, list) else str(value)
            for key, value in fields.items()
            if value is not None
        }
        file = {"file": (name, content, "application/octet-stream")}
        return heard(self.ask(lambda: self.http.post(f"{path}/", data=given, files=file, timeout=600)))

    def pages(self, path: str, **query: Any) -> Iterator[Row]:
        """Every row of a list, page by page."""
        page: int | None = 1
        while page:
            answer = self.get(path, page=page, page_size=200, **query)
            yield from answer["results"]
            page = page + 1 if answer.get("next") else None

    def take(self, path: str, to: Path) -> Path:
        """
        Saves a file. `to` is a file or a folder; in a folder it gets the name the portal gives. A file
        that breaks off leaves nothing behind.
        """
        with self.http.stream("GET", f"{path}/", timeout=600) as answer:
            if answer.status_code >= 400:
                answer.read()
                heard(answer)
            target = to / file_name(answer) if to.is_dir() else to
            part = target.with_name(f"{target.name}.part")
            try:
                with part.open("wb") as file:
                    for piece in answer.iter_bytes():
                        file.write(piece)
                os.replace(part, target)
            except httpx.TransportError as error:
                raise Unreachable(f"{self.url} broke off: {error}") from error
            finally:
                part.unlink(missing_ok=True)
        return target

    def wait(
        self, look: Callable[[], Row], is_over: Callable[[Row], bool], *, seconds: float, tell: Tell | None
    ) -> Row:
        """
        Looks again until it is over; `tell` hears every state that differs from the last. Raises
        `TimeoutError` after `seconds`; what goes on in the portal goes on.
        """
        end, pause = monotonic() + seconds, 0.5
        last: Row | None = None
        while True:
            row = look()
            if tell and row != last:
                tell(row)
            if is_over(row):
                return row
            if monotonic() > end:
                raise TimeoutError(f"Not over after {seconds:.0f} s; it goes on in the portal.")
            sleep(pause)
            last, pause = row, min(pause * 1.5, 5)

    def read(self, path: str, query: Row) -> httpx.Response:
        """A GET that is patient."""
        asked = {key: value for key, value in query.items() if value is not None}
        for attempt in range(1, TRIES + 1):
            is_last = attempt == TRIES
            try:
                answer = self.ask(lambda: self.http.get(f"{path}/", params=asked))
            except Unreachable:
                if is_last:
                    raise
                sleep(0.5 * 2**attempt)
                continue
            if is_last or answer.status_code not in AGAIN:
                return answer
            sleep(pause_of(answer, 0.5 * 2**attempt))
        raise AssertionError

    def ask(self, send: Callable[[], httpx.Response]) -> httpx.Response:
        """One request; a network error in words."""
        try:
            return send()
        except httpx.TransportError as error:
            raise Unreachable(f"{self.url} does not answer: {error}") from error


def pause_of(answer: httpx.Response, otherwise: float) -> float:
    """Seconds the portal asks to wait."""
    try:
        return min(float(answer.headers["Retry-After"]), LONGEST_PAUSE)
    except (KeyError, ValueError):
        return otherwise


def heard(answer: httpx.Response) -> Any:
    """The body, or the error that it is."""
    if answer.is_redirect:
        raise AgoraError(
            f"{answer.url} answers with another address; use the portal's own.", status=answer.status_code
        )
    if answer.status_code < 400:
        return answer.json() if answer.content else None
    try:
        body = answer.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise KINDS.get(answer.status_code, AgoraError)(
            f"{answer.url} answered {answer.status_code} {answer.reason_phrase}.", status=answer.status_code
        )
    kind = KINDS.get(answer.status_code, AgoraError)
    raise kind(str(body.get("detail", "")), status=answer.status_code, body=body)


def file_name(answer: httpx.Response) -> str:
    """The last part of the name the portal gives, so that no answer writes outside the folder."""
    message = Message()
    message["Content-Disposition"] = answer.headers.get("Content-Disposition", "attachment")
    name = message.get_filename("")
    name = Path(name.replace("\\", "/")).name
    return name if name not in {"", ".", ".."} else "download"
