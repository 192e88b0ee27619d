"""Waivers, access to data until a day, and several like requests answered at once."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from governance.api.outputs import ApprovalOut, Out
from governance.filters import ArtifactGrantFilter, GrantFilter, WaiverFilter
from governance.models import ApprovalRequest, Decision, Waiver
from governance.rules import waivers as waiver_rules
from governance.selectors import petitions as selectors
from governance.services import petitions, together, waiver_ends
from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer, spoken
from projects.models import Artifact, ArtifactShare, Dataset, DatasetShare, UseCase
from projects.rules import shares as share_rules
from projects.services import shares


class AsksDeciders:
    """Answers with the request that was opened."""

    def asked(self, made: ApprovalRequest) -> Response:
        """`decide` on it under /api/approvals/ answers."""
        row = ApprovalRequest.objects.for_list().get(pk=made.pk)
        context = self.get_serializer_context()  # type: ignore[attr-defined]
        return Response(ApprovalOut(row, context=context).data, status=status.HTTP_201_CREATED)


class WaiverOut(Out[Waiver]):
    """What was let go, until when, on which decision."""

    can = CanField({"end": waiver_rules.may_end})

    class Meta:
        model = Waiver
        fields = [
            "id", "use_case", "version", "gate", "code", "reason", "meanwhile", "until", "request", "ended_at",
            "end_reason", "created_at", "can",
        ]  # fmt: skip


class PartOfWaiverIn(StrictSerializer):
    """Why, what is done meanwhile, until when."""

    reason = serializers.CharField(max_length=2000)
    meanwhile = serializers.CharField(max_length=2000)
    until = serializers.DateField()


class WaiverIn(PartOfWaiverIn):
    """Which requirement of which gate of which use case."""

    use_case = serializers.UUIDField()
    gate = serializers.ChoiceField(choices=["G1", "G2", "G3", "G4", "G5"])
    code = serializers.CharField(max_length=60)


class RetireIn(StrictSerializer):
    """Why, and the last day."""

    reason = serializers.CharField(max_length=2000)
    until = serializers.DateField()


class EndIn(StrictSerializer):
    """Why it ends now."""

    reason = serializers.CharField(max_length=500)


class WaiverViewSet(AsksDeciders, ReadViewSet):
    """Requirements and guardrails let go until a day."""

    model = Waiver
    serializer_class = WaiverOut
    filterset_class = WaiverFilter

    @extend_schema(request=WaiverIn, responses={201: ApprovalOut})
    def create(self, request: Request) -> Response:
        """Ask for one; nothing is waived before it is decided."""
        taken = self.taken(WaiverIn, request)
        visible = UseCase.objects.visible_to(request.user).for_list()  # type: ignore[arg-type]
        use_case = get_object_or_404(visible, pk=taken.pop("use_case"))
        return self.asked(petitions.waive(use_case, **taken, by=request.user))  # type: ignore[arg-type]

    @extend_schema(request=EndIn)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End it before its day; what it let go is required again."""
        found = self.get_object()
        waiver_ends.end(found, **self.taken(EndIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(Waiver.objects.for_list().get(pk=found.pk)).data)


class AsksAboutVersions(AsksDeciders):
    """The questions about one model version."""

    @extend_schema(request=RetireIn, responses={201: ApprovalOut})
    @action(detail=True, methods=["post"])
    def retire(self, request: Request, pk: str) -> Response:
        """Ask that it leave service after a day."""
        found = self.get_object()  # type: ignore[attr-defined]
        taken = self.taken(RetireIn, request)  # type: ignore[attr-defined]
        return self.asked(petitions.retire(found, **taken, by=request.user))  # type: ignore[arg-type]

    @extend_schema(request=PartOfWaiverIn, responses={201: ApprovalOut})
    @action(detail=True, methods=["post"], url_path="waive-block", url_name="waive-block")
    def waive_block(self, request: Request, pk: str) -> Response:
        """Ask an expert that it may go on until a day in spite of the guardrails that block it."""
        found = self.get_object()  # type: ignore[attr-defined]
        taken = self.taken(PartOfWaiverIn, request)  # type: ignore[attr-defined]
        return self.asked(petitions.waive_block(found, **taken, by=request.user))  # type: ignore[arg-type]


class GrantOut(Out[DatasetShare]):
    """Who may use which dataset for what, until when."""

    purpose = serializers.CharField(source="reason")
    can = CanField({"end": share_rules.may_end})

    class Meta:
        model = DatasetShare
        fields = [
            "id",
            "dataset",
            "person",
            "purpose",
            "until",
            "granted_by",
            "ended_at",
            "created_at",
            "can",
        ]


class AccessIn(StrictSerializer):
    """Which dataset, what for, until when; `use_case` is what it is for, where there is one."""

    dataset = serializers.UUIDField()
    purpose = serializers.CharField(max_length=2000)
    until = serializers.DateField()
    use_case = serializers.UUIDField(required=False, allow_null=True)


class AccessViewSet(AsksDeciders, ReadViewSet):
    """Access to data until a day: one's own, and that of one's datasets."""

    model = DatasetShare
    serializer_class = GrantOut
    filterset_class = GrantFilter

    def get_queryset(self) -> Any:
        """Those that a decision gave; what people shared by themselves stands under /api/shares/."""
        return super().get_queryset().filter(is_on_request=True)

    @extend_schema(request=AccessIn, responses={201: ApprovalOut})
    def create(self, request: Request) -> Response:
        """Ask the owner; what one may not know of is as unknown as what does not exist."""
        taken = self.taken(AccessIn, request)
        known = Dataset.objects.known_to(request.user)  # type: ignore[arg-type]
        return self.ask(get_object_or_404(known.for_list(), pk=taken.pop("dataset")), taken)

    def ask(self, thing: Any, taken: dict[str, Any]) -> Response:
        """What it is for is one's own to see, too."""
        user: Any = self.request.user
        if taken.get("use_case"):
            taken["use_case"] = get_object_or_404(UseCase.objects.visible_to(user), pk=taken["use_case"])
        return self.asked(petitions.access(thing, **taken, by=user))

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def askable(self, request: Request) -> Response:
        """Datasets that are there and that the caller cannot open, artifacts that they may look at only."""
        found: dict[str, list[dict[str, Any]]] = {"datasets": [], "artifacts": []}
        for row in selectors.askable(request.user):  # type: ignore[arg-type]
            word = "dataset" if isinstance(row.thing, Dataset) else "artifact"
            found[f"{word}s"].append(
                {
                    word: str(row.thing.pk), "name": str(row.thing), "owner": str(row.thing.owner),
                    "classification": row.thing.classification, "asked": row.asked and str(row.asked.pk),
                }
            )  # fmt: skip
        return Response(found)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """End it before its day."""
        found = self.get_object()
        shares.end(found, by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(self.model.objects.for_list().get(pk=found.pk)).data)


class ArtifactGrantOut(Out[ArtifactShare]):
    """Who may use which artifact for what, until when."""

    purpose = serializers.CharField(source="reason")
    can = CanField({"end": share_rules.may_end})

    class Meta:
        model = ArtifactShare
        fields = ["artifact", *(name for name in GrantOut.Meta.fields if name != "dataset")]


class ArtifactAccessIn(AccessIn):
    """Which artifact, what for, until when."""

    dataset = None  # type: ignore[assignment]
    artifact = serializers.UUIDField()


class ArtifactAccessViewSet(AccessViewSet):
    """Use of artifacts until a day: one's own, and that of one's artifacts."""

    model = ArtifactShare
    serializer_class = ArtifactGrantOut  # type: ignore[assignment]
    filterset_class = ArtifactGrantFilter  # type: ignore[assignment]
    askable = None  # type: ignore[assignment]  # under /api/data-access/ for both

    @extend_schema(request=ArtifactAccessIn, responses={201: ApprovalOut})
    def create(self, request: Request) -> Response:
        """Ask the owner to let the caller use what they may look at."""
        taken = self.taken(ArtifactAccessIn, request)
        seen = Artifact.objects.visible_to(request.user)  # type: ignore[arg-type]
        return self.ask(get_object_or_404(seen.for_list(), pk=taken.pop("artifact")), taken)


class SeenIn(StrictSerializer):
    """A request, and the digest of it that was read."""

    request = serializers.UUIDField()
    seen_digest = serializers.CharField(required=False, allow_blank=True, max_length=64)


class TogetherIn(StrictSerializer):
    """One answer for several requests of one kind."""

    requests = SeenIn(many=True, allow_empty=False, max_length=together.MOST)
    answer = serializers.ChoiceField(choices=Decision.Answer.choices)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=4000)
    category = serializers.ChoiceField(choices=Decision.Category.choices, required=False, allow_blank=True)


class DecidesTogether(ReadViewSet):
    """The act over several requests."""

    @extend_schema(request=TogetherIn, responses={200: dict[str, Any]})
    @action(detail=False, methods=["post"], filterset_class=None, pagination_class=None)
    def together(self, request: Request) -> Response:
        """Answer each by itself; those that may not be decided stay as they are and say why."""
        taken = self.taken(TogetherIn, request)
        said = {str(each["request"]): each.get("seen_digest", "") for each in taken.pop("requests")}
        chosen = list(ApprovalRequest.objects.visible_to(request.user).for_list().filter(pk__in=said))  # type: ignore[arg-type]
        if not chosen:
            raise Http404
        outcomes = together.decide(chosen, **taken, seen=said, by=request.user)  # type: ignore[arg-type]
        found = {str(each.request.pk): {"decided": each.decided, **spoken(each.verdict)} for each in outcomes}
        unknown = [key for key in said if key not in found]
        return Response({"outcomes": found, "unknown": unknown}, status=together.status(outcomes))
