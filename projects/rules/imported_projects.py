"""Who brings whole use cases from elsewhere, and who goes on with them."""

from django.utils.translation import gettext as _

from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import ImportedProject
from projects.rules.datasets import is_in_squad
from projects.rules.saved_views import may_import
from projects.rules.ways import address, is_portfolio_manager, still_open

State = ImportedProject.State


def may_import_project(user: User) -> Verdict:
    """Portfolio managers: what is brought goes into the backlog without waiting in triage."""
    return may_import(user)


def may_carry_out(user: User, brought: ImportedProject) -> Verdict:
    """Whoever brought it, once it is checked and before it is made."""
    if brought.owner_id != user.pk:
        return no(
            _("It is carried out by %(person)s, who brought it.") % {"person": brought.owner},
            code="imported_project.not_yours",
        )
    if brought.status != State.READ:
        return no(
            _("This is not the time: %(state)s.") % {"state": brought.get_state_display()},
            code="imported_project.not_read",
        )
    return may_import_project(user)


def may_take_over(user: User, brought: ImportedProject) -> Verdict:
    """The squad of what it became, for the parts that only they may make; the manager for those they may."""
    if brought.status != State.DONE or brought.use_case is None:
        return no(
            _("The use case is made first."),
            _("Wait until it has been carried out."),
            code="imported_project.not_done",
        )
    if not (is_in_squad(user, brought.use_case) or is_portfolio_manager(user)):
        return no(
            _("The product owner and the squad take over what is left."),
            code="imported_project.take_over_not_yours",
        )
    return first_no(still_open(brought.use_case), something_is_left(brought))


def may_discard(user: User, brought: ImportedProject) -> Verdict:
    """
    Whoever brought it, while no step of it is under way and no use case was made of it.

    Carried out, a take-over under way or failed: the use case stands, and its squad reads the files and takes
    over parts for as long as it does.
    """
    if brought.owner_id != user.pk:
        return no(
            _("It is discarded by %(person)s, who brought it.") % {"person": brought.owner},
            code="imported_project.discard_not_yours",
        )
    if brought.use_case is not None:
        return no(
            _("It has become %(use_case)s. The squad there reads its files and takes over what is left.")
            % {"use_case": brought.use_case},
            _("If nobody wants the use case, have it stopped; its sources stay."),
            address("projects:use_case_detail", brought.use_case_id),
            code="imported_project.in_use",
        )
    if brought.status in (State.READING, State.RUNNING):
        return no(
            _("A step of it is under way."),
            _("Wait until it is over, or cancel it."),
            address("core:job_detail", brought.job_id),
            code="imported_project.busy",
        )
    return YES


def something_is_left(brought: ImportedProject) -> Verdict:
    """A part is neither made nor refused for good."""
    parts = brought.plan.get("parts", [])
    if any(not each["refused"] and "key" not in brought.made.get(each["key"], {}) for each in parts):
        return YES
    return no(_("Everything that can be made is made."), code="imported_project.nothing_left")
