"""Who scores a use case."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import ScoreCard, UseCase
from projects.rules.ways import accepted, in_squad, is_owner, is_portfolio_manager, may_steer


def may_open(user: User, use_case: UseCase) -> Verdict:
    """Those who steer, unless a vote is going on."""
    if not (verdict := may_steer(user, use_case)):
        return verdict
    if use_case.score_cards.filter(state=ScoreCard.State.OPEN).exists():
        return no(
            _("A vote is already open."),
            _("Give your levels, then agree on the card."),
            code="score.vote_already_open",
        )
    return YES


def may_vote(user: User, card: ScoreCard) -> Verdict:
    """Those who know the use case: owner, sponsor, author, process owner, squad, portfolio managers."""
    if card.state != ScoreCard.State.OPEN:
        return no(_("This vote is closed."), _("Open a new one to score again."), code="score.vote_closed")
    use_case = card.use_case
    near = (use_case.product_owner_id, use_case.sponsor_id, use_case.submitter_id, use_case.process_owner_id)
    if user.is_active and (user.pk in near or is_portfolio_manager(user) or in_squad(user, use_case)):
        return YES
    return no(
        _("Those who work on the use case score it."),
        _("Ask the product owner to take you into the squad."),
        code="score.vote_not_yours",
    )


def may_agree(user: User, card: ScoreCard) -> Verdict:
    """Product owner or portfolio manager, once somebody has voted."""
    if card.state != ScoreCard.State.OPEN:
        return no(_("This vote is closed."), code="score.vote_closed")
    if not (is_owner(user, card.use_case) or is_portfolio_manager(user)):
        return no(
            _("The product owner or a portfolio manager closes the vote."), code="score.agree_not_yours"
        )
    if not card.votes.exists():
        return no(
            _("Nobody has voted yet."),
            _("Give your own levels first; two people or more make a better card."),
            code="score.nobody_has_voted_yet",
        )
    return YES


def may_estimate(user: User, use_case: UseCase) -> Verdict:
    """The squad and those who steer, on an accepted use case."""
    if not (verdict := accepted(use_case)):
        return verdict
    return YES if in_squad(user, use_case) else may_steer(user, use_case)
