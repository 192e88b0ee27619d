"""Mentors and whom they supervise, office hours with their calendars, thanks: what happens and what is refused."""

import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.models.credentials import Right
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import CalendarFeed, UseCase
from projects.services import calendar_feeds, squads, triage, use_cases
from tests.people import person
from training import calendars
from training.models import Mentorship, OfficeHour, OfficeSeat, Thanks
from training.services import mentoring, office_hours, thanks

pytestmark = pytest.mark.django_db


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def certified(name="Mona Mentor"):
    return person(name, rights=(Right.LAUNCH_AUTOML,))


def offered(mentor, capacity=1):
    return mentoring.offer(topics="Choosing a metric", capacity=capacity, by=mentor)


def project(owner, learner, *, is_confidential=False):
    made = use_cases.propose(
        title="SECRET-storms", problem="Too late.", is_confidential=is_confidential, by=learner
    )
    manager = person(duties=("portfolio_manager",))
    made = triage.accept(made, product_owner=owner, risk_tier="minimal", sponsor=person(), by=manager)
    squads.add_member(made, user=learner, role="citizen_data_scientist", is_lead=True, by=owner)
    return made


def test_a_mentor_has_as_many_places_as_offered_and_either_ends_it():
    mentor, one, two = certified(), person("Ona One"), person("Tom Two")
    with pytest.raises(Refused, match="valid certificate"):
        offered(one)
    offer = offered(mentor)
    with pytest.raises(Refused, match="your own offer"):
        mentoring.ask(offer, aim="Me", by=mentor)
    first = mentoring.ask(offer, aim="Learn to choose", by=one)
    assert mentoring.ask(offer, aim="Once more", by=one).pk == first.pk  # a second click
    second = mentoring.ask(offer, aim="Me too", by=two)
    with pytest.raises(Refused, match="Only the mentor"):
        mentoring.accept(first, by=one)
    mentoring.accept(first, text="Gladly", by=mentor)
    with pytest.raises(Refused, match="All places"):
        mentoring.accept(second, by=mentor)
    second.refresh_from_db()
    assert second.state == "asked"
    with pytest.raises(Refused, match="All places"):
        mentoring.ask(offer, aim="And me", by=person())
    mentoring.end(first, text="Thank you", by=one)
    mentoring.accept(second, by=mentor)
    assert {each.state for each in Mentorship.objects.all()} == {"ended", "active"}
    with pytest.raises(Refused, match="not possible any more"):
        mentoring.end(first, by=mentor)
    told = [str(each) for each in Notice.objects.filter(user=one)]
    assert any("is your mentor now" in text for text in told)
    verbs = set(AuditEvent.objects.values_list("verb", flat=True))
    assert {"mentor.offered", "mentorship.asked", "mentorship.accepted", "mentorship.ended"} <= verbs


def test_of_two_answers_at_once_one_wins():
    mentor, learner = certified(), person()
    asked = mentoring.ask(offered(mentor), aim="Learn", by=learner)
    stale = Mentorship.objects.get(pk=asked.pk)
    mentoring.withdraw(asked, by=learner)
    with pytest.raises((IllegalMove, Refused)):
        mentoring.accept(stale, by=mentor)
    asked.refresh_from_db()
    assert asked.state == "withdrawn" and asked.accepted_at is None


