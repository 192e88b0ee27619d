"""Pages of sharing: who sees a thing and why, one share more, changed or ended; and what a person sees."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.models import User
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.forms.shares import GiveForm, LookUpForm, ShareForm
from projects.models import Dataset, ReceiverKind, Share
from projects.rules import shares as rules
from projects.rules.shares import Thing
from projects.selectors import shares as selectors
from projects.selectors.shares import PLACES
from projects.services import shares
from projects.views.datasets import tell_errors
from projects.views.deeds import done

PER_PAGE = 25


def thing_of(request: HttpRequest, kind: str, pk: str) -> Thing:
    """A dataset or an artifact the person sees, or 404."""
    found: Thing = get_object_or_404(PLACES[kind].model.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def share_of(request: HttpRequest, kind: str, pk: str) -> Share:
    """A share the person may know of."""
    model = PLACES[kind].model.shares.rel.related_model
    found: Share = get_object_or_404(model.objects.visible_to(request.user).for_list(), pk=pk)
    return found


def around(kind: str, thing: Thing, *, is_first: bool = False) -> dict[str, Any]:
    """What each page of sharing says about the thing it is about."""
    place = PLACES[kind]
    sharing_url = reverse(place.route("sharing"), args=[thing.pk])
    trail = [(place.label, reverse(place.all)), (str(thing), reverse(place.one, args=[thing.pk]))]
    return {
        "thing": thing,
        "trail": [*trail, *([] if is_first else [(_("Sharing"), sharing_url)])],
        "sharing_url": sharing_url,
        "share_url": reverse(place.route("share"), args=[thing.pk]),
        "change_route": place.route("share_change"),
        "end_route": place.route("share_end"),
    }


@require_safe
@login_required
def sharing(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Who sees a thing and why."""
    thing, user = thing_of(request, kind, pk), request.user
    context = around(kind, thing, is_first=True) | {
        "color": Dataset.COLORS[thing.classification],
        "access": selectors.access(thing, user),  # type: ignore[arg-type]
        "may_share": rules.may_share(user, thing),  # type: ignore[arg-type]
        "may_manage": rules.may_manage(user, thing),  # type: ignore[arg-type]
    }
    return render(request, "projects/sharing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def share(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Share with one more: first the kind of receiver (`to`), then the rest."""
    thing, user = thing_of(request, kind, pk), request.user
    to = request.POST.get("to") or request.GET.get("to", "")
    if to and to not in ReceiverKind.values:
        raise Http404
    form = None
    if to:
        form = GiveForm(request.POST or None, thing=thing, user=user, kind=to)
        if request.method == "POST" and form.is_valid() and given(request, thing, form):
            return redirect(PLACES[kind].route("sharing"), pk=thing.pk)
    verdict = rules.may_share(user, thing)  # type: ignore[arg-type]
    if request.method == "POST" and not verdict:
        raise Refused(verdict)
    context = around(kind, thing) | {
        "form": form, "kind": to, "title": _("Share it"), "verdict": verdict, "kinds": selectors.kinds(user, thing),  # type: ignore[arg-type]
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "projects/share_form.html", context, status=status)


def given(request: HttpRequest, thing: Thing, form: GiveForm) -> bool:
    """Carry the share out; what is wrong stands in the form."""
    try:
        made = shares.share(thing, **form.given, by=request.user)  # type: ignore[arg-type]
    except ValidationError as error:
        tell_errors(form, error)
        return False
    except IllegalMove as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("It is shared with %(receiver)s now.") % {"receiver": made.receiver})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def share_change(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """Give a share another right, reason or last day."""
    share, user = share_of(request, kind, pk), request.user
    verdict = rules.may_change(user, share)  # type: ignore[arg-type]
    if request.method == "POST" and not verdict:
        raise Refused(verdict)
    start = {"right": share.right, "reason": share.reason, "until": share.until}
    form = ShareForm(request.POST or None, thing=share.thing, user=user, kind=share.kind, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            shares.change(share, **form.cleaned_data, by=user)  # type: ignore[arg-type]
            messages.success(request, _("The share is changed."))
            return redirect(PLACES[kind].route("sharing"), pk=share.thing.pk)
        except (ValidationError, IllegalMove) as error:
            form.add_error(None, " ".join(getattr(error, "messages", [str(error)])))
    context = around(kind, share.thing) | {
        "form": form, "verdict": verdict, "share": share,
        "title": _("Change the share with %(receiver)s") % {"receiver": share.receiver},
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "projects/share_form.html", context, status=status)


@require_POST
@login_required
def share_end(request: HttpRequest, kind: str, pk: str) -> HttpResponse:
    """End a share before its day."""
    share, user, place = share_of(request, kind, pk), request.user, PLACES[kind]
    if done(request, lambda: shares.end(share, by=user)):  # type: ignore[arg-type]
        messages.success(request, _("The share with %(receiver)s has ended.") % {"receiver": share.receiver})
    if place.model.objects.visible_to(user).filter(pk=share.thing.pk).exists():
        return redirect(place.route("sharing"), pk=share.thing.pk)
    return redirect(place.all)


@require_safe
@login_required
def person_data(request: HttpRequest) -> HttpResponse:
    """What a person sees and why, data or artifacts: oneself, or a colleague where a rule allows it."""
    user: Any = request.user
    form = LookUpForm(request.GET)
    is_valid = form.is_valid()
    person: User = (is_valid and form.cleaned_data["person"]) or user
    verdict = rules.may_look_up(user, person)
    if not verdict:
        raise Refused(verdict)
    place = PLACES[(is_valid and form.cleaned_data["kind"]) or "dataset"]
    page = Paginator(selectors.seen_by(person, user, place), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "person": person,
        "form": form,
        "page": page,
        "place": place,
        "trail": [(place.label, reverse(place.all))],
        "tabs": [
            {"label": each.label, "url": f"?person={person.pk}&kind={each.code}", "active": each == place}
            for each in PLACES.values()
        ],
        "sharing_route": place.route("sharing"),
        "rows": selectors.why(person, list(page.object_list), place),
        "is_own": person == user,
        "may_look_up_others": rules.may_look_up_others(user),
    }
    return render(request, "projects/person_data.html", context)
