"""Custom fields over the API; their values stand in `custom` of a use case."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects import rules
from projects.models import CustomField
from projects.services import custom_fields


class CustomFieldOut(serializers.ModelSerializer[CustomField]):
    """A field that a house adds to its use cases."""

    can = CanField({"change": rules.custom_fields.may_change, "restore": rules.custom_fields.may_restore})

    class Meta:
        model = CustomField
        fields = [
            "id", "key", "label", "help_text", "kind", "options", "required_from", "position", "retired_at", "created_at",
            "can",
        ]  # fmt: skip


class FieldChangeIn(StrictSerializer):
    """What may change; key and kind stay."""

    label = serializers.CharField(max_length=60, required=False)  # type: ignore[assignment]
    help_text = serializers.CharField(max_length=300, required=False, allow_blank=True)  # type: ignore[assignment]
    options = serializers.ListField(child=serializers.CharField(max_length=80), max_length=50, required=False)
    required_from = serializers.ChoiceField(CustomField.REQUIRED, required=False, allow_blank=True)
    position = serializers.IntegerField(min_value=0, max_value=1000, required=False)


class FieldIn(StrictSerializer):
    """A new field."""

    label = serializers.CharField(max_length=60)  # type: ignore[assignment]
    kind = serializers.ChoiceField(CustomField.Kind.choices)
    help_text = serializers.CharField(max_length=300, required=False, allow_blank=True)  # type: ignore[assignment]
    options = serializers.ListField(child=serializers.CharField(max_length=80), max_length=50, required=False)
    required_from = serializers.ChoiceField(CustomField.REQUIRED, required=False, allow_blank=True)


class CustomFieldViewSet(ReadViewSet):
    """The fields of a house."""

    model = CustomField
    serializer_class = CustomFieldOut

    @extend_schema(request=FieldIn, responses={201: CustomFieldOut})
    def create(self, request: Request) -> Response:
        """Define one."""
        made = custom_fields.define(**self.taken(FieldIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=FieldChangeIn, responses=CustomFieldOut)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change one."""
        field = self.get_object()
        custom_fields.change(field, **self.taken(FieldChangeIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(field).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Ask for it no more; what was written is kept."""
        field = custom_fields.retire(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(field).data)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def restore(self, request: Request, pk: str) -> Response:
        """Ask for it again."""
        field = custom_fields.restore(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(field).data)
