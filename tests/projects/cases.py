"""Use cases and their people, made by the real services."""

from datetime import timedelta
from typing import Any

from portal.core import clock
from portal.core.models import Right, User
from projects.models import UseCase
from projects.services import kill_criteria, phases, scores, squads, triage, use_cases
from tests.people import person


def manager() -> User:
    """A portfolio manager."""
    return person("Portia Manager", duties=("portfolio_manager",))


def owner() -> User:
    """Somebody who may own a use case."""
    return person("Olga Owner", rights=(Right.OWN_USE_CASE,))


def proposal(by: User | None = None, **more: Any) -> UseCase:
    """A proposal that waits for triage."""
    more = {"title": "Forecast hail claims", "problem": "Too few adjusters after a storm.", **more}
    return use_cases.propose(by=by or person("Ana Author"), **more)


def in_backlog(product_owner: User | None = None, by: User | None = None, **more: Any) -> UseCase:
    """An accepted use case."""
    use_case = proposal(**more)
    return triage.accept(
        use_case,
        product_owner=product_owner or owner(),
        risk_tier="minimal",
        sponsor=person("Sponsor"),
        by=by or manager(),
    )


def in_phase(phase: str, **more: Any) -> UseCase:
    """A use case moved through the gates, as the app that decides them does."""
    use_case = in_backlog(**more)
    for action, gate, after in (
        ("initialise", "G1", "initialisation"),
        ("develop", "G2", "development"),
        ("go_live", "G3", "production"),
    ):
        if use_case.phase == phase:
            break
        phases.move(use_case, action, by=None, gate=gate)
        assert use_case.phase == after
    return use_case


def criterion(use_case: UseCase, **more: Any):
    """A kill criterion due in twenty days."""
    fields = {
        "statement": "Adjusters agree with the forecast",
        "metric": "share agreed",
        "threshold": 0.7,
        "deadline": clock.today() + timedelta(days=20),
    }
    return kill_criteria.add(use_case, **(fields | more), by=use_case.product_owner)


LEVELS = {
    "V1": 4, "V2": 4, "V3": 4, "V4": 2, "V5": 4, "F1": 5, "F2": 4, "F3": 4, "F4": 4, "F5": 4, "F6": 4,
    "R1": 2, "R2": 2, "R3": 2, "R4": 2, "R5": 2, "R6": 1,
}  # fmt: skip


def scored(use_case: UseCase):
    """A card that two people agreed on."""
    card = scores.open_card(use_case, by=use_case.product_owner)
    proof = dict.fromkeys(LEVELS, "sample_checked")
    scores.vote(card, levels=LEVELS, evidence=proof, by=use_case.product_owner)
    scores.vote(card, levels=LEVELS, evidence=proof, by=use_case.submitter)
    return scores.agree(card, by=use_case.product_owner)


def join(use_case: UseCase, role: str, user: User | None = None, **more: Any):
    """Somebody in the squad."""
    return squads.add_member(
        use_case, user=user or person(role.title()), role=role, by=use_case.product_owner, **more
    )
