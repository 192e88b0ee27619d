"""Pages of sharing: who sees a dataset and why, one share more, changed or ended; and what a person sees."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from portal.core.models import User
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.forms.shares import GiveForm, LookUpForm, ShareForm
from projects.models import Dataset, DatasetShare, ReceiverKind
from projects.rules import shares as rules
from projects.selectors import shares as selectors
from projects.services import shares
from projects.views.datasets import tell_errors
from projects.views.deeds import done
from projects.views.expectations import dataset_of

PER_PAGE = 25


def share_of(request: HttpRequest, pk: str) -> DatasetShare:
    """A share the person may know of."""
    return get_object_or_404(DatasetShare.objects.visible_to(request.user).for_list(), pk=pk)  # type: ignore[arg-type]


@require_safe
@login_required
def dataset_sharing(request: HttpRequest, pk: str) -> HttpResponse:
    """Who sees a dataset and why."""
    dataset, user = dataset_of(request, pk), request.user
    context = {
        "dataset": dataset,
        "color": Dataset.COLORS[dataset.classification],
        "access": selectors.access(dataset, user),  # type: ignore[arg-type]
        "may_share": rules.may_share(user, dataset),  # type: ignore[arg-type]
        "may_manage": rules.may_manage(user, dataset),  # type: ignore[arg-type]
    }
    return render(request, "projects/dataset_sharing.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def dataset_share(request: HttpRequest, pk: str) -> HttpResponse:
    """Share with one more: first the kind of receiver (`to`), then the rest."""
    dataset, user = dataset_of(request, pk), request.user
    kind = request.POST.get("to") or request.GET.get("to", "")
    if kind and kind not in ReceiverKind.values:
        raise Http404
    form = None
    if kind:
        form = GiveForm(request.POST or None, thing=dataset, user=user, kind=kind)
        if request.method == "POST" and form.is_valid() and given(request, dataset, form):
            return redirect("projects:dataset_sharing", pk=dataset.pk)
    context = {
        "dataset": dataset, "form": form, "kind": kind, "title": _("Share it"),
        "verdict": rules.may_share(user, dataset), "kinds": selectors.kinds(user, dataset),  # type: ignore[arg-type]
    }  # fmt: skip
    if request.method == "POST" and not context["verdict"]:
        raise Refused(rules.may_share(user, dataset))  # type: ignore[arg-type]
    status = 422 if request.method == "POST" else 200
    return render(request, "projects/share_form.html", context, status=status)


def given(request: HttpRequest, dataset: Dataset, form: GiveForm) -> bool:
    """Carry the share out; what is wrong stands in the form."""
    try:
        made = shares.share(dataset, **form.given, by=request.user)  # type: ignore[arg-type]
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
def dataset_share_change(request: HttpRequest, pk: str) -> HttpResponse:
    """Give a share another right, reason or last day."""
    share, user = share_of(request, pk), request.user
    verdict = rules.may_change(user, share)  # type: ignore[arg-type]
    if request.method == "POST" and not verdict:
        raise Refused(verdict)
    start = {"right": share.right, "reason": share.reason, "until": share.until}
    form = ShareForm(request.POST or None, thing=share.thing, user=user, kind=share.kind, initial=start)
    if request.method == "POST" and form.is_valid():
        try:
            shares.change(share, **form.cleaned_data, by=user)  # type: ignore[arg-type]
            messages.success(request, _("The share is changed."))
            return redirect("projects:dataset_sharing", pk=share.thing.pk)
        except (ValidationError, IllegalMove) as error:
            form.add_error(None, " ".join(getattr(error, "messages", [str(error)])))
    context = {
        "dataset": share.thing, "form": form, "verdict": verdict, "share": share,
        "title": _("Change the share with %(receiver)s") % {"receiver": share.receiver},
    }  # fmt: skip
    status = 422 if request.method == "POST" else 200
    return render(request, "projects/share_form.html", context, status=status)


@require_POST
@login_required
def dataset_share_end(request: HttpRequest, pk: str) -> HttpResponse:
    """End a share before its day."""
    share, user = share_of(request, pk), request.user
    if done(request, lambda: shares.end(share, by=user)):  # type: ignore[arg-type]
        messages.success(request, _("The share with %(receiver)s has ended.") % {"receiver": share.receiver})
    if Dataset.objects.visible_to(user).filter(pk=share.thing.pk).exists():  # type: ignore[arg-type]
        return redirect("projects:dataset_sharing", pk=share.thing.pk)
    return redirect("projects:dataset_list")


@require_safe
@login_required
def person_data(request: HttpRequest) -> HttpResponse:
    """What a person sees and why: oneself, or a colleague where a rule allows it."""
    user: Any = request.user
    form = LookUpForm(request.GET)
    person: User = (form.is_valid() and form.cleaned_data.get("person")) or user
    verdict = rules.may_look_up(user, person)
    if not verdict:
        raise Refused(verdict)
    page = Paginator(selectors.seen_by(person, user), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "person": person,
        "form": form,
        "page": page,
        "rows": selectors.why(person, list(page.object_list)),
        "is_own": person == user,
        "may_look_up_others": rules.may_look_up_others(user),
    }
    return render(request, "projects/person_data.html", context)
