"""A use case as a document, over the API."""

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request

from projects import proposal_paper
from projects.api.part import Part
from projects.selectors import proposal_papers


class PaperActs(Part):
    """The proposal on paper."""

    @extend_schema(responses={(200, "application/pdf"): bytes})
    @action(detail=True, methods=["get"])
    def paper(self, request: Request, pk: str) -> HttpResponse:
        """What, why, who, score, similar ones and triage as PDF, in the caller's language."""
        use_case = self.get_object()
        body = proposal_paper.pdf(proposal_papers.paper(use_case, request.user))
        name = f'attachment; filename="{use_case.ref}.pdf"'
        return HttpResponse(body, content_type="application/pdf", headers={"Content-Disposition": name})
