"""A decided retirement is carried out on its day: out of service, put away, those who rely on it told before."""

from datetime import date

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import ApprovalRequest, Deployment, ModelVersion, PredictionLog
from governance.services import champions
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices

RETIREMENT = ApprovalRequest.Kind.RETIREMENT


def last_day(request: ApprovalRequest) -> date:
    """The last day on which it serves."""
    return date.fromisoformat(request.proposal["until"])


def decided(request: ApprovalRequest, *, by: User) -> None:
    """Tell those who use it; carry it out now when its last day is today or over."""
    version = request.version
    assert version is not None  # retirements are about a version
    audit.record(
        "version.retirement_decided", version, by=by, until=request.proposal["until"], request=str(request.pk)
    )
    users = PredictionLog.objects.filter(deployment__version=version).values("consumer")
    notices.tell(
        [*User.objects.active().filter(pk__in=users), *responsible(version)],
        text=N_("%(version)s leaves service after %(day)s. Go over to another version before."),
        url=reverse("governance:version_detail", args=[version.pk]),
        icon="archive",
        by=by,
        version=version,
        day=last_day(request),
    )
    if last_day(request) <= clock.today():
        carry_out(request, by=by)


def responsible(version: ModelVersion) -> list[User | None]:
    """Who runs what it serves."""
    use_case = version.model.use_case
    return [
        use_case.product_owner,
        use_case.process_owner,
        use_case.operation_owner,
        use_case.monitoring_owner,
    ]


@transaction.atomic
def carry_out(request: ApprovalRequest, *, by: User | None) -> bool:
    """End every role of the version and put it away, once. Nothing takes its place by itself."""
    rows = ApprovalRequest.objects.filter(pk=request.pk, applied_at=None)
    if not rows.update(applied_at=clock.now()):
        return False
    version = request.version
    assert version is not None  # retirements are about a version
    version.refresh_from_db()
    roles = list(Deployment.objects.current().filter(version=version))
    for each in roles:
        champions.stop(each, reason=_("Retired"), by=by)
    if ModelVersion.LIFE.allows(version, "archive"):
        ModelVersion.LIFE.move(version, "archive", ended_reason=request.proposal["reason"][:500])
    audit.record(
        "version.retired", version, by=by, request=str(request.pk), roles=[each.role for each in roles]
    )
    if any(each.role == Deployment.Role.CHAMPION for each in roles):
        champions.tell_nothing_serves(version.model)
    return True


@transaction.atomic
def carry_out_due() -> int:
    """Those whose last day is over; how many."""
    waiting = ApprovalRequest.objects.for_list().filter(
        kind=RETIREMENT, state=ApprovalRequest.State.APPROVED, applied_at=None
    )
    return sum(carry_out(each, by=None) for each in waiting if last_day(each) < clock.today())
