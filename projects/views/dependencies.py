"""Pages of what a use case depends on."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.verdicts import require
from projects import rules
from projects.forms.dependencies import DependencyForm
from projects.models import Dependency, UseCase
from projects.selectors import dependencies as reads
from projects.services import dependencies
from projects.views.answers import carried_out, find, frame, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_dependencies(request: HttpRequest, pk: UUID) -> HttpResponse:
    """What it needs and who needs it; a POST names one more."""
    use_case = find(request, pk)
    may_depend = rules.dependencies.may_depend(request.user, use_case)
    if request.method == "POST":
        require(may_depend)
    form = DependencyForm(request.POST or None, visible=UseCase.objects.visible_to(request.user))
    act = lambda: dependencies.add(use_case, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        messages.success(request, _("It stands on the roadmap now."))
        return redirect("projects:use_case_dependencies", pk=use_case.pk)
    context = frame(use_case, "dependencies") | {
        "form": form,
        "may_depend": may_depend,
        "needs": reads.needs_of([use_case], request.user).get(use_case.pk, []),
        "needed_by": reads.needed_by(use_case, request.user),
        "offered": reads.offered(use_case, request.user) if may_depend else [],
    }
    return render(request, "projects/use_case_dependencies.html", context, status=status_of(form))


@require_POST
@login_required
def dependency_remove(request: HttpRequest, pk: UUID, link: UUID) -> HttpResponse:
    """It depends on that one no more."""
    use_case = find(request, pk)
    found = get_object_or_404(
        Dependency.objects.visible_to(request.user).for_list(), use_case=use_case, pk=link
    )
    dependencies.remove(found, by=request.user)
    messages.success(request, _("It depends on %(needs)s no more.") % {"needs": found.needs})
    return redirect("projects:use_case_dependencies", pk=use_case.pk)
