"""Kept views, planned gates, the calendar and acts on several: services and their rules."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings, strategies as st

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.verdicts import Refused
from projects.models import CalendarFeed, GatePlan, SavedView, UseCase, ViewFollower
from projects.selectors import calendars
from projects.services import bulk, calendar_feeds, gate_plans, phases, saved_views
from tests.people import person
from tests.projects.cases import criterion, in_backlog, in_phase, join, manager, owner, proposal

pytestmark = pytest.mark.django_db


def in_days(days: int):
    return clock.today() + timedelta(days=days)


def kept(by, **more):
    fields = {"name": "Late ones", "query": "is=overdue&page=3&nonsense=1", "layout": "board"} | more
    return saved_views.keep(**fields, by=by)


# --- kept views -----------------------------------------------------------------------------------
def test_a_view_keeps_what_means_something():
    view = kept(person(), query="q=&phase=backlog&phase=production&page=3&nonsense=1&columns=phase")

    assert view.query == "columns=phase&phase=backlog&phase=production"
    assert AuditEvent.objects.filter(verb="saved_view.kept").count() == 1


def test_a_private_view_is_seen_by_its_owner_alone():
    me, other = person(), person()
    view = kept(me)

    assert set(SavedView.objects.visible_to(me)) == {view}
    assert not SavedView.objects.visible_to(other).exists()


def test_a_squads_view_is_seen_by_its_members_and_product_owner():
    use_case = in_backlog()
    member = join(use_case, "data_scientist").user
    view = kept(member, scope="squad", use_case=use_case)

    for user in (member, use_case.product_owner):
        assert set(SavedView.objects.visible_to(user)) == {view}
    assert not SavedView.objects.visible_to(manager()).exists()


def test_only_portfolio_managers_share_with_everybody():
    with pytest.raises(Refused) as refusal:
        kept(person(), scope="everyone")

    assert "Portfolio managers" in str(refusal.value)
    assert not SavedView.objects.exists()
    view = kept(manager(), scope="everyone")
    assert set(SavedView.objects.visible_to(person())) == {view}


def test_a_stranger_to_a_squad_shares_nothing_with_it():
    with pytest.raises(Refused):
        kept(person(), scope="squad", use_case=in_backlog())
    assert not SavedView.objects.exists()


def test_a_second_view_of_the_same_name_is_refused_by_field():
    me = person()
    kept(me)

    with pytest.raises(ValidationError) as wrong:
        kept(me)
    assert set(wrong.value.message_dict) == {"name"}


def test_a_locked_view_is_changed_by_its_owner_alone():
    boss, other = manager(), manager()
    view = kept(boss, scope="everyone", is_locked=True)

    with pytest.raises(Refused):
        saved_views.change(view, query="phase=backlog", by=other)
    view.refresh_from_db()
    assert view.query == "is=overdue"
    saved_views.change(view, is_locked=False, by=boss)
    saved_views.change(view, query="phase=backlog", by=other)
    assert SavedView.objects.get().query == "phase=backlog"


def test_only_the_keeper_decides_who_sees_it():
    use_case = in_backlog()
    member = join(use_case, "data_scientist").user
    view = kept(use_case.product_owner, scope="squad", use_case=use_case)

    with pytest.raises(Refused):
        saved_views.change(view, scope="private", use_case=None, by=member)
    assert SavedView.objects.get().scope == "squad"


def test_removing_a_view_tells_those_who_followed_it():
    boss, reader = manager(), person()
    view = kept(boss, scope="everyone")
    saved_views.follow(view, is_starred=True, by=reader)

    with pytest.raises(Refused):
        saved_views.remove(view, by=reader)
    saved_views.remove(view, by=boss)

    assert not SavedView.objects.exists()
    assert "was removed" in str(Notice.objects.get(user=reader))


def follower_of(query="phase=backlog", every="day"):
    boss, reader = manager(), person()
    view = kept(boss, scope="everyone", query=query)
    saved_views.follow(view, every=every, by=reader)
    return view, reader


def test_followers_hear_what_entered_left_and_moved():
    stays, goes = in_backlog(), in_backlog()
    view, reader = follower_of("phase=backlog&phase=initialisation")
    comes = in_backlog()
    phases.move(stays, "initialise", by=None, gate="G1")
    phases.stop(goes, reason="No.", lessons="Ask first.", by=goes.product_owner)

    with clock.at(clock.now() + timedelta(days=1)):
        assert saved_views.tell_followers() == 1
        assert saved_views.tell_followers() == 0

    words = str(Notice.objects.get(user=reader))
    assert f"new 1 ({comes.ref})" in words
    assert f"gone 1 ({goes.ref})" in words
    assert f"moved 1 ({stays.ref})" in words


def test_no_news_is_no_notice_and_a_week_is_a_week():
    view, reader = follower_of(every="week")
    in_backlog()

    with clock.at(clock.now() + timedelta(days=2)):
        assert saved_views.tell_followers() == 0
    with clock.at(clock.now() + timedelta(days=7)):
        assert saved_views.tell_followers() == 1
    with clock.at(clock.now() + timedelta(days=15)):
        assert saved_views.tell_followers() == 0


def test_a_digest_names_nothing_that_its_reader_does_not_see():
    view, reader = follower_of()
    secret = in_backlog(is_confidential=True)

    with clock.at(clock.now() + timedelta(days=1)):
        assert saved_views.tell_followers() == 0
    assert secret.ref not in "".join(str(each) for each in Notice.objects.filter(user=reader))


def test_whoever_lost_sight_of_a_view_is_told_no_more():
    view, reader = follower_of()
    in_backlog()
    saved_views.change(view, scope="private", by=view.owner)

    with clock.at(clock.now() + timedelta(days=1)):
        assert saved_views.tell_followers() == 0
    assert ViewFollower.objects.get(user=reader).every == "never"


# --- planned gates and the calendar ---------------------------------------------------------------
def test_gates_are_planned_in_their_order():
    use_case = in_backlog()
    boss = use_case.product_owner
    gate_plans.plan(use_case, gate="G2", planned_on=in_days(40), by=boss)

    with pytest.raises(ValidationError) as wrong:
        gate_plans.plan(use_case, gate="G1", planned_on=in_days(50), by=boss)

    assert "G2" in str(wrong.value)
    assert GatePlan.objects.count() == 1
    gate_plans.plan(use_case, gate="G1", planned_on=in_days(30), by=boss)
    assert GatePlan.objects.count() == 2


def test_a_moved_plan_takes_the_later_gates_along_with_their_working_days_between():
    use_case = in_backlog()
    boss, monday = use_case.product_owner, in_days(7 - clock.today().weekday())
    for gate, days in (("G1", 0), ("G2", 28), ("G3", 56)):
        gate_plans.plan(use_case, gate=gate, planned_on=monday + timedelta(days=days), by=boss)

    def days() -> list[int]:
        return [(each.planned_on - monday).days for each in GatePlan.objects.order_by("gate")]

    gate_plans.plan(use_case, gate="G1", planned_on=monday + timedelta(days=35), by=boss, with_later=True)
    assert days() == [35, 63, 91]
    gate_plans.plan(use_case, gate="G2", planned_on=monday + timedelta(days=42), by=boss, with_later=True)
    assert days() == [35, 42, 70]
    with pytest.raises(ValidationError, match="G1"):  # the earlier ones never move
        gate_plans.plan(use_case, gate="G2", planned_on=monday + timedelta(days=34), by=boss, with_later=True)
    with pytest.raises(ValidationError, match="G3"):
        gate_plans.plan(use_case, gate="G2", planned_on=monday + timedelta(days=80), by=boss)
    assert days() == [35, 42, 70]


@pytest.mark.parametrize("days", [-1, 4000])
def test_a_plan_is_ahead_and_within_reach(days):
    use_case = in_backlog()

    with pytest.raises(ValidationError):
        gate_plans.plan(use_case, gate="G1", planned_on=in_days(days), by=use_case.product_owner)
    assert not GatePlan.objects.exists()


def test_a_plan_moves_and_goes():
    use_case = in_backlog()
    boss = use_case.product_owner
    for days in (5, 5, 9):
        gate_plans.plan(use_case, gate="G1", planned_on=in_days(days), by=boss)
    assert GatePlan.objects.get().planned_on == in_days(9)
    assert AuditEvent.objects.filter(verb="gate_plan.set").count() == 2

    assert gate_plans.plan(use_case, gate="G1", planned_on=None, by=boss) is None
    assert not GatePlan.objects.exists()


def test_a_stranger_plans_nothing():
    with pytest.raises(Refused):
        gate_plans.plan(in_backlog(), gate="G1", planned_on=in_days(5), by=person())
    assert not GatePlan.objects.exists()


def test_the_calendar_holds_the_dates_of_ones_own_use_cases():
    mine, other = in_backlog(title="Mine; with, signs\nBEGIN:VEVENT"), in_backlog(title="Other")
    for use_case in (mine, other):
        gate_plans.plan(use_case, gate="G1", planned_on=in_days(5), by=use_case.product_owner)
    criterion(mine)

    text = calendars.calendar(mine.product_owner, "https://agora.example")
    unfolded = text.replace("\r\n ", "")

    lines = unfolded.split("\r\n")
    assert lines.count("BEGIN:VEVENT") == 2 == lines.count("END:VEVENT")
    assert "Mine\\; with\\, signs" in unfolded
    assert "Other" not in unfolded
    assert f"DTSTART;VALUE=DATE:{in_days(5):%Y%m%d}" in text


@given(st.text(max_size=300))
@settings(max_examples=60, deadline=None)
def test_no_line_of_a_calendar_is_longer_than_75_bytes(text):
    line = calendars.folded(f"SUMMARY:{calendars.escaped(text)}")

    assert all(len(part.encode()) <= 75 for part in line.split("\r\n"))
    assert line.replace("\r\n ", "") == f"SUMMARY:{calendars.escaped(text)}"


def test_a_calendar_address_is_revoked_and_replaced_at_once():
    me = person()
    _feed, first = calendar_feeds.renew(by=me)
    assert calendar_feeds.reader(first) == me
    _feed, second = calendar_feeds.renew(by=me)

    assert calendar_feeds.reader(first) is None
    assert calendar_feeds.reader(second) == me
    calendar_feeds.revoke(by=me)
    assert calendar_feeds.reader(second) is None
    assert first not in str(list(CalendarFeed.objects.values()))


# --- several at once ------------------------------------------------------------------------------
def test_tags_are_added_to_those_that_may_be_changed_and_the_others_say_why():
    boss = owner()
    mine, other = in_backlog(boss, tags=["old"]), in_backlog()

    rows = bulk.apply([mine, other], act="tag", tags=["claims", "old"], by=boss)

    assert [(bool(row.verdict), row.is_changed) for row in rows] == [(True, True), (False, False)]
    assert "product owner and squad" in str(rows[1].verdict.reason)
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.tags, other.tags) == (["old", "claims"], [])
    assert AuditEvent.objects.filter(verb="backlog.changed_together").count() == 1


def test_a_preview_changes_nothing():
    use_case = in_backlog()
    before = AuditEvent.objects.count()

    [row] = bulk.preview([use_case], act="hold", user=use_case.product_owner)

    assert row.verdict
    assert AuditEvent.objects.count() == before


@pytest.mark.parametrize(
    ("act", "given_words", "field"),
    [
        ("tag", {}, "tags"), ("tag", {"tags": ["  "]}, "tags"), ("tag", {"tags": ["x" * 41]}, "tags"), ("hold", {"until": None, "reason": "x"}, "until"),
        ("tier", {"tier": "high"}, "reason"), ("owner", {}, "product_owner"), ("fly", {}, "act"),
    ],
)  # fmt: skip
def test_an_act_that_lacks_what_it_needs_changes_nothing(act, given_words, field):
    use_case, boss = in_backlog(), manager()
    before = AuditEvent.objects.count()

    with pytest.raises(ValidationError) as wrong:
        bulk.apply([use_case], act=act, by=boss, **given_words)

    assert field in wrong.value.message_dict
    assert AuditEvent.objects.count() == before


def test_hold_resume_tier_and_owner_go_through_their_own_services():
    boss = manager()
    rows = [in_backlog(by=boss), in_backlog(by=boss), proposal()]
    new = owner()

    held = bulk.apply(rows, act="hold", until=in_days(9), reason="Wait.", by=boss)
    resumed = bulk.apply(rows, act="resume", by=boss)
    tier = bulk.apply(rows[:2], act="tier", tier="high", reason="Persons.", by=boss)
    handed = bulk.apply(rows, act="owner", product_owner=new, by=boss)

    assert [row.is_changed for row in held] == [True, True, False] == [row.is_changed for row in resumed]
    assert [row.is_changed for row in tier] == [True, True]
    assert [row.is_changed for row in handed] == [True, True, False]
    assert set(
        UseCase.objects.filter(pk__in=[row.pk for row in rows[:2]]).values_list("product_owner", "risk_tier")
    ) == {(new.pk, "high")}


def test_what_is_so_already_counts_as_unchanged_and_too_many_are_refused(monkeypatch):
    use_case = in_backlog(tags=["a"])

    [row] = bulk.apply([use_case], act="tag", tags=["a"], by=use_case.product_owner)
    assert row.verdict and not row.is_changed
    monkeypatch.setattr(bulk, "MOST", 1)
    with pytest.raises(ValidationError):
        bulk.preview([use_case, in_phase("development")], act="tag", user=use_case.product_owner)


def test_one_row_that_cannot_take_it_leaves_the_others_alone():
    boss = owner()
    full, free = in_backlog(boss, tags=[f"t{n}" for n in range(20)]), in_backlog(boss)

    rows = bulk.apply([full, free], act="tag", tags=["new"], by=boss)

    assert [row.is_changed for row in rows] == [False, True]
    full.refresh_from_db()
    assert "new" not in full.tags


def test_where_no_row_allows_it_the_whole_act_is_refused():
    use_case = in_backlog()
    events = AuditEvent.objects.count()

    with pytest.raises(Refused) as refusal:
        bulk.apply([use_case, proposal()], act="tag", tags=["a"], by=person())

    assert refusal.value.verdict.remedy
    use_case.refresh_from_db()
    assert use_case.tags == []
    assert not AuditEvent.objects.filter(verb="backlog.changed_together").exists()
    assert events <= AuditEvent.objects.count()
