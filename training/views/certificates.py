"""Certificates: one's own, renewing, sharing, taking one back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from training import badges, diploma, rights, rules, selectors
from training.forms import RevokeForm, ShareForm
from training.models import Certificate
from training.services import certificates
from training.views.verify import as_file


def visible(request: HttpRequest, pk: Any) -> Certificate:
    """A certificate the reader may see."""
    return get_object_or_404(Certificate.objects.visible_to(request.user).for_list(), pk=pk)


@require_safe
@login_required
def certificate_list(request: HttpRequest) -> HttpResponse:
    """One's own certificates and what to earn next."""
    mine = Certificate.objects.filter(user=request.user).for_list()
    standing = selectors.Standing(request.user)
    context = {"certificates": mine, "open": [card for card in standing.cards if card.certificate is None]}
    return render(request, "training/certificate_list.html", context)


@require_safe
@login_required
def certificate_detail(request: HttpRequest, pk: Any) -> HttpResponse:
    """What it confers, until when, on which evidence, and who may verify it."""
    return detail_page(request, visible(request, pk), RevokeForm())


def detail_page(
    request: HttpRequest, certificate: Certificate, form: RevokeForm, *, share_form: ShareForm | None = None
) -> HttpResponse:
    """The certificate's page; 422 when the reason for taking it back is missing."""
    is_mine = certificate.user_id == request.user.pk
    is_open = certificate.status in {Certificate.Status.VALID, Certificate.Status.EXPIRING}
    context = {
        "certificate": certificate,
        "form": form,
        "share_form": share_form or ShareForm(initial={"name_shown": certificate.name_shown}),
        "may_share": rules.may_share(request.user, certificate),
        "may_revoke": rules.may_revoke(request.user, certificate),
        "may_renew": rules.may_renew(request.user, certificate),
        "recall": rules.recall_standing(certificate) if is_open else None,
        "due": certificate.cards.due().count() if is_mine and is_open else 0,
        "evidence": rights.evidence_of(certificate),
        "verify_url": badges.verify_url(certificate),
        "is_mine": is_mine,
        "is_open": is_open,
    }
    is_wrong = form.errors or (share_form and share_form.errors)
    return render(request, "training/certificate_detail.html", context, status=422 if is_wrong else 200)


@require_POST
@login_required
def certificate_share(request: HttpRequest, pk: Any) -> HttpResponse:
    """Make the certificate verifiable for outsiders, or stop that."""
    certificate = visible(request, pk)
    form = ShareForm(request.POST)
    if not form.is_valid():
        return detail_page(request, certificate, RevokeForm(), share_form=form)
    certificates.share(
        certificate,
        is_public=request.POST.get("public") == "yes",
        name_shown=form.cleaned_data["name_shown"] or None,
        by=request.user,
    )
    messages.success(request, _("Saved."))
    return redirect("training:certificate_detail", pk=certificate.pk)


@require_http_methods(["POST"])
@login_required
def certificate_revoke(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take a certificate and its right back."""
    certificate = visible(request, pk)
    form = RevokeForm(request.POST)
    if form.is_valid():
        try:
            certificates.revoke(certificate, reason=form.cleaned_data["reason"], by=request.user)
        except ValidationError as problem:
            form.add_error("reason", problem.message_dict["reason"])
        else:
            messages.success(request, _("The certificate was taken back."))
            return redirect("training:certificate_detail", pk=certificate.pk)
    return detail_page(request, certificate, form)


@require_POST
@login_required
def certificate_renew(request: HttpRequest, pk: Any) -> HttpResponse:
    """Renew by spaced review."""
    renewal = certificates.renew(visible(request, pk), by=request.user)
    messages.success(request, _("Your certificate is renewed."))
    return redirect("training:certificate_detail", pk=renewal.pk)


@require_safe
@login_required
def certificate_paper(request: HttpRequest, pk: Any) -> HttpResponse:
    """The certificate as PDF, for whoever may see it here."""
    certificate = visible(request, pk)
    return as_file(
        diploma.pdf(certificate, name=certificate.user.display_name),
        f"certificate-{certificate.public_id[:8]}.pdf",
    )
