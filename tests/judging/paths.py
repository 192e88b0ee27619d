"""The table of who decides where: every way to decide, what is sent on page and by code, and who is refused with which code."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from governance.models import ApprovalRequest, Decision
from portal.core import clock
from tests.governance import factories as f
from tests.judging.world import EMERGENCY

LATER = str(clock.today() + timedelta(days=30))
CHECKED = {"checklist": f.CHECKLIST}
WHY = {"reason": "The hold-out is of last year.", "category": "method"}
ANSWERS = {
    "approve": CHECKED, "approve_with_findings": CHECKED, "reject": WHY, "request_changes": WHY,
    "hold": WHY | {"until": LATER}, "pivot": WHY | {"until": LATER}, "stop": WHY | {"lessons": "Ask for the data first."},
    "abstain": {"reason": "My brother works on it."},
    "no_objection": {}, "minor_issue": WHY, "major_issue": WHY,
}  # fmt: skip

# Who is refused with which code; whoever is not named succeeds.
STAKE = {
    "approval.own_work": "author member former",
    "approval.duty": "delegate administrator auditor",
    "not_authenticated": "anonymous",
}
CERTIFIED = STAKE | {"approval.certificate": "uncertified expired"}
WRITTEN = STAKE | {"approval.own_work": "author"}  # who wrote the draft; a squad has no stake in a policy
# The reviewer owns the dataset, and no duty decides in the owner's stead. The author is its steward, and in the
# squad it is asked for: that stake refuses the author, and the author's delegate too. Who has nothing to do with
# the data and does not answer for risk does not even see that somebody asks.
KEEPERS = STAKE | {
    "approval.duty": "delegate uncertified expired auditor",
    "not_found": "administrator",
}
GATE = {**STAKE, "gate.requirements": "reviewer uncertified expired"}
EMERGENCIES = STAKE | {"approval.duty": "", "override.duty": "delegate administrator auditor"}
OFFICERS = {"refused": "delegate administrator auditor", "not_authenticated": "anonymous"}
SETTLED = {"finding.own_work": "author member former"} | OFFICERS
TAKEN = {"risk.own_work": "author member former"} | OFFICERS
# An opinion is kept of those who fill a step, certificate and all.
OPINION = STAKE | {"approval.duty": "delegate administrator auditor uncertified expired"}
LOOKED = STAKE | {"approval.duty": "", "second_look.duty": "delegate administrator auditor"}
# Owner (reviewer), steward (author) and the person who uses the data (former); to others it does not exist.
LENT = {
    "not_found": "member delegate uncertified expired administrator",
    "refused": "auditor",
    "not_authenticated": "anonymous",
}
# An artifact has no steward, so the author is nobody there.
ARTIFACT_LENT = LENT | {"not_found": "author member delegate uncertified expired administrator"}
# The product owner of the story's project (reviewer) alone, not even the author who wrote it; an auditor reads.
STORY = {
    "not_found": "former delegate uncertified expired administrator",
    "refused": "author member auditor",
    "not_authenticated": "anonymous",
}
TAKEN_AWAY = STORY | {"refused": "member auditor"}  # the author may take an own story away
# The author is the only builder in the squad now; a seat is no squad, and a signature goes to no delegate.
BUILT = {
    "gate.not_a_builder": "member former delegate reviewer uncertified expired administrator auditor",
    "not_authenticated": "anonymous",
}


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
    first: str = ""  # the method of the court that opens the path
    closed: str = ""  # why nobody succeeds

    def expected(self, name: str) -> str:
        """The code of the refusal, or "yes"."""
        return next((code for code, names in self.refused.items() if name in names.split()), "yes")


def decided(kind: str, answer: str) -> Path:
    """An answer to the request of a kind."""
    lines = LINES.get(kind, STAKE)
    if kind in {"G2", "G3", "G4", "G5"} and answer == "approve":
        lines = GATE
    said, on_page = {"answer": answer, **ANSWERS[answer]}, {"answer": answer, **ANSWERS[answer]}
    closed = "what is missing stands in the way" if lines is GATE else ""
    if answer == "approve_with_findings":
        said["findings"] = [{"title": "Explain it", "severity": "high", "owner": "%owner"}]
        on_page |= {"finding_title": "Explain it", "finding_severity": "high", "finding_owner": "%owner"}
    if not fits(kind, answer):
        lines, closed = lines | {"invalid": "reviewer uncertified expired"}, "this answer does not fit"
        if kind == "model_review":
            lines = CERTIFIED | {"invalid": "reviewer"}
    first = "accept_justification" if kind == "model_review" and answer.startswith("approve") else ""
    return Path(
        "approval_decide", "approval-decide", f"waiting.{kind}", lines, said, on_page, "", first, closed
    )


LINES = {
    "model_review": CERTIFIED, "block_waiver": CERTIFIED, "policy": WRITTEN, "data_access": KEEPERS,
}  # fmt: skip


def fits(kind: str, answer: str) -> bool:
    """
    Whether the answer belongs to the step; otherwise it is invalid for everybody who may answer at all.

    Advice at a deciding step, a condition on what carries none, and what only a gate is answered with do not.
    """
    if answer in Decision.OF_GATES:
        return kind in ApprovalRequest.GATES
    return answer not in Decision.ADVICE and (answer != "approve_with_findings" or kind == "model_review")


# Every answer to a review, the answers that only a gate has; a yes to the other kinds, which come through the same door.
ASKED = {"model_review": ANSWERS, "G2": ["approve", *Decision.OF_GATES]}
DECISIONS = {
    f"{kind}: {answer}": decided(kind, answer)
    for kind in ApprovalRequest.Kind.values
    for answer in ASKED.get(kind, ["approve"])
}


def together(kind: str, answer: str) -> Path:
    """The same answer in the act over several: refused are the same people; each request says why, without a code."""
    alone = decided(kind, answer)
    kept = {
        code: names for code, names in alone.refused.items() if code in {"not_found", "not_authenticated"}
    }
    others = [names for code, names in alone.refused.items() if code not in kept]
    said = {name: text for name, text in ANSWERS[answer].items() if name != "checklist"} | {"answer": answer}
    return replace(
        alone,
        page="approval_together",
        api="approval-together",
        refused=kept | {"refused": " ".join(others)},
        said=said | {"requests": [{"request": "%request"}]},
        on_page=said | {"requests": "%request"},
    )


TOGETHER = {
    f"together, {kind}: {answer}": together(kind, answer)
    for kind, answer in (
        ("model_review", "abstain"), ("policy", "approve"), ("G3", "approve"), ("waiver", "approve"),
        ("block_waiver", "approve"), ("data_access", "approve"), ("retirement", "reject"),
    )
}  # fmt: skip
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
    "end a waiver": Path(
        "waiver_end", "waiver-end", "waiver", OFFICERS, {"reason": "It is written."}, {"reason": "It is written."}),
    "end the access to data": Path("data_grant_end", "data_access-end", "grant", LENT),
    "end the use of an artifact": Path(
        "artifact_grant_end", "artifact_access-end", "artifact_grant", ARTIFACT_LENT),
    "keep a dissenting opinion": Path(
        "approval_dissent", "approval-dissent", "waiting.model_review", OPINION, {"text": "Wait."}, {"text": "Wait."}),
    "look again": Path(
        "approval_look_again", "approval-look-again", "sampled", LOOKED, {"was_right": True}, {"was_right": "yes"}),
    "sign gate 2": Path(
        "gate_sign", "gate-sign", "fresh", BUILT, {"gate": "G2", "note": "Tried."}, {"note": "Tried."},
        first="initialise"),
    "agree to a story": Path(
        "showcase_act", "showcase-consent", "story", STORY, {"digest": "%words"}, {"digest": "%words"}, "consent"),
    "send a story back": Path(
        "showcase_act", "showcase-send-back", "story", STORY, {"remark": "Shorter."}, {"remark": "Shorter."}, "send-back"),
    "take a story away": Path("showcase_act", "showcase-withdraw", "story", TAKEN_AWAY, act="withdraw"),
}  # fmt: skip
# What "refused" stands for at each act.
SAYS = {
    "revoke": "model.revoke_not_yours", "verify a finding": "finding.verify_not_yours",
    "send a finding back": "finding.verify_not_yours", "accept a finding": "finding.accept_not_yours",
    "take a remaining risk": "risk.officers_only", "end a remaining risk": "risk.officers_only",
    "end a waiver": "waiver.end_not_yours", "end the access to data": "dataset.end_grant_not_yours",
    "end the use of an artifact": "dataset.end_grant_not_yours",
    "agree to a story": "showcase.owner_agrees", "send a story back": "showcase.owner_agrees",
    "take a story away": "showcase.withdraw_not_yours",
}  # fmt: skip


def in_full(key: str, path: Path) -> Path:
    """With the code of this act in the place of the general word."""
    return replace(
        path,
        refused={SAYS[key] if code == "refused" else code: names for code, names in path.refused.items()},
    )


PATHS = DECISIONS | TOGETHER | {key: in_full(key, path) for key, path in ACTS.items()}
# Pages that write and decide nothing: they ask, work, talk, run what was approved, or report.
NO_DECISION = {
    "use_case_move", "approval_withdraw", "thread_open", "thread_act", "delegation_list", "delegation_end",
    "policy_edit", "policy_act", "policy_case", "risk_detail", "model_register", "version_submit", "model_act",
    "version_compare", "document_write", "document_issue", "deployment_table", "deployment_end", "gate_detail",
    "finding_new", "value_detail", "measurement_new", "measurement_settle", "audit_verify",
    "waiver_ask", "block_waiver_ask", "data_access_ask", "artifact_access_ask", "retirement_ask", "showcase_write",
}  # fmt: skip
