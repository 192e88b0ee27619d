"""The directory broker under races and deaths, with real processes."""

import subprocess
import sys
from pathlib import Path
from queue import Empty

import pytest

from tests.faults.broker_process import open_queue

PRODUCERS, CONSUMERS, EACH = 3, 2, 150


def start(role: str, root: Path, *rest: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.faults.broker_process", role, str(root), *map(str, rest)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def waiting(root: Path) -> list[str]:
    return sorted(path.name for path in (root / "waiting").iterdir())


def test_every_message_of_a_race_arrives_once(tmp_path):
    consumers = [start("consume", tmp_path) for _ in range(CONSUMERS)]
    producers = [start("produce", tmp_path, who, EACH) for who in range(PRODUCERS)]

    for producer in producers:
        assert producer.wait(60) == 0, producer.stderr.read()
    answers = [consumer.communicate(timeout=60) for consumer in consumers]

    keys = [key for out, _ in answers for key in out.split()]
    assert [errors for _, errors in answers] == ["", ""]
    assert sorted(keys) == sorted(f"{who}-{n}" for who in range(PRODUCERS) for n in range(EACH))
    assert waiting(tmp_path) == []


def test_a_half_written_file_is_never_seen(tmp_path):
    queue = open_queue(tmp_path)
    (tmp_path / "waiting" / ".0001_draft.race.msg.abc").write_text('{"body": "hal')

    with pytest.raises(Empty):
        queue.get(block=False)
    assert queue.qsize() == 0


def test_an_unreadable_message_is_dropped_and_the_next_one_served(tmp_path):
    queue = open_queue(tmp_path)
    (tmp_path / "waiting" / "0001_broken.race.msg").write_text('{"body": "hal')
    queue.put({"key": "good"})

    assert queue.get(block=False).payload == {"key": "good"}
    assert waiting(tmp_path) == []


def test_the_message_of_a_killed_consumer_comes_back(tmp_path):
    queue = open_queue(tmp_path)
    queue.put({"key": "precious"})
    holder = start("hold", tmp_path)
    assert holder.stdout.readline().strip() == "precious"
    assert waiting(tmp_path) == []

    holder.kill()
    holder.communicate()

    message = queue.get(timeout=10)
    assert message.payload == {"key": "precious"}


def test_the_message_of_a_living_consumer_stays_with_it(tmp_path):
    queue = open_queue(tmp_path)
    queue.put({"key": "precious"})
    holder = start("hold", tmp_path)
    assert holder.stdout.readline().strip() == "precious"

    with pytest.raises(Empty):
        queue.get(timeout=3)
    holder.kill()
    holder.communicate()


def test_a_message_given_back_is_there_once_and_an_acknowledged_one_is_gone(tmp_path):
    queue = open_queue(tmp_path)
    queue.put({"key": "one"})

    queue.get().requeue()
    assert len(waiting(tmp_path)) == 1
    queue.get().ack()

    assert waiting(tmp_path) == []
    assert not list((tmp_path / "held").rglob("*.msg"))


def test_closing_gives_back_what_was_not_acknowledged(tmp_path):
    queue = open_queue(tmp_path)
    queue.put({"key": "one"})
    queue.get()

    queue.channel.close()

    assert len(waiting(tmp_path)) == 1


def test_five_copies_of_one_message_are_five_messages(tmp_path):
    queue = open_queue(tmp_path)
    queue.put({"key": "bell"})
    (original,) = (tmp_path / "waiting").iterdir()
    for copy in range(4):
        original.with_name(f"{copy}_copy.race.msg").write_text(original.read_text())

    messages = [queue.get(block=False) for _ in range(5)]
    messages[0].ack()

    assert len(list((tmp_path / "held").rglob("*.msg"))) == 4


def test_the_size_counts_waiting_messages_only(tmp_path):
    queue = open_queue(tmp_path)
    for key in range(3):
        queue.put({"key": key})
    open_queue(tmp_path, "other").put({"key": "elsewhere"})
    queue.get()

    assert queue.qsize() == 2
