"""The audit trail of one thing and of what belongs to it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model as DbModel, QuerySet
from django.urls import reverse

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
from projects.models import Experiment, UseCase

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
    try:
        thing = model._default_manager.filter(pk=pk).first() if model else None
    except ValidationError:  # no key at all
        thing = None
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
        asked = list(ApprovalRequest.objects.of_cases().filter(**below))
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
