"""Approvals, gates and findings."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.generics import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from governance import gates as requirements
from governance.api import inputs, outputs
from governance.api.petitions import DecidesTogether
from governance.api.threads import ThreadActs
from governance.filters import ApprovalFilter, FindingFilter
from governance.models import ApprovalRequest, Finding, ModelVersion
from governance.rules import gates as gate_rules, signatures as signature_rules
from governance.services import approvals, dissents, findings, gates, second_looks, signatures
from portal.core.api.kit import ReadViewSet, spoken
from projects.models import GuardrailResult, UseCase


class ApprovalViewSet(DecidesTogether, ThreadActs, ReadViewSet):
    """Requests: read, decide (one, or several like ones together), answer justifications, withdraw."""

    model = ApprovalRequest
    serializer_class = outputs.ApprovalOut
    filterset_class = ApprovalFilter

    def out(self, found: ApprovalRequest) -> Response:
        """The request as it is now."""
        return Response(self.get_serializer(ApprovalRequest.objects.for_list().get(pk=found.pk)).data)

    @extend_schema(request=inputs.DecideIn)
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, pk: str) -> Response:
        """Answer the step whose turn it is. 409 when it was decided, changed or closed meanwhile."""
        found = self.get_object()
        approvals.decide(found, **self.taken(inputs.DecideIn, request), by=request.user)
        return self.out(found)

    @extend_schema(request=inputs.JustificationIn)
    @action(detail=True, methods=["post"])
    def justification(self, request: Request, pk: str) -> Response:
        """Accept or refuse one justification."""
        found = self.get_object()
        taken = self.taken(inputs.JustificationIn, request)
        experiment = found.version.trial.experiment if found.version else None
        taken["guardrail"] = get_object_or_404(GuardrailResult, pk=taken["guardrail"], experiment=experiment)
        approvals.answer_justification(found, **taken, by=request.user)
        return self.out(found)

    @extend_schema(request=inputs.DissentIn)
    @action(detail=True, methods=["post"])
    def dissent(self, request: Request, pk: str) -> Response:
        """Have a dissenting opinion kept, before or after the answer."""
        found = self.get_object()
        dissents.record(found, **self.taken(inputs.DissentIn, request), by=request.user)
        return self.out(found)

    @extend_schema(request=inputs.LookAgainIn)
    @action(detail=True, methods=["post"], url_path="look-again")
    def look_again(self, request: Request, pk: str) -> Response:
        """Say what one saw in a sample of the short track; a doubt opens a finding. 409 when somebody has looked."""
        found = self.get_object()
        second_looks.look(found, **self.taken(inputs.LookAgainIn, request), by=request.user)
        return self.out(found)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the question back."""
        found = self.get_object()
        approvals.withdraw(found, by=request.user)
        return self.out(found)


class GateViewSet(viewsets.ViewSet):
    """The gate in front of a use case, by the key of the use case."""

    serializer_class = outputs.ApprovalOut

    def use_case(self, request: Request, pk: str) -> UseCase:
        """The use case, or 404."""
        return get_object_or_404(UseCase.objects.visible_to(request.user), pk=pk)

    @extend_schema(responses={200: dict[str, Any]})
    def retrieve(self, request: Request, pk: str) -> Response:
        """Every requirement of the gate ahead, with remedies."""
        use_case = self.use_case(request, pk)
        gate = requirements.gate_of(use_case)
        found = requirements.requirements(use_case, gate) if gate else []
        shown = [
            {
                "code": each.code,
                "label": each.label,
                "met": each.met,
                "mode": each.mode,
                "detail": each.detail,
                "remedy": each.remedy,
                "url": each.url,
            }
            for each in found
        ]
        can = {
            "request": spoken(gate_rules.may_request(request.user, use_case)),
            "sign": spoken(signature_rules.may_sign(request.user, use_case)),
        }
        return Response({"use_case": str(use_case.pk), "gate": gate, "requirements": shown, "can": can})

    @extend_schema(request=inputs.SignIn, responses=outputs.GateSignatureOut)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str) -> Response:
        """Sign a gate as a builder, beside the product owner. 409 when the same state is signed already."""
        use_case = self.use_case(request, pk)
        answer = inputs.SignIn(data=request.data)
        answer.is_valid(raise_exception=True)
        signed = signatures.sign(use_case, **answer.validated_data, by=request.user)
        return Response(
            outputs.GateSignatureOut(signed, context={"request": request}).data,
            status=status.HTTP_201_CREATED,
        )

    @extend_schema(request=inputs.GateIn, responses=outputs.ApprovalOut)
    @action(detail=True, methods=["post"], url_path="request", url_name="request")
    def ask(self, request: Request, pk: str) -> Response:
        """Ask to pass; `decide` on the request under /api/approvals/ answers."""
        use_case = self.use_case(request, pk)
        answer = inputs.GateIn(data=request.data)
        answer.is_valid(raise_exception=True)
        asked = gates.request(use_case, **answer.validated_data, by=request.user)
        shown = outputs.ApprovalOut(
            ApprovalRequest.objects.for_list().get(pk=asked.pk), context={"request": request}
        )
        return Response(shown.data, status=status.HTTP_201_CREATED)


class FindingViewSet(ReadViewSet):
    """Findings and their acts."""

    model = Finding
    serializer_class = outputs.FindingOut
    filterset_class = FindingFilter

    def out(self, found: Finding, number: int = status.HTTP_200_OK) -> Response:
        """The finding as it is now."""
        return Response(self.get_serializer(Finding.objects.for_list().get(pk=found.pk)).data, status=number)

    @extend_schema(request=inputs.FindingIn)
    def create(self, request: Request) -> Response:
        """Raise a finding."""
        taken = self.taken(inputs.FindingIn, request)
        use_case = get_object_or_404(UseCase.objects.visible_to(request.user), pk=taken.pop("use_case"))
        if "version" in taken:
            taken["version"] = get_object_or_404(
                ModelVersion.objects.visible_to(request.user).for_list(), pk=taken["version"]
            )
        return self.out(findings.raise_finding(use_case, **taken, by=request.user), status.HTTP_201_CREATED)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str) -> Response:
        """Begin work."""
        found = self.get_object()
        findings.start(found, by=request.user)
        return self.out(found)

    @extend_schema(request=inputs.ResolutionIn)
    @action(detail=True, methods=["post"])
    def resolve(self, request: Request, pk: str) -> Response:
        """Say what was done."""
        found = self.get_object()
        findings.resolve(found, **self.taken(inputs.ResolutionIn, request), by=request.user)
        return self.out(found)

    @extend_schema(request=None)
    @action(detail=True, methods=["post"])
    def verify(self, request: Request, pk: str) -> Response:
        """Confirm; never by who resolved it."""
        found = self.get_object()
        findings.verify(found, by=request.user)
        return self.out(found)

    @extend_schema(request=inputs.GovernanceReasonIn)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str) -> Response:
        """Send back."""
        found = self.get_object()
        findings.reopen(found, **self.taken(inputs.GovernanceReasonIn, request), by=request.user)
        return self.out(found)

    @extend_schema(request=inputs.AcceptRiskIn)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """A risk officer takes the risk."""
        found = self.get_object()
        findings.accept(found, **self.taken(inputs.AcceptRiskIn, request), by=request.user)
        return self.out(found)
