"""Use cases from a proposal to development, with their squads, criteria and scores."""

from datetime import timedelta
from types import SimpleNamespace as Side
from typing import Any

from portal.core import clock
from projects.services import (
    comments,
    kill_criteria,
    phases,
    scores,
    squads,
    triage,
    use_cases,
)
from tests.governance import factories as f
from tests.people import person
from tests.projects.cases import LEVELS


def proposal(side: Side, title: str, *, submit: bool = True) -> Any:
    """What the author proposes."""
    return use_cases.propose(
        title=f"{side.mark}{title}",
        problem=f"{side.mark}problem that nobody sees coming.",
        is_confidential=side.is_confidential,
        submit=submit,
        by=side.author,
    )


def accepted(side: Side, title: str) -> Any:
    """In the backlog."""
    made = proposal(side, title)
    return triage.accept(
        made, product_owner=side.owner, risk_tier="limited", sponsor=side.sponsor, by=side.manager
    )


def staffed(side: Side, use_case: Any) -> None:
    """Author, member and an engineer."""
    for user, role in (
        (side.author, "citizen_data_scientist"),
        (side.member, "data_analyst"),
        (person("Ed Engineer"), "ml_engineer"),
    ):
        row = squads.add_member(use_case, user=user, role=role, is_lead=user == side.author, by=side.owner)
        if user == side.member:
            side.membership = row


def criterion(side: Side, use_case: Any) -> Any:
    """What would make them stop."""
    return kill_criteria.add(
        use_case, statement=f"{side.mark}Adjusters agree", metric="share agreed", comparator="at_least", threshold=0.7,
        deadline=clock.today() + timedelta(days=20), by=side.owner,
    )  # fmt: skip


def developed(side: Side, title: str) -> Any:
    """Moved to development as the gates do it."""
    made = accepted(side, title)
    staffed(side, made)
    side.criterion = criterion(side, made)
    for action, gate in (("initialise", "G1"), ("develop", "G2")):
        phases.move(made, action, by=None, gate=gate)
    return made


def cases(side: Side) -> None:
    """Use cases in the phases that acts ask for."""
    side.draft, side.proposal = proposal(side, "Draft", submit=False), proposal(side, "Proposal")
    side.asked = triage.ask(proposal(side, "Question"), question=f"{side.mark}Which data?", by=side.manager)
    side.backlog, side.ready = accepted(side, "Backlog"), accepted(side, "Ready")
    side.early = criterion(side, side.backlog)
    staffed(side, side.ready)
    f.ready_for_g1(side.ready)
    side.stopped = accepted(side, "Stopped")
    phases.stop(side.stopped, reason=f"{side.mark}reason", lessons=f"{side.mark}lessons", by=side.owner)
    side.held = developed(side, "Held")
    use_cases.hold(
        side.held, until=clock.today() + timedelta(days=9), reason=f"{side.mark}pause", by=side.owner
    )
    side.high = developed(side, "High risk")
    side.live = developed(side, "In production")
    phases.move(side.live, "go_live", by=None, gate="G3")
    side.main = developed(side, "Who may leave us")
    side.comment = comments.add(side.main, text=f"{side.mark}comment", by=side.author)
    card = scores.open_card(side.main, by=side.owner)
    scores.vote(card, levels=LEVELS, evidence=dict.fromkeys(LEVELS, "sample_checked"), by=side.sponsor)
