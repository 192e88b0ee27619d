"""What was done to a squad is taken back once, by whoever did it, and never over what has happened since."""

from datetime import timedelta

import pytest
from django.test import Client

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import SquadMember, Undo
from projects.selectors import squads as reads
from projects.services import squad_returns, squads, undos
from tests.people import person
from tests.projects.cases import in_backlog, join, manager

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene():
    """A squad of two, led by the first; its owner, who acts."""
    case = in_backlog()
    lead = join(case, "data_scientist", user=person("Lea"), is_lead=True, allocation=40)
    other = join(case, "data_engineer", user=person("Dan"), allocation=60, site="Lyon")
    return case, case.product_owner, lead, other


def doing(case, by, act):
    """The way back of one act."""
    with undos.offering([case], "squad", by=by) as offer:
        act()
    return offer.undo


def test_adding_changing_ending_and_leading_are_each_taken_back_exactly_and_recorded(scene):
    case, olga, lead, other = scene
    newcomer, before = person("Nina"), squad_returns.state(case)
    coming = clock.today() + timedelta(days=30)
    acts = {
        "add": lambda: squads.add_member(case, user=newcomer, role="designer", is_lead=True, by=olga),
        "come": lambda: squads.add_member(case, user=newcomer, role="mentor", starts_on=coming, by=olga),
        "change": lambda: squads.change_member(other, allocation=20, backup=newcomer, site="", by=olga),
        "end": lambda: squads.end_membership(SquadMember.objects.get(pk=lead.pk), by=olga),
        "lead": lambda: squads.make_lead(SquadMember.objects.get(pk=other.pk), by=olga),
    }
    for name, act in acts.items():
        undo = doing(case, olga, act)
        assert undos.take_back(undo, by=olga) == [], name
        now = squad_returns.state(case)
        assert {key: now[key] for key in before} == before, name
        assert reads.coming_to(case) == [] and len(reads.members_of(case)) == 2, name
        with pytest.raises(Refused, match="already"):
            undo.refresh_from_db()
            undos.take_back(undo, by=olga)
    assert SquadMember.objects.filter(user=newcomer).count() == 2  # that they were there is never deleted
    assert AuditEvent.objects.filter(verb="squad.put_back").count() == 7  # two leads changed hands
    assert AuditEvent.objects.filter(verb="backlog.undone").count() == len(acts)
    assert Notice.objects.filter(user=newcomer, text__startswith="You have left the squad").count() == 2
    squads.add_member(
        case, user=newcomer, role="designer", starts_on=clock.today() - timedelta(days=9), by=olga
    )


def test_it_is_refused_with_the_reason_when_the_world_has_moved_on(scene):
    case, olga, lead, other = scene
    elsewhere = in_backlog(product_owner=olga)

    changed = doing(case, olga, lambda: squads.change_member(other, allocation=50, by=olga))
    squads.change_member(other, site="Nantes", by=olga)
    ended = doing(case, olga, lambda: squads.end_membership(lead, by=olga))
    squads.make_lead(other, by=olga)
    with pytest.raises(IllegalMove, match="Dan leads the squad now"):
        undos.take_back(ended, by=olga)
    lessened = doing(case, olga, lambda: squads.change_member(other, allocation=10, by=olga))
    join(elsewhere, "data_engineer", user=other.user, allocation=80)
    before = squad_returns.state(case)
    for undo, by, reason in (
        (changed, olga, "changed it since"),
        (lessened, olga, "at most 20 % are free"),
        (ended, manager(), "Only the person"),
    ):
        with pytest.raises((IllegalMove, Refused), match=reason):
            undos.take_back(undo, by=by)
        undo.refresh_from_db()
        assert undo.taken_at is None
    with (
        clock.at(clock.now() + timedelta(minutes=undos.MINUTES + 1)),
        pytest.raises(Refused, match="too late"),
    ):
        undos.take_back(ended, by=olga)
    assert squad_returns.state(case) == before

    leading = SquadMember.objects.get(pk=other.pk)
    alone = doing(case, leading.user, lambda: squads.end_membership(leading, by=leading.user))
    with pytest.raises(IllegalMove, match="Only the product owner"):
        undos.take_back(alone, by=leading.user)  # who let themselves go has lost the right


def test_page_and_api_offer_the_way_back(scene):
    case, olga, _lead, other = scene
    client, squad = Client(), f"/use-cases/{case.pk}/squad/"
    client.force_login(olga)
    sent = client.post(f"{squad}{other.pk}/end/", follow=True).content.decode()
    undo = Undo.objects.get()
    assert f"/undo/{undo.pk}/" in sent and "Dan has left the squad." in sent
    assert client.post(f"/undo/{undo.pk}/").status_code == 302
    other.refresh_from_db()
    assert other.ends_on is None and other.site == "Lyon"

    wrong = client.post(f"{squad}{other.pk}/", {"allocation": 400, "starts_on": clock.today()})
    assert wrong.status_code == 422 and Undo.objects.count() == 1
    api = f"/api/use-cases/{case.pk}/members/"
    given = {"user": person("Nina").pk, "role": "designer"}
    made = client.post(api, given, "application/json")
    assert client.post(f"/api/undos/{made.headers['X-Undo']}/take-back/").json()["left"] == []
    assert len(reads.members_of(case)) == 2
