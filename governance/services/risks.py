"""Assessing the risk of a use case, and taking what remains of it in person."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _, gettext_noop as N_

from governance import risk_questions
from governance.models import ApprovalRequest, ResidualRisk, RiskAssessment
from governance.rules import risks as rules
from governance.services import approvals
from portal.core import clock
from portal.core.models import User
from portal.core.services import audit, notices
from portal.core.verdicts import require
from projects.models import UseCase
from projects.services import use_cases

ORDER = UseCase.Tier.values


def page(use_case: UseCase) -> str:
    """Where the questions are answered."""
    return reverse("governance:risk_detail", args=[use_case.pk])


@transaction.atomic
def assess(
    use_case: UseCase, *, answers: Mapping[str, bool], chosen: str = "", reason: str = "", by: User
) -> RiskAssessment:
    """
    Answer the questions. The tier they lead to, or a higher one, holds at once.

    A lower tier than the answers lead to, or than the use case has, is asked of a second person; until then
    nothing changes.
    """
    use_case.refresh_from_db()
    require(rules.may_assess(by, use_case))
    suggested, reasons = risk_questions.suggested(checked(answers))
    chosen = chosen or suggested
    check_choice(use_case, chosen, suggested, reason)
    request = (
        ask(use_case, chosen, suggested, reason, by=by) if is_lower(use_case, chosen, suggested) else None
    )
    made = RiskAssessment.objects.create(
        use_case=use_case, questionnaire=risk_questions.load().version, answers=dict(answers), reasons=reasons,
        suggested=suggested, chosen=chosen, reason=reason.strip(), before=use_case.risk_tier, request=request,
        assessed_by=by,
    )  # fmt: skip
    audit.record(
        "risk.assessed", use_case, by=by, suggested=suggested, chosen=chosen, reasons=reasons,
        questionnaire=made.questionnaire, request=str(request.pk) if request else "",
    )  # fmt: skip
    if request is None:
        basis = reason.strip() or basis_of(reasons)
        use_cases.apply_risk_tier(
            use_case, tier=chosen, reason=basis, by=by, evidence={"assessment": str(made.pk)}
        )
    return made


def checked(answers: Mapping[str, bool]) -> dict[str, bool]:
    """Every question answered with yes or no, and no other."""
    known = {each.code for each in risk_questions.load().questions}
    errors = {
        code: _("Answer yes or no.") for code in sorted(known) if not isinstance(answers.get(code), bool)
    }
    errors |= {code: _("This question is not known here.") for code in answers if code not in known}
    if errors:
        raise ValidationError(errors)
    return dict(answers)


def check_choice(use_case: UseCase, chosen: str, suggested: str, reason: str) -> None:
    """A known tier; another than suggested, or a lower one than before, says why."""
    errors = {}
    if chosen not in ORDER[1:]:
        errors["chosen"] = _("Choose a tier.")
    elif (chosen != suggested or is_lower(use_case, chosen, suggested)) and not reason.strip():
        errors["reason"] = _(
            "Say why it is another tier than the answers lead to, or a lower one than before."
        )
    if len(reason) > 2000:
        errors["reason"] = _("At most %(limit)s characters.") % {"limit": 2000}
    if errors:
        raise ValidationError(errors)


def is_lower(use_case: UseCase, chosen: str, suggested: str) -> bool:
    """Lower than the answers lead to, or than what holds now."""
    return ORDER.index(chosen) < max(ORDER.index(suggested), ORDER.index(use_case.risk_tier))


def ask(use_case: UseCase, chosen: str, suggested: str, reason: str, *, by: User) -> ApprovalRequest:
    """The change is kept aside in the request until somebody else has decided (R14)."""
    return approvals.open_request(
        kind=ApprovalRequest.Kind.TIER_CHANGE,
        use_case=use_case,
        comment=reason.strip(),
        proposal={"tier": chosen, "suggested": suggested, "reason": reason.strip()},
        by=by,
    )


def basis_of(reasons: list[str]) -> str:
    """The questions that led to the tier, as its basis."""
    if not reasons:
        return str(_("None of the risk questions was answered with yes."))
    texts = [each.text for each in risk_questions.load().questions if each.code in reasons]
    return " ".join(texts)[:2000]


@transaction.atomic
def accept(
    use_case: UseCase, *, statement: str, likelihood: int, impact: int, reason: str, until: date, by: User
) -> ResidualRisk:
    """A named person takes a remaining risk until a day."""
    require(rules.may_accept(by, use_case))
    errors = {}
    if not 1 <= len(statement.strip()) <= 500:
        errors["statement"] = _("Say what may still happen, in at most 500 characters.")
    if not 1 <= len(reason.strip()) <= 2000:
        errors["reason"] = _("Say why the risk is accepted.")
    if not (1 <= likelihood <= 5 and 1 <= impact <= 5):
        errors["likelihood"] = _("Likelihood and impact go from 1 to 5.")
    if not clock.today() < until <= clock.today() + timedelta(days=366):
        errors["until"] = _("Choose a day within the next year.")
    if errors:
        raise ValidationError(errors)
    made = ResidualRisk.objects.create(
        use_case=use_case, statement=statement.strip(), likelihood=likelihood, impact=impact, reason=reason.strip(),
        until=until, accepted_by=by,
    )  # fmt: skip
    audit.record(
        "risk.accepted", use_case, by=by, statement=made.statement, until=str(until), reason=made.reason
    )
    people = [use_case.product_owner, use_case.sponsor]
    text = N_("A remaining risk of %(what)s was accepted until %(until)s.")
    notices.tell(people, text=text, url=page(use_case), icon="finding", by=by, what=use_case, until=until)
    return made


@transaction.atomic
def end(risk: ResidualRisk, *, by: User) -> None:
    """It is gone, or is not accepted any more."""
    require(rules.may_end(by, risk))
    if ResidualRisk.objects.filter(pk=risk.pk, ended_at=None).update(ended_at=clock.now()):
        audit.record("risk.acceptance_ended", risk.use_case, by=by, statement=risk.statement)


@transaction.atomic
def expire_accepted() -> int:
    """Tell once that nobody carries a risk any more; how many were told."""
    count = 0
    for risk in ResidualRisk.objects.for_list().filter(until__lt=clock.today(), ended_at=None, told_at=None):
        if not ResidualRisk.objects.filter(pk=risk.pk, told_at=None).update(told_at=clock.now()):
            continue
        audit.record("risk.acceptance_expired", risk.use_case, by=None, statement=risk.statement)
        text = N_("The acceptance of a risk of %(what)s has expired: %(statement)s")
        notices.tell(
            [risk.accepted_by, risk.use_case.product_owner], text=text, url=page(risk.use_case), icon="clock", by=None,
            what=risk.use_case, statement=risk.statement,
        )  # fmt: skip
        count += 1
    return count
