"""Reads for the score page."""

from dataclasses import dataclass
from typing import Any

from portal.core.models import User
from projects import rubric, scoring
from projects.models import ScoreCard, ScoreVote, UseCase
from projects.selectors import rubrics


@dataclass(frozen=True)
class Line:
    """One criterion of an agreed card."""

    criterion: rubric.Criterion
    level: float | None
    spread: float
    evidence: Any
    votes: list[int]  # from the lowest, without names


@dataclass(frozen=True)
class ScorePage:
    """The score of a use case as one reader sees it."""

    open_card: ScoreCard | None
    agreed: ScoreCard | None
    own_vote: ScoreVote | None
    voters: list[User]
    lines: list[Line]
    raises: list[tuple[rubric.Criterion, scoring.Raise]]
    history: list[ScoreCard]
    asks: rubric.Rubric  # the questions of the open vote
    in_force: int  # the version that a new vote would be opened with

    @property
    def coverage_percent(self) -> int:
        """How much of the least assessed axis was looked at."""
        return round(100 * (self.agreed.coverage or 0)) if self.agreed else 0

    @property
    def is_provisional(self) -> bool:
        """The agreed card rests on too little."""
        return self.agreed is not None and (self.agreed.coverage or 0) < rubric.PROVISIONAL_BELOW

    @property
    def is_of_old_rubric(self) -> bool:
        """The questions have changed since."""
        return self.agreed is not None and self.agreed.rubric_version != self.in_force


def score_page(use_case: UseCase, user: User) -> ScorePage:
    """Cards, one's own vote, and who has voted; levels of others only after the vote."""
    cards = list(use_case.score_cards.all())
    open_card = next((card for card in cards if card.state == ScoreCard.State.OPEN), None)
    agreed = next((card for card in cards if card.state == ScoreCard.State.AGREED), None)
    for card in cards:
        card.use_case = use_case
    given = list(open_card.votes.select_related("voter")) if open_card else []
    given_to = list(agreed.votes.all()) if agreed else []
    in_force = rubrics.current()
    known = {in_force.version: in_force} | rubrics.of_versions(
        {card.rubric_version for card in (open_card, agreed) if card} - {in_force.version}
    )
    used = known[agreed.rubric_version] if agreed else in_force
    raises = scoring.what_would_raise_it(agreed.levels, agreed.evidence, used) if agreed else []
    return ScorePage(
        open_card=open_card,
        agreed=agreed,
        own_vote=next((vote for vote in given if vote.voter_id == user.pk), None),
        voters=[vote.voter for vote in given],
        lines=[line(agreed, criterion, given_to) for criterion in used.criteria] if agreed else [],
        raises=[(used.by_code[each.code], each) for each in raises],
        history=[card for card in cards if card.state == ScoreCard.State.SUPERSEDED],
        asks=known[open_card.rubric_version] if open_card else in_force,
        in_force=in_force.version,
    )


def line(card: ScoreCard, criterion: rubric.Criterion, given: list[ScoreVote]) -> Line:
    """One criterion of a card."""
    code = criterion.code
    proof = rubric.EVIDENCE_WORDS.get(card.evidence.get(code, ""), "") if criterion.axis != "risk" else ""
    votes = sorted(vote.levels[code] for vote in given if code in vote.levels)
    return Line(criterion, card.levels.get(code), card.spread.get(code, 0), proof, votes)
