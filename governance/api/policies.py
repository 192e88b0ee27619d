"""Policies, risk and the question whether something would need approval."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from governance import policies as in_force
from governance.api.outputs import ApprovalOut, Out
from governance.filters import PolicyFilter, ResidualFilter, RiskFilter
from governance.models import ApprovalRequest, PolicyVersion, ResidualRisk, RiskAssessment
from governance.rules import policies as rules, risks as risk_rules
from governance.selectors import needs, policies as selectors
from governance.services import pins, policies, risks
from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer, spoken
from projects.models import UseCase


class PolicyOut(Out[PolicyVersion]):
    """One version; `text` is its YAML."""

    can = CanField({"edit": rules.may_edit, "propose": rules.may_propose, "drop": rules.may_drop})

    class Meta:
        model = PolicyVersion
        fields = [
            "id", "tier", "version", "state", "text", "summary", "checksum", "based_on", "written_by", "published_by",
            "published_at", "retired_at", "created_at", "can",
        ]  # fmt: skip


class DraftIn(StrictSerializer):
    """Which version to begin from, and the name of the new one."""

    based_on = serializers.UUIDField()
    version = serializers.CharField(max_length=20)


class PolicyTextIn(StrictSerializer):
    """The document of a draft."""

    text = serializers.CharField(max_length=40_000, trim_whitespace=False)
    summary = serializers.CharField(required=False, allow_blank=True, max_length=500)


class CommentIn(StrictSerializer):
    """A word to the deciders."""

    comment = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class PolicyViewSet(ReadViewSet):
    """Versions of policies: read, draft, change, ask for publication, what differs, who would be stopped."""

    model = PolicyVersion
    serializer_class = PolicyOut
    filterset_class = PolicyFilter

    @extend_schema(request=DraftIn)
    def create(self, request: Request) -> Response:
        """Begin a draft."""
        taken = self.taken(DraftIn, request)
        taken["based_on"] = get_object_or_404(self.get_queryset(), pk=taken["based_on"])
        made = policies.draft(**taken, by=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=PolicyTextIn)
    @action(detail=True, methods=["post"])
    def edit(self, request: Request, pk: str) -> Response:
        """Change the text of a draft; a 400 names every place that is wrong."""
        found = self.get_object()
        return Response(
            self.get_serializer(
                policies.edit(found, **self.taken(PolicyTextIn, request), by=request.user)
            ).data
        )

    @extend_schema(request=CommentIn, responses=ApprovalOut)
    @action(detail=True, methods=["post"])
    def propose(self, request: Request, pk: str) -> Response:
        """Ask for its publication; `decide` on the request under /api/approvals/ answers."""
        asked = policies.propose(self.get_object(), **self.taken(CommentIn, request), by=request.user)
        row = ApprovalRequest.objects.for_list().get(pk=asked.pk)
        return Response(
            ApprovalOut(row, context=self.get_serializer_context()).data, status=status.HTTP_201_CREATED
        )

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Give a draft up."""
        found = self.get_object()
        policies.drop(found, by=request.user)
        return Response(self.get_serializer(found).data)

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"])
    def changes(self, request: Request, pk: str) -> Response:
        """What differs from the version it is based on."""
        found = self.get_object()
        rows = selectors.changes(found.based_on or found, found)
        return Response({"changes": [vars(each) for each in rows]})

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"])
    def stopped(self, request: Request, pk: str) -> Response:
        """Observe mode: who would be stopped, and who passed without."""
        found, user = self.get_object(), request.user
        stopped = [
            {
                "use_case": str(each.use_case.pk),
                "gate": each.gate,
                "missing": [one.code for one in each.missing],
            }
            for each in selectors.would_be_stopped(found, user)
        ]
        passed = [
            {"request": str(each.request.pk), "unmet": each.unmet}
            for each in selectors.passed_without(found, user)
        ]
        return Response({"would_be_stopped": stopped, "passed_without": passed})


class UpgradeIn(StrictSerializer):
    """Why now."""

    reason = serializers.CharField(max_length=500)