def test_a_supervisor_sees_the_project_and_the_project_shows_the_supervisor_only_to_those_who_see_it():
    mentor, learner = certified(), person("Cid Citizen")
    owner = person("Olga Owner", rights=(Right.OWN_USE_CASE,))
    offer = offered(mentor, capacity=3)
    closed, open_one = project(owner, learner, is_confidential=True), project(owner, learner)
    with pytest.raises(Refused, match="your mentor does not see it"):
        mentoring.ask(offer, aim="Look", use_case=closed, by=learner)
    with pytest.raises(Refused, match="not in this squad"):
        mentoring.ask(offer, aim="Look", use_case=open_one, by=person())
    assert not Mentorship.objects.exists()
    made = mentoring.ask(offer, aim="Look", use_case=open_one, by=learner)
    mentoring.accept(made, by=mentor)
    panel = reverse("training:use_case_panel", args=[open_one.pk])
    assert "Mona Mentor" in signed_in(person()).get(panel).content.decode()
    UseCase.objects.filter(pk=open_one.pk).update(is_confidential=True)
    assert signed_in(person()).get(panel).status_code == 404
    page = signed_in(mentor).get(reverse("training:mentorship_detail", args=[made.pk])).content.decode()
    assert "SECRET-storms" not in page and "A project that you do not see." in page
    lead = person(duties=("community_lead",))
    assert not Mentorship.objects.visible_to(lead).exists()
    assert Mentorship.objects.visible_to(owner).count() == 0


@pytest.mark.parametrize(
    ("topics", "capacity", "field"), [(" ", 2, "topics"), ("x" * 301, 2, "topics"), ("x", 0, "capacity"), ("x", 9, "capacity")]
)  # fmt: skip
def test_an_odd_offer_is_refused_at_its_field(topics, capacity, field):
    mentor = certified()
    with pytest.raises(ValidationError) as problem:
        mentoring.offer(topics=topics, capacity=capacity, by=mentor)
    assert list(problem.value.message_dict) == [field]
    answer = signed_in(mentor).post(
        reverse("training:mentor_offer"), {"topics": topics, "capacity": capacity}
    )
    assert answer.status_code == 422


def planned(host, **changes):
    fields = {
        "title": "Ask me; anything, really",
        "starts_at": clock.now() + timedelta(days=2),
        "minutes": 60,
        "place": "Room\nBEGIN:VEVENT 3",
        "capacity": 1,
    }
    return office_hours.plan(**{**fields, **changes}, by=host)


def test_an_office_hour_has_so_many_seats_moves_and_is_cancelled_and_everybody_hears():
    host, one, two = certified("Hal Host"), person("Ona One"), person("Tom Two")
    with pytest.raises(Refused, match="valid certificate"):
        planned(one)
    hour = planned(host)
    office_hours.sit(hour, wish="How do I begin?", by=one)
    office_hours.sit(hour, wish="How do I go on?", by=one)  # another wish, the same seat
    assert OfficeSeat.objects.get().wish == "How do I go on?"
    with pytest.raises(Refused, match="All seats"):
        office_hours.sit(hour, by=two)
    with pytest.raises(Refused, match="You are the host"):
        office_hours.sit(hour, by=host)
    detail = reverse("training:office_hour_detail", args=[hour.pk])
    assert "How do I go on?" in signed_in(host).get(detail).content.decode()
    assert "How do I go on?" not in signed_in(two).get(detail).content.decode()
    office_hours.change(
        hour, title="Ask me", starts_at=clock.now() + timedelta(days=3), minutes=30, link="https://meet.example.org/1", capacity=2, by=host
    )  # fmt: skip
    office_hours.sit(hour, by=two)
    office_hours.leave(hour, by=two)
    with pytest.raises(Refused, match="host cancels"):
        office_hours.cancel(hour, reason="Tired", by=one)
    with pytest.raises(ValidationError):
        office_hours.cancel(hour, reason=" ", by=host)
    office_hours.cancel(hour, reason="I am ill", by=person(duties=("community_lead",)))
    with pytest.raises(Refused, match="cancelled"):
        office_hours.sit(hour, by=two)
    told = [str(each) for each in Notice.objects.filter(user=one)]
    assert any("moved" in text for text in told) and any("I am ill" in text for text in told)
    assert OfficeHour.objects.coming().count() == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"starts_at": "past"}, "starts_at"),
        ({"starts_at": "far"}, "starts_at"),
        ({"minutes": 5}, "minutes"),
        ({"capacity": 0}, "capacity"),
        ({"place": " ", "link": ""}, "place"),
        ({"link": "http://x.example.org"}, "link"),
        ({"link": "javascript:alert(1)"}, "link"),
        ({"title": ""}, "title"),
    ],
)
def test_an_odd_office_hour_is_refused_at_its_field(change, field):
    moments = {"past": clock.now() - timedelta(minutes=1), "far": clock.now() + timedelta(days=400)}
    change = {name: moments.get(value, value) for name, value in change.items()}
    with pytest.raises(ValidationError) as problem:
        planned(certified(), **change)
    assert list(problem.value.message_dict) == [field]
    assert not OfficeHour.objects.exists()


