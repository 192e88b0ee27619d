"""One thing that waits for one person, as the home page and the inbox show it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Waiting:
    """`title` says what, `detail` on what, `action` is the word on the button to `url`."""

    title: Any
    detail: Any
    url: str
    since: datetime | None
    action: Any
    icon: str = "arrow-right"
    urgent: bool = False
    can_wait: bool = False  # good to do, and never the one next step while something else is
