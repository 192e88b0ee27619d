"""Memberships in time: nobody promises more than all of their time, backups count, sizes are waived or split."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings, strategies as st

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.verdicts import Refused
from projects import workload
from projects.coverage import Membership, cover
from projects.models import Component, SizeWaiver, SquadMember
from projects.selectors import loads, squads as reads, staffing
from projects.services import squad_sizes, squads
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, manager

db = pytest.mark.django_db


def day(offset: int) -> date:
    """So many days from today."""
    return clock.today() + timedelta(days=offset)


def promise(percent, first, last=None, use_case="a", **more):
    """A promise of person 1."""
    return workload.Promise(1, use_case, "designer", percent, first, last, **more)


START = date(2026, 1, 5)  # a Monday
SPANS = st.lists(
    st.tuples(st.integers(1, 100), st.integers(0, 60), st.one_of(st.none(), st.integers(0, 40))), max_size=6
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=60)
@given(SPANS, st.integers(0, 60), st.integers(0, 60))
def test_the_peak_is_the_fullest_day_of_the_span(spans, first, length):
    promises = [
        promise(percent, START + timedelta(begin), None if last is None else START + timedelta(begin + last))
        for percent, begin, last in spans
    ]
    begin, end = START + timedelta(first), START + timedelta(first + length)

    most, on = workload.peak(promises, begin, end)

    days = [begin + timedelta(n) for n in range(length + 1)]
    assert most == max(workload.total_on(promises, each) for each in days)
    assert begin <= on <= end
    assert workload.total_on(promises, on) == most


def test_a_week_is_the_mean_of_its_working_days():
    promises = [promise(50, START), promise(50, START + timedelta(3))]  # from Thursday on

    assert workload.week_share(promises, START) == 70
    assert workload.week_share(promises, START + timedelta(7)) == 100
    assert [workload.band(each) for each in (0, 70, 71, 91, 101)] == ["none", "free", "good", "full", "over"]


def test_maintenance_is_the_share_of_promised_time_in_production():
    promises = [promise(30, START, is_production=True), promise(30, START, use_case="b")]

    assert workload.burden(promises, START) == workload.Burden(30, 60)
    assert workload.burden(promises, START).percent == 50
    assert workload.burden(promises, START).is_heavy
    assert not workload.burden([], START).is_heavy
    assert workload.at_once([*promises, promise(5, START, use_case="c")], START) == 2


@db
def test_nobody_promises_more_than_all_of_their_time_over_all_squads():
    first, second = in_backlog(), in_backlog()
    ana = person("Ana")
    join(first, "designer", user=ana, allocation=70)

    with pytest.raises(ValidationError, match="at most 30 % are free") as refusal:
        join(second, "data_analyst", user=ana, allocation=40)
    assert "allocation" in refusal.value.message_dict
    assert SquadMember.objects.count() == 1

    join(second, "data_analyst", user=ana, allocation=30)
    assert SquadMember.objects.count() == 2


@db
def test_time_counts_in_the_days_it_is_promised_for_and_only_in_squads_at_work():
    first, second = in_backlog(), in_backlog()
    ana = person("Ana")
    join(first, "designer", user=ana, allocation=100, starts_on=day(10), ends_on=day(20))

    join(second, "data_analyst", user=ana, allocation=100, starts_on=day(0), ends_on=day(9))
    with pytest.raises(ValidationError, match="at most 0 % are free"):
        join(second, "end_user", user=ana, allocation=1, starts_on=day(20))
    join(second, "end_user", user=ana, allocation=100, starts_on=day(21))
    assert SquadMember.objects.count() == 3


@db
def test_reversed_days_overlaps_and_wrong_backups_are_refused_by_field():
    use_case = in_backlog()
    ana = person("Ana")
    join(use_case, "designer", user=ana, starts_on=day(0), ends_on=day(10))

    for wrong, field in (
        ({"starts_on": day(30), "ends_on": day(29)}, "ends_on"),
        ({"starts_on": day(10)}, "user"),
        ({"starts_on": day(11), "backup": ana}, "backup"),
        ({"starts_on": day(11), "backup": person(is_active=False)}, "backup"),
        ({"starts_on": day(11), "site": "x" * 81}, "site"),
    ):
        with pytest.raises(ValidationError) as refusal:
            join(use_case, "designer", user=ana, **wrong)
        assert set(refusal.value.message_dict) == {field}
    assert SquadMember.objects.count() == 1

    join(use_case, "designer", user=ana, starts_on=day(11))


@db
def test_a_membership_is_changed_with_the_same_rules_and_written_down():
    use_case = in_backlog()
    member, bo = join(use_case, "designer", allocation=50), person("Bo")

    with pytest.raises(ValidationError, match="end lies before"):
        squads.change_member(member, ends_on=day(-1), by=use_case.product_owner)
    with pytest.raises(ValidationError, match="not changed here"):
        squads.change_member(member, role="mentor", by=use_case.product_owner)
    with pytest.raises(Refused):
        squads.change_member(member, allocation=10, by=bo)
    member.refresh_from_db()
    assert (member.allocation, member.ends_on, member.role) == (50, None, "designer")

    squads.change_member(member, allocation=100, backup=bo, ends_on=day(30), by=use_case.product_owner)
    member.refresh_from_db()
    assert (member.allocation, member.backup, member.ends_on) == (100, bo, day(30))
    assert AuditEvent.objects.get(verb="squad.member_changed").details["changes"]["allocation"] == {
        "before": 50,
        "after": 100,
    }
    assert Notice.objects.filter(user=bo, text__startswith="You are the backup").exists()


@db
def test_who_comes_later_is_no_member_yet_and_cannot_lead():
    use_case = in_backlog()
    with pytest.raises(ValidationError, match="current member"):
        join(use_case, "designer", starts_on=day(5), is_lead=True)
    assert not SquadMember.objects.exists()

    join(use_case, "designer", starts_on=day(5))
    assert SquadMember.objects.current().count() == 0
    assert SquadMember.objects.coming().count() == 1


@db
def test_holes_ahead_are_roles_that_somebody_leaves_before_anybody_takes_over(client):
    use_case = in_phase("development")
    join(use_case, "data_engineer", ends_on=day(20))
    join(use_case, "it_engineer", ends_on=day(20))
    join(use_case, "it_engineer", starts_on=day(15))
    join(use_case, "ml_engineer", ends_on=day(400))
    join(use_case, "designer", ends_on=day(3))  # helpful, not needed

    found = reads.holes(use_case)

    # The ML engineer leaves after the eight weeks; nobody is business expert today either, which is no hole but a gap.
    assert [str(each.label) for each in found] == ["Data engineer"]
    assert day(20) < found[0].first <= day(27) and found[0].first.weekday() == 0
    client.force_login(use_case.product_owner)
    assert "Holes in the next eight weeks" in client.get(f"/use-cases/{use_case.pk}/squad/").content.decode()
    answer = client.get(f"/api/use-cases/{use_case.pk}/squad/").json()
    assert [each["role"] for each in answer["holes"]] == ["Data engineer"]


def test_a_backup_takes_the_risk_off_one_person():
    alone = [Membership(1, "Ana", "data_engineer")]
    shared = [Membership(1, "Ana", "data_engineer", backup="Bo")]

    seats = {each.role: each for each in cover(shared, "development").seats}
    assert seats["data_engineer"].backups == ("Bo",)
    assert "data_engineer" in {each.role for each in cover(alone, "development").hanging}
    assert "data_engineer" not in {each.role for each in cover(shared, "development").hanging}
    roles = ("business_expert", "data_engineer", "it_engineer")
    assert cover([Membership(1, "Atlas", role) for role in roles], "production").holds_everything == "Atlas"
    helped = [Membership(1, "Atlas", role, backup="Bo") for role in roles]
    assert cover(helped, "production").holds_everything == ""


@db
def test_the_sponsor_agrees_to_another_size_for_a_time():
    use_case = in_backlog()
    sponsor = use_case.sponsor

    with pytest.raises(Refused):
        squad_sizes.waive(use_case, reason="Small.", until=day(30), by=use_case.product_owner)
    for until in (day(0), day(400)):
        with pytest.raises(ValidationError):
            squad_sizes.waive(use_case, reason="Small.", until=until, by=sponsor)
    with pytest.raises(ValidationError, match="sentence"):
        squad_sizes.waive(use_case, reason=" ", until=day(30), by=sponsor)
    assert not SizeWaiver.objects.exists()

    squad_sizes.waive(use_case, reason="A tiny process.", until=day(30), by=sponsor)
    from projects.selectors.squads import waiver_of

    assert waiver_of(use_case).reason == "A tiny process."
    with clock.at(clock.now() + timedelta(days=31)):
        assert waiver_of(use_case) is None


@db
def test_a_large_use_case_has_parts_of_one_level():
    owner = in_backlog().product_owner
    whole, part, third = in_backlog(owner), in_backlog(owner), in_backlog(owner)

    with pytest.raises(ValidationError, match="no part of itself"):
        squad_sizes.link(whole, part=whole, by=owner)
    with pytest.raises(Refused):
        squad_sizes.link(whole, part=part, by=person())
    assert not Component.objects.exists()

    link = squad_sizes.link(whole, part=part, by=owner)
    for wrong in ((third, part), (part, third), (third, whole)):
        with pytest.raises(ValidationError):
            squad_sizes.link(wrong[0], part=wrong[1], by=owner)
    assert Component.objects.count() == 1

    squad_sizes.unlink(link, by=owner)
    assert not Component.objects.exists()


@db
def test_staffing_finds_people_by_role_right_and_free_time():
    use_case, other = in_backlog(), in_backlog()
    ana, bo = person("Ana", rights=("automl.launch",), site="Lyon"), person("Bo")
    join(use_case, "data_analyst", user=ana, allocation=60)
    join(use_case, "data_analyst", user=bo, allocation=90)

    found = staffing.candidates(role="data_analyst", free=20)
    assert [(each.display_name, free) for each, free in found] == [("Ana", 40)]
    assert [each.display_name for each, _free in staffing.candidates(right="automl.launch")] == ["Ana"]
    assert staffing.candidates(role="data_analyst", leaving_out=use_case) == []
    assert staffing.candidates(site="lyon", q="ana")[0][0] == ana
    [only] = staffing.described(found)
    assert [str(each) for each in only.roles] == ["Data analyst"]
    assert other.product_owner not in {each for each, _free in staffing.candidates(role="designer")}


@db
def test_the_weeks_name_no_confidential_use_case_to_those_outside():
    hidden = in_phase("production", is_confidential=True)
    reader, ana = manager(), person("Ana")
    lead = in_backlog()
    join(lead, "designer", user=lead.product_owner, is_lead=True, allocation=10)
    join(hidden, "data_engineer", user=ana, allocation=40)

    [row] = loads.load_rows([ana], lead.product_owner)
    assert (row.cases, row.hidden) == ((), 1)
    assert [cell.percent for cell in row.cells] == [40] * loads.WEEKS or row.cells[0].percent < 40
    assert row.burden.percent == 100
    [row] = loads.load_rows([ana], reader)
    assert (row.cases, row.hidden) == ((hidden,), 0)


@db
def test_everybody_sees_their_own_weeks_and_those_who_staff_see_all():
    use_case = in_backlog()
    ana, bo = join(use_case, "designer").user, join(use_case, "data_analyst").user

    assert list(loads.busy_people(ana)) == [ana]
    assert set(loads.busy_people(use_case.product_owner)) == {ana, bo}
    assert set(loads.busy_people(manager())) == {ana, bo}
