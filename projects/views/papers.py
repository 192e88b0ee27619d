"""A use case as a document."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from projects import proposal_paper
from projects.selectors import proposal_papers
from projects.views.answers import find


@require_safe
@login_required
def use_case_paper(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The proposal as PDF, in the reader's language."""
    use_case = find(request, pk)
    body = proposal_paper.pdf(proposal_papers.paper(use_case, request.user))
    name = f'attachment; filename="{use_case.ref}.pdf"'
    return HttpResponse(body, content_type="application/pdf", headers={"Content-Disposition": name})
