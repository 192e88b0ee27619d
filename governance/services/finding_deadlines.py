"""What the timetable does about findings: remind of late ones, end acceptances that have run out."""

from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext_noop as N_

from governance.models import Finding, ModelVersion
from governance.services.findings import page
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices


@transaction.atomic
def remind_overdue() -> int:
    """Tell the owner of a late finding once, and the risk officers when it is severe."""
    count = 0
    for finding in Finding.objects.overdue().filter(reminded_at__isnull=True).for_list():
        ours = Finding.objects.filter(pk=finding.pk, reminded_at__isnull=True).update(reminded_at=clock.now())
        if not ours:
            continue
        people = [finding.owner, finding.use_case.product_owner]
        if finding.severity == Finding.Severity.HIGH:
            people += list(User.objects.with_duty(Duty.RISK_OFFICER))
        notices.tell(
            people,
            text=N_("Overdue since %(due)s: %(title)s"),
            url=page(finding),
            icon="alert",
            by=None,
            due=finding.due_on,
            title=finding.title,
        )
        audit.record("finding.reminded", finding, by=None, due=str(finding.due_on))
        count += 1
    return count


@transaction.atomic
def lapse_acceptances() -> int:
    """A risk is accepted until a day; afterwards the finding is open again, with the days of its severity."""
    over = Finding.objects.filter(state=Finding.State.ACCEPTED, accepted_until__lt=clock.today()).for_list()
    count = 0
    for finding in over:
        until = finding.accepted_until
        due_on = clock.today() + timedelta(days=Finding.DAYS[Finding.Severity(finding.severity)])
        Finding.LIFE.move(finding, "lapse", due_on=due_on, settled_at=None, reminded_at=None)
        audit.record("finding.lapsed", finding, by=None, accepted_until=str(until), due=str(due_on))
        notices.tell(
            [finding.owner, finding.accepted_by, finding.use_case.product_owner],
            text=N_("The accepted risk has run out; it must be put right until %(due)s: %(title)s"),
            url=page(finding),
            icon="finding",
            by=None,
            due=due_on,
            title=finding.title,
        )
        bind_condition(finding)
        count += 1
    return count


def bind_condition(finding: Finding) -> None:
    """An approval that rested on the acceptance rests on the finding again."""
    version = finding.version
    if finding.request_id and version and version.status == ModelVersion.Status.APPROVED:
        ModelVersion.LIFE.move(version, "bind_condition")
        audit.record("version.condition_returned", version, by=None, finding=str(finding.pk))
