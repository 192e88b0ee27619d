"""What is talked about at the review desk, and how long each step has taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from governance.models import ApprovalRequest, DeskThread, ModelVersion
from governance.rules import threads as rules
from portal.core import clock
from portal.core.models import User
from portal.core.verdicts import Verdict
from projects.models import GuardrailResult


def anchors(request: ApprovalRequest) -> dict[str, str]:
    """Every item a thread may be about, with its words."""
    found = {"general": _("The request as a whole")}
    if request.artifact is not None:
        return found | {"data": _("The artifact")}
    if request.dataset is not None:
        return found | {"data": _("The dataset")}
    if request.version is None:
        return found | {"requirements": _("What the gate requires")}
    rows = GuardrailResult.objects.filter(
        experiment=request.version.trial.experiment_id, is_current=True, is_alerted=True
    )
    found |= {f"guardrail:{row.pk}": row.text for row in rows}
    return found | {
        "figures": _("Figures"),
        "champion": _("Beside the champion"),
        "explanation": _("Explanation and fairness"),
        "card": _("Model card"),
        "data": _("Data and lineage"),
    }


@dataclass(frozen=True)
class Talk:
    """One thread as the desk shows it."""

    thread: DeskThread
    about: str
    remarks: list[Any]
    may_settle: Verdict
    may_reopen: Verdict


def talks(request: ApprovalRequest, user: User) -> list[Talk]:
    """The open ones first."""
    words = anchors(request)
    rows = (
        DeskThread.objects.filter(request=request)
        .select_related(
            "request__use_case", "request__version__trial__experiment__use_case", "opened_by", "settled_by"
        )
        .prefetch_related("remarks__said_by")
    )
    found = [
        Talk(
            each,
            words.get(each.anchor, _("Something that is gone")),
            list(each.remarks.all()),
            rules.may_settle(user, each),
            rules.may_reopen(user, each),
        )
        for each in rows
    ]
    return sorted(found, key=lambda talk: talk.thread.settled_at is not None)


@dataclass(frozen=True)
class Wait:
    """How long one stretch took, or takes."""

    label: str
    days: float
    is_running: bool


def waits(request: ApprovalRequest) -> list[Wait]:
    """The stretches of a request: until somebody began to read, until each decision."""
    end = request.closed_at or clock.now()
    marks: list[tuple[str, datetime | None]] = []
    version: ModelVersion | None = request.version
    began = version.in_review_at if version and request.kind == ApprovalRequest.Kind.MODEL_REVIEW else None
    if began and request.created_at <= began <= end:
        marks.append((_("until somebody began to read"), began))
    decisions = sorted(request.decisions.all(), key=lambda each: each.decided_at)
    marks += [
        (_("until the decision of %(who)s") % {"who": each.decided_by}, each.decided_at) for each in decisions
    ]
    found, since = [], request.created_at
    for label, at in marks:
        found.append(Wait(label, in_days(at - since), is_running=False))  # type: ignore[operator]
        since = at  # type: ignore[assignment]
    if request.state == ApprovalRequest.State.OPEN:
        label = _("waiting for a decision") if marks else _("waiting for somebody to begin")
        found.append(Wait(label, in_days(end - since), is_running=True))
    return found


def in_days(span: timedelta) -> float:
    """One decimal."""
    return round(max(0.0, span.total_seconds() / 86400), 1)
