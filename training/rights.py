"""Rights as one person stands to them: held or not, why, what they open, what waits for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy

from portal.core import clock
from portal.core.models import Credential, User
from portal.core.models.credentials import Right
from portal.core.waiting import Waiting
from training.models import Attempt, Certificate, PostponedAct, RecallCard
from training.models.certificates import SOON

MEANING: dict[str, Any] = {
    Right.OWN_USE_CASE: gettext_lazy("Carry a use case as its product owner."),
    Right.LAUNCH_AUTOML: gettext_lazy("Start experiments that build models on a dataset."),
    Right.APPROVE_MODEL: gettext_lazy("Decide on models that other people built."),
}

ACTS: dict[str, list[Any]] = {
    Right.OWN_USE_CASE: [
        gettext_lazy("Be named product owner when a proposal is accepted"),
        gettext_lazy("Answer for the value of a use case and ask for its moves"),
        gettext_lazy("Write and date the criteria that end it"),
    ],
    Right.LAUNCH_AUTOML: [
        gettext_lazy("Start an experiment that builds and compares models"),
        gettext_lazy("Register the best model with its card"),
        gettext_lazy("Propose a model for review"),
    ],
    Right.APPROVE_MODEL: [
        gettext_lazy("Review a model that other people built"),
        gettext_lazy("Approve it for production, ask for changes, or reject it"),
        gettext_lazy("Accept or refuse the justification of a guardrail"),
    ],
}


@dataclass(frozen=True)
class RightRow:
    """A right as one person stands to it."""

    code: str
    label: str
    meaning: str
    url: str
    is_held: bool
    until: datetime | None = None


def rights_of(user: User) -> list[RightRow]:
    """Every right with whether the person holds it and until when."""
    held: dict[str, Credential] = {}
    for credential in Credential.objects.valid().filter(user=user).order_by("valid_until"):
        held[credential.code] = credential
    return [
        RightRow(
            code=right.value,
            label=str(right.label),
            meaning=str(MEANING[right]),
            url=reverse("training:right", args=[right.value]),
            is_held=right.value in held,
            until=held[right.value].valid_until if right.value in held else None,
        )
        for right in Right
    ]


def reasons_for(code: str, user: User) -> list[str]:
    """Each certificate and grant that bears on the right, with its state: why one holds it, or not any more."""
    rows = Certificate.objects.filter(user=user, template__right=code).for_list()
    found = [
        _("“%(title)s”, %(state)s: from %(start)s to %(end)s")
        % {
            "title": row.title,
            "state": row.status_label.lower(),
            "start": date_format(row.valid_from),
            "end": date_format(row.valid_until),
        }
        for row in rows
    ]
    others = Credential.objects.filter(user=user, code=code).exclude(pk__in=rows.values("credential"))
    found += [
        _("Granted otherwise: %(source)s") % {"source": row.source}
        for row in others
        if row.revoked_at is None and (row.valid_until is None or row.valid_until > clock.now())
    ]
    waiting = Attempt.objects.visible_to(user).open().filter(exam__path__template__right=code)
    found += [_("An exam for it is under way.")] if waiting.exists() else []
    return found


def evidence_of(certificate: Certificate) -> list[dict[str, str]]:
    """What an award rests on, in words; the address leads its holder to the result."""
    found = []
    for each in certificate.evidence:
        if each["kind"] == "exam":
            url = reverse("training:attempt_result", args=[each["attempt"]])
            found.append({"text": _("An exam passed with %(percent)s %%") % each, "url": url})
        elif each["kind"] == "short_exam":
            url = reverse("training:attempt_result", args=[each["attempt"]])
            found.append({"text": _("A short exam passed with %(percent)s %%") % each, "url": url})
        else:
            text = _(
                "Spaced review: %(cards)s questions, %(on_time_percent)s %% kept up, %(accuracy_percent)s %% right"
            )
            found.append({"text": text % each, "url": ""})
    return found


def offered(user: User) -> list[Waiting]:
    """What was refused before and may be done now; how many questions wait to be kept fresh."""
    found = [
        Waiting(
            title=_("You may now do what was refused before: %(right)s.")
            % {"right": act.get_right_display()},
            detail=act.url,
            url=act.url,
            since=act.offered_at or act.created_at,
            action=_("Do it now"),
            icon="lock-open",
        )
        for act in PostponedAct.objects.visible_to(user).open().filter(offered_at__isnull=False)
    ]
    due = RecallCard.objects.visible_to(user).due().for_list()
    if first := due.first():
        found.append(
            Waiting(
                title=_("Keep it fresh"),
                detail=_("%(n)s questions wait · %(title)s") % {"n": due.count(), "title": first.title},
                url=reverse("training:recall"),
                since=first.due_at,
                action=_("Answer"),
                icon="brain",
                can_wait=True,
            )
        )
    return found


def expiring(certificate: Certificate) -> Waiting:
    """A certificate whose right ends soon."""
    return Waiting(
        title=_("Renew your certificate “%(title)s”") % {"title": certificate.title},
        detail=_("The right it confers ends with it."),
        url=reverse("training:certificate_detail", args=[certificate.pk]),
        since=certificate.valid_until - SOON,
        action=_("See how"),
        icon="certificate",
    )
