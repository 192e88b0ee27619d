"""Use cases: proposing, changing, assessing."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from portal.core import clock
from portal.core.models import AuditEvent, Notice
from portal.core.verdicts import Refused
from projects import rules
from projects.models import PhaseEvent, UseCase
from projects.selectors import use_cases as seen
from projects.services import use_cases
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, manager, proposal

pytestmark = pytest.mark.django_db


def test_a_proposal_gets_a_reference_a_history_and_reaches_the_portfolio_managers():
    portia, ana = manager(), person("Ana")

    one = proposal(by=ana)
    two = proposal(by=ana)

    assert (one.ref, two.ref) == ("UC-0001", "UC-0002")
    assert one.phase == "submitted"
    assert [event.action for event in one.phase_events.all()] == ["propose", "submit"]
    assert Notice.objects.filter(user=portia, text__contains="triage").count() == 2
    assert AuditEvent.objects.about(one).filter(verb="use_case.proposed").exists()


def test_a_reference_is_not_given_again_after_a_draft_was_given_up():
    first = proposal()
    UseCase.objects.filter(pk=first.pk).update(ref="UC-9999")

    assert proposal().ref == "UC-0002"


@pytest.mark.django_db(transaction=True)
def test_people_who_propose_at_once_get_different_references():
    ana, made, problems = person("Ana"), [], []

    def work():
        try:
            made.append(proposal(by=ana).ref)
        except Exception as problem:  # a thread must not swallow it
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _each in range(6)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]

    assert not problems
    assert sorted(made) == [f"UC-{number:04d}" for number in range(1, 7)]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 141}, "title"),
        ({"problem": ""}, "problem"),
        ({"people_affected": -1}, "people_affected"),
        ({"phase": "production"}, "phase"),
        ({"priority": 99.0}, "priority"),
    ],
)
def test_a_wrong_proposal_is_refused_by_field_and_uses_no_reference(wrong, field):
    with pytest.raises(ValidationError) as refusal:
        proposal(**wrong)

    assert field in refusal.value.message_dict
    assert not UseCase.objects.exists()
    assert proposal().ref == "UC-0001"


def test_a_service_account_proposes_nothing():
    with pytest.raises(Refused):
        proposal(by=person("Robot", is_service=True))

    assert not UseCase.objects.exists()


def test_a_draft_is_seen_by_its_author_only():
    ana = person("Ana")
    draft = proposal(by=ana, submit=False)

    assert UseCase.objects.visible_to(ana).get() == draft
    assert not UseCase.objects.visible_to(manager()).exists()
    assert not UseCase.objects.visible_to(person()).exists()


def test_a_draft_is_submitted_and_withdrawn_by_its_author_only():
    ana = person("Ana")
    draft = proposal(by=ana, submit=False)

    with pytest.raises(Refused):
        use_cases.submit(draft, by=person())
    use_cases.submit(draft, by=ana)
    assert draft.phase == "submitted"
    with pytest.raises(Refused):
        use_cases.withdraw(draft, by=manager())
    use_cases.withdraw(draft, by=ana)

    assert draft.phase == "draft"
    assert PhaseEvent.objects.filter(use_case=draft).count() == 3


def test_the_squad_changes_details_and_a_stranger_does_not():
    use_case = in_backlog()
    analyst = join(use_case, "data_analyst").user

    use_cases.update(use_case, process="Storm planning", metric_baseline=3.0, by=analyst)

    with pytest.raises(Refused, match="product owner and squad"):
        use_cases.update(use_case, process="Mine now", by=person())
    use_case.refresh_from_db()
    assert use_case.process == "Storm planning"
    event = AuditEvent.objects.about(use_case).filter(verb="use_case.updated").get()
    assert event.details["after"] == {"process": "Storm planning", "metric_baseline": 3.0}


def test_a_wrong_detail_changes_nothing_not_even_in_memory():
    use_case = in_backlog()

    with pytest.raises(ValidationError) as refusal:
        use_cases.update(use_case, process="Kept?", success_metric="x" * 300, by=use_case.product_owner)

    assert "success_metric" in refusal.value.message_dict
    assert use_case.process == ""
    use_case.refresh_from_db()
    assert use_case.process == ""


@pytest.mark.parametrize("field", ["phase", "product_owner", "risk_tier", "ref", "priority", "make_or_buy"])
def test_what_has_an_act_of_its_own_is_not_changed_by_an_update(field):
    use_case = in_backlog()

    with pytest.raises(ValidationError):
        use_cases.update(use_case, **{field: "production"}, by=use_case.product_owner)


def test_nobody_sponsors_what_they_own():
    use_case = in_backlog()

    with pytest.raises(ValidationError) as refusal:
        use_cases.update(use_case, sponsor=use_case.product_owner, by=use_case.product_owner)

    assert "sponsor" in refusal.value.message_dict


def test_a_squad_member_names_no_sponsor():
    use_case = in_backlog()
    analyst = join(use_case, "data_analyst").user

    with pytest.raises(Refused):
        use_cases.update(use_case, sponsor=analyst, by=analyst)

    use_case.refresh_from_db()
    assert use_case.sponsor != analyst


def test_the_time_box_is_frozen_once_initialisation_has_begun():
    use_case = in_phase("initialisation")

    with pytest.raises(ValidationError):
        use_cases.update(use_case, timebox_days=60, by=use_case.product_owner)

    use_case.refresh_from_db()
    assert use_case.timebox_days == 20


def test_a_new_product_owner_needs_the_right_to_own():
    use_case, portia = in_backlog(), manager()
    before = use_case.product_owner

    with pytest.raises(Refused, match="right to own") as refusal:
        use_cases.name_product_owner(use_case, product_owner=person("Untrained"), by=portia)

    assert refusal.value.verdict.remedy
    use_case.refresh_from_db()
    assert use_case.product_owner == before
    heir = person("Heir", rights=("usecase.own",))
    with pytest.raises(Refused):
        use_cases.name_product_owner(use_case, product_owner=heir, by=before)
    assert use_cases.name_product_owner(use_case, product_owner=heir, by=portia).product_owner == heir


def test_the_risk_tier_needs_the_duty_and_a_reason():
    use_case, officer = in_backlog(), person("Rita Risk", duties=("risk_officer",))

    with pytest.raises(Refused):
        use_cases.set_risk_tier(
            use_case, tier="high", reason="It decides on people.", by=use_case.product_owner
        )
    with pytest.raises(ValidationError):
        use_cases.set_risk_tier(use_case, tier="high", reason="  ", by=officer)
    use_case.refresh_from_db()
    assert use_case.risk_tier == "minimal"

    use_cases.set_risk_tier(use_case, tier="high", reason="It decides on people.", by=officer)
    use_case.refresh_from_db()
    assert (use_case.risk_tier, use_case.risk_basis) == ("high", "It decides on people.")


def test_nobody_lifts_a_prohibition_and_nobody_lowers_a_tier_alone():
    use_case, officer = in_backlog(), person("Rita Risk", duties=("risk_officer",))
    use_cases.set_risk_tier(use_case, tier="prohibited", reason="Social scoring.", by=officer)

    for who in (manager(), officer):
        with pytest.raises(Refused, match="stays prohibited"):
            use_cases.set_risk_tier(use_case, tier="high", reason="Not so bad.", by=who)
    assert use_case.risk_tier == "prohibited"

    other = in_backlog()
    use_cases.set_risk_tier(other, tier="high", reason="It decides on people.", by=officer)
    with pytest.raises(Refused, match="second person"):
        use_cases.set_risk_tier(other, tier="limited", reason="Not so bad.", by=officer)
    other.refresh_from_db()
    assert other.risk_tier == "high"


def test_make_or_buy_is_decided_with_a_reason():
    use_case = in_backlog()

    with pytest.raises(ValidationError):
        use_cases.decide_make_or_buy(use_case, choice="undecided", reason="?", by=use_case.product_owner)
    with pytest.raises(Refused):
        use_cases.decide_make_or_buy(use_case, choice="buy", reason="Cheap.", by=person())
    use_cases.decide_make_or_buy(use_case, choice="buy", reason="A common model.", by=use_case.product_owner)

    use_case.refresh_from_db()
    assert use_case.make_or_buy == "buy"


def test_hold_is_a_mark_with_a_day_to_come():
    use_case = in_backlog()
    olga = use_case.product_owner

    with pytest.raises(ValidationError):
        use_cases.hold(use_case, until=clock.today(), reason="Data late.", by=olga)
    use_cases.hold(use_case, until=clock.today() + timedelta(days=9), reason="Data late.", by=olga)
    assert (use_case.phase, use_case.held_reason) == ("backlog", "Data late.")
    with pytest.raises(Refused):
        use_cases.resume(use_case, by=person())
    use_cases.resume(use_case, by=olga)

    use_case.refresh_from_db()
    assert use_case.held_until is None
    with pytest.raises(Refused):
        use_cases.resume(use_case, by=olga)


def test_a_worse_health_asks_for_a_comment():
    use_case = in_phase("development")
    olga = use_case.product_owner

    with pytest.raises(ValidationError):
        use_cases.set_health(use_case, health="off_track", by=olga)
    use_cases.set_health(use_case, health="off_track", comment="The data owner left.", by=olga)

    use_case.refresh_from_db()
    assert use_case.health == "off_track"
    with pytest.raises(Refused):
        use_cases.set_health(in_backlog(), health="on_track", by=manager())


def test_what_has_ended_is_not_changed():
    from projects.services import triage

    use_case, portia = proposal(), manager()
    triage.decline(use_case, reason="Rules are enough.", by=portia)

    assert not rules.use_cases.may_edit(portia, use_case)
    assert rules.use_cases.may_edit(portia, use_case).code == "use_case_ended"


def test_like_proposals_are_found_and_unlike_or_hidden_ones_are_not():
    ana = person("Ana")
    proposal(title="Forecast of hail claims after storms", problem="Adjusters are too few.")
    proposal(title="Read incoming invoices", problem="Clerks type amounts.")
    proposal(title="Hail claims forecast", problem="Adjusters.", is_confidential=True)

    found = seen.similar_to("Forecasting claims after a hail storm", user=ana)

    assert [use_case.title for use_case, _likeness in found] == ["Forecast of hail claims after storms"]
    assert not seen.similar_to("x", user=ana)
