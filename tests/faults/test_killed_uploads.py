"""A web server that is killed in the middle of an upload: nothing half is seen, nothing is lost, sending goes on."""

import hashlib
import http.client
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest
from django.conf import settings

from tests.walk.stack import free_port

pytestmark = pytest.mark.faults
ROW = b"12345,67.8,a place of its own,1\n"
CONTENT = b"n,size,place,kind\n" + ROW * 60_000  # some 2 MB
PIECE = 512 * 1024
DAY = 86400


def program(yard, *words, **more):
    command = [sys.executable, "-m", "tests.faults.upload_process", *words]
    return subprocess.Popen(
        command, cwd=settings.ROOT, env=yard.variables, stdout=subprocess.PIPE, text=True, **more
    )


def act(yard, *words):
    """One command of upload_process in this portal."""
    process = program(yard, *words)
    said, _nothing = process.communicate(timeout=60)
    assert process.returncode == 0
    return said.strip().rsplit("\n", 1)[-1]


def look(yard):
    return json.loads(act(yard, "look"))


class Web:
    """A real web server of the portal that can be killed and started anew, and its caller."""

    def __init__(self, yard, secret):
        self.yard, self.port = yard, free_port()
        self.head = {"Authorization": f"Bearer {secret}"}

    def start(self):
        command = [sys.executable, "-m", "gunicorn", "portal.wsgi", "-b", f"127.0.0.1:{self.port}"]
        with (self.yard.folder / "web.log").open("ab") as log:
            self.yard.workers["web"] = subprocess.Popen(
                [*command, "-k", "gthread", "--threads", "4"],
                cwd=settings.ROOT,
                env=self.yard.variables,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + 60
        while True:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=5):  # noqa: S310  our own
                    return
            except OSError:
                assert time.monotonic() < end, (self.yard.folder / "web.log").read_text()[-3000:]
                time.sleep(0.1)

    def kill(self):
        self.yard.kill_group("web")

    def begin(self, method, path, length, kind):
        """The head of a request, whose body is sent by the caller."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        line.putrequest(method, path)
        for name, value in {**self.head, "Content-Type": kind, "Content-Length": str(length)}.items():
            line.putheader(name, value)
        line.endheaders()
        return line

    def ask(self, method, path, body=b"", kind="application/octet-stream"):
        line = self.begin(method, path, len(body), kind)
        if body:
            line.send(body)
        answer = line.getresponse()
        found = json.loads(answer.read())
        line.close()
        return answer.status, found

    def post(self, path, **data):
        return self.ask("POST", path, json.dumps(data).encode(), "application/json")

    def wait_until_read(self, line):
        """Until the server has taken everything that was sent so far."""
        mine, end = line.sock.getsockname()[1], time.monotonic() + 30
        while True:
            for row in Path("/proc/net/tcp").read_text().splitlines()[1:]:
                parts = row.split()
                ports = [int(parts[place].split(":")[1], 16) for place in (1, 2)]
                if ports == [self.port, mine] and parts[4].endswith(":00000000"):
                    return
            assert time.monotonic() < end
            time.sleep(0.02)


@pytest.fixture
def web(yard):
    server = Web(yard, act(yard, "invite"))
    server.start()
    return server


def announce(web):
    status, begun = web.post("/api/uploads/", name="places.csv", size=len(CONTENT))
    assert status == 201, begun
    return f"/api/uploads/{begun['id']}/", begun["id"]


def send(web, url, start):
    status, said = web.ask("POST", f"{url}piece/?offset={start}", CONTENT[start : start + PIECE])
    assert status == 200, said
    return said["received"]


def stands(web, url):
    return web.ask("GET", url)[1]["received"]


def send_the_rest(web, url):
    """From where the server says, to the end."""
    while (place := stands(web, url)) < len(CONTENT):
        assert send(web, url, place) == min(place + PIECE, len(CONTENT))


def assert_nothing_half(seen, received):
    assert (seen["datasets"], seen["versions"], seen["jobs"], seen["stored"]) == (0, [], 0, []), seen
    assert seen["uploads"] == [received] and seen["audit_sound"], seen


def assert_all_is_there(yard, tmp_path):
    digest = hashlib.sha256(CONTENT).hexdigest()
    seen = look(yard)
    assert (seen["datasets"], seen["versions"], seen["stored"]) == (1, [digest], [digest]), seen
    assert seen["uploads"] == [] and seen["incoming"] == 0 and seen["audit_sound"], seen
    act(yard, "fetch", digest, str(tmp_path / "back"))
    assert (tmp_path / "back").read_bytes() == CONTENT


def go_away_within_a_piece(web, url):
    """The sender's connection breaks, the server lives."""
    line = web.begin("POST", f"{url}piece/?offset={PIECE}", PIECE, "application/octet-stream")
    line.send(CONTENT[PIECE : PIECE + PIECE // 2])
    web.wait_until_read(line)
    line.close()
    time.sleep(0.5)


def test_a_server_killed_within_a_piece_and_between_pieces_goes_on_where_it_says_and_keeps_the_same_bytes(
    yard, web, tmp_path
):
    url, key = announce(web)
    assert send(web, url, 0) == PIECE
    line = web.begin("POST", f"{url}piece/?offset={PIECE}", PIECE, "application/octet-stream")
    line.send(CONTENT[PIECE : PIECE + PIECE // 2])
    web.wait_until_read(line)
    web.kill()
    assert_nothing_half(look(yard), PIECE)

    web.start()
    go_away_within_a_piece(web, url)
    assert stands(web, url) == PIECE
    assert_nothing_half(look(yard), PIECE)
    assert send(web, url, PIECE) == 2 * PIECE
    web.kill()  # between two pieces
    assert_nothing_half(look(yard), 2 * PIECE)

    web.start()
    send_the_rest(web, url)
    assert web.post("/api/datasets/", name="Places", upload=key)[0] == 201
    assert_all_is_there(yard, tmp_path)


def assert_a_form_cut_off_leaves_no_file_for_ever(yard, web):
    """The server dies while a form arrives; what was written of it goes after a day."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
    line = web.begin("POST", "/api/datasets/", len(CONTENT), "multipart/form-data; boundary=x")
    line.send(head + CONTENT[: len(CONTENT) // 2])
    web.wait_until_read(line)
    web.kill()
    left = list((yard.folder / "incoming").iterdir())
    assert left and look(yard)["datasets"] == 1

    act(yard, "sweep")
    assert look(yard)["incoming"] == len(left)
    for path in left:
        os.utime(path, (time.time() - 2 * DAY,) * 2)
    act(yard, "sweep")
    assert look(yard)["incoming"] == 0


def test_a_server_killed_between_bytes_and_row_or_within_a_form_leaves_only_what_the_sweep_takes(
    yard, web, tmp_path
):
    url, key = announce(web)
    send_the_rest(web, url)
    digest = hashlib.sha256(CONTENT).hexdigest()
    blob = yard.folder / "files" / "blobs" / digest[:2] / digest
    still = program(yard, "hold", stdin=subprocess.PIPE)
    assert still.stdout.readline().strip() == "held"
    body = json.dumps({"name": "Places", "upload": key}).encode()
    web.begin("POST", "/api/datasets/", len(body), "application/json").send(body)
    end = time.monotonic() + 30
    while not blob.exists():
        assert time.monotonic() < end
        time.sleep(0.02)
    web.kill()
    still.communicate(timeout=30)
    seen = look(yard)
    assert (seen["datasets"], seen["versions"], seen["stored"]) == (0, [], [digest]), seen
    assert seen["uploads"] == [len(CONTENT)]

    act(yard, "sweep")
    assert blob.exists()  # somebody may be about to name it
    os.utime(blob, (time.time() - 2 * DAY,) * 2)
    act(yard, "sweep")
    assert not blob.exists()

    web.start()
    assert web.post("/api/datasets/", name="Places", upload=key)[0] == 201
    assert_all_is_there(yard, tmp_path)
    assert_a_form_cut_off_leaves_no_file_for_ever(yard, web)
