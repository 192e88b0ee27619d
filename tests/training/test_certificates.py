"""Certificates from award to end: one per spell, stamped, warned of, renewed, verified in public, taken back."""

import json
import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.urls import reverse
from joserfc import jws
from joserfc.jwk import KeySet

from portal.core import clock
from portal.core.models import AuditEvent, Credential, Notice
from portal.core.models.credentials import Right
from portal.core.services import credentials
from portal.core.verdicts import Refused
from tests.people import person
from tests.training.learners import CITIZEN, OWNER, certified, finish_lessons, take
from training import scoring
from training.models import Attempt, Certificate, CertificateTemplate, PostponedAct, RecallCard, SigningKey
from training.services import certificates, postponed, recall, signing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("curriculum")]


def public(name, certificate=None, *args):
    return reverse(f"verify:{name}", args=[certificate.public_id] if certificate else args)


def shared(user, path=OWNER, **more):
    return certificates.share(certified(user, path), is_public=True, by=user, **more)


def answer_due(user, *, right=True):
    """Answer every card that is due."""
    for card in RecallCard.objects.visible_to(user).due().for_list():
        key = scoring.right_response(card.question.kind, card.question.answer)
        wrong = (
            {"choice": next(o["key"] for o in card.question.content["options"] if o["key"] != key["choice"])}
            if "choice" in key
            else {"number": "999999"}
        )
        recall.answer(card, response=key if right else wrong, by=user)


def keep_fresh(certificate, *, right=True, until=30):
    """Live through the validity from one question that is due to the next."""
    end = certificate.valid_until - timedelta(days=until)
    while (day := certificate.cards.order_by("due_at").values_list("due_at", flat=True)[0]) < end:
        with clock.at(day):
            answer_due(certificate.user, right=right)


def test_what_an_award_says_is_stamped_and_survives_a_change_of_its_template():
    certificate = certified(person(), OWNER)
    CertificateTemplate.objects.filter(code=OWNER).update(
        titles={"en": "Renamed", "fr": "Renommé"}, validity_days=1, version=2
    )

    again = Certificate.objects.for_list().get(pk=certificate.pk)

    assert again.title == "Product owner of AI use cases" and again.template_version == 1
    assert again.valid_until - again.valid_from == timedelta(days=730)


def test_the_curriculum_counts_the_version_of_a_template_up_only_when_it_changed(curriculum):
    from tests.training.conftest import files
    from training import content_files
    from training.services import curriculum as curricula

    template = CertificateTemplate.objects.get(code=OWNER)
    entry = {**next(each for each in files().paths if each["code"] == OWNER)["certificate"]}
    templates = {each.code: each for each in CertificateTemplate.objects.all()}

    assert curricula.load_template(template.path, entry, templates).version == 1
    assert curricula.load_template(template.path, {**entry, "validity_days": 90}, templates).version == 2
    assert content_files.ROOT.exists()


def test_a_renewal_by_exam_is_the_next_spell_and_supersedes_the_one_before():
    user = person()
    first = certified(user, OWNER)
    with clock.at(first.valid_until - timedelta(days=40)):
        second = take(user, OWNER, seed="another").certificate
        first.refresh_from_db()
        assert (second.spell, second.renews) == (2, first)
        assert first.status == Certificate.Status.SUPERSEDED and second.status == Certificate.Status.VALID
        assert credentials.holds(user, Right.OWN_USE_CASE)
        certificates.revoke(second, reason="Sat by another.", by=person(duties=("community_lead",)))
        assert not credentials.holds(user, Right.OWN_USE_CASE)


@pytest.mark.parametrize(("days", "told"), [(61, 0), (60, 1), (31, 1), (30, 1), (7, 1), (1, 1)])
def test_a_warning_goes_out_once_at_each_mark(days, told):
    certificate = certified(person(), OWNER)
    before = Notice.objects.filter(user=certificate.user).count()
    with clock.at(certificate.valid_until - timedelta(days=days)):
        assert (certificates.warn_expiring(), certificates.warn_expiring()) == (told, 0)
    assert Notice.objects.filter(user=certificate.user).count() == before + told
    with clock.at(certificate.valid_until + timedelta(days=1)):
        assert certificates.warn_expiring() == 0


