"""Reads for cycles and their boards."""

from dataclasses import dataclass
from typing import Any

from portal.core import clock
from portal.core.models import User
from projects import rules
from projects.models import Cycle, Story, UseCase

# What each move is called on the board: action, from, to.
FORWARD = {"to_do": "begin", "doing": "finish"}
BACK = {"doing": "put_back", "done": "reopen"}


@dataclass(frozen=True)
class StoryCard:
    """A story with the two moves it has."""

    story: Story
    forward: str
    back: str
    forward_to: Any
    back_to: Any


@dataclass(frozen=True)
class StoryLane:
    """A column."""

    state: str
    label: Any
    color: str
    cards: list[StoryCard]


@dataclass(frozen=True)
class CycleRow:
    """One cycle in the list."""

    cycle: Cycle
    done: int
    count: int
    color: str
    word: str  # "coming", "now", "late" or "closed"

    @property
    def percent(self) -> int:
        """Share of stories done."""
        return round(100 * self.done / self.count) if self.count else 0


def cycle_rows(use_case: UseCase) -> list[CycleRow]:
    """The cycles, newest first, with how many stories are done."""
    cycles = list(use_case.cycles.prefetch_related("stories").order_by("-number"))
    return [
        CycleRow(
            each,
            sum(story.state == Story.State.DONE for story in each.stories.all()),
            len(each.stories.all()),
            Cycle.COLORS[each.demo],
            word(each),
        )
        for each in cycles
    ]


def word(cycle: Cycle) -> str:
    """Where it stands today."""
    today = clock.today()
    if cycle.state == Cycle.State.CLOSED:
        return "closed"
    if cycle.starts_on > today:
        return "coming"
    return "late" if cycle.ends_on < today else "now"


def lanes(use_case: UseCase, cycle: Cycle | None) -> list[StoryLane]:
    """The board of a cycle, or of the list of stories that wait for one."""
    stories = list(use_case.stories.filter(cycle=cycle).select_related("assignee"))
    labels = dict(Story.State.choices)
    return [
        StoryLane(
            state.value,
            state.label,
            Story.COLORS[state.value],
            [card(each, labels) for each in stories if each.state == state],
        )
        for state in Story.State
    ]


def card(story: Story, labels: dict[str, Any]) -> StoryCard:
    """One card."""
    forward, back = FORWARD.get(story.state, ""), BACK.get(story.state, "")
    return StoryCard(
        story,
        forward,
        back,
        labels[Story.LIFE.moves[forward][story.state]] if forward else "",
        labels[Story.LIFE.moves[back][story.state]] if back else "",
    )


def waiting_stories(use_case: UseCase) -> list[Story]:
    """Stories in no cycle."""
    return list(use_case.stories.filter(cycle=None).select_related("assignee"))


def may(reader: User, use_case: UseCase) -> dict[str, Any]:
    """What the reader may do with cycles and stories here."""
    return {
        "may_plan": rules.cycles.may_plan(reader, use_case),
        "may_work": rules.cycles.may_work(reader, use_case),
    }
