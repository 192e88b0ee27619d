"""Templates over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects import rules
from projects.api.framing import BeginIn, NoneIn
from projects.models import KillCriterion, SquadRole, UseCaseTemplate
from projects.services import templates
from projects.standards import BY_CODE


class TemplateOut(serializers.ModelSerializer[UseCaseTemplate]):
    """A template, and whether the caller may begin with it."""

    can = CanField(
        {
            "begin": rules.templates.may_begin,
            "manage": lambda user, _template: rules.templates.may_manage(user),
        }
    )

    class Meta:
        model = UseCaseTemplate
        fields = [
            "id", "name", "summary", "state", "details", "criteria", "roles", "standards", "made_from", "created_at", "can",
        ]  # fmt: skip


class TemplateCriterionIn(StrictSerializer):
    """A kill criterion that a template brings."""

    statement = serializers.CharField(max_length=300)
    metric = serializers.CharField(max_length=120)
    comparator = serializers.ChoiceField(KillCriterion.Comparator.choices, default="at_least")
    threshold = serializers.FloatField()
    in_days = serializers.IntegerField(min_value=1, max_value=365)


class TemplateChangeIn(StrictSerializer):
    """Parts of a template."""

    name = serializers.CharField(max_length=120, required=False)
    summary = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    details = serializers.DictField(child=serializers.CharField(max_length=2000), required=False)
    criteria = TemplateCriterionIn(many=True, required=False)
    roles = serializers.ListField(
        child=serializers.ChoiceField(SquadRole.choices), required=False, max_length=20
    )
    standards = serializers.ListField(
        child=serializers.ChoiceField(list(BY_CODE)), required=False, max_length=40
    )


class TemplateIn(TemplateChangeIn):
    """A new template."""

    name = serializers.CharField(max_length=120)


def plain(given: dict[str, Any]) -> dict[str, Any]:
    """Validated rows as plain dictionaries."""
    if "criteria" in given:
        given["criteria"] = [dict(row) for row in given["criteria"]]
    return given


class TemplateViewSet(ReadViewSet):
    """Templates: read, keep, begin with one."""

    model = UseCaseTemplate
    serializer_class = TemplateOut

    def out(self, template: UseCaseTemplate, code: int = status.HTTP_200_OK) -> Response:
        """The template as it is now."""
        return Response(self.get_serializer(template).data, status=code)

    @extend_schema(request=TemplateIn, responses={201: TemplateOut})
    def create(self, request: Request) -> Response:
        """Write a template."""
        made = templates.create(**plain(self.taken(TemplateIn, request)), by=request.user)
        return self.out(made, status.HTTP_201_CREATED)

    @extend_schema(request=TemplateChangeIn, responses=TemplateOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Rewrite parts of it."""
        template = self.get_object()
        return self.out(
            templates.change(template, **plain(self.taken(TemplateChangeIn, request)), by=request.user)
        )

    @extend_schema(request=NoneIn, responses=TemplateOut)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Offer it no longer."""
        self.taken(NoneIn, request)
        return self.out(templates.retire(self.get_object(), by=request.user))

    @extend_schema(request=NoneIn, responses=TemplateOut)
    @action(detail=True, methods=["post"])
    def offer(self, request: Request, pk: str) -> Response:
        """Offer it again."""
        self.taken(NoneIn, request)
        return self.out(templates.offer(self.get_object(), by=request.user))

    @extend_schema(request=BeginIn)
    @action(detail=True, methods=["post"])
    def begin(self, request: Request, pk: str) -> Response:
        """Begin a draft with it."""
        made = templates.begin(self.get_object(), **self.taken(BeginIn, request), by=request.user)
        return Response({"id": made.pk, "ref": made.ref, "title": made.title}, status=status.HTTP_201_CREATED)
