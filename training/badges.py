"""Open Badges 3.0: a certificate as a verifiable credential, with no more about its holder than they agreed to."""

import hashlib
import json
from typing import Any

from django.conf import settings
from django.urls import reverse

from training.models import Certificate

CONTEXT = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]
ISSUER = "Agora"
STATUS_SIZE = (
    131_072  # bits of a list of states; the standard demands no fewer, so that one badge hides among many
)


def absolute(path: str) -> str:
    """The address outsiders use."""
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def verify_url(certificate: Certificate) -> str:
    """The public page of a certificate."""
    return absolute(reverse("verify:certificate", args=[certificate.public_id]))


def key_url(kid: str) -> str:
    """Where one public key is published."""
    return absolute(reverse("verify:key", args=[kid]))


def issuer() -> dict[str, Any]:
    """The profile of whoever issues."""
    return {
        "id": absolute(reverse("verify:issuer")),
        "type": ["Profile"],
        "name": ISSUER,
        "url": absolute("/"),
    }


def subject(certificate: Certificate) -> dict[str, Any]:
    """Who earned it: the name as far as it may be shown, and a salted hash of the address of mail."""
    mail, salt = certificate.user.email.lower(), certificate.public_id
    identity = hashlib.sha256(f"{mail}{salt}".encode()).hexdigest()
    identifiers = [
        {
            "type": "IdentityObject",
            "identityType": "emailAddress",
            "hashed": True,
            "identityHash": f"sha256${identity}",
            "salt": salt,
        }
    ]
    if certificate.shown_name:
        name = {"type": "IdentityObject", "identityType": "name", "hashed": False}
        identifiers.insert(0, {**name, "identityHash": certificate.shown_name})
    return {
        "id": f"urn:uuid:{certificate.pk}",
        "type": ["AchievementSubject"],
        "identifier": identifiers,
        "achievement": achievement(certificate),
    }


def achievement(certificate: Certificate) -> dict[str, Any]:
    """What was demonstrated, as stamped at the award, in English (the language of the record)."""
    title = certificate.stamp["titles"]["en"]
    code, version = certificate.template.code, certificate.template_version
    return {
        "id": absolute(f"{reverse('verify:issuer')}#{code}-{version}"),
        "type": ["Achievement"],
        "achievementType": "Certificate",
        "name": title,
        "description": " ".join(certificate.stamp["demonstrates"]["en"]),
        "criteria": {
            "narrative": "\n".join(f"- {point}" for point in certificate.stamp["demonstrates"]["en"])
        },
        "version": str(version),
    }


def credential(certificate: Certificate) -> dict[str, Any]:
    """The OpenBadgeCredential."""
    return {
        "@context": CONTEXT,
        "id": verify_url(certificate),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": certificate.stamp["titles"]["en"],
        "issuer": issuer(),
        "validFrom": moment(certificate.valid_from),
        "validUntil": moment(certificate.valid_until),
        "credentialSubject": subject(certificate),
        "credentialStatus": status(certificate),
    }


def payload(certificate: Certificate) -> bytes:
    """The credential with the registered claims of a JWT, as signed."""
    whole = credential(certificate)
    claims = {
        "iss": whole["issuer"]["id"],
        "jti": whole["id"],
        "sub": whole["credentialSubject"]["id"],
        "nbf": int(certificate.valid_from.timestamp()),
        "exp": int(certificate.valid_until.timestamp()),
    }
    return json.dumps({**whole, **claims}, ensure_ascii=False, sort_keys=True).encode()


def status_url(number: int) -> str:
    """The public address of a list of states; they are counted from 1."""
    return absolute(reverse("verify:status", args=[number]))


def status_list_of(certificate: Certificate) -> str:
    """The address of the list in which this badge has its place."""
    return status_url(place_of(certificate)[0])


def place_of(certificate: Certificate) -> tuple[int, int]:
    """The number of its list and its place there. Raises `ValueError` for one that was never shared."""
    if certificate.status_index is None:
        raise ValueError("a certificate that was never shared has no place")
    before, place = divmod(certificate.status_index, STATUS_SIZE)
    return before + 1, place


def status(certificate: Certificate) -> dict[str, str]:
    """What a badge says about where its state stands (Bitstring Status List 1.0)."""
    number, place = place_of(certificate)
    address = status_url(number)
    return {
        "id": f"{address}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": address,
    }


def moment(at: Any) -> str:
    """A date as the standard writes it."""
    return str(at.strftime("%Y-%m-%dT%H:%M:%SZ"))
