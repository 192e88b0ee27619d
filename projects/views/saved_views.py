"""Pages of kept views, planned gates and the calendar."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from projects import rules
from projects.forms.backlog import FollowForm, PlanForm, ViewForm
from projects.models import CalendarFeed, GatePlan, SavedView
from projects.selectors import calendars, views as view_reads
from projects.services import calendar_feeds, gate_plans, saved_views
from projects.views.answers import carried_out, find, frame, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def saved_view_list(request: HttpRequest) -> HttpResponse:
    """Kept views, and a form that keeps the filters of the address."""
    state = request.GET.copy()
    layout = (state.pop("layout", None) or ["table"])[-1]
    initial = {"query": saved_views.tidy(state.urlencode()), "layout": layout}
    form = ViewForm(request.POST or None, user=request.user, initial=initial)
    made: list[SavedView] = []

    def keep() -> None:
        made.append(saved_views.keep(**form.cleaned_data, by=request.user))

    if request.method == "POST" and carried_out(form, keep):
        messages.success(request, _("Kept as “%(name)s”.") % {"name": made[0]})
        return redirect(view_reads.address(made[0]))
    rows = [
        {
            "kept": each,
            "may_change": rules.saved_views.may_change(request.user, each.view),
            "may_remove": rules.saved_views.may_remove(request.user, each.view),
            "follow": FollowForm(initial={"every": each.every}, auto_id=f"follow_{each.view.pk}_%s"),
        }
        for each in view_reads.shelf(request.user)
    ]
    return render(
        request, "projects/saved_view_list.html", {"form": form, "rows": rows}, status=status_of(form)
    )


def kept(request: HttpRequest, pk: UUID) -> SavedView:
    """A view the reader sees, or 404."""
    return get_object_or_404(SavedView.objects.visible_to(request.user).for_list(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def saved_view_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change a kept view."""
    view = kept(request, pk)
    initial = {name: getattr(view, name) for name in ViewForm.base_fields}
    form = ViewForm(request.POST or None, user=request.user, initial=initial)
    act = lambda: saved_views.change(view, **changed(form, view), by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(form, act):
        return redirect("projects:saved_view_list")
    context = {"form": form, "view": view, "may_change": rules.saved_views.may_change(request.user, view)}
    return render(request, "projects/saved_view_edit.html", context, status=status_of(form))


def changed(form: ViewForm, view: SavedView) -> dict[str, Any]:
    """Only what differs, so that a lock is asked about only when it is touched."""
    given = form.cleaned_data
    return {name: value for name, value in given.items() if value != getattr(view, name)}


@require_POST
@login_required
def saved_view_remove(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take a view away."""
    view = kept(request, pk)
    saved_views.remove(view, by=request.user)
    messages.success(request, _("The view “%(name)s” was removed.") % {"name": view})
    return redirect("projects:saved_view_list")


@require_POST
@login_required
def saved_view_follow(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Star, or choose how often to hear of changes."""
    view = kept(request, pk)
    form = FollowForm(request.POST)
    if not form.is_valid():
        raise Http404
    star = {"yes": True, "no": False}.get(form.cleaned_data["star"])
    saved_views.follow(view, is_starred=star, every=form.cleaned_data["every"] or None, by=request.user)
    return redirect("projects:saved_view_list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def use_case_plan(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The planned days of the gates; a POST plans one."""
    use_case = find(request, pk)
    sent = PlanForm(request.POST or None)
    act = lambda: gate_plans.plan(use_case, **sent.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and carried_out(sent, act):
        messages.success(request, _("The roadmap is up to date."))
        return redirect("projects:use_case_plan", pk=use_case.pk)
    planned = {each.gate: each for each in use_case.gate_plans.all()}
    forms = [
        sent
        if sent.is_bound and sent.data.get("gate") == gate
        else PlanForm(
            initial={"gate": gate, "planned_on": planned[gate].planned_on if gate in planned else None},
            auto_id=f"{gate}_%s",
        )
        for gate in GatePlan.Gate.values
    ]
    rows = [
        {
            "label": GatePlan.Gate(gate).label,
            "form": form,
            "has_later": gate in planned and any(later > gate for later in planned),
        }
        for gate, form in zip(GatePlan.Gate.values, forms, strict=True)
    ]
    context = frame(use_case, "plan") | {
        "rows": rows,
        "may_plan": rules.roadmap.may_plan(request.user, use_case),
    }
    return render(request, "projects/use_case_plan.html", context, status=status_of(sent))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def calendar(request: HttpRequest) -> HttpResponse:
    """One's calendar address; it is shown in the one answer that makes it."""
    address = ""
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            calendar_feeds.revoke(by=request.user)
            messages.success(request, _("The address does not work any more."))
            return redirect("projects:calendar")
        _feed, secret = calendar_feeds.renew(by=request.user)
        address = settings.BASE_URL + reverse("projects:calendar_feed", args=[secret])
    context = {
        "address": address,
        "feed": CalendarFeed.objects.visible_to(request.user).of_kind("deadlines").valid().first(),
        "verdict": rules.saved_views.may_have_calendar(request.user),
        "dates": sorted(calendars.dates(request.user), key=lambda each: each[1]),
    }
    return render(request, "projects/calendar.html", context)


@require_safe
@never_cache
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The dates themselves, for programs that cannot sign in: whoever has the address reads them."""
    user = calendar_feeds.reader(secret)
    if user is None:
        raise Http404
    with translation.override(user.language):
        content = calendars.calendar(user, settings.BASE_URL)
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="agora.ics"'
    return response