def test_the_calendar_is_ones_own_and_no_text_begins_a_line_of_its_own():
    host, guest = certified("Hal Host"), person("Gus Guest")
    hour = planned(host)
    planned(host, title="Another")
    office_hours.sit(hour, by=guest)
    _feed, secret = calendar_feeds.renew(kind=CalendarFeed.Kind.COMMUNITY, by=guest)
    answer = Client().get(reverse("training:office_feed", args=[secret]))
    text = answer.content.decode()
    unfolded = text.replace("\r\n ", "")
    assert answer["Content-Type"].startswith("text/calendar")
    assert unfolded.count("BEGIN:VEVENT\r\n") == 1 and f"UID:office-hour-{hour.pk}@agora" in unfolded
    assert "SUMMARY:Office hour: Ask me\\; anything\\, really" in unfolded
    assert "LOCATION:Room BEGIN:VEVENT 3" in unfolded
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert re.search(r"DTSTART:\d{8}T\d{6}Z", unfolded)
    assert len(calendars.hours_of(host)) == 2
    office_hours.cancel(hour, reason="Ill", by=host)
    after = Client().get(reverse("training:office_feed", args=[secret])).content.decode()
    assert "STATUS:CANCELLED" in after and "SEQUENCE:1" in after
    assert Client().get(reverse("projects:calendar_feed", args=[secret])).status_code == 404
    calendar_feeds.revoke(kind=CalendarFeed.Kind.COMMUNITY, by=guest)
    assert Client().get(reverse("training:office_feed", args=[secret])).status_code == 404


def test_thanks_are_read_by_the_two_and_counted_for_nobody():
    giver, receiver, other = person("Gia Giver"), person("Rex Receiver"), person()
    made = thanks.give(receiver, text="For your patience", by=giver)
    assert thanks.give(receiver, text=" For your patience ", by=giver).pk == made.pk
    with pytest.raises(Refused, match="somebody else"):
        thanks.give(giver, text="Me", by=giver)
    for number in range(19):
        thanks.give(receiver, text=f"For {number}", by=giver)
    with pytest.raises(ValidationError, match="enough for one day"):
        thanks.give(other, text="You too", by=giver)
    assert Thanks.objects.count() == 20 and Notice.objects.filter(user=receiver).count() == 20
    page = reverse("training:contributions")
    assert "For your patience" in signed_in(receiver).get(page).content.decode()
    assert "For your patience" not in signed_in(other).get(page).content.decode()
    assert "For your patience" not in signed_in(person(duties=("auditor",))).get(page).content.decode()
    api = signed_in(other).get("/api/thanks/").json()
    assert api["count"] == 0


def test_the_community_page_asks_the_same_number_of_queries_however_much_there_is(
    django_assert_max_num_queries,
):
    reader = person()
    for _number in range(6):
        host = certified("Hal Host")
        mentoring.ask(offered(host, capacity=2), aim="Learn", by=reader)
        planned(host, title="Come")
    client = signed_in(reader)
    for name in ("community", "mentor_list", "office_hour_list"):
        with django_assert_max_num_queries(24):
            assert client.get(reverse(f"training:{name}")).status_code == 200
