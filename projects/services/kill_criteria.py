"""What would make us stop."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _, gettext_noop as N_

from portal.core import clock
from portal.core.models import AuditEvent, User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects import rules
from projects.models import KillCriterion, SquadMember, UseCase
from projects.services import stops
from projects.services.words import ask_for

FIELDS = ("statement", "metric", "comparator", "threshold", "deadline")
Result = KillCriterion.Result
REMIND = (5, 1, 0)  # days before a criterion must be measured
RUNNING = (UseCase.Phase.INITIALISATION, UseCase.Phase.DEVELOPMENT)


@transaction.atomic
def add(
    use_case: UseCase,
    *,
    statement: str,
    metric: str,
    threshold: float,
    deadline: date,
    by: User,
    comparator: str = KillCriterion.Comparator.AT_LEAST,
) -> KillCriterion:
    """Write one criterion, before initialisation begins."""
    require(rules.kill_criteria.may_add(by, use_case))
    criterion = KillCriterion(
        use_case=use_case,
        statement=statement.strip(),
        metric=metric.strip(),
        comparator=comparator,
        threshold=threshold,
        deadline=deadline,
    )
    check(criterion)
    criterion.save(force_insert=True)
    audit.record(
        "kill_criterion.added", use_case, by=by, criterion=criterion.pk, statement=criterion.statement
    )
    return criterion


def check(criterion: KillCriterion) -> None:
    """Complete, and with a deadline to come."""
    criterion.full_clean(exclude=["use_case"])
    if criterion.deadline < clock.today():
        raise ValidationError({"deadline": _("Choose a day in the future.")})


@transaction.atomic
def change(criterion: KillCriterion, *, by: User, **changes: Any) -> KillCriterion:
    """Rewrite one criterion, before initialisation begins."""
    require(rules.kill_criteria.may_change(by, criterion.use_case))
    if unknown := sorted(set(changes) - set(FIELDS)):
        raise ValidationError({name: _("This is not changed here.") for name in unknown})
    before = {name: getattr(criterion, name) for name in changes}
    for name, value in changes.items():
        setattr(criterion, name, value)
    check(criterion)
    criterion.save(update_fields=sorted(changes) or None)
    audit.record(
        "kill_criterion.changed",
        criterion.use_case,
        by=by,
        criterion=criterion.pk,
        before=before,
        after=changes,
    )
    return criterion


@transaction.atomic
def remove(criterion: KillCriterion, *, by: User) -> None:
    """Take one criterion away, before initialisation begins."""
    require(rules.kill_criteria.may_change(by, criterion.use_case))
    audit.record(
        "kill_criterion.removed",
        criterion.use_case,
        by=by,
        criterion=criterion.pk,
        statement=criterion.statement,
    )
    criterion.delete()


@transaction.atomic
def record_result(
    criterion: KillCriterion, *, measured_value: float, evidence: str, by: User
) -> KillCriterion:
    """Note what was measured: met or missed follows from the threshold. A missed one proposes to stop."""
    require(rules.kill_criteria.may_record(by, criterion.use_case))
    said = ask_for(evidence=evidence)
    at_least = criterion.comparator == KillCriterion.Comparator.AT_LEAST
    is_met = measured_value >= criterion.threshold if at_least else measured_value <= criterion.threshold
    conclude(criterion, Result.MET if is_met else Result.MISSED, said["evidence"], measured_value)
    audit.record(
        "kill_criterion.measured",
        criterion.use_case,
        by=by,
        criterion=criterion.pk,
        value=measured_value,
        result=criterion.result,
    )
    if not is_met:
        tell_missed(criterion, by=by)
    stops.look_at(criterion.use_case)
    return criterion


@transaction.atomic
def waive(criterion: KillCriterion, *, reason: str, by: User) -> KillCriterion:
    """Go on in spite of a criterion, with the reason; the sponsor's or portfolio manager's word."""
    require(rules.kill_criteria.may_waive(by, criterion))
    said = ask_for(reason=reason)
    conclude(criterion, Result.WAIVED, said["reason"], criterion.measured_value)
    audit.record(
        "kill_criterion.waived", criterion.use_case, by=by, criterion=criterion.pk, reason=said["reason"]
    )
    stops.look_at(criterion.use_case)
    return criterion


@transaction.atomic
def remind_due() -> int:
    """Tell owner and squad five days, one day and on the day before a criterion must be measured; each once."""
    count = 0
    for days in REMIND:
        waiting = KillCriterion.objects.filter(
            result=Result.PENDING, deadline=clock.today() + timedelta(days=days), use_case__phase__in=RUNNING
        )
        for criterion in waiting.select_for_update(of=("self",)).select_related("use_case__product_owner"):
            said = AuditEvent.objects.about(criterion.use_case).filter(
                verb="kill_criterion.reminded", details__criterion=str(criterion.pk), details__days=days
            )
            if not said.exists():
                remind(criterion, days)
                count += 1
    return count


def remind(criterion: KillCriterion, days: int) -> None:
    """One reminder, written down so that it is not sent again."""
    use_case = criterion.use_case
    audit.record("kill_criterion.reminded", use_case, by=None, criterion=str(criterion.pk), days=days)
    squad = SquadMember.objects.current().filter(use_case=use_case).select_related("user")
    today = N_("Today is the day of a kill criterion of %(title)s: %(criterion)s")
    later = N_("Days until a kill criterion of %(title)s must be measured: %(days)s (%(criterion)s)")
    notices.tell(
        [use_case.product_owner, *(member.user for member in squad)], text=later if days else today,
        url=f"/use-cases/{use_case.pk}/kill-criteria/", icon="target", kind="task", by=None, title=use_case,
        criterion=criterion.statement, days=days,
    )  # fmt: skip


def conclude(criterion: KillCriterion, result: str, evidence: str, value: float | None) -> None:
    """Keep a result."""
    criterion.result, criterion.evidence, criterion.measured_value = result, evidence, value
    criterion.measured_at = clock.now()
    criterion.save(update_fields=["result", "evidence", "measured_value", "measured_at"])


def tell_missed(criterion: KillCriterion, *, by: User) -> None:
    """Those who may stop hear that it is time to."""
    notices.tell(
        [criterion.use_case.product_owner, criterion.use_case.sponsor],
        text=N_("A kill criterion of %(title)s was missed: think about stopping now."),
        url=f"/use-cases/{criterion.use_case_id}/kill-criteria/",
        icon="alert",
        by=by,
        title=criterion.use_case,
    )
