"""A certificate on paper: one page as PDF, with a QR code that leads to the public page."""

import json
from functools import cache
from pathlib import Path

import qrcode
import typst
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext as _
from qrcode.image.svg import SvgPathImage

from training import badges
from training.models import Certificate

SOURCE = Path(__file__).resolve().parent / "diploma.typ"


@cache
def source() -> bytes:
    """The layout."""
    return SOURCE.read_bytes()


def qr(certificate: Certificate) -> str:
    """The address of verification as an SVG drawing."""
    image = qrcode.make(badges.verify_url(certificate), image_factory=SvgPathImage, border=2)
    return str(image.to_string(encoding="unicode"))


def pdf(certificate: Certificate, *, name: str) -> bytes:
    """One page in the reader's language under this name; the same figures as the page."""
    words = {
        "lang": get_language() or "en",
        "kind": _("Certificate"),
        "name": name or _("The holder of this certificate"),
        "title": certificate.title,
        "points": certificate.points,
        "validity": _("Valid from %(start)s to %(end)s")
        % {"start": date_format(certificate.valid_from), "end": date_format(certificate.valid_until)},
        "state": "" if certificate.status in {"valid", "expiring"} else certificate.status_label,
        "limits": _("It does not prove experience, nor the quality of any model the holder built."),
        "check": _("Whether it still holds is told by this address:") if certificate.is_public else "",
        "private": "" if certificate.is_public else _("Private: nobody outside can verify it."),
        "address": badges.verify_url(certificate) if certificate.is_public else "",
        "issuer": badges.ISSUER,
    }
    drawing = qr(certificate) if certificate.is_public else ""
    inputs = {"data": json.dumps(words), "qr": drawing}
    return bytes(typst.compile(source(), sys_inputs=inputs))
