"""Every path of a decision × every kind of person, on the page and by code: one table, and after a no nothing has happened."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from governance.models import ApprovalRequest, Decision
from governance.urls import urlpatterns
from portal.core import clock
from tests.access.routes import methods
from tests.governance import factories as f
from tests.judging.world import EMERGENCY, PEOPLE, standing, taken_back

pytestmark = pytest.mark.django_db
CHECKED = {"checklist": f.CHECKLIST}
WHY = {"reason": "The hold-out is of last year.", "category": "method"}
ANSWERS = {
    "approve": CHECKED, "approve_with_findings": CHECKED, "reject": WHY, "request_changes": WHY,
    "abstain": {"reason": "My brother works on it."},
    "no_objection": {}, "minor_issue": WHY, "major_issue": WHY,
}  # fmt: skip

# Who is refused with which code; whoever is not named succeeds. "seat" stands for the duty or the certificate.
STAKE = {
    "approval.own_work": "author member former",
    "approval.duty": "delegate administrator auditor",
    "not_authenticated": "anonymous",
}
CERTIFIED = STAKE | {"approval.certificate": "uncertified expired"}
WRITTEN = STAKE | {"approval.own_work": "author"}  # who wrote the draft; a squad has no stake in a policy
GATE = {**STAKE, "gate.requirements": "reviewer uncertified expired"}
EMERGENCIES = STAKE | {"approval.duty": "", "override.duty": "delegate administrator auditor"}
OFFICERS = {"refused": "delegate administrator auditor", "not_authenticated": "anonymous"}
SETTLED = {"finding.own_work": "author member former"} | OFFICERS
TAKEN = {"risk.own_work": "author member former"} | OFFICERS


@dataclass(frozen=True)
class Path:
    """One way to decide: its two addresses, what is sent on each, and who is refused with which code."""

    page: str
    api: str
    at: str  # attribute of the court whose key stands in the address
    refused: dict[str, str]
    said: dict[str, Any] = field(default_factory=dict)
    on_page: dict[str, Any] = field(default_factory=dict)
    act: str = ""
    first: str = ""  # what the court does before, so that the path is open at all
    closed: str = ""  # why nobody succeeds

    def expected(self, name: str) -> str:
        """The code of the refusal, or "yes"."""
        return next((code for code, names in self.refused.items() if name in names.split()), "yes")


def decided(kind: str, answer: str) -> Path:
    """An answer to the request of a kind."""
    lines = {"model_review": CERTIFIED, "policy": WRITTEN}.get(kind, STAKE)
    if kind in {"G2", "G3", "G4", "G5"} and answer == "approve":
        lines = GATE
    said, on_page = {"answer": answer, **ANSWERS[answer]}, {"answer": answer, **ANSWERS[answer]}
    closed = "what is missing stands in the way" if lines is GATE else ""
    if answer == "approve_with_findings":
        said["findings"] = [{"title": "Explain it", "severity": "high", "owner": "%owner"}]
        on_page |= {"finding_title": "Explain it", "finding_severity": "high", "finding_owner": "%owner"}
    if answer in Decision.ADVICE or (answer == "approve_with_findings" and kind != "model_review"):
        # Advice at a deciding step, a condition on what carries none: invalid for everybody who may answer at all.
        lines, closed = lines | {"invalid": "reviewer uncertified expired"}, "this answer does not fit"
        if kind == "model_review":
            lines = CERTIFIED | {"invalid": "reviewer"}
    first = "justified" if kind == "model_review" and answer.startswith("approve") else ""
    return Path(
        "approval_decide", "approval-decide", f"waiting.{kind}", lines, said, on_page, "", first, closed
    )


DECISIONS = {
    f"{kind}: {answer}": decided(kind, answer)
    for kind in ApprovalRequest.Kind.values
    for answer in ANSWERS
    # Every answer to a review; a yes to the other kinds, which come through the same door.
    if kind == "model_review" or answer == "approve"
}
LATER = str(clock.today() + timedelta(days=30))
ACTS = {
    "accept a justification": Path(
        "justification_answer", "approval-justification", "waiting.model_review", CERTIFIED,
        {"guardrail": "%guardrail", "is_accepted": True}, {"accepted": "yes"}),
    "refuse a justification": Path(
        "justification_answer", "approval-justification", "waiting.model_review", CERTIFIED,
        {"guardrail": "%guardrail", "is_accepted": False, "comment": "It is not."}, {"accepted": "no", "comment": "It is not."}),
    "begin a review": Path("version_act", "model_version-take-review", "version", CERTIFIED, act="take-review"),
    "take over": Path(
        "version_take_over", "model_version-take-over", "version", CERTIFIED, {"reason": "A simpler one will do."},
        {"reason": "A simpler one will do.", "trial": "%trial"}),
    "lift a block": Path(
        "version_act", "model_version-lift-block", "blocked", CERTIFIED, {"reason": "It is known then."},
        {"reason": "It is known then."}, "lift-block"),
    "revoke": Path(
        "version_act", "model_version-revoke", "approved", OFFICERS, {"reason": "It harms."}, {"reason": "It harms."}, "revoke"),
    "propose an override": Path(
        "override_propose", "override-list", "waiting.model_review", EMERGENCIES,
        {"request": "%request", "reason": EMERGENCY}, {"reason": EMERGENCY}),
    "confirm an override": Path("override_act", "override-confirm", "override", EMERGENCIES, act="confirm"),
    "verify a finding": Path("finding_detail", "finding-verify", "resolved", SETTLED, {}, {"act": "verify"}),
    "send a finding back": Path(
        "finding_detail", "finding-reopen", "resolved", SETTLED, {"reason": "Not all."}, {"act": "reopen", "text": "Not all."}),
    "accept a finding": Path(
        "finding_detail", "finding-accept", "finding", SETTLED, {"reason": "Small.", "until": LATER},
        {"act": "accept", "text": "Small.", "until": LATER}),
    "take a remaining risk": Path(
        "risk_accept", "residual_risk-list", "use_case", TAKEN,
        {"use_case": "%use_case", "statement": "Some", "likelihood": 1, "impact": 1, "reason": "Rare.", "until": LATER},
        {"statement": "Some", "likelihood": 1, "impact": 1, "reason": "Rare.", "until": LATER}),
    "end a remaining risk": Path("risk_end", "residual_risk-end", "risk", OFFICERS),
}  # fmt: skip
PATHS = DECISIONS | ACTS
# Pages that write and decide nothing: they ask, work, talk, run what was approved, or report.
NO_DECISION = {
    "use_case_move", "approval_withdraw", "thread_open", "thread_act", "delegation_list", "delegation_end",
    "policy_edit", "policy_act", "policy_case", "risk_detail", "model_register", "version_submit", "model_act",
    "version_compare", "document_write", "document_issue", "deployment_table", "deployment_end", "gate_detail",
    "finding_new", "value_detail", "measurement_new", "measurement_settle", "audit_verify",
}  # fmt: skip


def test_every_page_that_writes_stands_in_the_table_or_among_those_that_decide_nothing():
    writing = {each.name for each in urlpatterns if "POST" in methods(each.callback)}
    known = {path.page for path in PATHS.values()} | NO_DECISION
    assert writing == known, (
        f"Say who may decide there (PATHS), or that nothing is decided: {writing ^ known}"
    )
    assert set(ANSWERS) == set(Decision.Answer.values)


def test_a_request_of_every_kind_waits_in_the_court(court):
    assert set(court.waiting) == set(ApprovalRequest.Kind.values), (
        "A new kind needs its request in the court."
    )
    assert all(each.state == "open" for each in court.waiting.values())


def thing(court, path):
    """The object the address names."""
    name, _dot, key = path.at.partition(".")
    found = getattr(court, name)
    return found[key] if key else found


def filled(court, said, found):
    """A body with the keys of this court."""
    keys = {
        "%owner": court.owner.pk, "%guardrail": str(court.waiting_justification.pk), "%trial": str(court.version.trial_id),
        "%request": str(found.pk), "%use_case": str(found.pk),
    }  # fmt: skip
    if isinstance(said, dict):
        return {name: filled(court, each, found) for name, each in said.items()}
    if isinstance(said, list) and said and isinstance(said[0], dict):
        return [filled(court, each, found) for each in said]
    return keys.get(said, said) if isinstance(said, str) else said


def prepare(court, path):
    """What must be done before the path is open."""
    if path.first == "justified":
        court.accept_justification()


def by_code(court, path, name):
    """The code of the answer of the API, or "yes"."""
    found = thing(court, path)
    kwargs = {} if path.api.endswith("-list") else {"pk": found.pk}
    url = reverse(f"api:{path.api}", kwargs=kwargs)
    answer = court.client(name).post(url, filled(court, path.said, found), content_type="application/json")
    return "yes" if answer.status_code < 400 else answer.json()["code"]


def on_page(court, path, name):
    """The status of the page."""
    found = thing(court, path)
    kwargs = {"pk": found.pk}
    if path.page == "justification_answer":
        kwargs["guardrail_pk"] = court.waiting_justification.pk
    if path.page == "risk_accept":
        kwargs = {"use_case_pk": found.pk}
    if path.act:
        kwargs["act"] = path.act
    return court.client(name).post(
        reverse(f"governance:{path.page}", kwargs=kwargs), filled(court, path.on_page, found)
    )


@pytest.mark.parametrize("key", PATHS)
def test_each_kind_of_person_gets_the_answer_of_the_table_and_a_no_changes_nothing(key, court):
    path = PATHS[key]
    wanted = {name: path.expected(name) for name in PEOPLE}
    assert bool(path.closed) != ("yes" in wanted.values()), (
        "Somebody must succeed, or `closed` says why nobody does."
    )
    found, strange = {}, []
    with taken_back():
        prepare(court, path)
        before = standing()
        for name in PEOPLE:
            with taken_back():
                found[name] = by_code(court, path, name)
                if (standing() == before) != (found[name] != "yes"):
                    strange.append(f"{name} by code: {found[name]}")
        for code, name in {code: name for name, code in found.items()}.items():
            with taken_back():  # one person for each answer: the page asks the same service
                answer = on_page(court, path, name)
                if not is_page_answer(answer, code) or (standing() == before) != (code != "yes"):
                    strange.append(f"{name} on the page: {answer.status_code} for {code}")
    assert (found, strange) == (wanted, [])


def is_page_answer(answer, code):
    """Whether the page says the same as the API: the sign-in page, done, what is wrong, or that one may not."""
    match code:
        case "not_authenticated":
            return answer.status_code == 302 and reverse("core:login") in answer["Location"]
        case "yes":
            return answer.status_code == 302
        case "invalid":
            return answer.status_code == 422
        case "gate.requirements":
            return answer.status_code in {403, 422}
    return answer.status_code == 403
