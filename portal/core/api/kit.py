"""The pieces API views are made of."""

import math
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.request import Request

from portal.core.verdicts import Verdict


class StrictSerializer(serializers.Serializer[Any]):
    """Input with declared fields only: an unknown field is an error, not a shrug."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {name: [_("This field is not known here.")] for name in unknown}
                )
        found = super().to_internal_value(data)
        if endless := sorted(name for name, value in found.items() if has_endless(value)):
            raise serializers.ValidationError({name: [_("Enter a number.")] for name in endless})
        return found


def has_endless(value: Any) -> bool:
    """Whether a figure in it is infinite or no number: JSON writes 1e999, and fields take the word "nan"."""
    if isinstance(value, dict):
        return any(has_endless(each) for each in value.values())
    if isinstance(value, list | tuple):
        return any(has_endless(each) for each in value)
    return isinstance(value, float) and not math.isfinite(value)


def spoken(verdict: Verdict) -> dict[str, Any]:
    """A verdict as the API shows it."""
    return {
        "allowed": bool(verdict),
        "reason": str(verdict.reason),
        "remedy": str(verdict.remedy),
        "url": verdict.url,
    }


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {
                "allowed": {"type": "boolean"},
                "reason": {"type": "string"},
                "remedy": {"type": "string"},
                "url": {"type": "string"},
            },
        },
    }
)
class CanField(serializers.Field[Any, Any, Any, Any]):
    """`can`: for each verb whether the caller may, and why not. Takes `{verb: rule}`."""

    def __init__(self, rules: dict[str, Callable[..., Verdict]], **kwargs: Any) -> None:
        self.rules = rules
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, thing: Any) -> dict[str, Any]:
        user = self.context["request"].user
        return {verb: spoken(rule(user, thing)) for verb, rule in self.rules.items()}


class ReadsBodies(viewsets.GenericViewSet[Any]):
    """Reads the body of every act, also of one that asks for nothing: what is no JSON is a 400."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        request.data  # noqa: B018  reading it is the point


class ReadViewSet(ReadsBodies, viewsets.ReadOnlyModelViewSet[Any]):
    """
    Lists and shows what `model.objects.visible_to(user)` gives; acts are `@action`s that
    validate with a `StrictSerializer` (`self.taken(In)`) and call one service.
    """

    model: Any

    def get_queryset(self) -> Any:
        """What the caller may see, with what the answer needs."""
        if getattr(self, "swagger_fake_view", False):
            return self.model.objects.none()
        visible = self.model.objects.visible_to(self.request.user)
        return visible.for_list() if hasattr(visible, "for_list") else visible

    def taken(self, serializer_class: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
        """The validated body, or a 400 naming each wrong field."""
        answer = serializer_class(data=request.data, context=self.get_serializer_context())
        answer.is_valid(raise_exception=True)
        return dict(answer.validated_data)
