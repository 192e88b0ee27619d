"""The state of badges as outsiders read it: decoded here by hand from the words of the standard, without the code of the portal."""

import base64
import json
import zlib
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from joserfc import jws
from joserfc.jwk import KeySet

from portal.core import clock
from tests.people import person
from tests.training.learners import OWNER, certified
from tests.training.test_certificates import at_once
from training import badges, status_lists
from training.models import Certificate
from training.services import certificates, signing, statuses

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]
FIRST = "/verify/status/1.jwt"


def lead():
    return person(duties=("community_lead",))


def shared():
    user = person()
    return certificates.share(certified(user, OWNER), is_public=True, by=user)


def opened(token):
    """The credential of a compact JWS, proved with the published keys."""
    keys = KeySet.import_key_set(Client().get(reverse("verify:keys")).json())
    return json.loads(jws.deserialize_compact(token, keys.keys[0]).payload)


def read(encoded):
    """All bits of an encoded list, in their order: multibase, base64url, GZIP (RFC 1952), highest bit first."""
    assert encoded[0] == "u" and "=" not in encoded and "+" not in encoded and "/" not in encoded
    packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
    assert packed[:3] == b"\x1f\x8b\x08"
    raw = zlib.decompress(packed, wbits=31)
    return "".join(f"{byte:08b}" for byte in raw)


def state_of(certificate):
    """As a verifier finds it: from the badge to the list it names, and there to its place."""
    badge = opened(Client().get(reverse("verify:badge", args=[certificate.public_id])).content.decode())
    told = badge["credentialStatus"]
    assert told["type"] == "BitstringStatusListEntry" and told["statusPurpose"] == "revocation"
    assert told["id"] != told["statusListCredential"]
    path = told["statusListCredential"].removeprefix(badges.absolute("/")[:-1])
    whole = opened(Client().get(path).content.decode())
    assert whole["id"] == told["statusListCredential"]
    return read(whole["credentialSubject"]["encodedList"])[int(told["statusListIndex"])]


def test_a_verifier_finds_the_bit_of_a_badge_set_when_it_is_taken_back_and_no_other_bit():
    kept, gone = shared(), shared()
    assert (state_of(kept), state_of(gone)) == ("0", "0")

    certificates.revoke(gone, reason="Sat by another.", by=lead())

    assert (state_of(kept), state_of(gone)) == ("0", "1")
    whole = opened(Client().get(FIRST).content.decode())
    bits = read(whole["credentialSubject"]["encodedList"])
    assert len(bits) == 131_072 and bits.count("1") == 1 and bits.index("1") == gone.status_index


def test_the_list_is_a_credential_of_the_same_issuer_with_dates_and_no_word_about_a_person():
    certificate = shared()
    badge = Client().get(reverse("verify:badge_json", args=[certificate.public_id])).json()
    whole = opened(Client().get(FIRST).content.decode())

    assert whole["@context"] == ["https://www.w3.org/ns/credentials/v2"]
    assert whole["type"] == ["VerifiableCredential", "BitstringStatusListCredential"]
    assert whole["issuer"] == whole["iss"] == badge["issuer"]["id"]
    assert whole["validFrom"] < whole["validUntil"] and whole["exp"] - whole["nbf"] == 24 * 3600
    subject = whole["credentialSubject"]
    assert set(subject) == {"id", "type", "statusPurpose", "encodedList", "ttl"}
    assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")
    assert certificate.user.email not in json.dumps(whole) and certificate.public_id not in json.dumps(whole)


def test_caches_keep_a_list_for_five_minutes_and_are_told_when_nothing_changed():
    certificate = shared()
    with clock.at(clock.now().replace(minute=2, second=0)):
        first = Client().get(FIRST)
        again = Client().get(FIRST, HTTP_IF_NONE_MATCH=first["ETag"])
        assert "public" in first["Cache-Control"] and "max-age=300" in first["Cache-Control"]
        assert first["Content-Type"] == "application/vc+jwt"
        assert (again.status_code, again.content) == (304, b"")
        certificates.revoke(certificate, reason="A mistake.", by=lead())
        changed = Client().get(FIRST, HTTP_IF_NONE_MATCH=first["ETag"])
        assert changed.status_code == 200 and changed["ETag"] != first["ETag"]


def test_no_badge_without_a_place_of_its_own_goes_out():
    """It would show the state of somebody else's."""
    private = certified(person(), OWNER)
    with pytest.raises(ValueError, match="never shared"):
        badges.credential(private)
    with pytest.raises(IntegrityError), transaction.atomic():
        Certificate.objects.filter(pk=private.pk).update(is_public=True)
    private.refresh_from_db()
    assert not private.is_public and private.status_index is None


def test_a_certificate_never_shared_has_no_place_and_a_place_stays_whatever_happens():
    private = certified(person(), OWNER)
    assert private.status_index is None and status_lists.count() == 0
    assert Client().get(FIRST).status_code == 404
    certificates.revoke(private, reason="A mistake.", by=lead())

    certificate = shared()
    place = certificate.status_index
    certificates.share(certificate, is_public=False, by=certificate.user)
    certificates.revoke(certificate, reason="A mistake.", by=lead())
    certificate.refresh_from_db()

    assert certificate.status_index == place
    bits = read(opened(signing.signed_list(1))["credentialSubject"]["encodedList"])
    assert [number for number, bit in enumerate(bits) if bit == "1"] == [place]
    for number in (0, 2, 10**30):
        assert Client().get(f"/verify/status/{number}.jwt").status_code == 404


def test_places_are_drawn_from_the_whole_list_and_a_list_half_full_is_joined_by_another(monkeypatch):
    places = {statuses.drawn() for _draw in range(200)}
    assert len(places) > 190 and max(places) > 100_000 and min(places) < 30_000
    monkeypatch.setattr(statuses, "SIZE", 2)
    for _badge in range(3):
        shared()
    found = sorted(Certificate.objects.values_list("status_index", flat=True))
    assert len(set(found)) == 3 and found[-1] < 6


def test_a_badge_in_the_second_list_points_there():
    certificate = shared()
    Certificate.objects.filter(pk=certificate.pk).update(status_index=131_072 + 9)
    certificate.refresh_from_db()
    assert state_of(certificate) == "0"
    certificates.revoke(certificate, reason="A mistake.", by=lead())
    assert state_of(certificate) == "1"
    assert badges.status(certificate)["statusListIndex"] == "9"
    assert "1" not in read(opened(signing.signed_list(1))["credentialSubject"]["encodedList"])


def test_the_bits_expire_with_the_day():
    shared()
    with clock.at(clock.now() + timedelta(days=2)):
        whole = opened(Client().get(FIRST).content.decode())
        assert whole["nbf"] <= clock.now().timestamp() < whole["exp"]


@pytest.mark.django_db(transaction=True)
def test_badges_shared_at_the_same_moment_never_share_a_place(monkeypatch):
    rows = [certified(person(), OWNER) for _each in range(4)]
    draws = [7] * 4 + list(range(20, 60))
    monkeypatch.setattr(statuses, "drawn", lambda: draws.pop(0))
    waiting = [row.pk for row in rows]

    def share():
        certificate = Certificate.objects.for_list().get(pk=waiting.pop())
        return certificates.share(certificate, is_public=True, by=certificate.user)

    answers, _gate = at_once(4, share)

    assert {type(each) for each in answers} == {Certificate}, answers
    found = list(Certificate.objects.filter(is_public=True).values_list("status_index", flat=True))
    assert len(found) == len(set(found)) == 4 and 7 in found and len(draws) <= 37
