"""Whether an answer carries what it must."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from governance import checklist as checklists
from governance.models import ApprovalRequest, Decision
from governance.rules.replacement import may_be_approved
from governance.selectors import approvals as selectors
from governance.services import outcomes
from portal.core import clock
from portal.core.verdicts import require
from projects.models import UseCase

Answer = Decision.Answer
SAYS_YES = {Answer.APPROVE, Answer.APPROVE_WITH_FINDINGS}
LONGEST = 4000
LONGEST_LESSONS = 2000
Said = dict[str, Any]


def validate(request: ApprovalRequest, said: Said, planned: list[dict[str, Any]]) -> None:
    """A no has its reason, a yes its checks. Raises `ValidationError` naming each field, `Refused` for an unmet gate."""
    if said["answer"] not in choices(request):
        raise ValidationError({"answer": _("Choose one of the answers.")})
    if said["answer"] in SAYS_YES:
        said["category"] = ""
        errors = findings_errors(request, said, planned) | dissent_errors(request, said)
        if request.kind in ApprovalRequest.GATES:
            require(outcomes.passable(request))
        require(may_be_approved(request))
        if request.kind == ApprovalRequest.Kind.MODEL_REVIEW:
            errors |= review_errors(request, said)
    else:
        errors = reason_errors(said)
    errors |= day_errors(said) | lessons_errors(said)
    if len(said["reason"]) > LONGEST:
        errors["reason"] = _("At most 4,000 characters.")
    if errors:
        raise ValidationError(errors)


def choices(request: ApprovalRequest) -> list[str]:
    """The answers of the step whose turn it is: a decision, or advice; to abstain is always possible."""
    if request.active and not request.active.decides:
        return [*Decision.ADVICE, Answer.ABSTAIN]
    return [*SAYS_YES, Answer.REQUEST_CHANGES, *of_gate(request), Answer.REJECT, Answer.ABSTAIN]


def of_gate(request: ApprovalRequest) -> list[Answer]:
    """A gate may also be held; before production the answer may be to pivot or to stop."""
    if request.kind not in ApprovalRequest.GATES:
        return []
    ends_early = UseCase.LIFE.allows(request.case, "stop")
    return list(Decision.OF_GATES) if ends_early else [Answer.HOLD]


def day_errors(said: Said) -> dict[str, str]:
    """A hold and a pivot have a day to come, and nothing else has one."""
    if said["answer"] not in Decision.DATED:
        return {"until": _("Only a hold or a pivot has a day.")} if said["until"] else {}
    if not said["until"]:
        return {"until": _("Say until when.")}
    return {"until": _("Choose a day in the future.")} if said["until"] <= clock.today() else {}


def lessons_errors(said: Said) -> dict[str, str]:
    """A stop has its lessons, and nothing else has any."""
    if said["answer"] != Answer.STOP:
        return {"lessons": _("Lessons go with the answer “stop”.")} if said["lessons"] else {}
    if not said["lessons"]:
        return {"lessons": _("Say what was learned: others will have the same idea.")}
    return {"lessons": _("At most 2,000 characters.")} if len(said["lessons"]) > LONGEST_LESSONS else {}


def dissent_errors(request: ApprovalRequest, said: Said) -> dict[str, str]:
    """A yes over a major issue answers it: both stay on record."""
    raised = request.decisions.filter(answer=Answer.MAJOR_ISSUE).exists()
    if raised and not said["reason"]:
        return {"reason": _("A major issue was raised. Say why you approve all the same.")}
    return {}


def reason_errors(said: Said) -> dict[str, str]:
    """R12: a no or an issue says why, and what it is about; who abstains names the stake."""
    if said["answer"] == Answer.NO_OBJECTION:
        return {}
    if said["answer"] == Answer.ABSTAIN:
        return {} if said["reason"] else {"reason": _("Say which stake you have in it.")}
    errors = {}
    if not said["reason"]:
        errors["reason"] = _("Say why: the author learns from it.")
    if said["category"] not in Decision.Category.values or not said["category"]:
        errors["category"] = _("Choose what it is about.")
    return errors


def findings_errors(request: ApprovalRequest, said: Said, planned: list[dict[str, Any]]) -> dict[str, str]:
    """R10: an approval with findings names them; nothing else carries any."""
    with_findings = said["answer"] == Answer.APPROVE_WITH_FINDINGS
    if with_findings and request.kind != ApprovalRequest.Kind.MODEL_REVIEW:
        return {"answer": _("Only a model is approved with findings.")}
    if with_findings and not planned:
        return {"findings": _("Name at least one finding, with an owner and a day.")}
    if planned and not with_findings:
        return {"findings": _("Findings go with the answer “approve with findings”.")}
    return {}


def review_errors(request: ApprovalRequest, said: Said) -> dict[str, str]:
    """Every justification accepted, every point of the checklist confirmed."""
    errors = {}
    rows = selectors.justifications(request)
    if any(row.answer is None for row in rows):
        errors["justifications"] = _("Accept or refuse every justification first.")
    elif any(not row.answer.is_accepted for row in rows if row.answer):
        errors["justifications"] = _("You refused a justification: ask for changes or reject.")
    tier = request.policy.get("tier") or (request.use_case.risk_tier if request.use_case else "")
    asked = checklists.for_tier(tier)
    if not set(asked) <= set(said["checklist"]):
        errors["checklist"] = _("Confirm every point of the checklist, or ask for changes.")
    return errors
