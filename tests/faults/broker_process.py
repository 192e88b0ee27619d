"""One producer or consumer of the directory broker, run by test_broker.py as a process of its own."""

import sys
import time
from pathlib import Path
from queue import Empty

from kombu import Connection

import portal.broker  # noqa: F401  registers the transport


def options(root: Path) -> dict[str, object]:
    """The folders of the broker, as the settings name them."""
    return {
        "data_folder_in": str(root / "waiting"),
        "data_folder_out": str(root / "waiting"),
        "control_folder": str(root / "control"),
        "processed_folder": str(root / "held"),
        "polling_interval": 0.01,
    }


def open_queue(root: Path, name: str = "race"):
    """A kombu queue on the broker in this folder."""
    return Connection("durablefs://", transport_options=options(root)).SimpleQueue(name)


def produce(root: Path, who: str, count: int) -> None:
    """Put `count` messages, every third of them large."""
    queue = open_queue(root)
    for number in range(count):
        queue.put({"key": f"{who}-{number}", "filling": "x" * (200_000 if number % 3 == 0 else 10)})


def consume(root: Path, *, hold: bool) -> None:
    """Print the key of each message until none comes for two seconds; `hold` keeps the first for ever."""
    queue = open_queue(root)
    while True:
        try:
            message = queue.get(timeout=2)
        except Empty:
            return
        print(message.payload["key"], flush=True)
        if hold:
            time.sleep(600)
        message.ack()


if __name__ == "__main__":
    role, folder, *rest = sys.argv[1:]
    if role == "produce":
        produce(Path(folder), rest[0], int(rest[1]))
    else:
        consume(Path(folder), hold=role == "hold")
