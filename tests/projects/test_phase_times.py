"""Time per phase: every stay counts, what is stuck too, and only what the reader may see."""

from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core import clock
from projects.durations import first_way, span, stays
from projects.models import PhaseEvent
from projects.selectors import phase_times
from tests.people import person
from tests.projects.cases import in_backlog, in_phase

NOW = clock.now()


def ago(days):
    return NOW - timedelta(days=days)


def test_every_stay_counts_and_the_last_one_goes_on():
    events = [
        ("backlog", ago(50)), ("initialisation", ago(40)), ("stopped", ago(30)), ("backlog", ago(10)),
    ]  # fmt: skip

    assert stays(events, "backlog", NOW) == [(10, True), (10, False)]
    assert stays(events, "initialisation", NOW) == [(10, True)]
    assert first_way(events, "backlog", "production", NOW, ["stopped"]) == (50, False)
    assert first_way(events[:3], "backlog", "production", NOW, ["stopped"]) == (20, False)
    assert first_way(events, "development", "production", NOW, []) is None


def test_what_is_stuck_is_not_left_out_of_the_middle():
    assert span([(10, True), (20, True)]).middle == 10
    assert span([(10, True), (90, False), (90, False)]).middle is None
    assert span([(10, True), (90, False), (90, False)]).is_open
    assert span([]).middle is None and not span([]).is_open


def moved_back(use_case, days):
    """The history as if it had begun earlier; the trigger guards rows, so a fresh row says it."""
    first = PhaseEvent.objects.filter(use_case=use_case, to_phase="backlog").first()
    PhaseEvent.objects.create(
        use_case=use_case, from_phase="submitted", to_phase="backlog", action="accept", at=first.at - timedelta(days=days)
    )  # fmt: skip


@pytest.mark.django_db
def test_groups_and_one_use_case_beside_the_others(client, django_assert_num_queries):
    quick, slow, hidden = in_phase("development"), in_backlog(), in_backlog(is_confidential=True)
    moved_back(slow, 30)
    reader = person()

    everything, *parts = phase_times.groups(reader, "risk_tier")
    assert (everything.count, [each.count for each in parts]) == (2, [2])
    assert everything.phases[0].ended >= 1 and everything.phases[2].running == 1
    [row, *_more] = phase_times.compared(slow, reader)
    assert row.is_running and round(row.days) == 30 and row.others.middle is not None
    assert phase_times.compared(hidden, reader) == [] or hidden.pk not in phase_times.histories(reader)

    client.force_login(reader)
    page = reverse("projects:use_case_times")
    for by in ("", *phase_times.WAYS):
        assert client.get(page, {"by": by}).status_code == 200
        assert client.get("/api/use-cases/times/", {"by": by}).status_code == 200
    assert client.get(page, {"by": "mood"}).status_code == 422
    assert client.get("/api/use-cases/times/", {"by": "mood"}).status_code == 400
    activity = reverse("projects:use_case_activity", args=[quick.pk])
    assert "part=times" in client.get(activity).content.decode()
    assert "Compare all use cases" in client.get(activity, {"part": "times"}).content.decode()
    with django_assert_num_queries(2):
        phase_times.groups(reader, "unit")


@pytest.mark.django_db
def test_before_anything_is_accepted_the_page_says_what_to_do(client):
    client.force_login(person())
    shown = client.get(reverse("projects:use_case_times"))
    assert shown.status_code == 200 and "Nothing was accepted yet" in shown.content.decode()
