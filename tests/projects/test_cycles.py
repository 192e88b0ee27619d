"""Cycles do not overlap, stories cross the board, a demo is accepted or not."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from portal.core import clock
from portal.core.models import Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import Cycle, StopProposal, Story
from projects.selectors import cycles as reads
from projects.services import cycles, stories
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, manager

pytestmark = pytest.mark.django_db


def day(offset):
    """So many days from today."""
    return clock.today() + timedelta(days=offset)


def planned(use_case, first=0, last=13, **more):
    """A cycle of two weeks."""
    given = {"goal": "Agents see the list", "starts_on": day(first), "ends_on": day(last)}
    return cycles.plan(use_case, **(given | more), by=use_case.product_owner)


def test_cycles_are_numbered_and_do_not_overlap():
    use_case = in_phase("development")
    planned(use_case)

    for first, last in ((13, 20), (-5, 0), (3, 4), (-5, 30)):
        with pytest.raises(ValidationError, match="do not overlap"):
            planned(use_case, first, last)
    assert [each.number for each in Cycle.objects.all()] == [1]
    assert planned(use_case, 14, 27).number == 2
    assert planned(in_phase("development")).number == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"first": 5, "last": 4}, "ends_on"), ({"last": 60}, "ends_on"), ({"goal": " "}, "goal"), ({"metric": "x" * 121}, "metric")],
)  # fmt: skip
def test_a_wrong_cycle_is_refused_by_field(wrong, field):
    use_case = in_phase("development")

    with pytest.raises(ValidationError) as refusal:
        planned(use_case, **wrong)

    assert set(refusal.value.message_dict) == {field}
    assert not Cycle.objects.exists()


def test_cycles_are_planned_by_those_who_steer_and_not_before_initialisation():
    use_case = in_phase("development")
    given = {"goal": "x", "starts_on": day(0), "ends_on": day(9)}

    with pytest.raises(Refused):
        cycles.plan(use_case, **given, by=join(use_case, "designer").user)
    early = in_backlog()
    with pytest.raises(Refused, match="initialisation"):
        cycles.plan(early, **given, by=early.product_owner)
    assert not Cycle.objects.exists()
    cycles.plan(use_case, **given, by=manager())


def test_changing_a_cycle_keeps_the_rules_and_gives_back_what_was():
    use_case = in_phase("development")
    cycle, _later = planned(use_case), planned(use_case, 20, 30)

    with pytest.raises(ValidationError, match="overlap"):
        cycles.change(cycle, ends_on=day(25), by=use_case.product_owner)
    assert cycle.ends_on == day(13)
    with pytest.raises(ValidationError, match="not changed here"):
        cycles.change(cycle, demo="accepted", by=use_case.product_owner)
    cycles.change(cycle, ends_on=day(19), by=use_case.product_owner)
    assert Cycle.objects.get(pk=cycle.pk).ends_on == day(19)


def test_stories_cross_the_board_and_come_back():
    use_case = in_phase("development")
    cycle, designer = planned(use_case), join(use_case, "designer").user
    story = stories.add(use_case, title="Show why", cycle=cycle, assignee=designer, by=use_case.product_owner)
    assert Notice.objects.filter(user=designer, kind="task").exists()

    for action, state in (("begin", "doing"), ("finish", "done"), ("reopen", "doing"), ("put_back", "to_do")):
        stories.move(story, action=action, by=designer)
        assert Story.objects.get().state == state
    with pytest.raises(IllegalMove):
        stories.move(story, action="finish", by=designer)
    with pytest.raises(ValidationError, match="not known"):
        stories.move(story, action="fly", by=designer)
    with pytest.raises(Refused):
        stories.move(story, action="begin", by=person())
    assert Story.objects.get().state == "to_do"


def test_the_product_owner_closes_with_the_demo_and_what_is_not_done_goes_back():
    use_case = in_phase("development")
    owner = use_case.product_owner
    cycle = planned(use_case, metric="calls answered", metric_before=0.4)
    done, left = (stories.add(use_case, title=name, cycle=cycle, by=owner) for name in ("done", "left"))
    stories.move(done, action="begin", by=owner)
    stories.move(done, action="finish", by=owner)

    with pytest.raises(Refused):
        cycles.close(cycle, is_accepted=True, outcome="x", by=join(use_case, "designer", is_lead=True).user)
    with pytest.raises(ValidationError, match="yardstick"):
        cycles.close(cycle, is_accepted=True, outcome="Shown.", by=owner)
    assert Cycle.objects.get().state == "open"

    cycles.close(cycle, is_accepted=False, outcome="Too slow.", metric_after=0.5, by=owner)
    cycle.refresh_from_db()
    left.refresh_from_db()
    assert (cycle.demo, cycle.metric_before, cycle.metric_after, left.cycle) == ("rejected", 0.4, 0.5, None)
    done.refresh_from_db()
    with pytest.raises(Refused, match="closed"):
        stories.move(done, action="reopen", by=owner)
    with pytest.raises(ValidationError, match="closed"):
        stories.add(use_case, title="late", cycle=cycle, by=owner)


def test_stories_are_changed_and_removed_within_their_use_case():
    use_case, other = in_phase("development"), in_phase("development")
    owner = use_case.product_owner
    story, foreign = stories.add(use_case, title="a", by=owner), planned(other)

    with pytest.raises(ValidationError, match="another use case"):
        stories.change(story, title="b", cycle=foreign, by=owner)
    assert Story.objects.get().title == "a"
    cycle = planned(use_case)
    stories.change(story, title="b", cycle=cycle, by=owner)
    assert reads.cycle_rows(use_case)[0].count == 1
    stories.remove(story, by=owner)
    assert not Story.objects.exists()


def test_the_list_of_cycles_asks_a_constant_number_of_queries(django_assert_max_num_queries):
    use_case = in_phase("development")
    for number in range(5):
        cycle = planned(use_case, 20 * number, 20 * number + 10)
        for name in "abc":
            stories.add(use_case, title=name, cycle=cycle, by=use_case.product_owner)

    with django_assert_max_num_queries(2):
        assert sum(row.count for row in reads.cycle_rows(use_case)) == 15


def test_the_next_cycle_waits_until_the_last_demo_was_judged_and_proposals_to_stop_are_answered():
    use_case = in_phase("development")
    owner = use_case.product_owner
    span = {"starts_on": clock.today() + timedelta(days=1), "ends_on": clock.today() + timedelta(days=9)}
    late = cycles.plan(
        use_case,
        goal="First",
        starts_on=clock.today() - timedelta(days=20),
        ends_on=clock.today() - timedelta(days=9),
        by=owner,
    )

    with pytest.raises(Refused, match="judged"):
        cycles.plan(use_case, goal="Second", **span, by=owner)
    cycles.change(late, goal="First, said better", by=owner)
    cycles.close(late, is_accepted=False, outcome="Nobody came.", by=owner)
    proposal = StopProposal.objects.create(
        use_case=use_case, cause="time_over", phase_since=use_case.phase_since
    )
    with pytest.raises(Refused, match="proposal to stop"):
        cycles.plan(use_case, goal="Second", **span, by=owner)
    assert use_case.cycles.count() == 1

    StopProposal.objects.filter(pk=proposal.pk).update(state="went_on", reason="Worth it.")
    assert cycles.plan(use_case, goal="Second", **span, by=owner).number == 2
