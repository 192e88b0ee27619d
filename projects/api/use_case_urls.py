"""Addresses of the API of use cases and squads: `(prefix, viewset, basename)` for the router."""

from typing import Any

from projects.api.bundles import ProjectBundleViewSet
from projects.api.imported_projects import ImportedProjectViewSet
from projects.api.squads import SquadViewSet
from projects.api.templates import TemplateViewSet
from projects.api.use_cases import UseCaseViewSet

routes: list[tuple[str, Any, str]] = [
    ("use-cases", UseCaseViewSet, "use-case"),
    ("squads", SquadViewSet, "squad"),
    ("imported-projects", ImportedProjectViewSet, "imported-project"),
    ("project-bundles", ProjectBundleViewSet, "project-bundle"),
    ("templates", TemplateViewSet, "template"),
]
