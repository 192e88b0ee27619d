"""Who says “this is mine too”."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import Verdict, no
from projects.models import UseCase
from projects.rules.use_cases import by_author, may_comment
from projects.rules.ways import still_open


def may_support(user: User, use_case: UseCase) -> Verdict:
    """Everybody who sees it and did not propose it themselves, while it goes on."""
    if not (verdict := may_comment(user, use_case)):
        return verdict
    if use_case.phase == UseCase.Phase.DRAFT or use_case.submitter_id == user.pk:
        return no(_("You proposed this one yourself."), code="support.proposed_one_yourself")
    return still_open(use_case)


def may_take_back(user: User, use_case: UseCase) -> Verdict:
    """Whoever may say something here; also after the use case has ended."""
    return may_comment(user, use_case)


def may_join_instead(user: User, draft: UseCase) -> Verdict:
    """The author of a draft."""
    if draft.phase != UseCase.Phase.DRAFT:
        return no(
            _("Only a draft turns into a vote."),
            _("Leave a comment on the other one instead."),
            code="support.not_a_draft",
        )
    return by_author(user, draft)
