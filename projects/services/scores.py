"""Scoring sessions."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.states import IllegalMove
from portal.core.verdicts import require
from projects import rubric, rules, scoring
from projects.models import ScoreCard, ScoreVote, SquadMember, UseCase
from projects.rubric import Rubric
from projects.selectors import rubrics
from projects.services import ranks
from projects.services.words import ask_for

APART = 2  # levels between two votes from which on the squad must say why it agreed


@transaction.atomic
def open_card(use_case: UseCase, *, by: User) -> ScoreCard:
    """Begin a vote; the squad is asked for its levels."""
    require(rules.scores.may_open(by, use_case))
    try:
        with transaction.atomic():
            version = rubrics.current().version
            card = ScoreCard.objects.create(use_case=use_case, rubric_version=version, opened_by=by)
    except IntegrityError:
        raise IllegalMove(_("Somebody else has just opened a vote.")) from None
    audit.record("score.opened", use_case, by=by, card=card.pk)
    squad = SquadMember.objects.current().filter(use_case=use_case).select_related("user")
    notices.tell(
        [use_case.product_owner, use_case.sponsor, *(member.user for member in squad)],
        text=N_("Your levels are asked for: %(title)s"),
        url=f"/use-cases/{use_case.pk}/score/",
        icon="score",
        by=by,
        title=use_case,
    )
    return card


@transaction.atomic
def vote(
    card: ScoreCard,
    *,
    levels: dict[str, int],
    by: User,
    evidence: dict[str, str] | None = None,
    note: str = "",
) -> ScoreVote:
    """Give or change one's own levels while the vote is open; the others do not see them before it closes."""
    require(rules.scores.may_vote(by, card))
    check_levels(levels, evidence or {}, rubrics.of_card(card))
    if len(note) > 2000:
        raise ValidationError({"note": _("At most 2000 characters, please.")})
    kept = {code: proof for code, proof in (evidence or {}).items() if code in levels}
    given, is_new = ScoreVote.objects.update_or_create(
        card=card, voter=by, defaults={"levels": levels, "evidence": kept, "note": note.strip()}
    )
    audit.record("score.voted", card.use_case, by=by, card=card.pk, criteria=len(levels), first=is_new)
    return given


def check_levels(levels: dict[str, Any], evidence: dict[str, Any], asks: Rubric) -> None:
    """Known criteria, whole levels from 1 to 5, known kinds of evidence, at least one level."""
    problems, known = {}, asks.by_code
    for code, level in levels.items():
        if code not in known:
            problems[code] = _("This criterion is not part of the rubric.")
        elif isinstance(level, bool) or not isinstance(level, int) or level not in rubric.LEVELS:
            problems[code] = _("A level is a whole number from 1 to 5.")
    for code, proof in evidence.items():
        if code not in known or proof not in rubric.EVIDENCE:
            problems[code] = _("This kind of evidence is not known.")
    if problems:
        raise ValidationError(problems)
    if not levels:
        raise ValidationError({"levels": _("Give at least one level.")})


@transaction.atomic
def agree(card: ScoreCard, *, by: User, comment: str = "") -> ScoreCard:
    """
    Close the vote: the median of each criterion stands, and the figures are computed and kept.

    Where two votes lie two levels or more apart the card needs a comment. The card agreed before is superseded.
    """
    require(rules.scores.may_agree(by, card))
    votes = [(given.levels, given.evidence) for given in card.votes.all()]
    used = rubrics.of_card(card)
    found = scoring.agree(votes, used)
    if found.widest >= APART:
        comment = ask_for(comment=comment)["comment"]
    figures = scoring.score(found.levels, found.evidence, used)
    for earlier in ScoreCard.objects.filter(use_case=card.use_case, state=ScoreCard.State.AGREED):
        ScoreCard.LIFE.move(earlier, "supersede")
    ScoreCard.LIFE.move(
        card,
        "agree",
        agreed_at=clock.now(),
        levels=found.levels,
        evidence=found.evidence,
        spread=found.spread,
        value=figures.value,
        feasibility=figures.feasibility,
        risk=figures.risk,
        confidence=figures.confidence,
        priority=figures.priority,
        coverage=figures.coverage,
        voters=len(votes),
        comment=comment.strip(),
    )
    UseCase.objects.filter(pk=card.use_case_id).update(priority=figures.priority)
    card.use_case.priority = figures.priority
    ranks.follow_score(card.use_case)
    audit.record(
        "score.agreed", card.use_case, by=by, card=card.pk, voters=len(votes), priority=figures.priority
    )
    return card
