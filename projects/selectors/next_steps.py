"""The one next step of a use case for one reader."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.core import clock
from portal.core.models import User
from projects import coverage, rules
from projects.models import KillCriterion, ScoreCard, UseCase
from projects.rules.ways import address
from projects.worktime import TimeBox, working_days

QUARTER = 90  # days
NEXT_GATE = {"backlog": "G1", "initialisation": "G2", "development": "G3", "production": "G5"}


@dataclass(frozen=True)
class Step:
    """What to do now: a sentence, why, and the button."""

    title: Any
    text: Any
    href: str
    action: Any
    icon: str = "arrow-right"


def gate_url(use_case: UseCase) -> str:
    """Where the next gate is asked for, or nothing."""
    gate = NEXT_GATE.get(use_case.phase)
    return address("governance:gate_detail", use_case.pk, gate) if gate else ""


def timebox(use_case: UseCase) -> TimeBox | None:
    """How much of the time set for framing is used; nothing outside initialisation."""
    if use_case.phase != UseCase.Phase.INITIALISATION:
        return None
    return TimeBox(working_days(use_case.phase_since.date(), clock.today()), use_case.timebox_days)


def next_step(user: User, use_case: UseCase, covered: coverage.Coverage) -> Step | None:
    """What this reader should do next here, if anything is theirs to do."""
    if early := EARLY.get(use_case.phase):
        return early(user, use_case)
    if vote := open_vote(user, use_case):
        return vote
    if not rules.ways.may_steer(user, use_case):
        return None
    if use_case.pivot_until is not None:
        return new_direction(use_case)
    return STEERED[use_case.phase](user, use_case, covered) if use_case.phase in STEERED else None


def for_author(user: User, use_case: UseCase) -> Step | None:
    """Answer the question, or send the draft."""
    if use_case.submitter_id != user.pk:
        return None
    send = address("projects:use_case_act", use_case.pk, "submit")
    onward = address("projects:proposal_step", use_case.pk, "decision")
    if use_case.open_question:
        return Step(_("Answer the question"), use_case.open_question, send, _("Answer and send"), "comment")
    if not (use_case.decides_today or use_case.data_hint):
        return Step(
            _("Finish your proposal"), _("It is a draft that only you see."), onward, _("Go on"), "edit"
        )
    return Step(_("Send your proposal"), _("It is a draft that only you see."), send, _("Send it"), "send")


def for_triage(user: User, use_case: UseCase) -> Step | None:
    """Decide on the proposal."""
    if not rules.triage.may_triage(user):
        return None
    href = address("projects:triage_decide", use_case.pk)
    return Step(
        _("Decide on this proposal"), _("Its author waits for an answer."), href, _("Decide"), "triage"
    )


def open_vote(user: User, use_case: UseCase) -> Step | None:
    """Give one's levels while a vote is open."""
    card = use_case.score_cards.filter(state=ScoreCard.State.OPEN).first()
    if card is None:
        return None
    card.use_case = use_case
    if not rules.scores.may_vote(user, card) or card.votes.filter(voter=user).exists():
        return None
    href = address("projects:use_case_score", use_case.pk)
    return Step(
        _("Give your levels"),
        _("The vote is blind: others see it when it is closed."),
        href,
        _("Score it"),
        "star",
    )


def in_backlog(use_case: UseCase, covered: coverage.Coverage) -> Step | None:
    """Score, squad, kill criteria, then the gate."""
    if not use_case.score_cards.filter(state=ScoreCard.State.AGREED).exists():
        href = address("projects:use_case_score", use_case.pk)
        return Step(
            _("Score this use case"), _("Five minutes, two people or more."), href, _("Score it"), "star"
        )
    if covered.missing or not covered.has_lead:
        href = address("projects:use_case_squad", use_case.pk)
        return Step(
            _("Form the squad"),
            _("A small group with a lead that covers the roles of the framing."),
            href,
            _("Choose people"),
            "squads",
        )
    if not use_case.kill_criteria.exists():
        href = address("projects:use_case_kill_criteria", use_case.pk)
        return Step(
            _("Write what would make you stop"),
            _("One to five criteria, before the work begins."),
            href,
            _("Write one"),
            "hand-stop",
        )
    return ask_gate(use_case, _("Ask to open initialisation"))