def test_each_of_the_four_warnings_follows_the_other_and_a_renewed_one_is_not_warned_of():
    user = person()
    certificate = certified(user, OWNER)
    for days in (60, 30, 7, 1):
        with clock.at(certificate.valid_until - timedelta(days=days)):
            assert certificates.warn_expiring() == 1
    with clock.at(certificate.valid_until - timedelta(hours=2)):
        take(user, OWNER, seed="another")
        assert certificates.warn_expiring() == 0


def test_spaced_review_kept_up_renews_without_an_exam_once_however_often_asked():
    certificate = certified(person(), OWNER)
    assert certificate.cards.count() == 3
    keep_fresh(certificate)
    with clock.at(certificate.valid_until - timedelta(days=29)):
        renewal = certificates.renew(certificate, by=certificate.user)
        assert certificates.renew(certificate, by=certificate.user) == renewal
        assert renewal.spell == 2 and renewal.attempt is None and renewal.evidence[0]["kind"] == "review"
        assert renewal.valid_until == clock.now() + timedelta(days=730)
    assert Certificate.objects.filter(user=certificate.user).count() == 2


def test_the_portal_renews_on_the_last_day_what_was_earned_and_nothing_else():
    kept, lazy = certified(person(), OWNER), certified(person(), OWNER)
    keep_fresh(kept, until=2)
    with clock.at(kept.valid_until - timedelta(hours=20)):
        assert (certificates.renew_due(), certificates.renew_due()) == (1, 0)
    assert Certificate.objects.filter(user=kept.user).count() == 2
    assert Certificate.objects.filter(user=lazy.user).count() == 1


def test_wrong_answers_and_early_renewals_are_refused_with_the_figures():
    certificate = certified(person(), OWNER)
    with pytest.raises(Refused, match="last 60 days"):
        certificates.renew(certificate, by=certificate.user)
    keep_fresh(certificate, right=False, until=725)
    with clock.at(certificate.valid_until - timedelta(days=45)):
        with pytest.raises(Refused, match="0 %"):
            certificates.renew(certificate, by=certificate.user)
        with pytest.raises(Refused, match="holder"):
            certificates.renew(certificate, by=person(duties=("community_lead",)))
    assert Certificate.objects.filter(user=certificate.user).count() == 1


def test_a_card_is_answered_when_due_by_its_holder_with_something_that_fits():
    certificate = certified(person(), OWNER)
    card = certificate.cards.select_related("question").first()
    key = scoring.right_response(card.question.kind, card.question.answer)
    with pytest.raises(Refused, match="comes back"):
        recall.answer(card, response=key, by=certificate.user)
    with clock.at(clock.now() + timedelta(days=2)):
        for bad in ({}, {"choice": "unknown"}, {"number": [1]}, {"choices": "x" * 9999}):
            with pytest.raises(ValidationError):
                recall.answer(card, response=bad, by=certificate.user)
        with pytest.raises(Refused, match="holder"):
            recall.answer(card, response=key, by=person())
        assert card.reviews.count() == 0
        assert recall.answer(card, response=key, by=certificate.user).is_right
        with pytest.raises(Refused, match="comes back"):
            recall.answer(card, response=key, by=certificate.user)
    assert card.reviews.count() == 1


def test_unknown_private_and_withdrawn_certificates_answer_alike_on_every_public_address():
    user = person("Ada Holder")
    certificate, stranger = certified(user, OWNER), Client()
    withdrawn = shared(person())
    certificates.share(withdrawn, is_public=False, by=withdrawn.user)
    for name in ("certificate", "badge", "badge_json", "paper", "qr"):
        answers = [stranger.get(public(name, each)) for each in (certificate, withdrawn)] + [
            stranger.get(public(name, None, "f" * 32))
        ]
        assert {each.status_code for each in answers} == {404}, name
        assert {each.headers["X-Robots-Tag"] for each in answers if name == "certificate"} <= {"noindex"}
        assert len({len(each.content) for each in answers}) == 1
        assert b"Ada" not in answers[0].content


