"""Addresses of the API of the backlog: `(prefix, viewset, basename)` for the router."""

from typing import Any

from projects.api import backlog
from projects.api.boards import BoardLimitViewSet
from projects.api.custom_fields import CustomFieldViewSet
from projects.api.dependencies import DependencyViewSet
from projects.api.offers import OfferViewSet
from projects.api.ranks import UndoViewSet
from projects.api.rubrics import RubricViewSet

routes: list[tuple[str, Any, str]] = [
    ("saved-views", backlog.SavedViewViewSet, "saved-view"),
    ("board-limits", BoardLimitViewSet, "board-limit"),
    ("rubrics", RubricViewSet, "rubric"),
    ("custom-fields", CustomFieldViewSet, "custom-field"),
    ("offers", OfferViewSet, "offer"),
    ("undos", UndoViewSet, "undo"),
    ("gate-plans", backlog.GatePlanViewSet, "gate-plan"),
    ("dependencies", DependencyViewSet, "dependency"),
    ("case-imports", backlog.ImportViewSet, "case-import"),
    ("calendar", backlog.CalendarViewSet, "calendar"),
]