def in_initialisation(use_case: UseCase) -> Step | None:
    """Stop when time says so; measure; then the gate."""
    if proposed := use_case.stop_proposals.filter(state="open").first():
        text = _("%(cause)s. Stopping early is a success: it frees money for what works.") % {
            "cause": proposed.get_cause_display()
        }
        href = address("projects:stop_proposal", use_case.pk, proposed.pk)
        return Step(_("Think about stopping now"), text, href, _("Stop or go on"), "hand-stop")
    results = list(use_case.kill_criteria.values_list("result", flat=True))
    box = timebox(use_case)
    stop = address("projects:use_case_act", use_case.pk, "stop")
    if KillCriterion.Result.MISSED in results:
        text = _("A kill criterion was missed. Stopping early is a success: it frees money for what works.")
        return Step(_("Think about stopping now"), text, stop, _("Stop with lessons"), "hand-stop")
    if box and box.state == "over":
        return Step(
            _("The time box is used up"),
            _("Stop with lessons, or ask for the next gate."),
            stop,
            _("Stop with lessons"),
            "clock",
        )
    if KillCriterion.Result.PENDING in results:
        href = address("projects:use_case_kill_criteria", use_case.pk)
        return Step(
            _("Measure the kill criteria"),
            _("Try quickly, measure, decide."),
            href,
            _("Record a result"),
            "target",
        )
    return ask_gate(use_case, _("Ask to start development"))


def in_development(use_case: UseCase) -> Step | None:
    """Readiness, then the gate."""
    if use_case.readiness_checks.count() < 3:
        href = address("projects:use_case_readiness", use_case.pk)
        return Step(
            _("Confirm the readiness checks"),
            _("Process, people and shared responsibility, before production."),
            href,
            _("Confirm"),
            "checklist",
        )
    return ask_gate(use_case, _("Ask to go to production"))


def in_production(user: User, use_case: UseCase) -> Step | None:
    """Say how much it is used, once a quarter."""
    if not rules.dossiers.may_report(user, use_case):
        return None
    newest = use_case.usage_reports.first()
    if newest is None and (clock.now() - use_case.phase_since).days < QUARTER:
        return None
    if newest is not None and (clock.today() - newest.ends_on).days <= QUARTER:
        return None
    href = address("projects:usage_report", use_case.pk)
    return Step(
        _("Report use and cost"), _("How many people act on it, and what running it costs."), href, _("Report"), "chart"
    )  # fmt: skip


def new_direction(use_case: UseCase) -> Step:
    """Answer the pivot that the deciders asked for."""
    words = {"day": date_format(use_case.pivot_until), "why": use_case.pivot_reason}
    text = _("The deciders asked for it until %(day)s: %(why)s") % words
    href = address("projects:use_case_act", use_case.pk, "turn")
    return Step(_("Find a new direction"), text, href, _("Write it"), "refresh")


def ask_gate(use_case: UseCase, title: Any) -> Step | None:
    """The page of the next gate, when there is one."""
    href = gate_url(use_case)
    return (
        Step(title, _("The page lists what is still missing."), href, _("Open the gate"), "flag")
        if href
        else None
    )


EARLY: dict[str, Callable[[User, UseCase], Step | None]] = {
    UseCase.Phase.DRAFT: for_author,
    UseCase.Phase.NEEDS_INFO: for_author,
    UseCase.Phase.SUBMITTED: for_triage,
}
STEERED: dict[str, Callable[[User, UseCase, coverage.Coverage], Step | None]] = {
    UseCase.Phase.BACKLOG: lambda user, use_case, covered: in_backlog(use_case, covered),
    UseCase.Phase.INITIALISATION: lambda user, use_case, covered: in_initialisation(use_case),
    UseCase.Phase.DEVELOPMENT: lambda user, use_case, covered: in_development(use_case),
    UseCase.Phase.PRODUCTION: lambda user, use_case, covered: in_production(user, use_case),
}
