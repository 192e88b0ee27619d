"""Value: expected lines, realised measurements, verification by finance."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance.models import BenefitLine, Measurement
from governance.models.benefits import Evidence
from governance.rules import benefits as rules
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects.models import UseCase

MOST = 10**12


def page(use_case: UseCase) -> str:
    """Where the value of a use case is shown."""
    return reverse("governance:value_detail", args=[use_case.pk])


@transaction.atomic
def add_line(
    use_case: UseCase,
    *,
    title: str,
    kind: str,
    yearly_amount: int,
    evidence: str,
    method: str,
    baseline: str,
    by: User,
) -> BenefitLine:
    """Write down an expected yearly benefit, how it will be measured and from where it starts."""
    require(rules.may_enter(by, use_case))
    check_line(
        title=title, kind=kind, yearly_amount=yearly_amount, evidence=evidence, method=method, baseline=baseline
    )  # fmt: skip
    line = BenefitLine.objects.create(
        use_case=use_case,
        title=title.strip()[:160],
        kind=kind,
        yearly_amount=yearly_amount,
        evidence=evidence,
        method=method.strip(),
        baseline=baseline.strip(),
        created_by=by,
    )
    audit.record("benefit.added", line, by=by, amount=yearly_amount, use_case=str(use_case.pk))
    notices.tell(
        [use_case.product_owner, use_case.sponsor],
        text=N_("Expected benefit entered for %(use_case)s."),
        url=page(use_case),
        icon="value",
        by=by,
        use_case=use_case,
    )
    return line


def check_line(
    *, title: str, kind: str, yearly_amount: int, evidence: str, method: str, baseline: str
) -> None:
    """A line says what, how much, how it is measured and from where."""
    errors = missing_texts(title=title, method=method, baseline=baseline)
    if not 0 < yearly_amount <= MOST:
        errors["yearly_amount"] = _("Enter a positive amount in euros.")
    if kind not in BenefitLine.Kind.values:
        errors["kind"] = _("Choose one of the kinds.")
    if evidence not in Evidence.values:
        errors["evidence"] = _("Choose how well the amount is known.")
    if errors:
        raise ValidationError(errors)


def missing_texts(**texts: str) -> dict[str, str]:
    """Which of these is empty or too long."""
    return {
        name: _("Please write this, in at most 2,000 characters.")
        for name, text in texts.items()
        if not text.strip() or len(text) > 2000
    }


@transaction.atomic
def end_line(line: BenefitLine, *, by: User) -> None:
    """A benefit that is no longer expected; what was realised stays."""
    require(rules.may_change(by, line))
    BenefitLine.objects.filter(pk=line.pk, ended_on__isnull=True).update(ended_on=clock.today())
    line.refresh_from_db()
    audit.record("benefit.ended", line, by=by)


@transaction.atomic
def report(
    line: BenefitLine, *, starts_on: date, ends_on: date, amount: int, evidence: str, note: str, by: User
) -> Measurement:
    """Report what was realised in a past period; it counts once finance has verified it."""
    require(rules.may_change(by, line))
    errors = missing_texts(note=note)
    if ends_on < starts_on or ends_on > clock.today():
        errors["ends_on"] = _("The period must end after it starts, and not in the future.")
    if abs(amount) > MOST:
        errors["amount"] = _("This amount is too large.")
    if evidence not in Evidence.values:
        errors["evidence"] = _("Choose how well the amount is known.")
    if (
        line.measurements.exclude(state=Measurement.State.DISPUTED)
        .filter(starts_on__lte=ends_on, ends_on__gte=starts_on)
        .exists()
    ):
        errors["starts_on"] = _("There is a figure for a part of this period already.")
    if errors:
        raise ValidationError(errors)
    measurement = Measurement.objects.create(
        line=line,
        starts_on=starts_on,
        ends_on=ends_on,
        amount=amount,
        evidence=evidence,
        note=note.strip(),
        reported_by=by,
    )
    audit.record("measurement.reported", measurement, by=by, amount=amount, evidence=evidence)
    notices.tell(
        User.objects.with_duty(Duty.FINANCE_CONTROLLER),
        text=N_("A realised value of %(use_case)s waits for your verification."),
        url=page(line.use_case),
        icon="value",
        by=by,
        use_case=line.use_case,
    )
    return measurement


@transaction.atomic
def verify(measurement: Measurement, *, by: User, note: str = "") -> None:
    """A finance controller confirms the figure."""
    settle(measurement, verb="verify", note=note, by=by)
    audit.record("measurement.verified", measurement, by=by, amount=measurement.amount, note=note)


@transaction.atomic
def dispute(measurement: Measurement, *, note: str, by: User) -> None:
    """A finance controller does not accept the figure, and says why."""
    if not note.strip():
        raise ValidationError({"note": _("Say why the figure is not accepted.")})
    settle(measurement, verb="dispute", note=note, by=by)
    audit.record("measurement.disputed", measurement, by=by, note=note)


def settle(measurement: Measurement, *, verb: str, note: str, by: User) -> None:
    """What verifying and disputing share."""
    require(rules.may_verify(by, measurement))
    Measurement.LIFE.move(
        measurement, verb, verified_by=by, verified_at=clock.now(), verification_note=note.strip()[:500]
    )
    words = (
        N_("Your figure for %(line)s was verified.")
        if verb == "verify"
        else N_("Your figure for %(line)s was not accepted. See why.")
    )
    notices.tell(
        [measurement.reported_by],
        text=words,
        url=page(measurement.line.use_case),
        icon="value",
        by=by,
        line=measurement.line,
    )
