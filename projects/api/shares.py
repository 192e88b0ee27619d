"""Shares of datasets and artifacts for programs: who sees what and why; sharing, changing, ending."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from portal.core.models import OrgUnit, User
from portal.core.verdicts import require
from projects.filters.shares import ArtifactShareFilter, ShareFilter, WhoseFilter
from projects.models import ArtifactShare, DatasetShare, Share, ShareRight, UseCase
from projects.rules import shares as rules
from projects.selectors import shares as selectors
from projects.services import shares


class PersonField(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """An active colleague."""

    def get_queryset(self) -> Any:
        return User.objects.active().filter(is_service=False)


class KnownUseCase(serializers.PrimaryKeyRelatedField):  # type: ignore[type-arg]
    """A use case the caller sees; others are as unknown as those that do not exist."""

    def get_queryset(self) -> Any:
        request = self.context.get("request")
        return UseCase.objects.visible_to(request.user) if request else UseCase.objects.none()


class ChangeIn(StrictSerializer):
    """What a share allows, what it is for, and its last day."""

    right = serializers.ChoiceField(choices=ShareRight.choices)
    reason = serializers.CharField(max_length=2000)
    until = serializers.DateField(required=False, allow_null=True, default=None)


class ShareIn(ChangeIn):
    """The same with one receiver: `person`, `squad` (of a use case), `unit` or `everyone`."""

    person = PersonField(required=False, allow_null=True, default=None)
    squad = KnownUseCase(required=False, allow_null=True, default=None)
    unit = serializers.PrimaryKeyRelatedField(
        queryset=OrgUnit.objects.all(), required=False, allow_null=True, default=None
    )
    everyone = serializers.BooleanField(required=False, default=False)


class ShareOut(serializers.ModelSerializer[Share]):
    """Who may do what with which thing, why, until when."""

    kind = serializers.CharField(read_only=True)
    receiver = serializers.CharField(read_only=True)
    can = CanField({"change": rules.may_change, "end": rules.may_end})

    class Meta:
        model: type[Share] = DatasetShare
        fields: tuple[str, ...] = (
            "id", "dataset", "right", "kind", "receiver", "person", "squad", "unit", "is_everyone", "reason", "until",
            "is_on_request", "granted_by", "ended_at", "ended_by", "created_at", "can",
        )  # fmt: skip

    def get_fields(self) -> dict[str, Any]:
        """`can` costs questions for each row, so the list goes without it."""
        fields = super().get_fields()
        if getattr(self.context.get("view"), "action", "") == "list":
            fields.pop("can", None)
        return fields


class ArtifactShareOut(ShareOut):
    """The same of an artifact."""

    class Meta(ShareOut.Meta):
        model = ArtifactShare
        fields = tuple("artifact" if name == "dataset" else name for name in ShareOut.Meta.fields)


OUTS = {"dataset": ShareOut, "artifact": ArtifactShareOut}


def way(found: selectors.Way) -> dict[str, Any]:
    """One reason as the API shows it."""
    return {
        "why": found.why, "right": found.right, "who": found.label,
        "person": found.person and found.person.pk, "until": found.until and found.until.isoformat(),
        "reason": found.reason, "share": found.share and str(found.share.pk),
    }  # fmt: skip


class ShareViewSet(ReadViewSet):
    """Shares of datasets the caller may know of: their own, and those of data they answer for."""

    model: type[Share] = DatasetShare
    serializer_class = ShareOut
    filterset_class = ShareFilter

    @extend_schema(request=ChangeIn, responses=ShareOut)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str | None = None) -> Response:
        """Give it another right, reason or last day."""
        changed = shares.change(self.get_object(), **self.taken(ChangeIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(changed).data)

    @extend_schema(request=None, responses=ShareOut)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str | None = None) -> Response:
        """End it before its day, at once."""
        found = self.get_object()
        shares.end(found, by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(self.model.objects.for_list().get(pk=found.pk)).data)

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=False, methods=["get"], url_path="seen-by", filterset_class=WhoseFilter)
    def seen_by(self, request: Request) -> Response:
        """Things a person sees beyond those whose class is open to all, each with every reason."""
        reader: Any = request.user
        place = selectors.PLACES[self.model.THING]
        asked = WhoseFilter(request.query_params, queryset=User.objects.all())
        person = (asked.is_valid() and asked.form.cleaned_data.get("person")) or reader
        require(rules.may_look_up(reader, person))
        page = self.paginate_queryset(selectors.seen_by(person, reader, place))
        rows = selectors.why(person, page or [], place)
        return self.get_paginated_response(
            [
                {place.code: str(each.thing.pk), "name": str(each.thing), "ways": [way(one) for one in each.ways]}
                for each in rows
            ]
        )  # fmt: skip


class ArtifactShareViewSet(ShareViewSet):
    """Shares of artifacts the caller may know of: their own, and those of artifacts they answer for."""

    model = ArtifactShare
    serializer_class = ArtifactShareOut
    filterset_class = ArtifactShareFilter


class SharesThings(ReadViewSet):
    """The acts of sharing on one thing."""

    @extend_schema(request=ShareIn, responses={201: ShareOut})
    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: str | None = None) -> Response:
        """Share with a person, a squad, a unit or everyone; what runs for them already is changed."""
        made: Any = shares.share(self.get_object(), **self.taken(ShareIn, request), by=request.user)  # type: ignore[arg-type]
        found = type(made).objects.for_list().get(pk=made.pk)
        shown = OUTS[made.THING](found, context={"request": request})
        return Response(shown.data, status=201)

    @extend_schema(responses={200: dict[str, Any]})
    @action(
        detail=True, methods=["get"], url_path="who-sees", url_name="who-sees",
        filterset_class=None, pagination_class=None,
    )  # fmt: skip
    def who_sees(self, request: Request, pk: str | None = None) -> Response:
        """Who sees it and why: people by what they are to it, shares, whether its class is open to all, auditors."""
        found = selectors.access(self.get_object(), request.user)  # type: ignore[arg-type]
        return Response(
            {
                "people": [way(each) for each in found.people],
                "shares": [way(each) for each in found.shares],
                "is_open_to_all": found.is_open,
                "auditors": [each.pk for each in found.auditors],
            }
        )
