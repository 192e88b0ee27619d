"""Failing fast: the portal proposes to stop, people answer, a stop shows the money saved."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.verdicts import Refused
from projects.models import StopProposal
from projects.selectors import spending
from projects.services import estimates, kill_criteria, phases, squads, stops, use_cases
from projects.worktime import after_working_days, working_days
from tests.people import person
from tests.projects.cases import criterion, in_backlog, in_phase, join, manager

pytestmark = pytest.mark.django_db


def begun(**more):
    """In initialisation with one criterion due in forty days."""
    use_case = in_backlog()
    written = criterion(use_case, deadline=clock.today() + timedelta(days=40), **more)
    phases.move(use_case, "initialise", by=None, gate="G1")
    written.refresh_from_db()
    return use_case, written


def in_days(days):
    return clock.at(clock.now() + timedelta(days=days))


def causes(use_case, state="open"):
    return sorted(use_case.stop_proposals.filter(state=state).values_list("cause", flat=True))


def test_within_its_limits_nothing_is_proposed():
    use_case, _written = begun()

    assert stops.propose_due() == 0
    assert causes(use_case) == []


def test_the_timetable_proposes_to_stop_when_the_working_days_are_used_up_and_only_once():
    use_case, _written = begun()

    with in_days(29):
        assert stops.propose_due() == 1
        assert stops.propose_due() == 0

    assert causes(use_case) == ["time_over"]
    for user in (use_case.product_owner, use_case.sponsor):
        assert Notice.objects.filter(user=user, text__startswith="Think about stopping").count() == 1
    assert AuditEvent.objects.about(use_case).filter(verb="stop.proposed").count() == 1


def test_a_criterion_nobody_measured_by_its_day_is_a_reason_too():
    use_case, _written = begun()

    with in_days(45):
        stops.propose_due()

    assert causes(use_case) == ["deadline_passed", "time_over"]


def test_a_missed_criterion_proposes_at_once_and_a_waiver_settles_it():
    use_case, written = begun()

    kill_criteria.record_result(
        written, measured_value=0.1, evidence="Forty cases.", by=use_case.product_owner
    )
    assert causes(use_case) == ["criterion_missed"]
    kill_criteria.waive(written, reason="Labels come in May.", by=use_case.sponsor)

    assert causes(use_case) == []
    assert causes(use_case, "settled") == ["criterion_missed"]


def test_person_days_run_out_before_the_calendar_does():
    use_case, _written = begun()
    for _each in range(3):
        join(use_case, "data_scientist", person(), allocation=100)

    with in_days(7):
        assert spending.day_box(use_case).used == 15
        stops.propose_due()

    assert causes(use_case) == ["days_over"]


def test_on_hold_time_does_not_run_out_and_afterwards_it_does():
    use_case, _written = begun()
    use_cases.hold(
        use_case,
        until=clock.today() + timedelta(days=35),
        reason="Waiting for data.",
        by=use_case.product_owner,
    )

    with in_days(30):
        assert stops.propose_due() == 0
    with in_days(37):
        assert stops.propose_due() == 1


def test_going_on_is_the_sponsors_word_with_a_reason_and_is_not_asked_again():
    use_case, _written = begun()
    with in_days(29):
        stops.propose_due()
        proposal = use_case.stop_proposals.get()
        with pytest.raises(Refused, match="sponsor"):
            stops.go_on(proposal, reason="We are close.", by=use_case.product_owner)
        with pytest.raises(ValidationError):
            stops.go_on(proposal, reason=" ", by=use_case.sponsor)
        assert causes(use_case) == ["time_over"]

        stops.go_on(proposal, reason="The labels arrived yesterday.", by=use_case.sponsor)
        assert stops.propose_due() == 0
        with pytest.raises(Refused, match="answered"):
            stops.go_on(proposal, reason="Again.", by=manager())

    assert causes(use_case, "went_on") == ["time_over"]


def test_a_stop_answers_every_proposal():
    use_case, _written = begun()
    with in_days(45):
        stops.propose_due()
        phases.stop(use_case, reason="No labels.", lessons="Ask first.", by=use_case.product_owner)

    assert causes(use_case) == []
    assert causes(use_case, "stopped") == ["deadline_passed", "time_over"]


def test_a_new_spell_may_be_proposed_to_stop_again():
    use_case, _written = begun()
    with in_days(29):
        stops.propose_due()
        phases.stop(use_case, reason="No labels.", lessons="Ask first.", by=use_case.product_owner)
    with in_days(40):
        phases.reopen(use_case, reason="Labels came.", by=manager())
        phases.move(use_case, "initialise", by=None, gate="G1")
        assert stops.propose_due() == 0
    with in_days(75):
        stops.propose_due()

    assert "time_over" in causes(use_case)
    assert StopProposal.objects.filter(cause="time_over").count() == 2


def test_a_move_on_settles_what_was_proposed():
    use_case, _written = begun()
    with in_days(29):
        stops.propose_due()
        phases.move(use_case, "develop", by=None, gate="G2")
        stops.propose_due()

    assert causes(use_case, "settled") == ["time_over"]


def test_the_saving_is_the_plan_minus_the_work_of_the_squad(settings):
    settings.DAY_RATE = 500
    use_case, _written = begun()
    join(use_case, "data_scientist", person(), allocation=50)
    days = working_days(clock.today(), clock.today() + timedelta(days=14))

    with in_days(14):
        found = spending.saving(use_case)

    assert found.basis == "timebox"
    assert found.spent == pytest.approx(0.5 * days)
    assert found.money == round((15 - 0.5 * days) * 500)


def test_with_an_estimate_the_whole_effort_is_the_plan(settings):
    settings.DAY_RATE = 500
    use_case, _written = begun()
    estimates.give(use_case, effort_months=6.0, by=use_case.product_owner)

    phases.stop(use_case, reason="No signal.", lessons="Measure first.", by=use_case.product_owner)

    evidence = use_case.phase_events.last().evidence
    assert (evidence["basis"], evidence["planned_days"], evidence["saved"]) == ("estimate", 120, 60_000)


def test_a_saving_is_never_negative():
    assert spending.Saving(spent=30, planned=15, basis="timebox", day_rate=500).money == 0


def test_what_never_began_saves_nothing_that_could_be_counted():
    use_case = in_backlog()

    phases.stop(use_case, reason="Not needed.", lessons="Ask users.", by=use_case.product_owner)

    assert use_case.phase_events.last().evidence == {"days_in_phase": 0}
    assert spending.saving(in_phase("development")) is None


def test_somebody_who_left_counts_until_the_day_they_left():
    use_case, _written = begun()
    member = join(use_case, "data_scientist", person(), allocation=100)

    with in_days(7):
        squads.end_membership(member, by=use_case.product_owner)
    with in_days(28):
        assert 4 <= spending.person_days(use_case, use_case.phase_since.date()) <= 6


def test_working_days_forwards_and_backwards_agree():
    for offset in range(14):
        start = clock.today() + timedelta(days=offset)
        for days in (1, 5, 11):
            assert working_days(start, after_working_days(start, days)) in (days, days - 1)
