"""Pages of the offers of vendors."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from portal.core.verdicts import require
from projects import rules
from projects.forms.offers import OfferForm, initial_of
from projects.models import Offer
from projects.services import offers
from projects.views.answers import carried_out, find, frame, status_of


def offer_of(request: HttpRequest, pk: UUID) -> Offer:
    """An offer, or 404."""
    visible = Offer.objects.visible_to(request.user).select_related("use_case__product_owner")  # type: ignore[arg-type]
    return get_object_or_404(visible, pk=pk)


def table(pk: UUID) -> str:
    """Where the offers stand side by side."""
    return f"{reverse('projects:use_case_make_or_buy', args=[pk])}#offers"


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def offer_new(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One more offer for a use case."""
    use_case = find(request, pk)
    verdict = rules.offers.may_add(request.user, use_case)  # type: ignore[arg-type]
    if request.method == "POST":
        require(verdict)
    form = OfferForm(request.POST or None)
    if request.method == "POST" and carried_out(
        form,
        lambda: offers.add(use_case, **form.given, by=request.user),  # type: ignore[arg-type]
    ):
        messages.success(request, _("It stands beside the others now."))
        return redirect(table(use_case.pk))
    context = frame(use_case, "make_or_buy") | {"form": form, "verdict": verdict, "title": _("Add an offer")}
    return render(request, "projects/offer.html", context, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def offer_edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change an offer."""
    offer = offer_of(request, pk)
    verdict = rules.offers.may_change(request.user, offer)  # type: ignore[arg-type]
    if request.method == "POST":
        require(verdict)
    form = OfferForm(request.POST or None, initial=initial_of(offer))
    if request.method == "POST" and carried_out(
        form,
        lambda: offers.change(offer, **form.given, by=request.user),  # type: ignore[arg-type]
    ):
        messages.success(request, _("Kept."))
        return redirect(table(offer.use_case_id))
    context = frame(offer.use_case, "make_or_buy") | {
        "form": form, "verdict": verdict, "offer": offer, "title": str(offer),
    }  # fmt: skip
    return render(request, "projects/offer.html", context, status=status_of(form))


@require_POST
@login_required
def offer_act(request: HttpRequest, pk: UUID, act: str) -> HttpResponse:
    """Prefer it, or take it off the table."""
    offer = offer_of(request, pk)
    if act == "prefer":
        offers.prefer(offer, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Its cost is compared with making now."))
    else:
        offers.withdraw(offer, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Taken off the table; it is kept."))
    return redirect(table(offer.use_case_id))
