"""What the timetable does to open requests: remind, call for help, end. Time never approves (R6)."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as N_

from governance.models import ApprovalRequest
from governance.models.approvals import Step
from governance.selectors import approvals as selectors
from governance.services import approvals, outcomes
from portal.core import clock
from portal.core.services import audit, notices


@transaction.atomic
def expire_overdue() -> int:
    """Remind of what is late, tell the fallback group, end what is much too late; how many ended."""
    late = list(ApprovalRequest.objects.open().for_list().filter(due_on__lt=clock.today()))
    for request in late:
        remind(request)
        escalate(request)
    over = list(ApprovalRequest.objects.open().for_list().filter(expires_at__lt=clock.now()))
    for request in over:
        expire(request)
    return len(over)


def times(request: ApprovalRequest) -> dict[str, int]:
    """The timetable that the request has pinned."""
    return {"remind_every": 7, "escalate_after": 5, "expire_after": 30, **request.policy.get("timetable", {})}


def remind(request: ApprovalRequest) -> None:
    """Once when it is late and again every few days, those who have not answered."""
    step = request.active
    before = clock.now() - timedelta(days=times(request)["remind_every"])
    if step is None or (request.reminded_at and request.reminded_at > before):
        return
    same = ApprovalRequest.objects.open().filter(pk=request.pk, reminded_at=request.reminded_at)
    if same.update(reminded_at=clock.now()):
        people = [*selectors.still_asked(request, step), *selectors.delegates(request, step)]
        text = N_("Overdue: %(what)s still waits for your decision.")
        notices.tell(people, text=text, url=approvals.page(request), icon="clock", by=None, what=request)


def escalate(request: ApprovalRequest) -> None:
    """Once, the fallback group and whoever asked: somebody must act; nobody's vote is replaced."""
    days = (clock.today() - request.due_on).days if request.due_on else 0
    if request.escalated_at or days < times(request)["escalate_after"]:
        return
    if (
        not ApprovalRequest.objects.open()
        .filter(pk=request.pk, escalated_at=None)
        .update(escalated_at=clock.now())
    ):
        return
    group = selectors.candidates(request, Step(request.policy.get("fallback", "executive")))
    audit.record("approval.escalated", request, by=None, days=days)
    notices.tell(
        [*group, *approvals.concerned(request)],
        text=N_("Nobody has answered %(what)s for %(days)s days after it was due. Please help it on."),
        url=approvals.page(request),
        icon="alert",
        by=None,
        what=request,
        days=days,
    )


def expire(request: ApprovalRequest) -> None:
    """The end of a question nobody answered."""
    approvals.close(request, "expire", by=None)
    outcomes.taken_back(request, "withdraw")
    audit.record("approval.expired", request, by=None)
    notices.tell(
        [request.requested_by],
        text=N_("Nobody decided in time: %(what)s has expired. Ask again."),
        url=approvals.page(request),
        icon="alert",
        by=None,
        what=request,
    )
