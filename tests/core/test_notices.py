"""Notices: once each, never to the one who acted, mailed once and only when it happens now."""

from datetime import timedelta

import pytest

from portal.core import clock
from portal.core.models import Notice
from portal.core.services import notices
from tests.people import person

pytestmark = pytest.mark.django_db


def test_each_person_is_told_once_and_never_the_one_who_acted():
    anna, bo = person("Anna"), person("Bo")

    notices.tell([anna, anna, bo, None], text="Look, %(name)s", by=bo, name="you")

    assert [(each.user, str(each)) for each in Notice.objects.all()] == [(anna, "Look, you")]


def test_a_notice_is_mailed_once(mailoutbox):
    notices.tell([person("Anna")], text="Look", url="/notices/", by=None)

    assert (notices.send_waiting_mail(), notices.send_waiting_mail()) == (1, 0)
    assert "Look" in mailoutbox[0].subject


def test_what_was_read_is_not_mailed(mailoutbox):
    anna = person("Anna")
    notices.tell([anna], text="Look", by=None)
    notices.mark_all_read(by=anna)

    assert notices.send_waiting_mail() == 0
    assert not mailoutbox


def test_a_story_of_the_past_goes_out_by_no_mail(mailoutbox):
    with clock.at(clock.now() - timedelta(days=90)):
        notices.tell([person("Anna")], text="Look", by=None)

    assert notices.send_waiting_mail() == 0
    assert Notice.objects.unread().count() == 1
    assert not mailoutbox


def test_a_mail_server_that_fails_loses_no_notice(mailoutbox, monkeypatch):
    notices.tell([person("Anna")], text="Look", by=None)

    def fail(*_args):
        raise OSError("no mail server")

    with monkeypatch.context() as broken:
        broken.setattr("portal.core.services.notices.send_mail", fail)
        with pytest.raises(OSError, match="no mail server"):
            notices.send_waiting_mail()

    assert notices.send_waiting_mail() == 1
