"""How people hear: at once, once a day, or in the portal only."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core import clock
from portal.core.models import Notice, NoticePreference
from portal.core.services import digests, notices
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def at_nine(monkeypatch):
    """Nine in the morning in Paris, without a moved clock: nothing of it is history."""
    now = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
    monkeypatch.setattr("portal.core.services.digests.clock.now", lambda: now)
    return now


def reader(**channels):
    """Somebody with these channels."""
    user = person("Anna")
    user.time_zone = "Europe/Paris"
    user.save()
    digests.set_preferences(channels=channels, digest_hour=7, by=user)
    return user


def test_each_kind_goes_its_own_way(mailoutbox):
    anna = reader(comment="digest", squad="in_app")
    for kind in ("comment", "squad", "task"):
        notices.tell([anna], text=f"Of {kind}", kind=kind, by=None)

    due = {each.kind: (each.mail_due, each.digest_due) for each in Notice.objects.all()}
    assert due == {"comment": (False, True), "squad": (False, False), "task": (True, False)}
    assert notices.send_waiting_mail() == 1
    assert "task" in mailoutbox[0].subject


def test_a_kind_that_is_not_said_is_told_by_the_icon():
    anna = person("Anna")
    notices.tell([anna], text="x", icon="squads", by=None)
    notices.tell([anna], text="x", by=None)

    assert set(Notice.objects.values_list("kind", flat=True)) == {"squad", "other"}


def test_the_digest_comes_once_a_day_with_tasks_first(mailoutbox, at_nine):
    anna = reader(comment="digest", task="digest")
    notices.tell([anna], text="Somebody wrote", url="/a/", kind="comment", by=None)
    notices.tell([anna], text="Decide this", url="/b/", kind="task", by=None)

    assert (digests.send_due_digests(), digests.send_due_digests()) == (1, 0)
    [mail] = mailoutbox
    assert "2 notices" in mail.subject
    assert mail.body.index("Decide this") < mail.body.index("Somebody wrote")

    notices.tell([anna], text="Later", kind="comment", by=None)
    assert digests.send_due_digests() == 0


def test_the_digest_waits_for_its_hour_and_goes_the_next_day(mailoutbox, monkeypatch):
    anna = reader(comment="digest")
    digests.set_preferences(channels={}, digest_hour=18, by=anna)
    notices.tell([anna], text="Hello", kind="comment", by=None)
    for moment, sent in (
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), 0),  # 17:00 in Paris
        (datetime(2026, 11, 23, 17, 0, tzinfo=UTC), 1),
    ):
        monkeypatch.setattr("portal.core.services.digests.clock.now", lambda moment=moment: moment)
        assert digests.send_due_digests() == sent


def test_what_was_read_is_in_no_digest(mailoutbox, at_nine):
    anna = reader(comment="digest")
    notices.tell([anna], text="Hello", kind="comment", by=None)
    notices.mark_all_read(by=anna)

    assert digests.send_due_digests() == 0
    assert not mailoutbox


def test_a_failing_mail_server_loses_no_digest(mailoutbox, at_nine, monkeypatch):
    anna = reader(comment="digest")
    notices.tell([anna], text="Hello", kind="comment", by=None)

    def fail(*_args):
        raise OSError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr("portal.core.services.digests.send_mail", fail)
        with pytest.raises(OSError, match="no mail server"):
            digests.send_due_digests()
    assert digests.send_due_digests() == 1


def test_a_story_of_the_past_is_in_no_digest(at_nine):
    anna = reader(comment="digest")
    with clock.at(clock.now() - timedelta(days=90)):
        notices.tell([anna], text="Hello", kind="comment", by=None)

    assert not Notice.objects.get().digest_due


def test_wrong_preferences_are_refused_by_field_and_change_nothing():
    anna = person("Anna")

    with pytest.raises(ValidationError) as refusal:
        digests.set_preferences(channels={"comment": "pigeon", "weather": "mail"}, digest_hour=24, by=anna)

    assert set(refusal.value.message_dict) == {"comment", "weather", "digest_hour"}
    assert not NoticePreference.objects.exists()


def test_the_page_and_the_api_choose_the_same(client):
    anna = person("Anna")
    client.force_login(anna)
    page, api = reverse("core:notice_preferences"), reverse("api:notice-preference")
    sent = dict.fromkeys(Notice.Kind.values, "digest") | {"digest_hour": "18"}

    assert client.get(page).status_code == 200
    assert client.post(page, sent | {"task": "pigeon"}).status_code == 422
    assert client.post(page, sent).status_code == 302
    assert client.get(api).json() == {
        "channels": dict.fromkeys(Notice.Kind.values, "digest"),
        "digest_hour": 18,
    }
    changed = client.patch(api, {"channels": {"task": "mail"}}, content_type="application/json")
    assert (changed.status_code, changed.json()["channels"]["task"]) == (200, "mail")
    assert changed.json()["digest_hour"] == 18
    wrong = client.patch(api, {"channels": {"task": "pigeon"}}, content_type="application/json")
    assert wrong.status_code == 400
