"""The duties of the organisation: one table, from which the groups are made."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Duty(TextChoices):
    """What the organisation entrusts to a person; the value is the group's name."""

    PORTFOLIO_MANAGER = "portfolio_manager", _("Portfolio manager")
    EXECUTIVE = "executive", _("Executive")
    FINANCE_CONTROLLER = "finance_controller", _("Finance controller")
    RISK_OFFICER = "risk_officer", _("Risk officer")
    MODEL_REVIEWER = "model_reviewer", _("Model reviewer")
    COMMUNITY_LEAD = "community_lead", _("Community lead")
    IT_ENGINEER = "it_engineer", _("IT engineer")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


MEANING: dict[str, Any] = {
    Duty.PORTFOLIO_MANAGER: _("Triages proposals and names the product owner."),
    Duty.EXECUTIVE: _("Reads the portfolio and takes the decisions it asks for."),
    Duty.FINANCE_CONTROLLER: _("Verifies the value that use cases report."),
    Duty.RISK_OFFICER: _("Sets the risk tier and accepts residual risk."),
    Duty.MODEL_REVIEWER: _("Reviews and decides on models of other people."),
    Duty.COMMUNITY_LEAD: _("Runs the training paths and the community."),
    Duty.IT_ENGINEER: _("Watches over services, access and jobs."),
    Duty.AUDITOR: _("Reads everything and changes nothing."),
    Duty.ADMINISTRATOR: _("Looks after settings and accounts; exempt from no rule."),
}


def sync_groups(**_kwargs: object) -> None:
    """Make a group for each duty. Runs after every migration; safe to run twice."""
    from django.contrib.auth.models import Group  # noqa: PLC0415  models are not ready when duties are read

    for duty in Duty:
        Group.objects.get_or_create(name=duty.value)
