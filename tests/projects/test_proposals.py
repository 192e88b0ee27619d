"""Proposing step by step, “this is mine too”, and triage by keyboard with its service level."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.core import clock
from portal.core.models import Notice
from portal.core.verdicts import Refused
from projects.models import Comment, Support, UseCase
from projects.selectors import triage as reads
from projects.services import supports, triage
from tests.people import person
from tests.projects.cases import in_backlog, manager, owner, proposal

pytestmark = pytest.mark.django_db
PROBLEM = "Too few adjusters are free in the days after a storm."


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def at(name, *args):
    return reverse(f"projects:{name}", args=args)


def test_the_first_answer_becomes_a_draft_and_each_further_one_is_kept():
    ana = person()
    client = signed_in(ana)

    answer = client.post(at("proposal_begin"), {"problem": PROBLEM})
    draft = UseCase.objects.get()
    assert answer.url == at("proposal_step", draft.pk, "name")
    assert (draft.phase, draft.title) == ("draft", PROBLEM)
    for step, words, then in (
        ("name", {"title": "Adjusters after a storm"}, "next"),
        ("decision", {"decides_today": "The storm desk."}, "next"),
        ("data", {"data_hint": "Claims of ten years."}, "later"),
    ):
        answer = client.post(at("proposal_step", draft.pk, step), {**words, "then": then})
        assert answer.status_code == 302

    draft.refresh_from_db()
    assert answer.url == at("use_case_detail", draft.pk)
    assert (draft.title, draft.decides_today, draft.data_hint) == (
        "Adjusters after a storm",
        "The storm desk.",
        "Claims of ten years.",
    )
    assert draft.phase == "draft"


def test_the_last_step_sends_it_and_says_by_when_somebody_answers(settings):
    settings.TRIAGE_DAYS = 5
    draft = proposal(submit=False)
    portia = manager()
    client = signed_in(draft.submitter)

    answer = client.post(at("proposal_step", draft.pk, "send"), {"then": "next"}, follow=True)

    draft.refresh_from_db()
    assert draft.phase == "submitted"
    assert str(portia) in answer.content.decode()
    assert str(reads.level(draft).due.year) in answer.content.decode()


@pytest.mark.parametrize(
    "step", ["problem", "name", "decision", "data", "people", "benefit", "sensitive", "send"]
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_step_stands(step, language):
    draft = proposal(by=person(language=language), submit=False)

    assert signed_in(draft.submitter).get(at("proposal_step", draft.pk, step)).status_code == 200


def test_a_wrong_answer_comes_back_with_its_words_and_changes_nothing():
    draft = proposal(submit=False)
    client = signed_in(draft.submitter)

    answer = client.post(at("proposal_step", draft.pk, "people"), {"people_affected": "many"})

    assert answer.status_code == 422
    assert "many" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.people_affected is None


def test_nobody_writes_in_the_draft_of_another_and_unknown_steps_do_not_exist():
    draft = proposal(submit=False)

    assert signed_in(person()).get(at("proposal_step", draft.pk, "name")).status_code == 404
    assert signed_in(draft.submitter).get(at("proposal_step", draft.pk, "nonsense")).status_code == 404
    assert signed_in(manager()).get(at("proposal_sent", draft.pk)).status_code == 404


def test_what_is_in_the_backlog_is_not_proposed_again():
    use_case = in_backlog()

    answer = signed_in(use_case.submitter).post(at("proposal_step", use_case.pk, "name"), {"title": "Mine"})

    assert answer.status_code == 403
    use_case.refresh_from_db()
    assert use_case.title != "Mine"


def test_an_auditor_begins_nothing():
    answer = signed_in(person(duties=("auditor",))).post(at("proposal_begin"), {"problem": PROBLEM})

    assert answer.status_code == 403
    assert not UseCase.objects.exists()


def test_a_similar_use_case_is_offered_while_one_types_and_the_draft_becomes_a_vote():
    older = in_backlog(title="Adjusters after storms", problem=PROBLEM)
    draft = proposal(by=person("Bo"), title="Storm adjusters", problem=PROBLEM + " Every year.", submit=False)
    client = signed_in(draft.submitter)

    page = client.get(at("use_case_similar"), {"problem": PROBLEM, "draft": draft.pk}).content.decode()
    link = f"{at('use_case_support', older.pk)}?draft={draft.pk}"
    assert older.ref in page and link in page
    assert PROBLEM in client.get(link).content.decode()
    assert client.post(at("use_case_support", older.pk), {"draft": str(draft.pk)}).status_code == 302

    draft.refresh_from_db()
    assert (draft.phase, draft.duplicate_of) == ("duplicate", older)
    assert older.supports.get().user == draft.submitter
    assert Comment.objects.get(use_case=older).text == PROBLEM + " Every year."
    assert Notice.objects.filter(user=older.product_owner, text__contains="same problem").exists()


@pytest.mark.parametrize("key", ["x", str(uuid.UUID(int=7))])
def test_a_draft_that_is_not_ones_own_turns_into_nothing(key):
    use_case = in_backlog()

    assert signed_in(person()).post(at("use_case_support", use_case.pk), {"draft": key}).status_code == 404
    assert not Support.objects.exists()


def test_one_votes_once_adds_words_and_may_take_the_vote_back():
    use_case, bo = in_backlog(), person("Bo")

    supports.add(use_case, comment="We lose a week each time.", by=bo)
    supports.add(use_case, comment="And money.", by=bo)
    assert Support.objects.count() == 1
    assert Comment.objects.count() == 2

    assert signed_in(bo).post(at("use_case_unsupport", use_case.pk)).status_code == 302
    assert not Support.objects.exists()


def test_authors_auditors_and_those_who_do_not_see_it_do_not_vote():
    use_case, hidden = in_backlog(), proposal(is_confidential=True)

    for target, user in (
        (use_case, use_case.submitter),
        (use_case, person(duties=("auditor",))),
        (hidden, person()),
    ):
        with pytest.raises(Refused):
            supports.add(target, by=user)

    assert not Support.objects.exists()


def test_only_a_draft_turns_into_a_vote():
    use_case, waiting = in_backlog(), proposal()

    with pytest.raises(Refused):
        supports.join_instead(waiting, of=use_case, by=waiting.submitter)
    with pytest.raises(ValidationError):
        draft = proposal(submit=False)
        supports.join_instead(draft, of=draft, by=draft.submitter)

    waiting.refresh_from_db()
    assert waiting.phase == "submitted"
    assert not Support.objects.exists()


def test_a_proposal_put_off_leaves_the_queue_and_comes_back_on_its_day():
    use_case, portia = proposal(), manager()
    day = clock.today() + timedelta(days=10)

    triage.snooze(use_case, until=day, reason="The budget comes in May.", by=portia)

    assert [row.use_case for row in reads.queue(portia).asleep] == [use_case]
    assert reads.queue(portia).submitted == []
    assert Notice.objects.filter(user=use_case.submitter, text__contains="looked at again").exists()
    with clock.at(clock.now() + timedelta(days=10)):
        assert [row.use_case for row in reads.queue(portia).submitted] == [use_case]


@pytest.mark.parametrize("days", [-1, 0, 366])
def test_a_day_that_makes_no_sense_is_refused(days):
    use_case = proposal()

    with pytest.raises(ValidationError) as refusal:
        triage.snooze(use_case, until=clock.today() + timedelta(days=days), by=manager())

    assert set(refusal.value.message_dict) == {"until"}
    use_case.refresh_from_db()
    assert use_case.snoozed_until is None


def test_only_managers_put_off_and_only_what_waits():
    use_case, accepted = proposal(), in_backlog()
    day = clock.today() + timedelta(days=3)

    with pytest.raises(Refused):
        triage.snooze(use_case, until=day, by=use_case.submitter)
    with pytest.raises(Refused, match="hold"):
        triage.snooze(accepted, until=day, by=manager())
    with pytest.raises(Refused):
        triage.wake(use_case, by=manager())

    assert not UseCase.objects.filter(snoozed_until__isnull=False).exists()


def test_waking_and_every_answer_end_the_sleep():
    use_case, portia = proposal(), manager()
    day = clock.today() + timedelta(days=3)
    triage.snooze(use_case, until=day, by=portia)
    triage.wake(use_case, by=portia)
    assert use_case.snoozed_until is None

    triage.snooze(use_case, until=day, by=portia)
    triage.accept(use_case, product_owner=owner(), risk_tier="minimal", by=portia)
    use_case.refresh_from_db()
    assert use_case.snoozed_until is None


@pytest.mark.parametrize(
    ("days", "state", "left"),
    [
        (0, "in_time", 5),
        (1, "in_time", 4),
        (6, "in_time", 0),
        (7, "today", 0),
        (8, "late", 1),
        (14, "late", 5),
    ],
)
def test_the_service_level_counts_working_days(settings, days, state, left):
    settings.TRIAGE_DAYS = 5
    monday = datetime(2026, 11, 2, 9, tzinfo=UTC)
    with clock.at(monday):
        use_case = proposal()

    with clock.at(monday + timedelta(days=days)):
        found = reads.level(use_case)

    assert (found.state, found.days) == (state, left)
    words = render_to_string("projects/triage_level.html", {"level": found})
    assert ("due on the next working day" in words) == (days == 6) and "in 0 working" not in words


def test_days_to_an_answer_are_the_median_of_the_last_month():
    portia, start = manager(), clock.now()
    for days in (1, 2, 6):
        with clock.at(start):
            use_case = proposal()
        with clock.at(start + timedelta(days=days)):
            triage.decline(use_case, reason="A rule does it.", by=portia)

    with clock.at(start + timedelta(days=7)):
        assert reads.median_days() == pytest.approx(2)
    with clock.at(start + timedelta(days=60)):
        assert reads.median_days() is None


def test_the_page_shows_its_keys_and_leads_to_the_next_proposal():
    first, second, portia = proposal(), proposal(title="Second"), manager()
    client = signed_in(portia)

    page = client.get(at("triage_decide", first.pk)).content.decode()
    for key in "123hje":
        assert f'data-shortcut="{key}"' in page
    answer = client.post(
        at("triage_decide", first.pk), {"answer": "snooze", "until": str(clock.today() + timedelta(days=9))}
    )

    assert answer.url == at("triage_decide", second.pk)
    assert client.post(at("triage_decide", first.pk), {"answer": "wake"}).url == at("triage")


def test_a_reversed_day_comes_back_as_an_error_of_its_field():
    use_case = proposal()

    answer = signed_in(manager()).post(
        at("triage_decide", use_case.pk), {"answer": "snooze", "until": "2001-01-01"}
    )

    assert answer.status_code == 422
    assert "Choose a day in the future" in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "status"), [("ref", 302), ("key", 302), ("UC-9999", 422), ("the other one", 422)]
)
def test_a_duplicate_is_named_by_its_reference(said, status):
    older, use_case = in_backlog(), proposal()
    said = {"ref": older.ref.lower(), "key": str(older.pk)}.get(said, said)

    answer = signed_in(manager()).post(at("triage_decide", use_case.pk), {"answer": "duplicate", "of": said})

    assert answer.status_code == status
    use_case.refresh_from_db()
    assert use_case.phase == ("duplicate" if status == 302 else "submitted")


def test_the_queue_asks_a_constant_number_of_queries():
    portia = manager()

    def asked():
        client = signed_in(portia)
        client.get(at("triage"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(at("triage")).status_code == 200
        return len(queries)

    supports.add(proposal(), by=person())
    before = asked()
    for _each in range(6):
        proposal()

    assert asked() == before
