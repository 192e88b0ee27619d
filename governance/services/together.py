"""Several like requests answered in one act: each is checked, decided and written down by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from governance.models import ApprovalRequest
from governance.services import approvals
from portal.core.models import User
from portal.core.services import audit
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused, Verdict, no

MOST = 50


@dataclass(frozen=True)
class Outcome:
    """What became of one of them: decided, or why not."""

    request: ApprovalRequest
    verdict: Verdict

    @property
    def decided(self) -> bool:
        """Whether the answer counts."""
        return bool(self.verdict)


def decide(
    requests: Sequence[ApprovalRequest],
    *,
    answer: str,
    by: User,
    reason: str = "",
    category: str = "",
    seen: Mapping[str, str] | None = None,
) -> list[Outcome]:
    """
    Give the same answer to several requests of one kind; `seen` holds the digest that was read of each.

    Every request goes through the same door as a single answer: one that may not be decided stays as it is
    and says why, the others stand. Raises `ValidationError` when they are not alike or too many.
    """
    chosen = list({each.pk: each for each in requests}.values())
    check(chosen)
    outcomes = [
        one(
            each,
            answer=answer,
            reason=reason,
            category=category,
            seen=(seen or {}).get(str(each.pk), ""),
            by=by,
        )
        for each in chosen
    ]
    if any(each.decided for each in outcomes):
        note(outcomes, answer, by=by)
    return outcomes


def check(chosen: Sequence[ApprovalRequest]) -> None:
    """At least one, not too many, and all of one kind."""
    if not chosen:
        raise ValidationError({"requests": _("Choose at least one request.")})
    if len(chosen) > MOST:
        raise ValidationError({"requests": _("Choose at most %(most)s requests.") % {"most": MOST}})
    if len({each.kind for each in chosen}) > 1:
        raise ValidationError({"requests": _("Decide only requests of one kind together.")})


def one(request: ApprovalRequest, *, answer: str, reason: str, category: str, seen: str, by: User) -> Outcome:
    """One of them, by the ordinary door; its refusal in words."""
    try:
        approvals.decide(request, answer=answer, reason=reason, category=category, seen_digest=seen, by=by)
    except Refused as refused:
        return Outcome(request, refused.verdict)
    except ValidationError as problem:
        return Outcome(request, no(" ".join(problem.messages), code="approval.answer"))
    except IllegalMove as problem:
        return Outcome(request, no(str(problem), code="approval.closed"))
    return Outcome(request, Verdict(True))


def status(outcomes: Sequence[Outcome]) -> int:
    """As the web says it: done where one was decided; else refused by a rule, or not possible as it was asked."""
    if any(each.decided for each in outcomes):
        return 200
    possible = {"approval.answer", "approval.closed"}
    return 409 if any(each.verdict.code in possible for each in outcomes) else 403


@transaction.atomic
def note(outcomes: Sequence[Outcome], answer: str, *, by: User) -> None:
    """That they were answered in one act, and which were not."""
    details: dict[str, Any] = {
        "kind": outcomes[0].request.kind,
        "answer": answer,
        "decided": [str(each.request.pk) for each in outcomes if each.decided],
        "refused": [str(each.request.pk) for each in outcomes if not each.decided],
    }
    audit.record("approval.decided_together", by, by=by, **details)
