"""A hypothesis answered with two columns against each other: asked, drawn by a worker, seen, kept."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from portal.core import job_runner
from portal.core.models import Job
from portal.core.verdicts import Refused
from projects.models import ColumnPair, Hypothesis
from projects.selectors import column_pairs as reads, hypotheses as board
from projects.services import column_pairs, hypotheses
from tests.projects.data_scene import ready_version, scene

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    found = scene()
    found.version = ready_version(found)
    found.hypothesis = hypotheses.state(found.use_case, statement="Age decides.", by=found.owner)
    return found


def test_two_columns_are_drawn_once_seen_and_kept_with_the_answer(world, client):
    client.force_login(world.citizen)
    page = reverse("projects:hypothesis", args=[world.use_case.pk, world.hypothesis.pk])
    chosen = {"version": str(world.version.pk), "column": "renews", "against": "age"}
    answer = chosen | {"is_true": "yes", "finding": "Renewers are older."}

    assert client.post(page, answer).status_code == 422  # not drawn yet
    sent = client.post(f"{page}look/", chosen)
    waiting = client.get(sent.url)
    assert "live-look" in waiting.content.decode()
    assert client.get(f"{page}live/", chosen).status_code == 200
    job_runner.run_until_idle("quick")

    assert client.get(f"{page}live/", chosen)["HX-Refresh"] == "true"
    seen = client.get(sent.url).content.decode()
    assert "renews × age" in seen and "correlation ratio" in seen and '"box"' in seen
    assert (
        column_pairs.ask(
            world.hypothesis, version=world.version, column="renews", against="age", by=world.citizen
        )
        == ColumnPair.objects.get()
    )
    assert client.post(page, answer).status_code == 302
    card = next(card for lane in board.lanes(world.use_case, world.owner) for card in lane.cards)
    assert card.hypothesis.state == "confirmed" and card.chart["kind"] == "box"
    assert client.get(reverse("projects:use_case_hypotheses", args=[world.use_case.pk])).status_code == 200

    world.hypothesis.refresh_from_db()
    hypotheses.reopen(world.hypothesis, by=world.citizen)
    assert Hypothesis.objects.get().pair is None


def test_wrong_pairs_and_strangers_are_refused_and_nothing_is_queued(world, client):
    jobs = Job.objects.count()
    for wrong, field in (
        ({"against": "nothing"}, "against"),
        ({"column": "nothing"}, "column"),
        ({"against": "age"}, "against"),
    ):
        chosen = {"column": "age", "against": "region", **wrong}
        with pytest.raises(ValidationError) as refusal:
            column_pairs.ask(world.hypothesis, version=world.version, **chosen, by=world.citizen)
        assert set(refusal.value.message_dict) == {field}
    for somebody in (world.stranger, world.owner):
        with pytest.raises(Refused):
            column_pairs.ask(
                world.hypothesis, version=world.version, column="age", against="region", by=somebody
            )
    assert (ColumnPair.objects.count(), Job.objects.count()) == (0, jobs)


def test_a_lost_table_is_said_and_may_be_tried_again(world):
    ask = {"version": world.version, "column": "age", "against": "visits", "by": world.citizen}
    kept = world.version.table_digest
    type(world.version).objects.update(table_digest="0" * 64)
    first = column_pairs.ask(world.hypothesis, **ask)
    job_runner.run_until_idle("quick")
    first.job.refresh_from_db()
    assert first.job.state == "failed"

    type(world.version).objects.update(table_digest=kept)
    column_pairs.ask(world.hypothesis, **ask)
    job_runner.run_until_idle("quick")

    pair = ColumnPair.objects.get()
    assert reads.pair_chart(pair)["kind"] == "box" and "correlation ratio" in reads.pair_words(pair)


def test_the_api_says_come_back_and_then_gives_the_chart(world, client):
    client.force_login(world.citizen)
    url = f"/api/use-cases/{world.use_case.pk}/hypotheses/{world.hypothesis.pk}/look/"
    body = {"version": str(world.version.pk), "column": "region", "against": "renews"}
    as_json = {"content_type": "application/json"}

    assert client.post(url, body | {"against": "region"}, **as_json).status_code == 400
    assert client.post(url, body, **as_json).status_code == 202
    job_runner.run_until_idle("quick")
    found = client.post(url, body, **as_json)

    assert found.status_code == 200 and found.json()["chart"]["stacked"] is True
    sums = zip(*(each["values"] for each in found.json()["chart"]["series"]), strict=True)
    assert all(sum(parts) == pytest.approx(100, abs=0.2) for parts in sums)
