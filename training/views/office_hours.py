"""Office hours: the list, one of them, planning and changing, seats, and calendars."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.verdicts import require
from projects.models import CalendarFeed
from projects.rules.saved_views import may_have_calendar
from projects.services import calendar_feeds
from training import calendars, community_reads, hour_rules
from training.community_forms import CancelForm, OfficeHourForm, SeatForm
from training.models import OfficeHour
from training.services import office_hours
from training.views.cohort import refused

KIND = CalendarFeed.Kind.COMMUNITY


@require_safe
@login_required
def office_hour_list(request: HttpRequest) -> HttpResponse:
    """What comes, soonest first."""
    rows = OfficeHour.objects.visible_to(request.user).coming().for_list()
    page = Paginator(rows, 25).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "mine": community_reads.seats_of(request.user, list(page.object_list)),
        "may_host": hour_rules.may_host(request.user),
    }
    return render(request, "training/office_hour_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def office_hour_new(request: HttpRequest) -> HttpResponse:
    """Invite."""
    require(hour_rules.may_host(request.user))
    form = OfficeHourForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = office_hours.plan(**form.cleaned_data, by=request.user)
        except ValidationError as problem:
            refused(form, problem)
        else:
            return redirect("training:office_hour_detail", pk=made.pk)
    return render(
        request, "training/office_hour_form.html", {"form": form}, status=422 if form.errors else 200
    )


def visible(request: HttpRequest, pk: Any) -> OfficeHour:
    """An office hour the reader may see."""
    return get_object_or_404(OfficeHour.objects.visible_to(request.user).for_list(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def office_hour_change(request: HttpRequest, pk: Any) -> HttpResponse:
    """Change it."""
    hour = visible(request, pk)
    require(hour_rules.may_change(request.user, hour))
    names = ("title", "text", "minutes", "place", "link", "capacity")
    initial = {name: getattr(hour, name) for name in names} | {
        "starts_at": timezone.localtime(hour.starts_at)
    }
    form = OfficeHourForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            office_hours.change(hour, **form.cleaned_data, by=request.user)
        except ValidationError as problem:
            refused(form, problem)
        else:
            return redirect("training:office_hour_detail", pk=hour.pk)
    context = {"form": form, "hour": hour}
    return render(request, "training/office_hour_form.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def office_hour_detail(request: HttpRequest, pk: Any) -> HttpResponse:
    """When, where, and one's seat."""
    return page_of(request, visible(request, pk))


def page_of(
    request: HttpRequest, hour: OfficeHour, *, seat: Any = None, cancel: Any = None, status: int = 200
) -> HttpResponse:
    """The page; the host reads who comes and what they want to ask."""
    user = request.user
    own = hour.seats.filter(user=user).first()
    is_host = hour.host_id == user.pk
    context = {
        "hour": hour,
        "own": own,
        "is_host": is_host,
        "taken": hour.seats.count(),
        "seats": hour.seats.select_related("user") if is_host else [],
        "seat_form": seat or SeatForm(initial={"wish": own.wish if own else ""}),
        "cancel_form": cancel or CancelForm(),
        "may_sit": hour_rules.may_sit(user, hour),
        "may_change": hour_rules.may_change(user, hour),
        "may_cancel": hour_rules.may_cancel(user, hour),
    }
    return render(request, "training/office_hour_detail.html", context, status=status)


@require_POST
@login_required
def office_hour_seat(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take a seat, or give it back."""
    hour = visible(request, pk)
    if request.POST.get("act") == "leave":
        office_hours.leave(hour, by=request.user)
        messages.success(request, _("Your seat is free again."))
        return redirect("training:office_hour_detail", pk=hour.pk)
    form = SeatForm(request.POST)
    if not form.is_valid():
        return page_of(request, hour, seat=form, status=422)
    office_hours.sit(hour, wish=form.cleaned_data["wish"], by=request.user)
    messages.success(request, _("You have a seat."))
    return redirect("training:office_hour_detail", pk=hour.pk)


@require_POST
@login_required
def office_hour_cancel(request: HttpRequest, pk: Any) -> HttpResponse:
    """Cancel it with a reason."""
    hour, form = visible(request, pk), CancelForm(request.POST)
    require(hour_rules.may_cancel(request.user, hour))
    if form.is_valid():
        try:
            office_hours.cancel(hour, reason=form.cleaned_data["reason"], by=request.user)
            return redirect("training:office_hour_detail", pk=hour.pk)
        except ValidationError as problem:
            refused(form, problem)
    return page_of(request, hour, cancel=form, status=422)


def as_calendar(content: str, name: str) -> HttpResponse:
    """A calendar file."""
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


@require_safe
@login_required
def office_hour_file(request: HttpRequest, pk: Any) -> HttpResponse:
    """One session for one's calendar."""
    hour = visible(request, pk)
    return as_calendar(calendars.calendar([hour], settings.BASE_URL), "office-hour.ics")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def office_calendar(request: HttpRequest) -> HttpResponse:
    """The address for one's calendar program; shown in the one answer that makes it."""
    address = ""
    if request.method == "POST":
        if request.POST.get("act") == "revoke":
            calendar_feeds.revoke(kind=KIND, by=request.user)
            messages.success(request, _("The address does not work any more."))
            return redirect("training:office_calendar")
        _feed, secret = calendar_feeds.renew(kind=KIND, by=request.user)
        address = settings.BASE_URL + reverse("training:office_feed", args=[secret])
    context = {
        "address": address,
        "feed": CalendarFeed.objects.visible_to(request.user).of_kind(KIND).valid().first(),
        "verdict": may_have_calendar(request.user),
        "hours": calendars.hours_of(request.user),
    }
    return render(request, "training/office_calendar.html", context)


@require_safe
@never_cache
def office_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The sessions themselves, for programs that cannot sign in: whoever has the address reads them."""
    user = calendar_feeds.reader(secret, KIND)
    if user is None:
        raise Http404
    with translation.override(user.language):
        content = calendars.calendar(calendars.hours_of(user), settings.BASE_URL)
    return as_calendar(content, "office-hours.ics")
