"""R1 to R15: what breaks an invariant is refused by page and API alike, and the timetable approves nothing either."""

from datetime import timedelta

import pytest

from governance.models import ApprovalRequest, Decision, Deployment, ModelVersion
from governance.services import approvals, delegations, models, overrides
from governance.tasks import keep_deadlines
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models.credentials import Right
from portal.core.services import credentials, people
from projects.models import GuardrailResult
from tests.governance import factories as f
from tests.governance.test_engine import rules, steps
from tests.people import give, person

pytestmark = pytest.mark.django_db
YES = {"answer": "approve", "checklist": f.CHECKLIST}
DECIDE = ("/approvals/{request}/decide/", "/api/approvals/{request}/decide/")
PROPOSE = ("/approvals/{request}/override/", "/api/overrides/")


def certified(user):
    people.assign_duties(user, duties=(Duty.MODEL_REVIEWER,), by=None)
    give(user, Right.APPROVE_MODEL)
    return user


def own_work(w):
    return certified(w.author), DECIDE, YES


def of_the_squad(w):
    return certified(w.squad["data_engineer"]), DECIDE, YES


def by_administrator(w):
    return person("Ada", duties=(Duty.ADMINISTRATOR,), rights=(Right.APPROVE_MODEL,)), DECIDE, YES


def not_their_step(w):
    return w.risk, DECIDE, YES


def certificate_gone(w):
    credentials.revoke(w.reviewer.credentials.get(), reason="Now.", by=None)
    return w.reviewer, DECIDE, YES


def changed_subject(w):
    ModelVersion.objects.filter(pk=w.version.pk).update(limits="None.")
    return w.reviewer, DECIDE, YES


def changed_guardrail(w):
    f.guardrail(w.trial.experiment, code="leakage", severity="warn", is_alerted=True)
    return w.reviewer, DECIDE, YES


def seat_of_the_author(w):
    certified(w.author)
    who, day = person("Dana", rights=(Right.APPROVE_MODEL,)), clock.today()
    delegations.give(to=who, starts_on=day, ends_on=day, reason="Away.", by=w.author)
    return who, DECIDE, YES


def conditional_without_finding(w):
    return w.reviewer, DECIDE, YES | {"answer": "approve_with_findings"}


def bare_no(w):
    return w.reviewer, DECIDE, {"answer": "reject"}


def bare_abstention(w):
    return w.reviewer, DECIDE, {"answer": "abstain"}


def advice_as_decision(w):
    return w.reviewer, DECIDE, {"answer": "no_objection"}


def override_by_the_squad(w):
    people.assign_duties(w.author, duties=(Duty.RISK_OFFICER,), by=None)
    return w.author, PROPOSE, {"reason": "The champion fails every single day."}


def override_without_words(w):
    return w.risk, PROPOSE, {"reason": "Now!"}


def override_alone(w):
    override = overrides.propose(w.request, reason="The champion fails every single day.", by=w.risk)
    return w.risk, (f"/overrides/{override.pk}/confirm/", f"/api/overrides/{override.pk}/confirm/"), {}


REFUSED = {403, 302, 422}, {403}
INVALID = {422, 302}, {400}
BREACHES = {
    "R1 own work": (own_work, REFUSED), "R1 squad": (of_the_squad, REFUSED), "R1 administrator": (by_administrator, REFUSED),
    "R2 another step": (not_their_step, REFUSED), "R2 certificate gone": (certificate_gone, REFUSED),
    "R5 card changed": (changed_subject, ({422, 409}, {409})), "R5 guardrail added": (changed_guardrail, ({422, 409}, {409})),
    "R8 in the squad": (override_by_the_squad, REFUSED), "R8 no words": (override_without_words, INVALID),
    "R8 alone": (override_alone, REFUSED), "R9 seat of the author": (seat_of_the_author, REFUSED),
    "R10 no finding": (conditional_without_finding, INVALID), "R12 bare no": (bare_no, INVALID),
    "R12 bare abstention": (bare_abstention, INVALID), "R2 advice for a decision": (advice_as_decision, INVALID),
}  # fmt: skip


def nothing_was_approved(w):
    w.request.refresh_from_db()
    version = ModelVersion.objects.get(pk=w.version.pk)
    assert w.request.state in {"open", "void", "expired"} and version.status in {"submitted", "candidate"}
    assert not Decision.objects.exists() and not Deployment.objects.exists()


@pytest.mark.parametrize("way", ["page", "api", "task"])
@pytest.mark.parametrize("breach", BREACHES)
def test_what_breaks_an_invariant_is_refused_everywhere(breach, way, client):
    w = f.world()
    make, (of_page, of_api) = BREACHES[breach]
    who, addresses, body = make(w)
    client.force_login(who)
    page, api = (each.format(request=w.request.pk) for each in addresses)
    match way:
        case "page":
            assert client.post(page, body).status_code in of_page
        case "api":
            said = body | ({"request": str(w.request.pk)} if api == "/api/overrides/" else {})
            assert client.post(api, said, "application/json").status_code in of_api
        case "task":
            with clock.at(clock.now() + timedelta(days=100)):
                keep_deadlines()
    nothing_was_approved(w)


@pytest.mark.parametrize("days", [1, 12, 30, 400])
def test_time_alone_approves_nothing_at_any_moment(days):
    w = f.world()
    with clock.at(clock.now() + timedelta(days=days)):
        keep_deadlines()
        keep_deadlines()
    nothing_was_approved(w)


def test_more_people_than_the_steps_would_bring_are_not_forgotten():
    """R7: high risk asks for three people, the one who asks included."""
    f.reviewer("Sven Second")
    rules(people={"default": 3}, steps=steps(**{kind: [{"role": "executive", "quorum": 2}] for kind in ("G1", "G2", "G3", "G4", "G5", "tier_change", "policy")}, model_review=[{"role": "model_reviewer", "quorum": 2}]))  # fmt: skip
    w = f.world()
    f.approve(w.request, w.reviewer)
    w.request.refresh_from_db()
    assert w.request.state == "open"


def test_an_approval_runs_out_by_tier_and_promotes_nothing_then():
    """R11."""
    from governance.services import deployments
    from portal.core.verdicts import Refused

    w = f.world()
    f.approve(w.request, w.reviewer)
    version = ModelVersion.objects.for_list().get()
    assert 364 <= (version.valid_until - clock.now()).days <= 366
    with clock.at(clock.now() + timedelta(days=367)), pytest.raises(Refused, match="run out"):
        deployments.promote(version, by=w.owner)
    assert not Deployment.objects.exists()


def test_an_older_page_decides_nothing():
    """R5, as a reader meets it: what was read is what is decided on."""
    w = f.world(justify=True)
    old = w.request.subject_digest
    approvals.withdraw(w.request, by=w.author)
    GuardrailResult.objects.filter(severity="justify").update(justification="Another story.")
    w.version.refresh_from_db()
    again = models.submit(w.version, card=f.CARD, by=w.author)
    assert again.subject_digest != old
    assert ApprovalRequest.objects.get(pk=again.pk).revision == 2
