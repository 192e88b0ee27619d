"""The audit trail of one thing and what belongs to it, and its state at the end of a day."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model as DbModel, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from governance.audit_words import sentence
from governance.models import (
    ApprovalRequest,
    Deployment,
    DocumentEdition,
    Finding,
    Model,
    ModelVersion,
)
from governance.selectors.registry import end_of
from governance.selectors.story import about
from portal.core.models import AuditEvent
from projects.models import Experiment, PhaseEvent, UseCase

KINDS: dict[str, type[Any]] = {
    "usecase": UseCase,
    "experiment": Experiment,
    "model": Model,
    "modelversion": ModelVersion,
    "approvalrequest": ApprovalRequest,
    "finding": Finding,
    "deployment": Deployment,
}


@dataclass(frozen=True)
class Subject:
    """A thing with everything that is part of its story."""

    kind: str
    thing: Any
    label: str
    parts: list[DbModel]


def page_of(event: AuditEvent) -> str:
    """The page of the event's subject, when there is one."""
    kind = event.target_type.rpartition(".")[2]
    if KINDS.get(kind) is None or KINDS[kind]._meta.label_lower != event.target_type:
        return ""
    return reverse("governance:audit_subject", args=[kind, event.target_id])


def subject_of(kind: str, pk: str) -> Subject | None:
    """The thing of this kind, with its parts."""
    model = KINDS.get(kind)
    thing = model._default_manager.filter(pk=pk).first() if model else None
    if thing is None:
        return None
    return Subject(kind, thing, str(thing), [thing, *parts_of(thing)])


def parts_of(thing: Any) -> list[DbModel]:
    """Versions, requests, findings, deployments, documents below it."""
    if isinstance(thing, UseCase):
        below = {"use_case": thing}
        models = list(Model.objects.filter(use_case=thing))
        versions = list(ModelVersion.objects.filter(model__use_case=thing))
        served = list(Deployment.objects.filter(model__use_case=thing))
        asked = list(ApprovalRequest.objects.filter(**below))
        return [*models, *versions, *served, *asked, *Finding.objects.filter(**below)]
    if isinstance(thing, Model):
        versions = list(thing.versions.all())
        return [*versions, *(part for version in versions for part in parts_of(version))]
    if isinstance(thing, ModelVersion):
        editions = DocumentEdition.objects.filter(version=thing)
        return [*thing.requests.all(), *thing.findings.all(), *thing.deployments.all(), *editions]
    return []


def events_of(subject: Subject, day: date | None) -> QuerySet[AuditEvent]:
    """The newest first; with a day only what had happened by its end."""
    rows = AuditEvent.objects.filter(about(subject.parts)).order_by("-seq")
    return rows.filter(at__lte=end_of(day)) if day else rows


def state_on(subject: Subject, day: date) -> list[tuple[Any, Any]]:
    """What was so at the end of that day, from rows that say since when and until when."""
    thing, moment = subject.thing, end_of(day)
    if thing.created_at > moment:
        return [(_("State"), _("It did not exist yet."))]
    found: list[tuple[Any, Any]] = []
    last = AuditEvent.objects.filter(about([thing]), at__lte=moment).order_by("-seq").first()
    if isinstance(thing, UseCase):
        event = (
            PhaseEvent.objects.filter(use_case=thing, at__lte=moment).order_by("-at", "-created_at").first()
        )
        found.append(
            (_("Phase"), UseCase.Phase(event.to_phase).label if event else UseCase.Phase.DRAFT.label)
        )
    found += [(label, ", ".join(words) or "–") for label, words in standing(thing, moment)]
    if last:
        found.append((_("Last event"), f"{sentence(last.verb)} · {last.actor} · {last.at:%Y-%m-%d %H:%M}"))
    return found


def standing(thing: Any, moment: Any) -> list[tuple[Any, list[str]]]:
    """Roles, open requests and open findings at that moment."""
    path = {UseCase: "use_case", Model: "model", ModelVersion: "version"}.get(type(thing))
    if path is None:
        return []
    there = Q(created_at__lte=moment)
    through = {"use_case": "model__use_case", "model": "model", "version": "version"}[path]
    of_case = {"use_case": "use_case", "model": "version__model", "version": "version"}[path]
    served = Deployment.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=moment), started_at__lte=moment
    )
    asked = ApprovalRequest.objects.filter(there, Q(closed_at__isnull=True) | Q(closed_at__gt=moment))
    found = Finding.objects.filter(there, Q(settled_at__isnull=True) | Q(settled_at__gt=moment))
    approved = Q(state="approved", kind="model_review", closed_at__lte=moment)
    reviews = ApprovalRequest.objects.filter(approved, **{of_case: thing}).select_related("version__model")
    return [
        (
            _("In service"),
            [str(each) for each in served.filter(**{through: thing}).select_related("version__model")],
        ),
        (_("Reviews passed"), [str(each.version) for each in reviews]),
        (_("Open requests"), [each.get_kind_display() for each in asked.filter(**{of_case: thing})]),
        (_("Open findings"), [each.title for each in found.filter(**{of_case: thing})]),
    ]
