"""What a use case of this house should have: the list that templates choose from."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Standard:
    """One thing to have, how to get it, and on which page."""

    code: str
    label: Any
    remedy: Any
    route: str


STANDARDS: tuple[Standard, ...] = (
    Standard("decision", _("The decision it supports"), _("Say which decision, by whom and how often."), "use_case_edit"),
    Standard("action", _("The action taken on a prediction"), _("Say what changes in the process, and who does it."), "use_case_edit"),
    Standard("process", _("The process it changes, with its owner"), _("Name the process and who owns it."), "use_case_edit"),
    Standard("end_users", _("The people who will use it"), _("Say who they are and how many."), "use_case_edit"),
    Standard("metric", _("A success metric with today's value and a target"), _("Name the metric, where you stand and where you want to be."), "use_case_edit"),
    Standard("ai_kind", _("The kind of AI"), _("Choose it; “rules, no AI” is a good answer too."), "use_case_edit"),
    Standard("sponsor", _("A sponsor"), _("Name who decides at the gates."), "use_case_edit"),
    Standard("owners", _("Owners of improvement, operation and monitoring"), _("Name the three owners."), "use_case_edit"),
    Standard("tier", _("An assessed risk tier"), _("Ask a risk officer or portfolio manager to assess it."), "use_case_detail"),
    Standard("score", _("An agreed score"), _("Open a vote and agree on it."), "use_case_score"),
    Standard("estimate", _("An estimate of the effort"), _("Enter the person-months to production."), "use_case_score"),
    Standard("make_or_buy", _("A decision on make or buy"), _("Answer the questions and decide."), "use_case_make_or_buy"),
    Standard("kill_criteria", _("Kill criteria"), _("Write what would make you stop."), "use_case_kill_criteria"),
    Standard("lead", _("A squad lead"), _("Name who leads the squad."), "use_case_squad"),
    Standard("roles", _("The roles its template asks for"), _("Find people for the missing roles."), "use_case_squad"),
    Standard("data", _("A dataset"), _("Bring a sample of the data."), "dataset_new"),
)  # fmt: skip
BY_CODE = {each.code: each for each in STANDARDS}
HOUSE = tuple(each.code for each in STANDARDS if each.code not in {"roles", "estimate", "data"})
