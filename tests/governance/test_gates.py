"""Gates: everything missing is said at once, and only the right person lets it through."""

import pytest
from django.core.exceptions import ValidationError

from governance import gates as requirements, policies
from governance.models import ApprovalRequest
from governance.services import approvals, deployments, gates
from governance.version_checks import VERSION_CHECKS
from portal.core import clock
from portal.core.duties import Duty
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import DatasetVersion, KillCriterion, PhaseEvent, SquadMember, UseCase
from projects.services import use_cases
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db


def unmet(made, gate):
    return {each.code for each in requirements.requirements(made, gate) if each.stops}


def test_gate_1_names_everything_that_is_missing_at_once():
    made = f.use_case()

    with pytest.raises(Refused) as refusal:
        gates.request(made, gate="G1", by=made.product_owner)

    assert unmet(made, "G1") == {"score_agreed", "two_voters", "kill_criteria", "lead", "know_how"}
    reason = str(refusal.value.verdict.reason)
    assert all(word in reason for word in ("Score agreed", "Kill criteria", "Squad lead", "know-how"))
    assert not ApprovalRequest.objects.exists()
    made.refresh_from_db()
    assert made.phase == "backlog"


def test_the_sponsor_lets_a_ready_use_case_into_initialisation():
    made = f.use_case()
    f.squad(made)
    f.ready_for_g1(made)

    asked = gates.request(made, gate="G1", by=made.product_owner)
    assert asked.steps == ["sponsor"]
    approvals.decide(asked, answer="approve", by=made.sponsor)

    made.refresh_from_db()
    assert made.phase == "initialisation"
    event = PhaseEvent.objects.filter(use_case=made).latest("at")
    assert event.gate == "G1" and event.evidence["decided_by"] == ["Stan Sponsor"]


def test_without_a_sponsor_the_product_owner_acts_alone_and_the_record_says_so():
    made = f.use_case(sponsor=False)
    f.squad(made)
    f.ready_for_g1(made)

    asked = gates.request(made, gate="G1", by=made.product_owner)

    assert asked.is_own_act and asked.state == "approved"
    made.refresh_from_db()
    assert made.phase == "initialisation"
    assert PhaseEvent.objects.get(use_case=made, gate="G1").evidence["own_act"] is True


def test_at_high_risk_nobody_acts_alone():
    made = f.use_case("high", sponsor=False)
    f.squad(made)
    f.ready_for_g1(made)

    with pytest.raises(Refused, match="Nobody could decide"):
        gates.request(made, gate="G1", by=made.product_owner)
    executive = person("Erin", duties=(Duty.EXECUTIVE,))
    asked = gates.request(made, gate="G1", by=made.product_owner)
    with pytest.raises(Refused, match="asked for this decision yourself"):
        approvals.decide(asked, answer="approve", by=made.product_owner)
    approvals.decide(asked, answer="approve", by=executive)

    made.refresh_from_db()
    assert made.phase == "initialisation"


def test_only_the_product_owner_asks_and_only_for_the_gate_ahead():
    made = f.use_case()
    f.squad(made)
    f.ready_for_g1(made)

    for user in (made.sponsor, person("Adam", duties=(Duty.ADMINISTRATOR,))):
        with pytest.raises(Refused, match="Only the product owner"):
            gates.request(made, gate="G1", by=user)
    with pytest.raises(IllegalMove, match="not the gate"):
        gates.request(made, gate="G3", by=made.product_owner)
    assert not ApprovalRequest.objects.exists()


def test_a_requirement_that_falls_away_after_asking_stops_the_decision():
    made = f.use_case()
    f.squad(made)
    f.ready_for_g1(made)
    asked = gates.request(made, gate="G1", by=made.product_owner)
    SquadMember.objects.filter(use_case=made).update(is_lead=False)

    with pytest.raises(Refused, match="Squad lead"):
        approvals.decide(asked, answer="approve", by=made.sponsor)

    made.refresh_from_db()
    assert made.phase == "backlog" and not asked.decisions.exists()


def test_a_changed_kill_criterion_voids_the_request():
    made = f.use_case()
    f.squad(made)
    f.ready_for_g1(made)
    asked = gates.request(made, gate="G1", by=made.product_owner)
    KillCriterion.objects.filter(use_case=made).update(threshold=0.1)

    with pytest.raises(IllegalMove, match="void"):
        approvals.decide(asked, answer="approve", by=made.sponsor)
    asked.refresh_from_db()
    made.refresh_from_db()
    assert (asked.state, made.phase) == ("void", "backlog")


def test_a_second_request_for_the_same_gate_is_refused_while_one_is_open():
    made = f.use_case()
    f.squad(made)
    f.ready_for_g1(made)
    gates.request(made, gate="G1", by=made.product_owner)

    with pytest.raises(IllegalMove, match="open request"):
        gates.request(made, gate="G1", by=made.product_owner)
    assert ApprovalRequest.objects.count() == 1


def in_initialisation(size=5):
    made = f.use_case()
    roles = ("citizen_data_scientist", "data_engineer", "ml_engineer", "it_engineer", "end_user")[:size]
    people = f.squad(made, *roles)
    f.ready_for_g1(made)
    f.in_phase(made, "initialisation")
    f.trial(made, people["citizen_data_scientist"])
    KillCriterion.objects.filter(use_case=made).update(result="met")
    f.signed(made, people["citizen_data_scientist"])
    return made


def test_gate_2_asks_for_results_profile_and_checks():
    made = in_initialisation()
    assert unmet(made, "G2") == set()

    KillCriterion.objects.filter(use_case=made).update(result="waived", evidence="")
    DatasetVersion.objects.update(profile={})
    made.experiments.get().guardrails.update(severity="block", is_alerted=True)

    assert unmet(made, "G2") == {"kill_results", "data_profiled", "data_checked", "builder_signed"}


