"""What the database counts of the history is what its definition counts, move by move."""

import random
from datetime import timedelta
from itertools import pairwise

import pytest

from governance.selectors import flow, portfolio
from portal.core import clock
from portal.core.duties import Duty
from projects.durations import first_way
from projects.models import PhaseEvent, UseCase
from tests.people import person

pytestmark = pytest.mark.django_db
STOPS = ("stopped", "declined")


def walked(chance: random.Random, start) -> list[tuple[str, str, object]]:
    """A way through the phases that the machine allows: back, stopped and begun again too."""
    moves, phase, at = [], "draft", start
    for _each in range(chance.randint(0, 12)):
        following = {to for ends in UseCase.LIFE.moves.values() for to in [ends.get(phase)] if to}
        following -= (
            {"duplicate"} if chance.random() < 0.2 else {"duplicate", "draft", "needs_info", "declined"}
        )
        if not following:
            break
        at += timedelta(hours=chance.randint(1, 400))
        before, phase = phase, chance.choice(sorted(following))
        moves.append((str(before), str(phase), at))
    return moves


def some_histories(count: int) -> dict[str, list[tuple[str, str, object]]]:
    """Use cases with a history each, written in bulk."""
    chance, author, start = random.Random(5), person("Ana"), clock.now() - timedelta(days=400)
    histories = {f"UC-{number}": walked(chance, start) for number in range(count)}
    rows = [
        UseCase(
            ref=ref,
            title=ref,
            problem="p",
            submitter=author,
            phase=moves[-1][1] if moves else "draft",
            phase_since=moves[-1][2] if moves else start,
            timebox_days=20,
            timebox_person_days=15,
        )
        for ref, moves in histories.items()
    ]
    UseCase.objects.bulk_create(rows)
    PhaseEvent.objects.bulk_create(
        PhaseEvent(use_case=row, from_phase=before, to_phase=after, action="x", at=at)
        for row in rows
        for before, after, at in histories[row.ref]
    )
    return {ref: moves for ref, moves in histories.items() if moves and moves[-1][1] != "draft"}


def test_moves_ways_and_stops_are_counted_as_they_are_defined():
    now = clock.now()
    with clock.at(now):
        seen = some_histories(120)
        reader = person("Erin", duties=(Duty.EXECUTIVE,))
        visible = UseCase.objects.sent_and_visible_to(reader)
        counted, ways = flow.flow(visible), flow.ways(visible)
        tile = portfolio.stopped_tile(visible, 0)

    assert set(visible.values_list("ref", flat=True)) == set(seen)
    for phase, following in pairwise((*portfolio.FUNNEL, "retired")):
        stays = [after for moves in seen.values() for _from, after, _at in moves if after == phase]
        went_on = [
            1
            for moves in seen.values()
            for here, there in pairwise(moves)
            if (here[1], there[1]) == (phase, following)
        ]
        assert (counted.entered(phase), counted.moves[phase, following]) == (len(stays), len(went_on)), phase
        assert stays, phase
    spells = [[(after, at) for _from, after, at in moves] for moves in seen.values()]
    expected = [way for each in spells if (way := first_way(each, "backlog", "production", now, STOPS))]
    assert sorted(way.days for way in ways) == pytest.approx(
        sorted(days for days, _arrived in expected), abs=1e-4
    )
    assert sum(way.arrived for way in ways) == sum(arrived for _days, arrived in expected) > 5
    assert sum(way.built for way in ways) == sum(
        any(phase == "development" for phase, _at in each) for each in spells
    )
    early, left = 0, 0.0
    for moves in seen.values():
        if moves[-1][1] == "stopped" and (origin := moves[-1][0]) != "development":
            early += 1
            spent = (
                (moves[-1][2] - moves[-2][2]).total_seconds() / 86400 * 5 / 7
                if origin == "initialisation"
                else 0
            )
            left += 15 * max(0.0, 1 - spent / 20)
    assert early > 3 and (tile.value, f"about {round(left)} person-days" in tile.hint) == (str(early), True)
