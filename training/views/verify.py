"""Public pages of verification: what a holder shares, and nothing that tells private from unknown."""

import hashlib
import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from training import badges, baking, diploma, status_lists
from training.models import Certificate, SigningKey
from training.services import signing
from training.throttle import limited


def shared(public_id: str) -> Certificate | None:
    """A certificate its holder made public; private, unknown and withdrawn ones are all nothing."""
    return Certificate.objects.shared().for_list().filter(public_id=public_id[:64]).first()


def shared_or_404(public_id: str) -> Certificate:
    """For the files beside the page."""
    if found := shared(public_id):
        return found
    raise Http404


@require_safe
@limited
def certificate(request: HttpRequest, public_id: str) -> HttpResponse:
    """State first, then name as consented, what was shown, on which evidence, and what it does not prove."""
    found = shared(public_id)
    context: dict[str, Any] = {"certificate": found}
    if found:
        renewal = Certificate.objects.shared().filter(renews=found).first()
        context |= {
            "renewal_url": reverse("verify:certificate", args=[renewal.public_id]) if renewal else "",
            "status_url": badges.status_list_of(found),
            "by_exam": any(each["kind"] != "review" for each in found.evidence),
        }
    return render(request, "training/certificate_verify.html", context, status=200 if found else 404)


@require_safe
@limited
def badge(request: HttpRequest, public_id: str) -> HttpResponse:
    """The signed badge: a compact JWS as text."""
    found = shared_or_404(public_id)
    response = HttpResponse(signing.signed(found), content_type="application/jwt")
    response.headers["Content-Disposition"] = 'attachment; filename="badge.jwt"'
    return response


@require_safe
@limited
def badge_json(request: HttpRequest, public_id: str) -> HttpResponse:
    """The same credential, readable, without its signature."""
    found = shared_or_404(public_id)
    return HttpResponse(
        json.dumps(badges.credential(found), ensure_ascii=False, indent=2), content_type="application/ld+json"
    )


@require_safe
@limited
def badge_png(request: HttpRequest, public_id: str) -> HttpResponse:
    """The badge as a picture with the signed credential inside."""
    found = shared_or_404(public_id)
    response = HttpResponse(baking.png(found, signing.signed(found)), content_type="image/png")
    response.headers["Content-Disposition"] = 'attachment; filename="badge.png"'
    return response


@require_safe
@limited
def badge_svg(request: HttpRequest, public_id: str) -> HttpResponse:
    """The badge as a drawing with the signed credential inside."""
    found = shared_or_404(public_id)
    response = HttpResponse(baking.svg(found, signing.signed(found)), content_type="image/svg+xml")
    response.headers["Content-Disposition"] = 'attachment; filename="badge.svg"'
    return response


@require_safe
@limited
def paper(request: HttpRequest, public_id: str) -> HttpResponse:
    """One page as PDF, under the name the holder consented to."""
    found = shared_or_404(public_id)
    return as_file(diploma.pdf(found, name=found.shown_name), f"certificate-{found.public_id[:8]}.pdf")


def as_file(content: bytes, name: str) -> HttpResponse:
    """A PDF to keep."""
    response = HttpResponse(content, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
@limited
def qr(request: HttpRequest, public_id: str) -> HttpResponse:
    """The address of the page as a QR code."""
    return HttpResponse(diploma.qr(shared_or_404(public_id)), content_type="image/svg+xml")


@require_safe
@limited
def keys(request: HttpRequest) -> HttpResponse:
    """Every key that ever signed a badge, as a JSON Web Key Set."""
    return JsonResponse(signing.published())


@require_safe
@limited
def key(request: HttpRequest, kid: str) -> HttpResponse:
    """One public key, at the address that the header of a badge names."""
    row = SigningKey.objects.filter(kid=kid[:64]).first()
    if row is None:
        raise Http404
    return JsonResponse(row.public)


@require_safe
@limited
def issuer(request: HttpRequest) -> HttpResponse:
    """Who issues."""
    return JsonResponse(badges.issuer())


@require_safe
@limited
def status(request: HttpRequest, number: int) -> HttpResponseBase:
    """One list of states, signed; caches may keep it for five minutes, and are told when nothing changed."""
    if not 1 <= number <= status_lists.count():
        raise Http404
    response = HttpResponse(signing.signed_list(number), content_type="application/vc+jwt")
    patch_cache_control(response, public=True, max_age=int(status_lists.FRESH.total_seconds()))
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    return get_conditional_response(request, etag=etag, response=response) or response
