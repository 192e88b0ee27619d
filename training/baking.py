"""
The badge as a picture that carries its own proof (Open Badges 3.0, “Baked Badge”).

A PNG holds the signed credential in an iTXt chunk named `openbadgecredential`, an SVG in the attribute
`verify` of an element `credential` in the namespace of the standard; both uncompressed, as it asks.
"""

import json
import struct
import zlib
from functools import cache
from pathlib import Path

import typst

from training import badges
from training.models import Certificate

SOURCE = Path(__file__).resolve().parent / "badge.typ"
KEYWORD, NAMESPACE = b"openbadgecredential", "https://purl.imsglobal.org/ob/v3p0"
SIGNATURE, HEADER_END = b"\x89PNG\r\n\x1a\n", 33  # IHDR is always first and 25 bytes long


@cache
def source() -> bytes:
    """The drawing."""
    return SOURCE.read_bytes()


def drawn(certificate: Certificate, form: str) -> bytes:
    """The picture without its proof, in English like the record itself."""
    words = {
        "title": certificate.stamp["titles"]["en"],
        "issuer": badges.ISSUER,
        "until": f"{certificate.valid_from:%Y-%m-%d} – {certificate.valid_until:%Y-%m-%d}",
    }
    inputs = {"data": json.dumps(words)}
    return bytes(typst.compile(source(), format=form, ppi=144, sys_inputs=inputs))


def png(certificate: Certificate, proof: str) -> bytes:
    """600 × 600 pixels, with the signed credential inside."""
    return baked_png(drawn(certificate, "png"), proof)


def svg(certificate: Certificate, proof: str) -> bytes:
    """A drawing of any size, with the signed credential inside."""
    return baked_svg(drawn(certificate, "svg"), proof)


def baked_png(picture: bytes, proof: str) -> bytes:
    """The picture with one chunk more, right after its header. Raises `ValueError` for what is no PNG."""
    if not picture.startswith(SIGNATURE) or picture[12:16] != b"IHDR":
        raise ValueError("this is not a PNG")
    body = b"iTXt" + KEYWORD + b"\0" + b"\0\0" + b"\0" + b"\0" + proof.encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return picture[:HEADER_END] + chunk + picture[HEADER_END:]


def baked_svg(drawing: bytes, proof: str) -> bytes:
    """The drawing with one element more, right after its beginning. A compact JWS needs no escape."""
    start = drawing.index(b"<svg")
    end = drawing.index(b">", start) + 1
    element = f'<openbadges:credential xmlns:openbadges="{NAMESPACE}" verify="{proof}"/>'
    return drawing[:end] + element.encode() + drawing[end:]