def test_a_small_squad_needs_a_written_reason_and_nothing_else_can_be_waived():
    made = in_initialisation(size=3)
    assert unmet(made, "G2") == {"squad_size"}
    with pytest.raises(Refused, match="5 to 10"):
        gates.request(made, gate="G2", by=made.product_owner)
    with pytest.raises(ValidationError):
        gates.request(made, gate="G2", waivers={"kill_results": "No time."}, by=made.product_owner)

    asked = gates.request(
        made, gate="G2", waivers={"squad_size": "The scope is small."}, by=made.product_owner
    )
    approvals.decide(asked, answer="approve", by=made.sponsor)

    made.refresh_from_db()
    assert made.phase == "development"
    assert asked.waivers == {"squad_size": "The scope is small."}


def before_g3(tier="minimal"):
    w = f.world(tier)
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    if tier == "high":
        promotion = deployments.request_promotion(w.version, reason="First.", by=w.owner)
        approvals.decide(promotion, answer="approve", by=w.risk)
    else:
        deployments.promote(w.version, by=w.owner)
    f.ready_for_g3(w)
    return w


def test_gate_3_lists_all_that_production_needs():
    w = f.world("limited")

    assert unmet(w.use_case, "G3") == {
        "champion", "independent_review", "monitoring_owner", "process_owner", "readiness", "trust_contract", "benefit",
        "drift_report", "checklist_complete",
    }  # fmt: skip


def test_the_sponsor_lets_a_use_case_into_production():
    w = before_g3()

    asked = gates.request(w.use_case, gate="G3", by=w.owner)
    with pytest.raises(Refused):
        approvals.decide(asked, answer="approve", by=w.owner)
    approvals.decide(asked, answer="approve", by=w.sponsor)

    w.use_case.refresh_from_db()
    assert w.use_case.phase == "production"
    assert PhaseEvent.objects.get(gate="G3").evidence["version"] == str(w.version)


def test_at_high_risk_two_people_decide_on_production():
    w = before_g3("high")
    from governance.models import Deployment, DriftReport

    DriftReport.objects.create(
        deployment=Deployment.objects.get(),
        dataset_version=w.version.dataset_version,
        requested_by=w.owner,
        finished_at=clock.now(),
    )
    asked = gates.request(w.use_case, gate="G3", by=w.owner)
    assert asked.steps == ["sponsor", "risk_officer"]

    with pytest.raises(Refused):
        approvals.decide(asked, answer="approve", by=w.risk)
    approvals.decide(asked, answer="approve", by=w.sponsor)
    w.use_case.refresh_from_db()
    assert w.use_case.phase == "development"
    with pytest.raises(Refused):
        approvals.decide(asked, answer="approve", by=w.sponsor)
    approvals.decide(asked, answer="approve", by=w.risk)

    w.use_case.refresh_from_db()
    assert w.use_case.phase == "production"
    assert asked.decisions.count() == 2


def test_an_open_high_finding_keeps_a_use_case_out_of_production():
    from governance.services import findings

    w = before_g3()
    findings.raise_finding(
        w.use_case, title="Nobody can stop it", severity="high", owner=w.author, by=w.reviewer
    )

    with pytest.raises(Refused, match="high severity"):
        gates.request(w.use_case, gate="G3", by=w.owner)


def test_what_is_on_hold_passes_no_gate():
    made = f.use_case()
    f.squad(made)
    f.ready_for_g1(made)
    UseCase.objects.filter(pk=made.pk).update(held_until=clock.today())

    with pytest.raises(Refused, match="Not on hold"):
        gates.request(made, gate="G1", by=made.product_owner)


def test_a_live_use_case_retires_once_nothing_serves():
    w = before_g3()
    f.in_phase(w.use_case, "production")
    with pytest.raises(Refused, match="No model in service"):
        gates.request(w.use_case, gate="G5", by=w.owner)
    from governance.models import Deployment

    deployments.end(Deployment.objects.get(), reason="The product is gone.", by=w.owner)
    approvals.decide(gates.request(w.use_case, gate="G5", by=w.owner), answer="approve", by=w.sponsor)

    w.use_case.refresh_from_db()
    assert w.use_case.phase == "retired"
    assert use_cases is not None


def test_every_requirement_of_the_policy_is_a_check_that_exists():
    for policy in policies.load().values():
        for asked_of, modes in policy.requirements.items():
            checks = requirements.CHECKS if asked_of.startswith("G") else VERSION_CHECKS
            assert set(modes) <= set(checks), asked_of


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('version: "2026-11.6"', 'version: ""'),
        ("  minimal:", "  tiny:"),
        ("G3: [sponsor_or_executive, risk_officer]", "G3: [anybody]"),
        ("G3: [sponsor_or_executive, risk_officer]", "G3: []"),
        (
            "G3: [sponsor_or_executive, risk_officer]",
            "G3: [{role: sponsor_or_executive, takes: decision}, {role: risk_officer, takes: feedback}]",
        ),
        ("people: {default: 2, G3: 3}", "people: {default: 2, G3: 4}"),
        ("squad_size: waive", "squid_size: waive"),
        ("squad_size: waive", "squad_size: perhaps"),
        ("review_months: 24", "review_months: 0"),
        ("promotion: request", "promotion: direct"),
    ],
)
def test_a_policy_file_with_a_mistake_is_refused(old, new):
    text = policies.PATH.read_text()
    assert old in text

    with pytest.raises(policies.BadPolicy):
        policies.read(text.replace(old, new))
