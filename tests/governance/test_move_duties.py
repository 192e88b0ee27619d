"""Every move × every phase × every duty through the one door that board, pages and API use."""

import pytest
from django.db import transaction

from governance.models import ApprovalRequest
from governance.services import moves
from portal.core.models import AuditEvent
from projects.models import PhaseEvent, UseCase
from projects.rules.phases import GATES
from tests.projects.test_transitions import PHASES, TABLE, cast, in_any

pytestmark = pytest.mark.django_db
DIRECT = {"submit", "withdraw"}


class TakenBack(Exception):
    """What happened is undone."""


def asked(use_case, to, user):
    """What the door answers, and what it wrote; taken back afterwards."""
    before = AuditEvent.objects.count(), PhaseEvent.objects.count(), ApprovalRequest.objects.count()
    try:
        with transaction.atomic():
            answer = moves.ask(use_case, to=to, user=user)
            after = AuditEvent.objects.count(), PhaseEvent.objects.count(), ApprovalRequest.objects.count()
            raise TakenBack
    except TakenBack:
        use_case.refresh_from_db()
    return answer, after != before


def expected(action, name):
    """What the table promises this person for this move."""
    if action == "retire" and name == "owner":
        return moves.ASKED  # at minimal risk nothing is missing, so the decision is asked
    if name not in TABLE[action]:
        return moves.REFUSED
    return moves.MOVED if action in DIRECT else moves.FORM


@pytest.mark.parametrize("phase", PHASES)
def test_whoever_asks_for_any_move_from_any_phase_gets_the_answer_of_the_table(phase):
    use_case = in_any(phase)
    people = cast(use_case)
    ways = {steps[phase]: action for action, steps in UseCase.LIFE.moves.items() if phase in steps}

    for to, action in ways.items():
        for name, user in people.items():
            answer, wrote = asked(use_case, to, user)
            assert answer.outcome == expected(action, name), f"{name} × {action} from {phase}"
            assert wrote is (answer.outcome in {moves.MOVED, moves.ASKED}), f"{name} × {action} from {phase}"
            assert answer.outcome != moves.REFUSED or str(answer.verdict.reason)
            assert answer.outcome != moves.FORM or answer.url
            if action in GATES and name == "owner" and answer.outcome == moves.REFUSED:
                assert answer.unmet and all(each.remedy for each in answer.unmet)

    for to in set(PHASES) - set(ways):
        answer, wrote = asked(use_case, to, people["portfolio_manager"])
        assert (answer.outcome, wrote) == (moves.CONFLICT, False), f"to {to} from {phase}"
