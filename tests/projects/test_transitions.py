"""Every move × every phase × every duty, in one table."""

import pytest
from django.db import transaction

from portal.core.duties import Duty
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects import rules
from projects.models import PhaseEvent, UseCase
from projects.services import phases
from tests.people import person
from tests.projects.cases import in_backlog, in_phase, join, proposal

pytestmark = pytest.mark.django_db
# Who makes each move by themselves; a gated move is nobody's own.
TABLE = {
    "submit": {"author"},
    "withdraw": {"author"},
    "ask": {"portfolio_manager"},
    "accept": {"portfolio_manager"},
    "decline": {"portfolio_manager"},
    "mark_duplicate": {"portfolio_manager"},
    "join": {"author"},
    "initialise": set(),
    "develop": set(),
    "go_live": set(),
    "retire": set(),
    "stop": {"owner", "sponsor"},
    "reopen": {"portfolio_manager"},
}
PHASES = list(UseCase.Phase.values)


def in_any(phase):
    """A use case brought to a phase by the moves that lead there."""
    if phase == "draft":
        return proposal(submit=False)
    if phase in ("backlog", "initialisation", "development", "production"):
        return in_phase(phase)
    if phase == "retired":
        return moved(in_phase("production"), "retire", "G5")
    if phase == "stopped":
        return moved(in_phase("initialisation"), "stop")
    waiting = proposal()
    return waiting if phase == "submitted" else moved(waiting, BEFORE[phase])


BEFORE = {"needs_info": "ask", "declined": "decline", "duplicate": "mark_duplicate"}


def moved(use_case, action, gate=""):
    phases.move(use_case, action, by=None, gate=gate)
    return use_case


def cast(use_case):
    """Everybody who could be asked, by name."""
    people = {duty.value: person(duties=(duty.value,)) for duty in Duty}
    people |= {
        "stranger": person(),
        "author": use_case.submitter,
        "owner": use_case.product_owner or person(),
        "sponsor": use_case.sponsor or person(),
    }
    people["member"] = (
        join(use_case, "data_scientist", person(), is_lead=True).user
        if use_case.phase in ("backlog", *UseCase.ACTIVE)
        else person()
    )
    return people


def test_the_table_names_every_move_and_every_phase_is_tried():
    assert set(TABLE) == set(UseCase.LIFE.moves)
    assert {phase for steps in UseCase.LIFE.moves.values() for phase in steps} <= set(PHASES)


@pytest.mark.parametrize("phase", PHASES)
def test_from_each_phase_each_person_makes_exactly_the_moves_of_the_table(phase):
    use_case = in_any(phase)
    people = cast(use_case)
    assert use_case.phase == phase
    events = PhaseEvent.objects.filter(use_case=use_case).count()

    for action, allowed in TABLE.items():
        leads_on = phase in UseCase.LIFE.moves[action]
        for name, user in people.items():
            expected = leads_on and name in allowed
            assert attempt(use_case, action, user) is expected, f"{name} × {action} from {phase}"

    use_case.refresh_from_db()
    assert (use_case.phase, PhaseEvent.objects.filter(use_case=use_case).count()) == (phase, events)


def attempt(use_case, action, user):
    """Whether the move is made; it is taken back afterwards."""
    try:
        with transaction.atomic():
            phases.move(use_case, action, by=user)
            raise TakenBack
    except TakenBack:
        use_case.refresh_from_db()
        return True
    except (Refused, IllegalMove):
        use_case.refresh_from_db()
        return False


class TakenBack(Exception):
    """The move was made."""


@pytest.mark.parametrize(
    ("phase", "action", "gate"),
    [
        ("backlog", "initialise", "G1"),
        ("initialisation", "develop", "G2"),
        ("production", "develop", "G2"),
        ("development", "go_live", "G3"),
        ("production", "retire", "G5"),
    ],
)
def test_with_its_gate_a_gated_move_is_made_and_the_rule_says_why_without(phase, action, gate):
    use_case = in_any(phase)

    verdict = rules.phases.may_move(use_case.product_owner, use_case, action)

    assert not verdict
    assert gate in str(verdict.reason) and str(verdict.remedy)
    phases.move(use_case, action, by=None, gate=gate)
    assert use_case.phase == UseCase.LIFE.moves[action][phase]


def test_triage_writes_gate_0_into_the_history():
    accepted = in_backlog()

    assert accepted.phase_events.get(action="accept").gate == "G0"


def test_every_refusal_of_the_table_has_a_reason():
    use_case, stranger = in_phase("initialisation"), person()

    for action in TABLE:
        verdict = rules.phases.may_move(stranger, use_case, action)
        assert not verdict and str(verdict.reason)
