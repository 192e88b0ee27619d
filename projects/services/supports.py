"""“This is mine too”: joining an existing use case instead of proposing it again."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import Support, UseCase
from projects.services import comments, phases


@transaction.atomic
def add(use_case: UseCase, *, by: User, comment: str = "") -> Support:
    """Vote for a use case, with a word on one's own case. Voting twice keeps one vote and adds the word."""
    require(rules.supports.may_support(by, use_case))
    given, is_new = Support.objects.get_or_create(use_case=use_case, user=by)
    if comment.strip():
        comments.add(use_case, text=comment, by=by)
    if is_new:
        audit.record("use_case.supported", use_case, by=by)
        notices.tell(
            [use_case.submitter, use_case.product_owner],
            text=N_("%(person)s has the same problem: %(title)s"),
            url=f"/use-cases/{use_case.pk}/",
            icon="users",
            by=by,
            person=by,
            title=use_case,
        )
    return given


@transaction.atomic
def take_back(use_case: UseCase, *, by: User) -> None:
    """Remove one's own vote; without one nothing happens."""
    require(rules.supports.may_take_back(by, use_case))
    removed, _rows = Support.objects.filter(use_case=use_case, user=by).delete()
    if removed:
        audit.record("use_case.support_withdrawn", use_case, by=by)


@transaction.atomic
def join_instead(draft: UseCase, *, of: UseCase, by: User) -> Support:
    """Turn one's draft into a vote for a use case on the same problem; its words become a comment there."""
    require(rules.supports.may_join_instead(by, draft))
    if of.pk == draft.pk:
        raise ValidationError({"of": _("A use case is not a duplicate of itself.")})
    given = add(of, comment=draft.problem[: comments.LONGEST], by=by)
    phases.move(draft, "join", by=by, comment=of.ref, duplicate_of=of)
    return given
