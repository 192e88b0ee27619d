"""Pages for squads that are smaller or larger than five to ten people."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.models import User
from portal.core.verdicts import require
from projects import coverage, rules
from projects.forms.teamwork import ComponentForm, WaiverForm
from projects.models import Component, UseCase
from projects.selectors import squads as reads
from projects.services import squad_sizes
from projects.views.answers import carried_out, find, frame, status_of
from projects.views.deeds import done

OFFERED = 200


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def squad_size(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Agree to another size for a time, with the reason."""
    use_case = find(request, pk)
    may_waive = rules.squads.may_waive_size(request.user, use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(may_waive)
    form = WaiverForm(request.POST or None)
    act = lambda: squad_sizes.waive(use_case, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:use_case_squad", pk=pk)
    context = frame(use_case, "squad_size") | {
        "form": form,
        "may_waive": may_waive,
        "now": reads.coverage_of(use_case),
        "smallest": coverage.SMALLEST,
        "largest": coverage.LARGEST,
        "waivers": use_case.size_waivers.select_related("given_by"),
    }
    return render(request, "projects/squad_size.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def squad_parts(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The parts of a large use case, each with a squad of its own."""
    use_case = find(request, pk)
    reader: User = request.user  # type: ignore[assignment]
    may_link = rules.ways.may_steer(reader, use_case)
    if request.method == "POST":
        require(may_link)
    free = UseCase.objects.visible_to(reader).filter(component_of__isnull=True, components__isnull=True)
    offered = free.exclude(pk=use_case.pk).exclude(phase__in=rules.ways.CLOSED).order_by("ref")
    form = ComponentForm(request.POST or None, offered=offered)
    act = lambda: squad_sizes.link(use_case, **form.cleaned_data, by=reader)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:squad_parts", pk=pk)
    context = frame(use_case, "squad_parts") | {
        "form": form,
        "may_link": may_link,
        "family": reads.family(use_case, reader),
        "largest": coverage.LARGEST,
    }
    return render(request, "projects/squad_parts.html", context, status=status_of(form))


@require_POST
@login_required
def squad_part_remove(request: HttpRequest, pk: UUID, part: UUID) -> HttpResponse:
    """The part stands on its own again."""
    use_case = find(request, pk)
    link = get_object_or_404(Component.objects.select_related("whole", "part"), whole=use_case, pk=part)
    done(request, lambda: squad_sizes.unlink(link, by=request.user))  # type: ignore[arg-type]
    return redirect("projects:squad_parts", pk=pk)
