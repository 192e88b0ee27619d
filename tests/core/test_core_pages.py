"""Pages of the floor: signing in, profile, tokens, notices, people, jobs, the technical page."""

from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client

from portal.core import clock
from portal.core.models import ApiToken, Job, Notice
from portal.core.services import credentials, jobs, notices
from tests import people as cast

pytestmark = pytest.mark.django_db
PASSWORD = cast.PASSWORD


@pytest.fixture
def anna(client: Client):
    """Somebody signed in, with a known password."""
    person = cast.person("Anna Keller")
    client.force_login(person)
    return person


def job_of(person, **more):
    """A waiting job."""
    return jobs.enqueue("demo.probe", payload={}, label="Read claims.csv", by=person, **more)


def text(answer) -> str:
    """The page as text."""
    return answer.content.decode()


def test_health_answers_without_a_session(client: Client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok")


def test_a_page_asks_a_stranger_to_sign_in_and_then_goes_on(client: Client, anna):
    client.logout()
    asked = client.get("/tokens/")

    answer = client.post(asked.url, {"username": anna.email.upper(), "password": PASSWORD})

    assert asked.url == "/sign-in/?next=/tokens/"
    assert answer.url == "/tokens/"


def test_a_wrong_password_is_told_kindly(client: Client, anna):
    client.logout()

    answer = client.post("/sign-in/", {"username": anna.email, "password": "wrong"})

    assert answer.status_code == 422
    assert "do not belong together" in text(answer)


def test_too_many_wrong_passwords_rest_the_account(client: Client, anna, settings):
    client.logout()
    for _try in range(settings.AXES_FAILURE_LIMIT):
        answer = client.post("/sign-in/", {"username": anna.email, "password": "wrong"})

    assert answer.status_code == 429
    assert "Let us wait a little" in text(answer)
    assert client.post("/sign-in/", {"username": anna.email, "password": PASSWORD}).status_code == 429


def test_signing_out_is_a_deed_and_not_a_link(client: Client, anna):
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")

    assert client.get("/profile/").status_code == 302


def test_a_forgotten_password_is_renewed_by_mail(client: Client, anna):
    client.logout()

    answer = client.post("/password/forgotten/", {"email": anna.email})

    assert answer.url == "/password/forgotten/sent/"
    link = next(word for word in mail.outbox[0].body.split() if "/password/new/" in word)
    form = client.get(link.partition("testserver")[2], follow=True)
    done = client.post(
        form.redirect_chain[-1][0], {"new_password1": "quiet-Meadow-77", "new_password2": "quiet-Meadow-77"}
    )
    assert done.url == "/password/new/done/"
    assert client.login(request=form.wsgi_request, username=anna.email, password="quiet-Meadow-77")


def test_an_unknown_address_gets_the_same_answer(client: Client):
    answer = client.post("/password/forgotten/", {"email": "nobody@example.test"})

    assert answer.url == "/password/forgotten/sent/"
    assert not mail.outbox


def test_the_password_is_changed_with_the_old_one(client: Client, anna):
    new = {"new_password1": "quiet-Meadow-77", "new_password2": "quiet-Meadow-77"}

    wrong = client.post("/password/", {"old_password": "x", **new})
    right = client.post("/password/", {"old_password": PASSWORD, **new})

    assert wrong.status_code == 200
    assert right.url == "/password/changed/"


def test_the_profile_shows_rights_and_is_changed_by_its_owner(client: Client, anna):
    credentials.grant(
        user=anna,
        code="automl.launch",
        source="Certificate 7",
        valid_from=clock.now() - timedelta(days=2),
        valid_until=clock.now() - timedelta(days=1),
        by=None,
    )
    profile = {"display_name": "Anna K.", "language": "en", "time_zone": "Europe/Paris", "theme": "dark"}

    answer = client.post("/profile/", profile, follow=True)

    assert "Your profile is saved." in text(answer)
    assert "Anna K." in text(answer)
    assert "Expired" in text(answer)
    assert client.post("/profile/", {**profile, "time_zone": "Moon/Base"}).status_code == 422


def test_a_token_is_shown_once_and_revoked(client: Client, anna):
    made = client.post("/tokens/", {"name": "Report", "scope": "read", "days": 30})
    again = client.get("/tokens/")
    token = ApiToken.objects.get()
    client.post(f"/tokens/{token.pk}/revoke/")
    token.refresh_from_db()

    assert "agora_" in text(made)
    assert made.headers["Cache-Control"].startswith("max-age=0")
    assert "shown this one time only" not in text(again)
    assert token.revoked_at is not None


def test_a_token_lives_ninety_days_at_most_and_is_nobody_elses(client: Client, anna):
    too_long = client.post("/tokens/", {"name": "Report", "scope": "read", "days": 91})
    client.post("/tokens/", {"name": "Report", "scope": "read", "days": 9})
    client.force_login(cast.person())

    assert too_long.status_code == 422
    assert client.post(f"/tokens/{ApiToken.objects.get().pk}/revoke/").status_code == 404


def test_notices_are_read_one_by_one_and_all_at_once(client: Client, anna):
    for what in ("first", "second", "third"):
        notices.tell([anna], text="The %(what)s thing happened.", url="/jobs/", by=None, what=what)
    notice = Notice.objects.first()

    opened = client.post(f"/notices/{notice.pk}/read/", {"open": "yes"})
    new = text(client.get("/notices/?show=new"))
    client.post("/notices/read/")

    assert opened.url == "/jobs/"
    assert "first" in text(client.get("/notices/"))
    assert new.count('class="notice is-new"') == 2
    assert not Notice.objects.unread().exists()


def test_a_notice_never_leads_to_another_site(client: Client, anna):
    notices.tell([anna], text="Look.", url="//evil.example/", by=None)

    answer = client.post(f"/notices/{Notice.objects.get().pk}/read/", {"open": "yes"})

    assert answer.url == "/notices/"


def test_people_are_found_by_word_and_duty(client: Client, anna):
    cast.person("Olga Auditor", duties=("auditor",))
    cast.person("Paul Plain")

    by_name = text(client.get("/people/?q=paul"))
    by_duty = text(client.get("/people/?duty=auditor"))

    assert "Paul Plain" in by_name
    assert "Olga Auditor" not in by_name
    assert "Olga Auditor" in by_duty
    assert "Paul Plain" not in by_duty
    assert "Nobody matches" in text(client.get("/people/?q=zzzz"))


def test_the_directory_asks_the_same_number_of_questions_for_one_and_for_many(
    client: Client, anna, django_assert_max_num_queries
):
    for number in range(12):
        cast.person(f"Person {number}", duties=("auditor",))

    with django_assert_max_num_queries(12):
        client.get("/people/")


def test_one_sees_ones_own_jobs_and_cancels_them(client: Client, anna):
    mine, other = job_of(anna), job_of(cast.person())

    assert "Read claims.csv" in text(client.get(f"/jobs/{mine.pk}/"))
    assert client.get(f"/jobs/{other.pk}/").status_code == 404
    assert client.post(f"/jobs/{other.pk}/cancel/").status_code == 404
    client.post(f"/jobs/{mine.pk}/cancel/")
    mine.refresh_from_db()
    assert mine.state == Job.State.CANCELLED
    assert "This job is already over." in text(client.get(f"/jobs/{mine.pk}/"))


def test_a_running_job_is_followed_and_a_finished_one_is_not(client: Client, anna):
    job = job_of(anna)

    before = text(client.get(f"/jobs/{job.pk}/"))
    jobs.cancel(job, by=anna)

    assert 'hx-trigger="every 2s"' in before
    assert 'hx-trigger="every 2s"' not in text(client.get(f"/jobs/{job.pk}/"))


def test_it_engineers_see_every_job_and_the_technical_page(client: Client, anna):
    job = job_of(anna)
    client.force_login(cast.person(duties=("it_engineer",)))

    page = text(client.get("/system/"))

    assert client.get(f"/jobs/{job.pk}/").status_code == 200
    assert "Waiting for a worker: 1" in page
    assert "Database" in page


def test_others_are_refused_the_technical_page_with_the_reason(client: Client, anna):
    answer = client.get("/system/")

    assert answer.status_code == 403
    assert "The technical page is for IT engineers" in text(answer)


def test_what_does_not_exist_says_so_inside_the_frame(client: Client, anna):
    answer = client.get("/no-such-page/")

    assert answer.status_code == 404
    assert "Nothing found here" in text(answer)


def test_the_gallery_shows_every_component(client: Client, anna):
    assert client.get("/kit/").status_code == 200


@pytest.mark.parametrize("address", ["/sign-in/", "/password/forgotten/", "/password/forgotten/sent/"])
def test_the_doors_are_open_to_everybody(address: str, client: Client):
    assert client.get(address).status_code == 200


def test_a_reader_of_the_audit_trail_sees_all_jobs_but_may_not_cancel_them(client: Client, anna):
    job = job_of(anna)
    client.force_login(cast.person(duties=("auditor",)))

    answer = client.post(f"/jobs/{job.pk}/cancel/")

    job.refresh_from_db()
    assert answer.status_code == 403
    assert "Only the person who started this job" in text(answer)
    assert job.state == Job.State.QUEUED
