"""Signing badges: Open Badges 3.0 as compact JWS with RS256, which every verifier must know."""

import hashlib
import json
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from joserfc import jwe, jws
from joserfc.errors import JoseError
from joserfc.jwk import OctKey, RSAKey

from portal.core import clock
from portal.core.services import audit
from training import badges, status_lists
from training.models import Certificate, SigningKey

ALGORITHM, BITS = "RS256", 2048
LIFETIME = timedelta(days=365)


def sealing_key() -> OctKey:
    """Made from the portal's secret key; whoever reads the database alone cannot sign."""
    return OctKey.import_key(hashlib.sha256(b"agora.badges\0" + settings.SECRET_KEY.encode()).digest())


def newest() -> RSAKey | None:
    """The key in use; none before the first, when it is a year old, or when the secret key changed."""
    row = SigningKey.objects.filter(created_at__gt=clock.now() - LIFETIME).first()
    return opened(row) if row else None


def opened(row: SigningKey) -> RSAKey | None:
    """The private key of a row, or nothing when it was sealed with another secret key."""
    try:
        plain = jwe.decrypt_compact(row.sealed, sealing_key()).plaintext
    except (JoseError, ValueError):
        return None
    return RSAKey.import_key(json.loads(plain or b"{}"))


@transaction.atomic
def ensure_key() -> RSAKey:
    """The key in use, made where there is none: yearly, and after a change of the secret key."""
    if key := newest():
        return key
    key = RSAKey.generate_key(BITS, auto_kid=True)
    sealed = jwe.encrypt_compact(
        {"alg": "dir", "enc": "A256GCM"}, json.dumps(key.as_dict(private=True)).encode(), sealing_key()
    )
    public = {**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}
    row = SigningKey.objects.create(kid=str(key.kid), public=public, sealed=sealed, created_at=clock.now())
    audit.record("signing_key.made", row, by=None, kid=row.kid)
    return key


def published() -> dict[str, Any]:
    """Every public key there ever was, as a JSON Web Key Set."""
    return {"keys": [row.public for row in SigningKey.objects.all()]}


def signed(certificate: Certificate) -> str:
    """The badge as compact JWS: the credential is the payload, with the registered claims beside it."""
    return sealed(badges.payload(certificate))


def signed_list(number: int) -> str:
    """A list of states as compact JWS, by the same key as the badges."""
    return sealed(status_lists.payload(number))


def sealed(payload: bytes) -> str:
    """A payload under the key in use."""
    key = newest() or ensure_key()
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": badges.key_url(str(key.kid))}
    return jws.serialize_compact(header, payload, key)