class NeedViewSet(viewsets.ViewSet):
    """Would this need approval? By the key of the use case: each act that may come next, its steps, who could answer."""

    serializer_class = serializers.Serializer

    def use_case(self, request: Request, pk: str) -> UseCase:
        """The use case, or 404."""
        try:
            return get_object_or_404(UseCase.objects.visible_to(request.user).for_list(), pk=pk)
        except (ValueError, TypeError):
            raise Http404 from None

    @extend_schema(responses={200: dict[str, Any]})
    def retrieve(self, request: Request, pk: str) -> Response:
        """Asked as the caller: their own stake is looked at too."""
        use_case = self.use_case(request, pk)
        held, now = in_force.pinned(use_case), in_force.for_tier(use_case.risk_tier).row
        found = [
            {
                "kind": need.kind, "label": need.label, "needed": need.needed, "policy": need.policy, "days": need.days,
                "possible": spoken(need.possible),
                "steps": [
                    {"role": step.role, "quorum": step.quorum, "takes": step.takes, "people": len(step.people)}
                    for step in need.steps
                ],
            }
            for need in needs.of_use_case(use_case, request.user)
        ]  # fmt: skip
        policy = {"pinned": held and str(held.pk), "in_force": now and str(now.pk)}
        can = {"upgrade_policy": spoken(rules.may_upgrade(request.user, use_case))}
        return Response({"use_case": str(use_case.pk), "policy": policy, "acts": found, "can": can})

    @extend_schema(request=UpgradeIn, responses={200: dict[str, Any]})
    @action(detail=True, methods=["post"], url_path="upgrade-policy", url_name="upgrade-policy")
    def upgrade_policy(self, request: Request, pk: str) -> Response:
        """Hold the use case to the policy in force now."""
        use_case = self.use_case(request, pk)
        taken = UpgradeIn(data=request.data)
        taken.is_valid(raise_exception=True)
        pin = pins.upgrade(use_case, **taken.validated_data, by=request.user)
        return Response({"use_case": str(use_case.pk), "policy": str(pin.policy_id)})


class RiskOut(Out[RiskAssessment]):
    """One filled questionnaire."""

    class Meta:
        model = RiskAssessment
        fields = [
            "id", "use_case", "questionnaire", "answers", "reasons", "suggested", "chosen", "reason", "before", "request",
            "assessed_by", "created_at",
        ]  # fmt: skip


class RiskIn(StrictSerializer):
    """Every question answered; another tier with its reason."""

    use_case = serializers.UUIDField()
    answers = serializers.DictField(child=serializers.BooleanField())
    chosen = serializers.ChoiceField(choices=UseCase.Tier.choices[1:], required=False)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class RiskViewSet(ReadViewSet):
    """Assessments of risk."""

    model = RiskAssessment
    serializer_class = RiskOut
    filterset_class = RiskFilter

    @extend_schema(request=RiskIn)
    def create(self, request: Request) -> Response:
        """Assess. `request` in the answer: a second person is asked, and nothing has changed yet."""
        taken = self.taken(RiskIn, request)
        use_case = get_object_or_404(
            UseCase.objects.visible_to(request.user).for_list(), pk=taken.pop("use_case")
        )
        made = risks.assess(use_case, **taken, by=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


class ResidualOut(Out[ResidualRisk]):
    """A remaining risk somebody has taken."""

    can = CanField({"end": risk_rules.may_end})

    class Meta:
        model = ResidualRisk
        fields = [
            "id", "use_case", "statement", "likelihood", "impact", "reason", "until", "is_expired", "accepted_by", "ended_at",
            "created_at", "can",
        ]  # fmt: skip


class ResidualIn(StrictSerializer):
    """What may still happen, and until when it is taken."""

    use_case = serializers.UUIDField()
    statement = serializers.CharField(max_length=500)
    likelihood = serializers.IntegerField(min_value=1, max_value=5)
    impact = serializers.IntegerField(min_value=1, max_value=5)
    reason = serializers.CharField(max_length=2000)
    until = serializers.DateField()


class ResidualViewSet(ReadViewSet):
    """Remaining risks."""

    model = ResidualRisk
    serializer_class = ResidualOut
    filterset_class = ResidualFilter

    @extend_schema(request=ResidualIn)
    def create(self, request: Request) -> Response:
        """Take one in person."""
        taken = self.taken(ResidualIn, request)
        use_case = get_object_or_404(
            UseCase.objects.visible_to(request.user).for_list(), pk=taken.pop("use_case")
        )
        made = risks.accept(use_case, **taken, by=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, pk: str) -> Response:
        """It is not accepted any more."""
        found = self.get_object()
        risks.end(found, by=request.user)
        return Response(self.get_serializer(ResidualRisk.objects.for_list().get(pk=found.pk)).data)