@pytest.mark.parametrize(
    ("chosen", "seen"), [("full", "Ada Holder"), ("initials", "AH"), ("none", "does not show a name")]
)
def test_the_public_page_shows_the_name_the_holder_consented_to_and_what_it_does_not_prove(chosen, seen):
    certificate = shared(person("Ada Holder"), name_shown=chosen)
    page = Client().get(public("certificate", certificate))
    words = page.content.decode()
    assert page.status_code == 200 and seen in words and "What it does not prove" in words
    assert 'content="noindex"' in words and page.headers["X-Robots-Tag"] == "noindex"
    assert ("Ada Holder" in words) == (chosen == "full")
    assert (
        certificate.user.email not in words + Client().get(public("badge_json", certificate)).content.decode()
    )
    assert ("Ada Holder" in Client().get(public("badge_json", certificate)).content.decode()) == (
        chosen == "full"
    )


def test_only_the_holder_shares_and_only_in_one_of_three_ways():
    certificate = certified(person(), OWNER)
    with pytest.raises(Refused):
        certificates.share(certificate, is_public=True, by=person(duties=("community_lead",)))
    with pytest.raises(ValidationError, match="ways"):
        certificates.share(certificate, is_public=True, name_shown="nickname", by=certificate.user)
    certificate.refresh_from_db()
    assert not certificate.is_public and not SigningKey.objects.exists()


def test_the_badge_is_signed_and_the_published_key_proves_it_also_after_a_rotation(settings):
    certificate, stranger = shared(person("Ada Holder")), Client()
    token = stranger.get(public("badge", certificate)).content.decode()
    with clock.at(clock.now() + timedelta(days=366)):
        signing.ensure_key()
    assert SigningKey.objects.count() == 2

    published = KeySet.import_key_set(stranger.get(public("keys")).json())
    found = jws.deserialize_compact(token, published.keys[1])
    whole = json.loads(found.payload)

    assert found.headers()["alg"] == "RS256" and found.headers()["kid"].endswith(
        f"/{published.keys[1].kid}.json"
    )
    assert whole["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert whole["iss"] == whole["issuer"]["id"] and whole["jti"] == whole["id"]
    assert whole["exp"] == int(certificate.valid_until.timestamp())
    assert (
        "d" not in published.keys[1].as_dict()
        and stranger.get(public("key", None, published.keys[1].kid)).json()["kty"] == "RSA"
    )
    head, body, signature = token.split(".")
    with pytest.raises(Exception, match="(?i)signature"):
        jws.deserialize_compact(f"{head}.{body[:-4]}AAAA.{signature}", published.keys[1])


def test_another_secret_key_makes_another_signing_key_and_cannot_open_the_old_one(settings):
    old = signing.ensure_key().kid
    settings.SECRET_KEY = "another secret key of more than fifty letters, written for this one test"
    assert signing.newest() is None and signing.ensure_key().kid != old
    assert len(signing.published()["keys"]) == 2


def test_the_page_of_a_revoked_badge_says_so_first_without_the_reason():
    certificate = shared(person())
    certificates.revoke(certificate, reason="A private reason.", by=person(duties=("community_lead",)))
    page = Client().get(public("certificate", certificate)).content.decode()
    assert "Revoked on" in page and "Valid until" not in page and "private reason" not in page
    assert reverse("verify:status", args=[1]) in page


def test_too_many_questions_from_one_address_have_to_wait(settings):
    from django.core.cache import cache

    cache.clear()
    settings.VERIFY_PER_MINUTE = 3
    answers = [Client().get(public("certificate", None, "f" * 32)) for _ in range(4)]
    cache.clear()
    assert [each.status_code for each in answers] == [404, 404, 404, 429]
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60


def test_the_paper_is_a_pdf_for_the_holder_and_in_public_only_when_shared():
    certificate = certified(person("Ada Holder"), OWNER)
    client = Client()
    client.force_login(certificate.user)
    mine = client.get(reverse("training:certificate_paper", args=[certificate.pk]))
    assert mine.status_code == 200 and mine.content.startswith(b"%PDF-")
    certificates.share(certificate, is_public=True, by=certificate.user)
    assert Client().get(public("paper", certificate)).content.startswith(b"%PDF-")
    assert b"<svg" in Client().get(public("qr", certificate)).content


def test_a_refused_act_is_kept_and_offered_again_once_the_right_is_there():
    user, client = person(), Client()
    client.force_login(user)
    back = "/experiments/?phase=backlog"
    page = client.get(
        reverse("training:right", args=[Right.LAUNCH_AUTOML]), HTTP_REFERER=f"http://testserver{back}"
    )
    assert "Keep that page" in page.content.decode()
    for _twice in range(2):
        client.post(reverse("training:act_keep", args=[Right.LAUNCH_AUTOML]), {"url": back})
    act = PostponedAct.objects.get()
    assert act.url == back and act.offered_at is None

    certified(user, CITIZEN)

    act.refresh_from_db()
    assert act.offered_at and Notice.objects.filter(user=user, url=back).count() == 1
    assert (
        "Do now what was refused before"
        in client.get(reverse("training:right", args=[Right.LAUNCH_AUTOML])).content.decode()
    )
    assert "refused before" in client.get(reverse("home")).content.decode()
    postponed.close(act, by=user)
    assert PostponedAct.objects.open().count() == 0


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://evil.example/",
        "//evil.example/x",
        "/api/experiments/",
        "/nowhere/",
        "/x" * 200,
        "javascript:alert(1)",
    ],
)
def test_only_pages_of_the_portal_are_kept(url):
    with pytest.raises(ValidationError):
        postponed.keep(Right.LAUNCH_AUTOML, url=url, by=person())
    assert not PostponedAct.objects.exists()


