"""Phases: one writer, gates that cannot be walked around, a history that stays."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from portal.core import clock
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import PhaseEvent, UseCase
from projects.services import phases, use_cases
from projects.worktime import TimeBox, working_days
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, manager, proposal

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("phase", "action", "gate"),
    [
        ("backlog", "initialise", "G1"),
        ("initialisation", "develop", "G2"),
        ("development", "go_live", "G3"),
        ("production", "retire", "G5"),
    ],
)
def test_a_gated_move_without_its_gate_is_refused_even_for_the_portal_itself(phase, action, gate):
    use_case = in_phase(phase)
    events = use_case.phase_events.count()

    for by in (use_case.product_owner, manager(), person(duties=("administrator",)), None):
        for wrong in ("", "G9", "G4"):
            with pytest.raises(Refused, match=gate):
                phases.move(use_case, action, by=by, gate=wrong)

    use_case.refresh_from_db()
    assert use_case.phase == phase
    assert use_case.phase_events.count() == events


def test_a_move_through_its_gate_leaves_an_event_with_its_evidence():
    use_case = in_backlog()
    moment = clock.now() + timedelta(days=3)

    with clock.at(moment):
        event = phases.move(
            use_case, "initialise", by=use_case.sponsor, gate="G1", comment="Go.", evidence={"request": "7"}
        )

    use_case.refresh_from_db()
    assert (use_case.phase, use_case.phase_since) == ("initialisation", moment)
    assert (event.from_phase, event.to_phase, event.gate, event.at) == (
        "backlog",
        "initialisation",
        "G1",
        moment,
    )
    assert event.evidence == {"request": "7"}


def test_the_history_can_neither_be_changed_nor_removed():
    event = in_backlog().phase_events.first()

    with pytest.raises(DatabaseError), transaction.atomic():
        PhaseEvent.objects.filter(pk=event.pk).update(to_phase="production")
    with pytest.raises(DatabaseError), transaction.atomic():
        PhaseEvent.objects.filter(pk=event.pk).delete()


def test_a_prohibited_use_goes_no_further_whatever_gate_is_named():
    use_case = in_backlog()
    use_cases.set_risk_tier(
        use_case, tier="prohibited", reason="Banned.", by=person(duties=("risk_officer",))
    )

    with pytest.raises(Refused, match="prohibited"):
        phases.move(use_case, "initialise", by=None, gate="G1")

    use_case.refresh_from_db()
    assert use_case.phase == "backlog"


def test_a_phase_that_does_not_lead_there_is_an_illegal_move():
    with pytest.raises(IllegalMove):
        phases.move(proposal(), "go_live", by=None, gate="G3")


def test_of_two_moves_from_the_same_state_one_wins():
    use_case = in_backlog()
    stale = UseCase.objects.get(pk=use_case.pk)
    phases.move(use_case, "initialise", by=None, gate="G1")

    with pytest.raises(IllegalMove):
        phases.move(stale, "initialise", by=None, gate="G1")

    assert PhaseEvent.objects.filter(use_case=use_case, action="initialise").count() == 1


def test_stopping_early_keeps_reason_and_lessons():
    use_case = in_phase("initialisation")

    with clock.at(clock.now() + timedelta(days=6)):
        phases.stop(
            use_case, reason="Too little signal.", lessons="Ask for labels first.", by=use_case.sponsor
        )

    use_case.refresh_from_db()
    assert (use_case.phase, use_case.lessons) == ("stopped", "Ask for labels first.")
    evidence = use_case.phase_events.last().evidence
    assert (evidence["days_in_phase"], evidence["person_days"], evidence["basis"]) == (6, 0, "timebox")
    assert evidence["saved"] == 15 * evidence["day_rate"]


def test_a_stop_needs_the_owner_or_sponsor_and_words():
    use_case = in_phase("initialisation")

    with pytest.raises(Refused):
        phases.stop(use_case, reason="x", lessons="y", by=manager())
    with pytest.raises(ValidationError) as refusal:
        phases.stop(use_case, reason="", lessons="", by=use_case.product_owner)

    assert set(refusal.value.message_dict) == {"reason", "lessons"}
    use_case.refresh_from_db()
    assert use_case.phase == "initialisation"


def test_production_is_retired_not_stopped():
    use_case = in_phase("production")

    with pytest.raises(Refused):
        phases.stop(use_case, reason="x", lessons="y", by=use_case.product_owner)

    use_case.refresh_from_db()
    assert use_case.phase == "production"


def test_reopening_begins_a_new_spell():
    use_case = in_phase("development")
    phases.stop(use_case, reason="Budget.", lessons="None yet.", by=use_case.product_owner)

    with pytest.raises(Refused):
        phases.reopen(use_case, reason="Again.", by=use_case.product_owner)
    phases.reopen(use_case, reason="Budget is back.", by=manager())

    use_case.refresh_from_db()
    assert use_case.phase == "backlog"
    assert [event.action for event in use_case.phase_events.all()][-2:] == ["stop", "reopen"]


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-02", 0, 0),
        ("2026-11-02", 1, 1),
        ("2026-11-02", 7, 5),
        ("2026-11-06", 3, 1),
        ("2026-11-07", 2, 0),
        ("2026-11-02", 28, 20),
        ("2026-11-02", -3, 0),
    ],
)
def test_working_days_leave_weekends_out(start, days, expected):
    from datetime import date

    day = date.fromisoformat(start)

    assert working_days(day, day + timedelta(days=days)) == expected


def test_a_time_box_says_when_it_is_near_and_over():
    assert [TimeBox(used, 20).state for used in (0, 15, 16, 19, 20, 30)] == [
        "within",
        "within",
        "near",
        "near",
        "over",
        "over",
    ]
    assert TimeBox(5, 20).left == 15
