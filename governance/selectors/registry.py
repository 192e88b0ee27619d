"""The registry as its pages show it: facets, lineage, roles, what served on a day."""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from governance import bundles
from governance.models import Deployment, Model, ModelVersion
from portal.core.models import User
from portal.core.panels import Sequel
from projects.models import Dataset, Experiment, UseCase


@dataclass(frozen=True)
class Facet:
    """One word with how many models it leaves."""

    label: str
    count: int
    query: str
    is_on: bool


def facets(visible: QuerySet[Model], asked: dict[str, str]) -> list[tuple[str, list[Facet]]]:
    """How the models one sees spread over status, tier and service; a click narrows, a second one widens."""
    by_status = dict(
        visible.order_by().values_list("versions__status").annotate(n=Count("pk", distinct=True))
    )
    by_tier = dict(visible.order_by().values_list("use_case__risk_tier").annotate(n=Count("pk")))
    serving = visible.filter(deployments__ended_at__isnull=True, deployments__role="champion").distinct()
    served, total = serving.count(), visible.count()
    return [
        (_("Review"), chips("status", [(k, str(v), by_status.get(k, 0)) for k, v in ModelVersion.Status.choices], asked)),
        (_("Risk tier"), chips("tier", [(k, str(v), by_tier.get(k, 0)) for k, v in UseCase.Tier.choices], asked)),
        (_("In service"), chips("serving", [("true", _("Yes"), served), ("false", _("No"), total - served)], asked)),
    ]  # fmt: skip


def chips(name: str, values: list[tuple[str, str, int]], asked: dict[str, str]) -> list[Facet]:
    """The facets of one filter that leave anything."""
    made = []
    for key, label, count in values:
        is_on = asked.get(name) == key
        rest = {k: v for k, v in asked.items() if k not in {name, "page"} and v}
        query = urlencode(rest if is_on else rest | {name: key})
        if count or is_on:
            made.append(Facet(label, count, query, is_on))
    return made


def end_of(day: date) -> datetime:
    """The last moment of a day, where the reader lives."""
    return timezone.make_aware(datetime.combine(day, time.max))


def on_day(model: Model, day: date) -> list[Deployment]:
    """Which version held which role at the end of that day."""
    moment = end_of(day)
    return list(
        model.deployments.filter(started_at__lte=moment)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=moment))
        .select_related("version", "request")
        .order_by("role", "started_at")
    )


def names(model: Model) -> dict[str, str]:
    """Every name that leads to a version: protected ones from deployments, free ones as set."""
    found: dict[str, str] = {}
    newest = next(iter(model.versions.all()), None)
    if newest:
        found["latest"] = str(newest.pk)
    for each in (
        Deployment.objects.current().filter(model=model, environment="production").order_by("started_at")
    ):
        found[each.role] = str(each.version_id)
    return found | {each.name: str(each.version_id) for each in model.aliases.all()}


def version_rows(model: Model) -> list[dict[str, Any]]:
    """Each version with its main figure, role and names."""
    roles = {each.version_id: each for each in model.deployments.all() if each.ended_at is None}
    given: dict[Any, list[str]] = {}
    for each in model.aliases.all():
        given.setdefault(each.version_id, []).append(each.name)
    rows = []
    for version in model.versions.select_related("registered_by"):
        card = version.computed_card
        metric = card.get("metric", {})
        found = card.get("metrics", {}).get(metric.get("name", ""), {})
        rows.append(
            {
                "version": version,
                "color": ModelVersion.COLORS[version.status],
                "role": roles.get(version.pk),
                "names": given.get(version.pk, []),
                "metric": metric.get("label", ""),
                "value": found.get("value") if isinstance(found, dict) else found,
                "family": card.get("trial", {}).get("name", ""),
            }
        )
    return rows


@dataclass(frozen=True)
class Link:
    """One step of the lineage."""

    label: str
    text: str
    url: str
    digest: str


def lineage(version: ModelVersion, user: User) -> list[Link]:
    """Data, experiment, candidate, artifact, documents, service: each with its hash, linked where one may look."""
    trial, data = version.trial, version.dataset_version
    sees_data = Dataset.objects.visible_to(user).filter(pk=data.dataset_id).exists()
    sees_run = Experiment.objects.visible_to(user).filter(pk=trial.experiment_id).exists()
    seed = version.computed_card.get("seed")
    run = reverse("projects:experiment_detail", args=[trial.experiment_id]) if sees_run else ""
    table = reverse("projects:dataset_version", args=[data.pk]) if sees_data else ""
    steps = [
        Link(_("Data"), str(data) if sees_data else _("a dataset you may not see"), table, version.table_digest),
        Link(_("Experiment"), trial.experiment.title if sees_run else _("an experiment you may not see"), run, ""),
        Link(_("Candidate"), f"{trial.name} · {_('seed')} {seed if seed is not None else '–'}", "", ""),
        Link(_("Artifact"), _("files of the model"), "", version.bundle_digest),
        Link(_("Model"), _("the trained pipeline"), "", version.model_sha256),
    ]  # fmt: skip
    if version.manifest_digest:
        steps.append(Link(_("Submitted"), _("what reviewers decide on"), "", version.manifest_digest))
    if version.taken_over_from:
        origin = version.taken_over_from
        steps.append(
            Link(
                _("Taken over from"), str(origin), reverse("governance:version_detail", args=[origin.pk]), ""
            )
        )
    for edition in version.editions.order_by("kind", "-number"):
        url = reverse("governance:edition_detail", args=[edition.pk])
        steps.append(Link(_("Document"), str(edition), url, edition.content_digest))
    for each in version.deployments.order_by("started_at"):
        url = reverse("governance:deployment_detail", args=[each.pk])
        steps.append(Link(_("Service"), f"{each.get_role_display()} · {each.started_at:%Y-%m-%d}", url, ""))
    return steps


def is_intact(version: ModelVersion) -> bool:
    """Whether the stored file still has the hash it was registered with."""
    try:
        bundles.check(version)
    except bundles.ModelDamaged:
        return False
    return True


def registered(user: User, trials: list[Any]) -> dict[Any, Sequel]:
    """The newest version made of each of these trials, where the reader sees it."""
    rows = ModelVersion.objects.visible_to(user).filter(trial__in=trials).select_related("model")
    return {
        each.trial_id: Sequel(str(each), reverse("governance:version_detail", args=[each.pk]))
        for each in rows.order_by("created_at")
    }