def test_the_right_page_says_why_one_holds_it_or_not_any_more():
    user, client = person(), Client()
    certificate = certified(user, OWNER)
    client.force_login(user)
    url = reverse("training:right", args=[Right.OWN_USE_CASE])
    assert "You hold this right" in client.get(url).content.decode()
    certificates.revoke(certificate, reason="A mistake.", by=person(duties=("community_lead",)))
    page = client.get(url).content.decode()
    assert "revoked: from" in page and "You hold this right" not in page


@pytest.mark.django_db(transaction=True)
def test_two_jobs_at_the_same_moment_issue_one_certificate():
    user = person()
    finish_lessons(user, OWNER)
    attempt = take(user, OWNER)
    first = attempt.certificate
    # As it stood before the first award: passed, nothing given.
    first.cards.all().delete()
    credential = first.credential
    first.delete()
    credential.delete()
    answers, gate = at_once(4, lambda: certificates.award(Attempt.objects.get(pk=attempt.pk), by=None))

    assert gate.broken is False
    assert {type(each) for each in answers} == {Certificate}, answers
    assert len({each.pk for each in answers}) == 1
    assert Certificate.objects.filter(user=user).count() == 1
    assert Credential.objects.filter(user=user).count() == 1
    assert AuditEvent.objects.filter(verb="certificate.awarded").count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_renewals_at_the_same_moment_make_one_spell():
    certificate = certified(person(), OWNER)
    keep_fresh(certificate)
    moment = certificate.valid_until - timedelta(days=29)

    def renew():
        with clock.at(moment):
            return certificates.renew(Certificate.objects.get(pk=certificate.pk), by=certificate.user)

    answers, _gate = at_once(3, renew)

    assert {type(each) for each in answers} == {Certificate}, answers
    assert sorted(Certificate.objects.filter(user=certificate.user).values_list("spell", flat=True)) == [1, 2]


def at_once(count, call):
    """Run it in several threads at the same moment, each with its own connection."""
    gate, answers = threading.Barrier(count), [None] * count

    def run(number):
        try:
            gate.wait()
            answers[number] = call()
        except Exception as problem:
            answers[number] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers, gate
