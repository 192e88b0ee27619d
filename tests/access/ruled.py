"""What judging leaves behind on each side: a draft of a policy, an override that waits, a seat handed over, a risk."""

from datetime import timedelta
from typing import Any

from governance.models import PolicyVersion
from governance.services import approvals, delegations, models, overrides, petitions, policies, risks
from portal.core import clock
from portal.core.models import User
from projects.services import shares
from tests.governance import factories as f


def drafted(tier: str, version: str, by: User) -> PolicyVersion:
    """A draft that asks for something else."""
    before = PolicyVersion.objects.published().get(tier=tier)
    draft = policies.draft(based_on=before, version=version, by=by)
    text = draft.text.replace("G1: 10", f"G1: {9 + len(version)}")
    return policies.edit(draft, text=text, summary="More time", by=by)


def ruled(side: Any, version: Any, executive: User) -> None:
    """Made by the real services."""
    officer, today = side.risk, clock.today()
    side.policy = drafted(
        "high", "hidden" if side.is_confidential else "open", officer
    )  # everybody reads drafts
    side.urgent = models.submit(version, card=f.CARD, by=side.author)
    f.compared(version, side.champion)  # the emergency does not spare it
    side.override = overrides.propose(
        side.urgent, reason=f"{side.mark}The champion fails every day.", by=executive
    )
    first = today + timedelta(days=30 if side.is_confidential else 0)
    side.delegation = delegations.give(
        to=side.friend,
        starts_on=first,
        ends_on=first + timedelta(days=3),
        reason=f"{side.mark}away",
        by=side.reviewer,
    )
    side.residual = risks.accept(
        side.main, statement=f"{side.mark}Some may be missed", likelihood=2, impact=2, reason=f"{side.mark}rare",
        until=today + timedelta(days=90), by=officer,
    )  # fmt: skip
    asked = petitions.waive(
        side.backlog, gate="G1", code="know_how", until=today + timedelta(days=20), by=side.owner,
        reason=f"{side.mark}nobody is free", meanwhile=f"{side.mark}a mentor helps",
    )  # fmt: skip
    approvals.decide(asked, answer="approve", by=officer)
    side.waiver = asked.waiver
    side.grant = shares.grant(
        side.dataset, person=side.friend, purpose=f"{side.mark}to compare", until=today + timedelta(days=20),
        by=side.author, evidence={},
    )  # fmt: skip
    side.artifact_grant = shares.grant(
        side.artifact, person=side.friend, purpose=f"{side.mark}to read", until=today + timedelta(days=20),
        by=side.author, evidence={},
    )  # fmt: skip
    answers = dict.fromkeys(each.code for each in risks.risk_questions.load().questions)
    side.assessment = risks.assess(
        side.ready, answers={code: code == "uses_personal_data" for code in answers}, by=side.owner
    )


def renewed(tier: str, by: User, second: User) -> None:
    """A newer policy in force, to which use cases may be moved."""
    approvals.decide(policies.propose(drafted(tier, "2027-01.1", by), by=by), answer="approve", by=second)
