"""What a hold, a pivot or a stop at a gate does to the use case. Called only by the service of approvals."""

from typing import Any

from governance.models import ApprovalRequest, Decision
from portal.core.models import User
from projects.services import phases, pivots, use_cases


def follow(request: ApprovalRequest, *, decider: User) -> None:
    """Carry out the answer that ended the request; a plain no changes nothing."""
    said = request.decisions.filter(answer__in=Decision.OF_GATES).first()
    if said is not None:
        EFFECTS[Decision.Answer(said.answer)](request, said, decider)


def hold(request: ApprovalRequest, said: Decision, decider: User) -> None:
    """It waits in its phase until the day; then the gate may be asked for again."""
    use_cases.apply_hold(
        request.case, until=day_of(said), reason=said.reason, by=decider, evidence=evidence(request)
    )


def pivot(request: ApprovalRequest, said: Decision, decider: User) -> None:
    """A new direction is asked for until the day."""
    pivots.apply_pivot(
        request.case, until=day_of(said), reason=said.reason, by=decider, evidence=evidence(request)
    )


def stop(request: ApprovalRequest, said: Decision, decider: User) -> None:
    """It ends, and the money saved is computed as for every stop."""
    request.case.refresh_from_db()
    phases.stop_at_gate(
        request.case, gate=request.kind, reason=said.reason[:2000], lessons=said.lessons, by=decider
    )


def day_of(said: Decision) -> Any:
    """Its day; a constraint of the table."""
    assert said.until is not None
    return said.until


def evidence(request: ApprovalRequest) -> dict[str, str]:
    """Where the decision is found."""
    return {"gate": request.kind, "request": str(request.pk)}


EFFECTS = {Decision.Answer.HOLD: hold, Decision.Answer.PIVOT: pivot, Decision.Answer.STOP: stop}
