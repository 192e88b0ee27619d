"""What opens a right; a refused act is kept here and offered again."""

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.core.models.credentials import Right
from training import rights, selectors
from training.models import PostponedAct
from training.services import postponed


@require_safe
@login_required
def right(request: HttpRequest, code: str) -> HttpResponse:
    """What a right allows, why one holds it or not, and the shortest way to it. Refusals of every app link here."""
    if code not in Right.values:
        raise Http404
    title, url = selectors.shortest_way_to(code, request.user)
    mine = PostponedAct.objects.visible_to(request.user).open()
    context = {
        "right": next(each for each in rights.rights_of(request.user) if each.code == code),
        "way": selectors.way_to(code, request.user),
        "reasons": rights.reasons_for(code, request.user),
        "acts": rights.ACTS[code],
        "kept": mine.filter(right=code),
        "back": came_from(request),
        "next_title": title,
        "next_url": url,
    }
    return render(request, "training/right.html", context)


def came_from(request: HttpRequest) -> str:
    """The page of this portal whose refusal led here: named in the address, or by the browser."""
    named = request.GET.get("back", "")
    if not named:
        there = urlsplit(request.headers.get("Referer", ""))
        if there.netloc == request.get_host():
            named = f"{there.path}?{there.query}" if there.query else there.path
    is_elsewhere = not named.startswith("/learning/") and named != "/"
    return named if is_elsewhere and postponed.is_page_of_portal(named) else ""


@require_POST
@login_required
def act_keep(request: HttpRequest, code: str) -> HttpResponse:
    """Keep the page for the day the right is there."""
    if code not in Right.values:
        raise Http404
    try:
        postponed.keep(code, url=request.POST.get("url", ""), by=request.user)
    except ValidationError as problem:
        messages.error(request, " ".join(problem.messages))
        return redirect("training:home")
    messages.success(request, _("Kept. You will be told as soon as you may do it."))
    return redirect("training:right", code=code)


@require_POST
@login_required
def act_close(request: HttpRequest, pk: Any) -> HttpResponse:
    """Done, or no longer wanted."""
    act = get_object_or_404(PostponedAct.objects.visible_to(request.user), pk=pk)
    postponed.close(act, by=request.user)
    return redirect("training:right", code=act.right)
