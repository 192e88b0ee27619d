"""Squads: members, leads, and what a squad covers."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from portal.core import clock
from portal.core.models import Notice
from portal.core.verdicts import Refused
from projects.coverage import Membership, cover
from projects.models import ReadinessCheck, SquadMember
from projects.services import phases, readiness, squads, use_cases
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, manager, proposal

db = pytest.mark.django_db


def squad(*roles, lead=True):
    """One person per role, the first one leads."""
    return [Membership(n, f"P{n}", role, is_lead=lead and n == 0) for n, role in enumerate(roles)]


def test_a_citizen_covers_business_analysis_science_and_ethics():
    found = cover(squad("product_owner", "citizen_data_scientist"), "development")

    by = {seat.role: seat.by for seat in found.seats}
    for role in ("business_expert", "data_analyst", "data_scientist", "social_ethicist"):
        assert by[role] == "citizen_data_scientist"
    assert by["research_scientist"] == "platform"
    assert found.missing == ["data_engineer", "ml_engineer", "it_engineer"]


def test_a_data_engineer_covers_the_ml_engineer_but_nobody_covers_it_or_the_owner():
    found = cover(squad("citizen_data_scientist", "data_engineer"), "production")

    by = {seat.role: seat.by for seat in found.seats}
    assert by["ml_engineer"] == "data_engineer"
    assert found.missing == ["product_owner", "it_engineer"]


def test_the_holder_of_a_role_comes_before_who_stands_in():
    found = cover(squad("citizen_data_scientist", "data_scientist"), "initialisation")

    seat = next(seat for seat in found.seats if seat.role == "data_scientist")
    assert (seat.by, seat.people) == ("role", ("P1",))


def test_a_role_on_one_person_is_a_risk_shown_and_on_two_it_is_not():
    members = squad("product_owner", "business_expert", "data_analyst", "data_scientist", "data_scientist")

    assert {seat.role for seat in cover(members, "initialisation").hanging} == {
        "business_expert",
        "data_analyst",
    }


def test_one_person_holding_everything_in_production_is_named():
    roles = ("business_expert", "data_engineer", "ml_engineer", "it_engineer")
    members = [Membership("x", "Atlas", role, is_lead=True) for role in roles]
    members.append(Membership("po", "Owner", "product_owner"))

    found = cover(members, "production")

    assert found.holds_everything == "Atlas"
    assert found.state == "gaps"
    assert cover(squad("product_owner", *roles), "production").holds_everything == ""


@pytest.mark.parametrize(
    ("size", "small", "large"), [(4, True, False), (5, False, False), (10, False, False), (11, False, True)]
)
def test_five_to_ten_people_are_a_squad(size, small, large):
    found = cover([Membership(n, "", "mentor") for n in range(size)], "development")

    assert (found.is_too_small, found.is_too_large) == (small, large)


def test_a_full_squad_of_two_hands_per_role_is_good_and_without_a_lead_it_has_gaps():
    roles = ("product_owner", "business_expert", "data_analyst", "data_scientist") * 2

    assert cover(squad(*roles), "initialisation").state == "good"
    assert cover(squad(*roles, lead=False), "initialisation").state == "gaps"


@db
def test_the_product_owner_forms_the_squad_and_the_member_is_told():
    use_case = in_backlog()

    member = join(use_case, "data_analyst", allocation=40, is_lead=True)

    assert (member.allocation, member.is_lead) == (40, True)
    assert Notice.objects.filter(user=member.user, text__contains="squad").exists()


@db
def test_a_stranger_or_plain_member_forms_no_squad():
    use_case = in_backlog()
    member = join(use_case, "data_analyst").user

    for nosy in (person(), member, person(duties=("administrator",))):
        with pytest.raises(Refused, match="product owner"):
            squads.add_member(use_case, user=person(), role="designer", by=nosy)

    assert SquadMember.objects.count() == 1


@db
def test_a_squad_is_formed_after_acceptance_only():
    with pytest.raises(Refused, match="not been accepted"):
        squads.add_member(proposal(), user=person(), role="designer", by=manager())


@db
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"role": "wizard"}, "role"),
        ({"allocation": 0}, "allocation"),
        ({"allocation": 101}, "allocation"),
        ({"role": "product_owner"}, "role"),
    ],
)
def test_a_wrong_membership_is_refused_by_field(wrong, field):
    use_case = in_backlog()

    with pytest.raises(ValidationError) as refusal:
        squads.add_member(
            use_case, **({"user": person(), "role": "designer", "by": use_case.product_owner} | wrong)
        )

    assert field in refusal.value.message_dict
    assert not SquadMember.objects.exists()


@db
def test_the_same_role_is_not_taken_twice_and_closed_accounts_do_not_join():
    use_case = in_backlog()
    member = join(use_case, "designer")

    with pytest.raises(ValidationError, match="already"):
        join(use_case, "designer", user=member.user)
    with pytest.raises(ValidationError, match="closed"):
        join(use_case, "designer", user=person(is_active=False))

    join(use_case, "data_analyst", user=member.user)
    assert SquadMember.objects.filter(user=member.user).count() == 2


@db
def test_one_lead_at_a_time():
    use_case = in_backlog()
    first, second = join(use_case, "designer", is_lead=True), join(use_case, "data_analyst")

    squads.make_lead(second, by=first.user)

    assert [each.user for each in use_case.members.filter(is_lead=True)] == [second.user]


@db
def test_who_leaves_loses_the_rights_at_once_and_stays_in_the_history():
    use_case = in_backlog()
    member = join(use_case, "data_analyst", is_lead=True)

    squads.end_membership(member, by=use_case.product_owner)

    assert not SquadMember.objects.current().exists()
    assert SquadMember.objects.get().is_lead is False
    with pytest.raises(Refused):
        use_cases.update(use_case, process="Still mine", by=member.user)
    with pytest.raises(ValidationError, match="ended already"):
        squads.end_membership(member, by=use_case.product_owner)
    with pytest.raises(ValidationError, match="current member"):
        squads.make_lead(member, by=use_case.product_owner)


@db
def test_a_former_member_may_come_back():
    use_case = in_backlog()
    member = join(use_case, "data_analyst")
    squads.end_membership(member, by=use_case.product_owner)

    with clock.at(clock.now() + timedelta(days=30)):
        join(use_case, "data_analyst", user=member.user)
        assert SquadMember.objects.current().count() == 1


@db
def test_readiness_needs_the_people_it_speaks_of():
    use_case = in_phase("development")
    olga = use_case.product_owner

    with pytest.raises(Refused, match="process owner"):
        readiness.confirm(use_case, kind="operational", evidence="Agreed.", by=olga)
    with pytest.raises(Refused, match="each have an owner"):
        readiness.confirm(use_case, kind="shared", evidence="Agreed.", by=olga)
    with pytest.raises(Refused):
        readiness.confirm(use_case, kind="adoption", evidence="Agreed.", by=person())
    assert not ReadinessCheck.objects.exists()

    head = person("Process head")
    use_cases.update(use_case, process_owner=head, by=olga)
    readiness.confirm(use_case, kind="operational", evidence="The desk decides.", by=head)
    voice = join(use_case, "end_user").user
    readiness.confirm(use_case, kind="adoption", evidence="Contract of trust signed.", by=voice)
    assert ReadinessCheck.objects.count() == 2


@db
def test_data_scientists_do_not_hold_improvement_operation_and_monitoring_alone():
    use_case = in_phase("development")
    olga, scientist = use_case.product_owner, join(use_case, "data_scientist").user
    use_cases.update(
        use_case, improvement_owner=scientist, operation_owner=scientist, monitoring_owner=scientist, by=olga
    )

    with pytest.raises(Refused, match="alone"):
        readiness.confirm(use_case, kind="shared", evidence="All mine.", by=olga)
    assert not ReadinessCheck.objects.exists()

    use_cases.update(use_case, monitoring_owner=person("Operator"), by=olga)
    assert readiness.confirm(use_case, kind="shared", evidence="Three owners.", by=olga).confirmed_by == olga


@db
def test_confirming_again_renews_the_check():
    use_case = in_phase("development")
    for words in ("First.", "Second."):
        readiness.confirm(use_case, kind="adoption", evidence=words, by=use_case.product_owner)

    assert ReadinessCheck.objects.get().evidence == "Second."


@db
def test_the_squad_of_a_stopped_use_case_stays_as_it_was():
    use_case = in_phase("initialisation")
    phases.stop(use_case, reason="x", lessons="y", by=use_case.product_owner)

    with pytest.raises(Refused, match="ended"):
        join(use_case, "designer")
