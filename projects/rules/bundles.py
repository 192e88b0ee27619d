"""Who may take a whole use case along, and who may bring one in."""

from django.utils.translation import gettext as _

from portal.core.duties import Duty
from portal.core.models import User
from portal.core.verdicts import YES, Verdict, first_no, no
from projects.models import ProjectBundle, UseCase
from projects.rules.experiments import is_real
from projects.rules.ways import PROPOSED, is_owner, is_portfolio_manager, leads_squad


def may_export_project(user: User, use_case: UseCase) -> Verdict:
    """
    Those who answer for it or look after all of them: product owner, squad lead, portfolio manager, auditor.

    What each finds inside is what the rules of its parts let this person take.
    """
    return first_no(answers_for(user, use_case), is_real(use_case), is_accepted(use_case))


def answers_for(user: User, use_case: UseCase) -> Verdict:
    """The four who may ask."""
    is_one = is_owner(user, use_case) or leads_squad(user, use_case) or is_portfolio_manager(user)
    if user.is_active and (is_one or user.has_duty(Duty.AUDITOR)):
        return YES
    return no(
        _(
            "A whole project is taken along by its product owner, its squad lead, a portfolio manager or an auditor."
        ),
        _("Ask one of them. Single tables and models have their own download."),
        code="bundle.export_not_yours",
    )


def is_accepted(use_case: UseCase) -> Verdict:
    """There is something to take once triage has accepted it."""
    if use_case.phase not in PROPOSED:
        return YES
    return no(
        _("This is still a proposal: there is no project to take along yet."),
        _("Wait for the answer of triage."),
        code="bundle.still_a_proposal",
    )


def may_download(user: User, bundle: ProjectBundle) -> Verdict:
    """Whoever had it made and may still ask for it, while the file is there. The rules of its parts are asked besides."""
    if bundle.requested_by_id != user.pk:
        return no(
            _("This file was made for %(person)s and holds what that person may take.")
            % {"person": bundle.requested_by},
            _("Have one made for yourself."),
            code="bundle.made_for_somebody_else",
        )
    return first_no(may_export_project(user, bundle.use_case), is_there(bundle))


def is_there(bundle: ProjectBundle) -> Verdict:
    """Built and not expired."""
    if bundle.is_over:
        return no(
            _("This file has expired and is not kept any more."),
            _("Have it made again."),
            code="bundle.expired",
        )
    if not bundle.file_digest:
        return no(_("The file is not there yet."), _("Wait until it is built."), code="bundle.file_not_yet")
    return YES
