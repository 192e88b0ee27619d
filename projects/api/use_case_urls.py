"""Addresses of the API of use cases and squads: `(prefix, viewset, basename)` for the router."""

from typing import Any

from projects.api.squads import SquadViewSet
from projects.api.templates import TemplateViewSet
from projects.api.use_cases import UseCaseViewSet

routes: list[tuple[str, Any, str]] = [
    ("use-cases", UseCaseViewSet, "use-case"),
    ("squads", SquadViewSet, "squad"),
    ("templates", TemplateViewSet, "template"),
]
