"""What was discarded or deleted leaves notices and jobs behind: they say that its page is gone, and lead nowhere."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.core import destinations
from portal.core.duties import Duty
from portal.core.models import Job, Notice
from portal.core.services import digests, jobs, notices
from projects.models import ImportedProject
from projects.services import imported_projects
from tests.governance import factories
from tests.people import person

pytestmark = pytest.mark.django_db
WORDS = "no longer there, or no longer open to you"


def brought(by, name="uc"):
    """Sent, and told about; its check was cancelled."""
    file = SimpleUploadedFile(f"{name}.zip", b"PK\x03\x04" + name.encode())
    made, _is_new = imported_projects.send(file=file, by=by)
    jobs.cancel(made.job, by=by)
    imported_projects.tell(made, f"{name} was not accepted.")
    return ImportedProject.objects.for_list().get(pk=made.pk)


@pytest.fixture
def manager():
    return person("Portia", duties=(Duty.PORTFOLIO_MANAGER,))


@pytest.fixture
def signed_in(client, manager):
    client.force_login(manager)
    return client


def test_the_list_of_notices_links_what_is_there_and_says_what_is_gone(signed_in, manager):
    kept, lost = brought(manager, "kept"), brought(manager, "lost")
    notices.tell([manager], text="Look around.", url="/data/", by=None)
    imported_projects.discard(lost, by=manager)

    page = signed_in.get(reverse("core:notice_list")).content.decode()

    assert page.count(WORDS) == 1 and page.index("lost was not") < page.index(WORDS)
    assert page.count('name="open"') == 2 and page.count("Mark as read<") == 3
    assert kept.original_name == "kept.zip"


def test_what_was_read_and_is_gone_has_no_button_left(signed_in, manager):
    imported_projects.discard(brought(manager), by=manager)
    notices.mark_all_read(by=manager)

    page = signed_in.get(reverse("core:notice_list")).content.decode()

    assert WORDS in page and reverse("core:notice_read", args=[Notice.objects.get().pk]) not in page


def test_who_opens_a_notice_from_an_old_list_is_told_and_not_sent_to_nowhere(signed_in, manager):
    imported_projects.discard(brought(manager), by=manager)
    notice = Notice.objects.get()

    answer = signed_in.post(reverse("core:notice_read", args=[notice.pk]), {"open": "yes"}, follow=True)

    assert answer.redirect_chain == [(reverse("core:notice_list"), 302)]
    assert answer.content.decode().count(WORDS) == 2, "said at once, and beside the notice"
    notice.refresh_from_db()
    assert notice.read_at


def test_the_page_of_a_job_leads_to_what_is_there_and_says_what_is_gone(signed_in, manager):
    mine = brought(manager)
    address, page_of_job = imported_projects.page(mine), reverse("core:job_detail", args=[mine.job_id])
    page = signed_in.get(page_of_job).content.decode()
    assert f'href="{address}"' in page and WORDS not in page

    imported_projects.discard(mine, by=manager)

    page = signed_in.get(page_of_job).content.decode()
    assert address not in page and WORDS in page


def test_an_engineer_is_not_led_to_what_is_not_open_to_them(client, manager):
    mine = brought(manager)
    client.force_login(person("Sofia", duties=(Duty.IT_ENGINEER,)))

    page = client.get(reverse("core:job_detail", args=[mine.job_id])).content.decode()

    assert client.get(imported_projects.page(mine)).status_code == 404
    assert imported_projects.page(mine) not in page and WORDS in page


def test_programs_are_told_too(signed_in, manager):
    kept, lost = brought(manager, "kept"), brought(manager, "lost")
    imported_projects.discard(lost, by=manager)

    for name in ("job", "notice"):
        rows = signed_in.get(reverse(f"api:{name}-list")).json()["results"]
        gone = {row["url"]: row["is_gone"] for row in rows}
        assert gone.pop(imported_projects.page(kept)) is False
        assert set(gone.values()) <= {True, False} and gone[f"/use-cases/brought/{lost.pk}/"] is True
    one = signed_in.get(reverse("api:job-detail", args=[lost.job_id])).json()
    assert one["is_gone"] is True


@pytest.mark.parametrize("name", ["core:notice_list", "api:notice-list", "api:job-list"])
def test_many_lost_pages_cost_no_more_questions_than_one(signed_in, manager, name):
    def questions():
        with CaptureQueriesContext(connection) as asked:
            assert signed_in.get(reverse(name)).status_code == 200
        return len(asked)

    imported_projects.discard(brought(manager), by=manager)
    brought(manager, "kept")
    signed_in.get(reverse(name))
    few = questions()
    for number in range(4):
        imported_projects.discard(brought(manager, f"lost {number}"), by=manager)
        brought(manager, f"kept {number}")
    assert Job.objects.filter(kind="bundle.read").count() == 10 and questions() == few


def test_mail_and_digest_lead_nowhere_either(manager, mailoutbox):
    kept, lost = brought(manager, "kept"), brought(manager, "lost")
    address = imported_projects.page(lost)
    imported_projects.discard(lost, by=manager)

    assert notices.send_waiting_mail() == 2
    bodies = {mail.body.split()[0]: mail.body for mail in mailoutbox}
    assert address not in bodies["lost"] and WORDS in bodies["lost"]
    assert imported_projects.page(kept) in bodies["kept"] and WORDS not in bodies["kept"]

    letter = digests.letter(manager, list(Notice.objects.all()))
    assert address not in letter and imported_projects.page(kept) in letter and letter.count(WORDS) == 1


def test_a_version_is_known_by_both_its_pages():
    made = factories.world()
    pages = [reverse(f"governance:version_{page}", args=[made.version.pk]) for page in ("detail", "submit")]
    there, other = (
        [f"{page}?tab=1#top" for page in pages],
        reverse("governance:version_detail", args=[uuid.uuid4()]),
    )

    assert (
        destinations.gone(made.owner, [*pages, *there, "", "https://elsewhere.example/x", "/data/"]) == set()
    )
    assert destinations.gone(made.owner, [*pages, other]) == {other}


@pytest.mark.parametrize("name", sorted(destinations._pages))
def test_what_is_taken_for_gone_is_a_page_that_is_not_found(signed_in, manager, name):
    address = reverse(name, args=[uuid.uuid4()])

    assert destinations.gone(manager, [address]) == {address}
    assert signed_in.get(address).status_code == 404
