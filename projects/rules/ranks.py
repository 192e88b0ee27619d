"""Who orders the backlog by hand."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import UseCase
from projects.rules.ways import accepted, is_owner, is_portfolio_manager


def may_rank(user: User, use_case: UseCase) -> Verdict:
    """Portfolio managers all of them, product owners their own, from the backlog to production."""
    if not (verdict := accepted(use_case)):
        return verdict
    if is_owner(user, use_case) or is_portfolio_manager(user):
        return YES
    return no(
        _("The product owner of a use case or a portfolio manager gives it its place."),
        _("Ask %(owner)s, the product owner.") % {"owner": use_case.product_owner}
        if use_case.product_owner
        else _("Ask a portfolio manager."),
        code="not_ranking",
    )


def may_release(user: User, use_case: UseCase) -> Verdict:
    """As `may_rank`, on one that was placed by hand."""
    if not use_case.is_ranked:
        return no(_("It stands where its score puts it."), code="rank.stands_where_score_puts")
    return may_rank(user, use_case)
