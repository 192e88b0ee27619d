"""The kinds of the library that stand in this storey, and what is made of what among them."""

from typing import Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from projects import shelves
from projects.models import Artifact, ArtifactSource, Dataset, DatasetVersion, Experiment, Recipe, UseCase
from projects.shelves import Edge, Kind, Origin


def dataset_rows(user: Any) -> Any:
    """Datasets as rows of the library."""
    return Dataset.objects.visible_to(user).annotate(
        lib_title=F("name"), lib_words=F("description"), lib_class=F("classification"), lib_case=F("use_case_id"),
        lib_owner=F("owner_id"), lib_at=F("created_at"),
    )  # fmt: skip


def experiment_rows(user: Any) -> Any:
    """Experiments that were started, as rows of the library."""
    return Experiment.objects.visible_to(user).filter(job__isnull=False).annotate(
        lib_title=F("title"), lib_words=F("row_meaning"), lib_class=F("dataset_version__dataset__classification"),
        lib_case=F("use_case_id"), lib_owner=F("author_id"), lib_at=F("created_at"),
    )  # fmt: skip


def artifact_rows(user: Any, *, are_away: bool = False) -> Any:
    """Artifacts in use, or those put away, as rows of the library."""
    return Artifact.objects.visible_to(user).filter(retired_at__isnull=not are_away).annotate(
        lib_title=F("title"), lib_words=F("description"), lib_class=F("classification"), lib_case=F("use_case_id"),
        lib_owner=F("owner_id"), lib_at=F("created_at"),
    )  # fmt: skip


def is_sandbox(use_case: UseCase | None) -> bool:
    """Whether something lies in a sandbox."""
    return use_case is not None and use_case.is_sandbox


def dataset_origin(dataset: Dataset) -> Origin:
    """Its own class and place."""
    return Origin(dataset.classification, dataset.use_case_id, is_sandbox(dataset.use_case))


def experiment_origin(experiment: Experiment) -> Origin:
    """The class of its data, at its own place."""
    data = experiment.dataset_version.dataset
    return Origin(data.classification, experiment.use_case_id, is_sandbox(experiment.use_case))


def artifact_origin(artifact: Artifact) -> Origin:
    """Its own class and place."""
    return Origin(artifact.classification, artifact.use_case_id, is_sandbox(artifact.use_case))


def register() -> None:
    """Put datasets, experiments, recipes and artifacts on the shelves. Safe to call twice."""
    shelves.register(
        Kind(
            "dataset", _("Dataset"), "data", "projects:dataset_detail",
            lambda: Dataset.objects.select_related("use_case"),
            lambda user: Dataset.objects.visible_to(user).select_related("use_case"),
            dataset_rows, dataset_origin,
            usable=lambda user: Dataset.objects.usable_by(user).select_related("use_case"),
        ),
        Kind(
            "experiment", _("Experiment"), "experiment", "projects:experiment_detail",
            lambda: Experiment.objects.for_list(),
            lambda user: Experiment.objects.visible_to(user).for_list(),
            experiment_rows, experiment_origin,
        ),
        Kind(
            "recipe", _("Recipe"), "adjustments", "projects:recipe_detail",
            Recipe.objects.all, lambda user: Recipe.objects.visible_to(user),
        ),
        Kind(
            "artifact", _("Artifact"), "file", "projects:artifact_detail",
            lambda: Artifact.objects.select_related("use_case"),
            lambda user: Artifact.objects.visible_to(user).select_related("use_case"),
            artifact_rows, artifact_origin, form="kind",
            usable=lambda user: Artifact.objects.usable_by(user).select_related("use_case"),
        ),
    )  # fmt: skip
    shelves.join(
        Edge("dataset", "dataset", DatasetVersion.objects.all, "dataset_id", "parents__dataset_id"),
        Edge("recipe", "dataset", Recipe.sources.through.objects.all, "recipe_id", "dataset_id"),
        Edge("experiment", "dataset", Experiment.objects.all, "pk", "dataset_version__dataset_id"),
        *(made_from(code) for code in ("dataset", "experiment", "version", "artifact")),
    )


def made_from(code: str) -> Edge:
    """Artifact made from this kind."""
    return Edge("artifact", code, lambda: ArtifactSource.objects.filter(kind=code), "artifact_id", "key")
