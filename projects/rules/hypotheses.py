"""Who states a hypothesis, and who answers it."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import Hypothesis, SquadMember, SquadRole, UseCase
from projects.rules.ways import accepted, in_squad, is_owner

State = Hypothesis.State
# Who reads data (M7); the citizen covers the analyst (M9).
ANALYSTS = (SquadRole.DATA_ANALYST, SquadRole.CITIZEN, SquadRole.DATA_SCIENTIST)


def may_state(user: User, use_case: UseCase) -> Verdict:
    """The product owner and the squad."""
    if not (verdict := accepted(use_case)):
        return verdict
    if is_owner(user, use_case) or in_squad(user, use_case):
        return YES
    return no(
        _("Hypotheses are stated by the product owner and the squad."),
        _("Leave a comment with what you believe."),
        code="hypothesis.state_not_yours",
    )


def may_answer(user: User, hypothesis: Hypothesis) -> Verdict:
    """Analyst, data scientist or citizen of the squad; not one's own while somebody else could."""
    if not (verdict := accepted(hypothesis.use_case)):
        return verdict
    if hypothesis.state != State.OPEN:
        return no(
            _("This hypothesis has its answer."),
            _("Open it again to answer anew."),
            code="hypothesis.has_answer",
        )
    readers = SquadMember.objects.current().filter(use_case=hypothesis.use_case, role__in=ANALYSTS)
    people = set(readers.values_list("user_id", flat=True))
    if not user.is_active or user.pk not in people:
        return no(
            _(
                "A hypothesis is answered by a data analyst, a data scientist or a citizen data scientist of the squad."
            ),
            code="not_analyst",
        )
    if hypothesis.stated_by_id == user.pk and len(people) > 1:
        return no(
            _("You stated this yourself."), _("Let another analyst of the squad look at it."), code="own"
        )
    return YES


def may_withdraw(user: User, hypothesis: Hypothesis) -> Verdict:
    """Whoever stated it, or the product owner, while it is open."""
    if hypothesis.state != State.OPEN:
        return no(_("Only an open hypothesis is withdrawn."), code="hypothesis.not_open")
    if not (verdict := accepted(hypothesis.use_case)):
        return verdict
    mine = user.is_active and hypothesis.stated_by_id == user.pk
    return (
        YES
        if mine or is_owner(user, hypothesis.use_case)
        else no(_("Whoever stated it withdraws it."), code="hypothesis.withdraw_not_yours")
    )


def may_reopen(user: User, hypothesis: Hypothesis) -> Verdict:
    """The product owner and the squad, when it is not open."""
    if hypothesis.state == State.OPEN:
        return no(_("This hypothesis is open already."), code="hypothesis.open_already")
    return may_state(user, hypothesis.use_case)
