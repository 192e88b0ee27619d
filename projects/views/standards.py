"""What a use case still needs against its template, why one stands above another, and answers to a proposal to stop."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.verdicts import require
from projects import rules
from projects.forms.use_cases import ReasonForm
from projects.models import StopProposal, UseCase
from projects.selectors import lenses, standards
from projects.services import stops, templates
from projects.views.answers import carried_out, find, frame, status_of


@require_safe
@login_required
def use_case_standards(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Every standard with what is missing and where to get it."""
    use_case = find(request, pk)
    context = frame(use_case, "standards") | {
        "report": standards.report(use_case),
        "may_apply": rules.templates.may_apply_criteria(request.user, use_case),
        "may_make": rules.templates.may_make_from(request.user, use_case),
        "may_copy": rules.templates.may_copy(request.user, use_case),
    }
    return render(request, "projects/use_case_standards.html", context)


@require_POST
@login_required
def use_case_apply_criteria(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take over the template's kill criteria."""
    use_case = find(request, pk)
    made = templates.apply_criteria(use_case, by=request.user)
    words = ngettext("%(count)s kill criterion was added.", "%(count)s kill criteria were added.", len(made))
    messages.success(request, words % {"count": len(made)})
    return redirect("projects:use_case_kill_criteria", pk=pk)


@require_safe
@login_required
def use_case_why(request: HttpRequest) -> HttpResponse:
    """Why is A above B: a fragment for any page that compares (`?a=&b=`)."""
    pair = []
    for name in ("a", "b"):
        try:
            key = UUID(request.GET.get(name, ""))
        except ValueError:
            raise Http404 from None
        pair.append(get_object_or_404(UseCase.objects.visible_to(request.user), pk=key))
    return render(request, "projects/use_case_why.html", {"pair": pair, "why": lenses.why(*pair)})


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def stop_proposal(request: HttpRequest, pk: UUID, proposal: UUID) -> HttpResponse:
    """Go on in spite of a proposal to stop, with the reason."""
    use_case = find(request, pk)
    found = get_object_or_404(StopProposal, use_case=use_case, pk=proposal)
    found.use_case = use_case
    verdict = rules.stops.may_go_on(request.user, found)
    if request.method == "POST":
        require(verdict)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    act = lambda: stops.go_on(found, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:use_case_kill_criteria", pk=pk)
    context = frame(use_case, "stop_proposal") | {
        "proposal": found,
        "form": form,
        "verdict": verdict,
        "may_stop": rules.phases.may_stop(request.user, use_case),
    }
    return render(request, "projects/stop_proposal.html", context, status=status_of(form))
