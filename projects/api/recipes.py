"""Recipes for programs."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from portal.core.services.jobs import JobFailed
from projects.api.datasets import VersionOut
from projects.models import DatasetVersion, Recipe
from projects.rules import datasets as rules
from projects.selectors import recipes as selectors
from projects.services import preparation, recipes


class VersionField(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """A version the caller sees; others are as unknown as those that do not exist."""

    def get_queryset(self) -> Any:
        if "request" not in self.context:
            return DatasetVersion.objects.none()
        return DatasetVersion.objects.visible_to(self.context["request"].user).select_related("dataset")


class RecipeOut(serializers.ModelSerializer[Recipe]):
    """One recipe, its steps also in words."""

    words = serializers.SerializerMethodField()
    can = CanField({"edit": rules.may_edit_recipe})

    class Meta:
        model = Recipe
        fields = (
            "id", "name", "dataset", "version", "output", "made_by", "steps", "words", "revision", "created_at", "can",
        )  # fmt: skip

    def get_words(self, recipe: Recipe) -> list[str]:
        """Each step as a sentence."""
        return [step.words for step in selectors.steps_of(recipe)]


class RecipeListOut(serializers.ModelSerializer[Recipe]):
    """The same without what asks per row."""

    class Meta:
        model = Recipe
        fields = ("id", "name", "dataset", "version", "output", "made_by", "steps", "revision", "created_at")


class RecipeIn(StrictSerializer):
    """A new recipe over a ready version."""

    version = VersionField()
    name = serializers.CharField(max_length=120)
    steps = serializers.ListField(child=serializers.DictField(), required=False, max_length=100)


class StepsIn(StrictSerializer):
    """All steps, and the revision they were made from: a change in between is not overwritten."""

    steps = serializers.ListField(child=serializers.DictField(), max_length=100)
    revision = serializers.IntegerField(required=False, min_value=0)


class BaseIn(StrictSerializer):
    """Another version of the same dataset."""

    version = VersionField()


class PlayIn(StrictSerializer):
    """The name of the dataset that the first run makes."""

    name = serializers.CharField(max_length=120, required=False, allow_blank=True)


class RecipeViewSet(ReadViewSet):
    """Steps over tables, looked at and played."""

    model = Recipe
    serializer_class = RecipeOut
    filterset_class = None

    def get_serializer_class(self) -> Any:
        return RecipeListOut if self.action == "list" else RecipeOut

    @extend_schema(request=RecipeIn, responses={201: RecipeOut})
    def create(self, request: Request) -> Response:
        """Begin a recipe; its first preview goes on in the background."""
        asked = self.taken(RecipeIn, request)
        recipe = recipes.create(asked.pop("version"), **asked, by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(recipe).data, status=201)

    @extend_schema(request=StepsIn, responses=RecipeOut)
    @action(detail=True, methods=["post"])
    def steps(self, request: Request, pk: str | None = None) -> Response:
        """Replace the steps. A step that means nothing is named with its setting."""
        asked = self.taken(StepsIn, request)
        recipe = recipes.change(
            self.get_object(), lambda _now: asked["steps"], by=request.user, revision=asked.get("revision")  # type: ignore[arg-type]
        )  # fmt: skip
        return Response(self.get_serializer(recipe).data)

    @extend_schema(request=None, responses=RecipeOut)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str | None = None) -> Response:
        """The steps as they were before the last change."""
        return Response(self.get_serializer(recipes.undo(self.get_object(), by=request.user)).data)  # type: ignore[arg-type]

    @extend_schema(request=BaseIn, responses=RecipeOut)
    @action(detail=True, methods=["post"])
    def base(self, request: Request, pk: str | None = None) -> Response:
        """Try the recipe on another version of its dataset."""
        recipe = recipes.base(self.get_object(), self.taken(BaseIn, request)["version"], by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(recipe).data)

    @extend_schema(responses={200: dict, 202: dict})
    @action(detail=True, methods=["get"], pagination_class=None)
    def preview(self, request: Request, pk: str | None = None) -> Response:
        """The first rows behind the steps; 202 while they are being worked out."""
        found = selectors.preview_of(self.get_object(), request.user)  # type: ignore[arg-type]
        body = {
            "names": found.names, "rows": found.rows, "looked_at": found.looked_at, "left": found.left,
            "problems": found.problems,
        }  # fmt: skip
        return Response(body, status=202 if found.is_waiting else 200)

    @extend_schema(request=PlayIn, responses={201: VersionOut})
    @action(detail=True, methods=["post"])
    def play(self, request: Request, pk: str | None = None) -> Response:
        """Make a new version of the steps; the work goes on in the background."""
        version = recipes.play(self.get_object(), **self.taken(PlayIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(VersionOut(version).data, status=201)

    @extend_schema(responses={(200, "text/x-python"): str})
    @action(detail=True, methods=["get"], pagination_class=None)
    def script(self, request: Request, pk: str | None = None) -> HttpResponse:
        """The steps as a plain pandas script; 409 before the preview is there."""
        try:
            code = preparation.take_script(self.get_object(), by=request.user)  # type: ignore[arg-type]
        except JobFailed as failed:
            return Response({"detail": str(failed), "title": _("Not ready yet")}, status=409)
        return HttpResponse(code, content_type="text/x-python; charset=utf-8")
