"""Who plans cycles, who moves stories, who accepts a demo."""

from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, no
from projects.models import Cycle, Story, UseCase
from projects.rules.ways import address, in_squad, is_owner, is_portfolio_manager, may_steer


def may_plan(user: User, use_case: UseCase) -> Verdict:
    """The next cycle, by those who steer: once the one that is over was judged and proposals to stop are answered."""
    if not (verdict := may_steer_cycles(user, use_case)):
        return verdict
    late = use_case.cycles.filter(state=Cycle.State.OPEN, ends_on__lt=clock.today()).first()
    if late is not None:
        return no(
            _("Cycle %(number)s is over and nobody has judged its demo.") % {"number": late.number},
            _("Close it first, accepted or not."),
            address("projects:cycle", use_case.pk, late.pk),
            "cycle_not_judged",
        )
    if proposed := use_case.stop_proposals.filter(state="open", phase_since=use_case.phase_since).first():
        return no(
            _("A proposal to stop waits for its answer."),
            _("Stop with lessons, or have the sponsor go on with a reason; then plan the next cycle."),
            address("projects:stop_proposal", use_case.pk, proposed.pk),
            "stop_proposed",
        )
    return YES


def may_steer_cycles(user: User, use_case: UseCase) -> Verdict:
    """Those who steer, from initialisation on."""
    if use_case.phase not in UseCase.ACTIVE:
        return no(
            _("Cycles begin with initialisation."),
            _("Bring the use case through its gate first."),
            code="phase",
        )
    return may_steer(user, use_case)


def may_change(user: User, cycle: Cycle) -> Verdict:
    """Those who steer, while it is open."""
    if cycle.state != Cycle.State.OPEN:
        return no(
            _("This cycle is closed: it is kept as it was."),
            _("Plan the next one."),
            code="cycle.closed_kept_as",
        )
    return may_steer_cycles(user, cycle.use_case)


def may_close(user: User, cycle: Cycle) -> Verdict:
    """The product owner accepts a demo or not; a portfolio manager may stand in."""
    if cycle.state != Cycle.State.OPEN:
        return no(_("This cycle is closed already."), code="cycle.closed_already")
    if is_owner(user, cycle.use_case) or is_portfolio_manager(user):
        return YES
    return no(
        _("The product owner accepts the demo and closes the cycle."),
        _("Show them what was done."),
        code="cycle.close_not_yours",
    )


def may_work(user: User, use_case: UseCase) -> Verdict:
    """Stories are written and moved by the product owner and the squad."""
    if use_case.phase not in UseCase.ACTIVE:
        return no(_("Stories are worked on from initialisation to production."), code="phase")
    if is_owner(user, use_case) or in_squad(user, use_case):
        return YES
    return no(
        _("Stories belong to the squad."), _("Leave a comment, or ask to join."), code="cycle.work_not_yours"
    )


def may_move(user: User, story: Story) -> Verdict:
    """As `may_work`, unless its cycle is closed."""
    if story.cycle and story.cycle.state == Cycle.State.CLOSED:
        return no(_("This story belongs to a closed cycle."), code="cycle.story_belongs_closed_cycle")
    return may_work(user, story.use_case)
