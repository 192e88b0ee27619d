"""Triage: who decides on proposals, and what follows."""

import pytest
from django.core.exceptions import ValidationError

from portal.core.models import AuditEvent, Notice
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import UseCase
from projects.services import triage, use_cases
from tests.people import person
from tests.projects.cases import in_backlog, manager, owner, proposal

pytestmark = pytest.mark.django_db


def stayed_submitted(use_case):
    use_case.refresh_from_db()
    return use_case.phase == "submitted" and use_case.phase_events.count() == 2


def test_a_portfolio_manager_accepts_and_names_the_product_owner():
    use_case, olga, portia = proposal(), owner(), manager()

    triage.accept(
        use_case, product_owner=olga, risk_tier="limited", risk_basis="Talks to customers.", by=portia
    )

    use_case.refresh_from_db()
    assert (use_case.phase, use_case.product_owner, use_case.risk_tier) == ("backlog", olga, "limited")
    assert AuditEvent.objects.about(use_case).filter(verb="use_case.accepted", actor_id=portia.pk).exists()
    assert Notice.objects.filter(user=use_case.submitter, text__startswith="Accepted").exists()
    assert Notice.objects.filter(user=olga, text__startswith="Accepted").exists()


@pytest.mark.parametrize("duties", [(), ("administrator",), ("executive",), ("auditor",), ("risk_officer",)])
def test_nobody_else_triages(duties):
    use_case, stranger = proposal(), person(duties=duties)

    for act in (
        lambda: triage.accept(use_case, product_owner=owner(), risk_tier="minimal", by=stranger),
        lambda: triage.ask(use_case, question="Why?", by=stranger),
        lambda: triage.decline(use_case, reason="No.", by=stranger),
        lambda: triage.mark_duplicate(use_case, of=in_backlog(), by=stranger),
    ):
        with pytest.raises(Refused, match="portfolio managers"):
            act()

    assert stayed_submitted(use_case)


def test_an_untrained_product_owner_is_refused_with_the_way_to_the_training():
    use_case = proposal()

    with pytest.raises(Refused, match="right to own") as refusal:
        triage.accept(use_case, product_owner=person("Untrained"), risk_tier="minimal", by=manager())

    assert refusal.value.verdict.code == "credential_missing"
    assert "certificate" in str(refusal.value.verdict.remedy)
    assert stayed_submitted(use_case)


@pytest.mark.parametrize("tier", ["prohibited", "enormous", ""])
def test_a_prohibited_or_unknown_tier_is_not_accepted(tier):
    use_case = proposal()

    with pytest.raises(ValidationError) as refusal:
        triage.accept(use_case, product_owner=owner(), risk_tier=tier, by=manager())

    assert "risk_tier" in refusal.value.message_dict
    assert stayed_submitted(use_case)


def test_accepting_does_not_wash_a_prohibition_away():
    use_case, officer = proposal(), person(duties=("risk_officer",))
    use_cases.set_risk_tier(use_case, tier="prohibited", reason="Social scoring.", by=officer)

    with pytest.raises(Refused, match="prohibited"):
        triage.accept(use_case, product_owner=owner(), risk_tier="minimal", by=manager())

    assert stayed_submitted(use_case)


def test_accepting_does_not_lower_a_tier_that_was_set_before():
    use_case, officer = proposal(), person(duties=("risk_officer",))
    use_cases.set_risk_tier(use_case, tier="high", reason="It decides on people.", by=officer)

    with pytest.raises(Refused, match="second person"):
        triage.accept(use_case, product_owner=owner(), risk_tier="minimal", by=manager())

    assert stayed_submitted(use_case) and use_case.risk_tier == "high"


def test_the_sponsor_is_not_the_product_owner():
    use_case, olga = proposal(), owner()

    with pytest.raises(ValidationError):
        triage.accept(use_case, product_owner=olga, sponsor=olga, risk_tier="minimal", by=manager())

    assert stayed_submitted(use_case)


def test_a_question_goes_to_the_author_who_answers():
    use_case, portia = proposal(), manager()

    triage.ask(use_case, question="Who acts on it?", by=portia)
    assert (use_case.phase, use_case.open_question) == ("needs_info", "Who acts on it?")
    assert Notice.objects.filter(user=use_case.submitter, text__contains="question").exists()
    use_cases.submit(use_case, answer="The storm desk.", by=use_case.submitter)

    use_case.refresh_from_db()
    assert (use_case.phase, use_case.open_question) == ("submitted", "")
    assert use_case.phase_events.last().evidence == {"question": "Who acts on it?"}


def test_an_empty_question_or_reason_changes_nothing():
    use_case, portia = proposal(), manager()

    with pytest.raises(ValidationError):
        triage.ask(use_case, question=" ", by=portia)
    with pytest.raises(ValidationError):
        triage.decline(use_case, reason="", by=portia)

    assert stayed_submitted(use_case)


def test_a_decline_keeps_its_reason():
    use_case = proposal()

    triage.decline(use_case, reason="A rule does it.", by=manager())

    use_case.refresh_from_db()
    assert (use_case.phase, use_case.end_reason) == ("declined", "A rule does it.")


def test_a_duplicate_points_to_the_one_that_goes_on():
    older, use_case, portia = in_backlog(), proposal(), manager()

    with pytest.raises(ValidationError):
        triage.mark_duplicate(use_case, of=use_case, by=portia)
    with pytest.raises(ValidationError):
        triage.mark_duplicate(use_case, of=proposal(submit=False), by=portia)
    triage.mark_duplicate(use_case, of=older, by=portia)

    use_case.refresh_from_db()
    assert (use_case.phase, use_case.duplicate_of) == ("duplicate", older)


def test_of_two_managers_at_once_one_decides_and_the_other_is_told():
    use_case = proposal()
    seen_by_the_other = UseCase.objects.get(pk=use_case.pk)
    triage.accept(use_case, product_owner=owner(), risk_tier="minimal", by=manager())

    with pytest.raises(IllegalMove):
        triage.ask(seen_by_the_other, question="Why?", by=manager())

    use_case.refresh_from_db()
    assert use_case.phase == "backlog"
