"""Risk: questions lead to a tier, reasons shown; upward at once, downward by a second person; prohibited is an end."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from governance import risk_questions
from governance.models import ApprovalRequest, ResidualRisk, RiskAssessment
from governance.services import approvals, risks
from governance.tasks import keep_deadlines
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Notice
from portal.core.verdicts import Refused
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db


def said(*yes):
    return {each.code: each.code in yes for each in risk_questions.load().questions}


def officers():
    return person("Rolf Risk", duties=(Duty.RISK_OFFICER,)), person(
        "Rita Second", duties=(Duty.RISK_OFFICER,)
    )


@pytest.mark.parametrize(
    ("yes", "tier"),
    [
        ((), "minimal"),
        (("uses_personal_data",), "limited"),
        (("uses_personal_data", "decides_on_credit"), "high"),
        (("decides_on_work", "social_scoring"), "prohibited"),
    ],
)
def test_the_strictest_yes_leads_to_the_tier_and_is_the_reason(yes, tier):
    found, reasons = risk_questions.suggested(said(*yes))
    assert found == tier
    assert reasons == ([yes[-1]] if yes else [])


def test_every_question_and_date_speaks_both_languages_and_says_where_to_verify():
    from django.utils import translation

    asked = risk_questions.load()
    for each in (*asked.questions, *asked.dates):
        with translation.override("fr"):
            french = str(each.said)
        assert french and french != str(each.said)
    assert all(each.verify_at.startswith("https://") and each.since for each in asked.dates)
    with pytest.raises(ValueError, match="languages"):
        risk_questions.said({"en": "x"})


def test_a_higher_tier_holds_at_once_also_when_the_product_owner_answers():
    made = f.use_case("minimal")
    risks.assess(made, answers=said("decides_on_credit"), by=made.product_owner)
    made.refresh_from_db()
    assert made.risk_tier == "high" and "credit" in made.risk_basis
    assert AuditEvent.objects.filter(verb="risk.assessed").count() == 1


def test_a_lower_tier_waits_for_a_second_person_and_is_nowhere_seen_before(client):
    made, (first, second) = f.use_case("high"), officers()
    with pytest.raises(ValidationError, match="lower one than before"):
        risks.assess(made, answers=said(), by=first)
    kept = risks.assess(made, answers=said(), reason="No persons in it any more.", by=first)
    client.force_login(person("Pat", duties=(Duty.PORTFOLIO_MANAGER,)))
    assert f.as_json(client.get(f"/api/use-cases/{made.pk}/"))["risk_tier"] == "high"  # R14
    with pytest.raises(Refused, match="asked already"):
        risks.assess(made, answers=said(), reason="Again.", by=second)
    for who in (first, made.product_owner, person("Ada", duties=(Duty.ADMINISTRATOR,))):
        with pytest.raises(Refused):
            approvals.decide(kept.request, answer="approve", by=who)
    made.refresh_from_db()
    assert made.risk_tier == "high"

    approvals.decide(kept.request, answer="approve", by=second)
    made.refresh_from_db()
    assert made.risk_tier == "minimal"


def test_a_tier_that_changed_meanwhile_voids_the_wish_for_a_lower_one():
    from portal.core.states import IllegalMove
    from projects.services import use_cases

    made, (first, second) = f.use_case("limited"), officers()
    kept = risks.assess(made, answers=said(), reason="No persons.", by=first)
    use_cases.set_risk_tier(made, tier="high", reason="It decides on people.", by=second)
    with pytest.raises(IllegalMove):
        approvals.decide(kept.request, answer="approve", by=second)
    made.refresh_from_db()
    assert made.risk_tier == "high" and ApprovalRequest.objects.get(pk=kept.request.pk).state == "void"


def test_to_choose_lower_than_the_answers_lead_to_needs_reason_and_second_person():
    made, (first, _second) = f.use_case("minimal"), officers()
    with pytest.raises(ValidationError, match="another tier"):
        risks.assess(made, answers=said("decides_on_work"), chosen="limited", by=first)
    kept = risks.assess(
        made, answers=said("decides_on_work"), chosen="limited", reason="Only plans rooms.", by=first
    )
    made.refresh_from_db()
    assert kept.request is not None and made.risk_tier == "minimal"


def test_prohibited_is_an_end():
    made, (first, _second) = f.use_case("minimal"), officers()
    risks.assess(made, answers=said("social_scoring"), by=first)
    for who in (first, made.product_owner):
        with pytest.raises(Refused, match="stays prohibited"):
            risks.assess(made, answers=said(), reason="Not so bad.", by=who)
    made.refresh_from_db()
    assert made.risk_tier == "prohibited" and RiskAssessment.objects.count() == 1
    from governance.services import gates

    f.ready_for_g1(made)
    with pytest.raises(Refused):
        gates.request(made, gate="G1", by=made.product_owner)


@pytest.mark.parametrize("answers", [{}, {**said(), "weather": True}, {**said(), "acts_alone": "perhaps"}])
def test_every_question_is_answered_and_no_other(answers):
    made = f.use_case("minimal")
    with pytest.raises(ValidationError):
        risks.assess(made, answers=answers, by=made.product_owner)
    assert not RiskAssessment.objects.exists()


def test_what_remains_is_taken_by_a_named_officer_until_a_day():
    made, (first, _second) = f.use_case("limited"), officers()
    text = {
        "statement": "Some are missed.",
        "likelihood": 2,
        "impact": 3,
        "reason": "Rare.",
        "until": clock.today() + timedelta(days=30),
    }
    for who in (made.product_owner, person("Ada", duties=(Duty.ADMINISTRATOR,))):
        with pytest.raises(Refused):
            risks.accept(made, **text, by=who)
    for wrong in (
        {"until": clock.today()},
        {"until": clock.today() + timedelta(days=400)},
        {"impact": 6},
        {"reason": " "},
    ):
        with pytest.raises(ValidationError):
            risks.accept(made, **text | wrong, by=first)
    assert not ResidualRisk.objects.exists()
    risk = risks.accept(made, **text, by=first)
    with clock.at(clock.now() + timedelta(days=31)):
        keep_deadlines()
        keep_deadlines()
        assert Notice.objects.filter(user=first, text__startswith="The acceptance of a risk").count() == 1
        assert ResidualRisk.objects.get(pk=risk.pk).is_expired
        assert not ResidualRisk.objects.in_force().exists()


def test_an_assessment_is_never_rewritten():
    made = f.use_case("minimal")
    risks.assess(made, answers=said(), by=made.product_owner)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        RiskAssessment.objects.update(chosen="high")


def test_the_page_looks_first_and_keeps_then_and_the_api_does_the_same(client):
    made, (first, _second) = f.use_case("minimal"), officers()
    client.force_login(first)
    form = {f"q_{code}": "yes" if code == "acts_alone" else "no" for code in said()}
    page = client.post(f"/use-cases/{made.pk}/risk/", form | {"step": "look"})
    assert page.status_code == 200 and "Nothing is kept yet" in page.content.decode()
    assert not RiskAssessment.objects.exists()
    assert client.post(f"/use-cases/{made.pk}/risk/", form | {"step": "keep"}).status_code == 302
    made.refresh_from_db()
    assert made.risk_tier == "limited"
    assert client.post(f"/use-cases/{made.pk}/risk/", {"step": "keep"}).status_code == 422
    body = {"use_case": str(made.pk), "answers": said("decides_on_work")}
    answer = client.post("/api/risk-assessments/", body, "application/json")
    assert answer.status_code == 201 and f.as_json(answer)["suggested"] == "high"
    bad = client.post("/api/risk-assessments/", {**body, "answers": {"acts_alone": True}}, "application/json")
    assert bad.status_code == 400
