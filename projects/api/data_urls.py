"""Addresses of the API of datasets and experiments: `(prefix, viewset, basename)` for the router."""

from typing import Any

from projects.api.artifacts import ArtifactVersionViewSet, ArtifactViewSet
from projects.api.datasets import DatasetVersionViewSet, DatasetViewSet
from projects.api.experiments import ExperimentViewSet
from projects.api.explanations import ExplanationViewSet
from projects.api.exports import ExportViewSet
from projects.api.library import LibraryViewSet
from projects.api.partial_uploads import PartialUploadViewSet
from projects.api.recipes import RecipeViewSet
from projects.api.shares import ArtifactShareViewSet, ShareViewSet

routes: list[tuple[str, Any, str]] = [
    ("artifacts", ArtifactViewSet, "artifact"),
    ("artifact-shares", ArtifactShareViewSet, "artifact-share"),
    ("artifact-versions", ArtifactVersionViewSet, "artifact-version"),
    ("library", LibraryViewSet, "library"),
    ("datasets", DatasetViewSet, "dataset"),
    ("dataset-versions", DatasetVersionViewSet, "dataset-version"),
    ("experiments", ExperimentViewSet, "experiment"),
    ("explanations", ExplanationViewSet, "explanation"),
    ("exports", ExportViewSet, "export"),
    ("recipes", RecipeViewSet, "recipe"),
    ("shares", ShareViewSet, "share"),
    ("uploads", PartialUploadViewSet, "upload"),
]
