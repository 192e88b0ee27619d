"""Cards for the board. Run as a program (`python -m tests.walk.board_scene`) in a portal whose cast is there."""

import sys
from typing import Any


def somebody(first_name: str) -> Any:
    """One of the cast."""
    from portal.core.models import User
    from tests.walk.cast import address

    return User.objects.get(email=address(first_name))


def accepted(title: str, problem: str = "Found out too late, by chance.") -> Any:
    """In Olga's backlog, after the triage."""
    from projects.services import triage, use_cases

    made = use_cases.propose(title=title, problem=problem, by=somebody("sam"))
    return triage.accept(
        made,
        product_owner=somebody("olga"),
        risk_tier="minimal",
        sponsor=somebody("stan"),
        by=somebody("pia"),
    )


def make() -> None:
    """One that lacks everything, one that lacks nothing, and one that Olga may still take back."""
    from projects.services import squads, use_cases
    from tests.governance.factories import ready_for_g1

    accepted("Bare wish")
    ready = accepted("Ready plan")
    roles = {"lea": "citizen_data_scientist", "marc": "data_scientist", "dan": "data_engineer"}
    for name, role in roles.items():
        squads.add_member(
            ready, user=somebody(name), role=role, is_lead=name == "lea", by=ready.product_owner
        )
    ready_for_g1(ready)
    use_cases.propose(title="Own idea", problem="Found out too late, by chance.", by=somebody("olga"))


def fill() -> None:
    """The column of initialisation holds as much as it should."""
    from projects.services import board_limits, phases

    phases.move(accepted("Going on"), "initialise", by=None, gate="G1")
    board_limits.limit("initialisation", most=1, most_in_lane=1, by=somebody("pia"))


def place() -> None:
    """Two bubbles far apart for the matrix; one waits for the other, which is planned too late."""
    from datetime import timedelta

    from portal.core import clock
    from projects.models import ScoreCard
    from projects.services import dependencies, gate_plans
    from tests.projects.cases import scored

    made = []
    for title, value, feasibility in (("Early routes", 80, 75), ("Late weather", 30, 25)):
        made.append(scored(accepted(title, "Plans cross each other.")).use_case)
        ScoreCard.objects.filter(use_case=made[-1]).update(value=value, feasibility=feasibility)
    routes, weather = made
    dependencies.add(routes, needs=weather, by=routes.product_owner)
    for use_case, gate, days in ((routes, "G1", 30), (weather, "G3", 90)):
        day = clock.today() + timedelta(days=days)
        gate_plans.plan(use_case, gate=gate, planned_on=day, by=use_case.product_owner)


if __name__ == "__main__":
    import django

    django.setup()
    {"": make, "full": fill, "placed": place}["".join(sys.argv[1:2])]()
