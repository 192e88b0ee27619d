"""Messages from the portal to the person signed in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core import destinations
from portal.core.forms import NoticeForm
from portal.core.models import Notice
from portal.core.services import digests, notices


@require_safe
@login_required
def notice_list(request: HttpRequest) -> HttpResponse:
    """All notices, or the new ones only."""
    mine = Notice.objects.visible_to(request.user)
    only_new = request.GET.get("show") == "new"
    listed = Paginator(mine.unread() if only_new else mine, 25).get_page(request.GET.get("page"))
    context = {
        "listed": listed,
        "gone": destinations.gone(request.user, [each.url for each in listed]),
        "gone_words": _(destinations.GONE),
        "only_new": only_new,
        "tabs": [
            {"label": _("All"), "url": "?", "active": not only_new, "count": None},
            {"label": _("New"), "url": "?show=new", "active": only_new, "count": mine.unread().count()},
        ],
    }
    return render(request, "core/notice_list.html", context)


@require_POST
@login_required
def notice_read(request: HttpRequest, pk: str) -> HttpResponse:
    """Mark one as read and go where it points."""
    notice = get_object_or_404(Notice.objects.visible_to(request.user), pk=pk)
    notices.mark_read(notice, by=request.user)
    is_ours = notice.url.startswith("/") and not notice.url.startswith("//")
    if request.POST.get("open") and destinations.gone(request.user, [notice.url]):
        messages.info(request, _(destinations.GONE))
    elif request.POST.get("open") and is_ours:
        return HttpResponseRedirect(notice.url)
    return redirect("core:notice_list")


@require_POST
@login_required
def notice_read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read."""
    notices.mark_all_read(by=request.user)
    messages.success(request, _("All notices are marked as read."))
    return redirect("core:notice_list")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def notice_preferences(request: HttpRequest) -> HttpResponse:
    """By which way one hears of what."""
    now = digests.preference_of(request.user)
    initial = {kind: now.channel(kind) for kind in Notice.Kind.values} | {"digest_hour": now.digest_hour}
    form = NoticeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        hour = form.cleaned_data["digest_hour"]
        digests.set_preferences(channels=form.channels, digest_hour=hour, by=request.user)
        messages.success(request, _("You hear as you chose."))
        return redirect("core:notice_preferences")
    return render(request, "core/notice_preferences.html", {"form": form}, status=422 if form.errors else 200)
