"""The scoring rubric as data: drafts, publication, and scores that keep their version."""

import copy

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import translation

from portal.core.models import AuditEvent
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects import rubric, scoring
from projects.models import RubricVersion, ScoreCard
from projects.selectors import comparisons, rubrics as reads
from projects.services import rubrics, scores
from tests.people import person
from tests.projects.cases import LEVELS, in_backlog, manager, scored

pytestmark = pytest.mark.django_db
SIXTH = {
    "code": "V6",
    "label": "Fun",
    "weight": 10,
    "anchors": {"1": "None", "3": "Some", "5": "A lot"},
}


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def published(by, **changes):
    """A version in which value has a sixth question and risk weighs nothing."""
    version = rubrics.draft(by=by)
    rows = copy.deepcopy(version.criteria)
    next(row for row in rows if row["code"] == "V1")["weight"] = 25
    rubrics.change(version, criteria=[*rows, SIXTH], aversion=0, reason="Fun counts.", by=by)
    return rubrics.publish(version, by=by)


def test_a_draft_begins_with_the_words_in_force_and_changes_nothing_before_it_is_published():
    portia, use_case = manager(), in_backlog()
    version = rubrics.draft(by=portia)

    assert reads.read(version).of("risk")[0].weight == rubric.CRITERIA[11].weight
    assert [row["code"] for row in version.criteria] == [each.code for each in rubric.CRITERIA]
    rubrics.put(version, SIXTH, by=portia)
    assert reads.current().version == 1
    assert scores.open_card(use_case, by=use_case.product_owner).rubric_version == 1


def test_a_published_version_scores_new_votes_and_leaves_agreed_scores_and_open_votes_alone():
    portia, old, voting, new = manager(), in_backlog(), in_backlog(), in_backlog()
    before = scored(old)
    under_way = scores.open_card(voting, by=voting.product_owner)
    version = published(portia)
    scores.vote(under_way, levels=LEVELS, by=voting.product_owner)
    with pytest.raises(ValidationError):
        scores.vote(under_way, levels={"V6": 3}, by=voting.product_owner)
    kept = scores.agree(under_way, by=voting.product_owner)
    card = scores.open_card(new, by=new.product_owner)
    proof = dict.fromkeys({**LEVELS, "V6": 5}, "sample_checked")
    scores.vote(card, levels={**LEVELS, "V6": 5}, evidence=proof, by=new.product_owner)
    after = scores.agree(card, by=new.product_owner)

    before.refresh_from_db()
    assert (version.number, version.state, version.published_by) == (2, "published", portia)
    assert (before.rubric_version, before.priority) == (1, pytest.approx(58.736, abs=5e-4))
    assert (kept.rubric_version, after.rubric_version) == (1, 2)
    assert after.value == pytest.approx(25 * 0.75 + 20 * 0.75 + 15 * 0.75 + 15 * 0.25 + 15 * 0.75 + 10)
    assert after.priority == pytest.approx((after.value * after.feasibility) ** 0.5 * (0.5 + 0.5 * 0.8))
    lines = {
        line.label.split()[0]: line.cells
        for _axis, rows in comparisons.compare(with_cards(old, new)).axes
        for line in rows
    }
    assert lines["V6"] == ["–", "5"]
    assert scoring.what_would_raise_it(before.levels, before.evidence, reads.of_card(before))


def with_cards(*use_cases):
    from projects.models import UseCase
    from projects.selectors import backlog

    rows = backlog.with_scores(UseCase.objects.filter(pk__in=[each.pk for each in use_cases]).for_list())
    return sorted(rows, key=lambda row: [each.pk for each in use_cases].index(row.pk))


WRONG = [
    {"criteria": "none"},
    {"criteria": [{**SIXTH, "code": "X1"}]},
    {"criteria": [{**SIXTH, "weight": 0}]},
    {"criteria": [{**SIXTH, "weight": True}]},
    {"criteria": [{**SIXTH, "label": " "}]},
    {"criteria": [{**SIXTH, "anchors": {"6": "more"}}]},
    {"criteria": [{**SIXTH, "anchors": {"1": "x" * 201}}]},
    {"criteria": [{**SIXTH, "more": 1}]},
    {"criteria": [SIXTH, SIXTH]},
    {"criteria": [{**SIXTH, "code": f"V{n}"} for n in range(1, 14)]},
    {"aversion": 0.9},
    {"aversion": float("nan")},
    {"reason": "x" * 2001},
    {"number": 9},
]


@pytest.mark.parametrize("content", WRONG)
def test_a_draft_refuses_what_is_no_rubric_and_keeps_what_it_had(content):
    portia = manager()
    version = rubrics.draft(by=portia)
    had = copy.deepcopy(version.criteria)

    with pytest.raises(ValidationError):
        rubrics.change(version, **content, by=portia)

    version.refresh_from_db()
    assert (version.criteria, version.aversion, version.number) == (had, 0.5, 2)


def test_publishing_names_everything_that_is_missing_at_once():
    portia = manager()
    version = rubrics.draft(by=portia)
    rubrics.drop(version, "V1", by=portia)
    rubrics.put(version, {**SIXTH, "anchors": {"1": "None"}}, by=portia)

    with pytest.raises(ValidationError) as found:
        rubrics.publish(version, by=portia)

    assert len(found.value.messages) == 3  # no reason, weights of value, anchors of V6
    version.refresh_from_db()
    assert version.state == "draft"
    assert reads.current().version == 1


def test_only_portfolio_managers_write_it_one_draft_at_a_time_and_never_after_publication():
    portia, other = manager(), person("Other")
    with pytest.raises(Refused):
        rubrics.draft(by=other)
    version = rubrics.draft(by=portia)
    for act in (
        lambda: rubrics.draft(by=manager()),
        lambda: rubrics.change(version, aversion=0, by=other),
        lambda: rubrics.publish(version, by=other),
        lambda: rubrics.discard(version, by=other),
    ):
        with pytest.raises(Refused):
            act()
    assert not RubricVersion.objects.visible_to(other).exists()
    rubrics.discard(version, by=portia)
    done = published(portia)
    stale = RubricVersion.objects.get(pk=done.pk)
    stale.state = "draft"  # as a page opened before the publication still believes
    with pytest.raises(IllegalMove):
        rubrics.change(stale, aversion=0.1, by=portia)
    with pytest.raises(Refused):
        rubrics.discard(done, by=portia)
    assert RubricVersion.objects.get().aversion == 0
    assert AuditEvent.objects.filter(verb="rubric.published").count() == 1


def test_a_preview_shows_what_a_draft_would_change_and_keeps_nothing():
    portia, use_case = manager(), in_backlog()
    card = scored(use_case)
    version = rubrics.draft(by=portia)
    rubrics.change(version, aversion=0, by=portia)

    found = reads.preview(version, portia)

    assert (found.count, found.moved, found.provisional) == (1, 0, 0)
    assert ScoreCard.objects.get(pk=card.pk).priority == pytest.approx(58.736, abs=5e-4)


def test_it_is_written_and_published_on_its_pages_in_the_words_of_the_reader():
    portia = manager()
    portia.language = "fr"
    portia.save()
    client = signed_in(portia)
    assert client.get("/rubrics/").status_code == 200
    assert client.get("/rubrics/1/").status_code == 200
    client.post("/rubrics/")
    page = client.get("/rubrics/2/criteria/V1/")
    form = page.context["form"]
    assert page.status_code == 200
    data = {name: form[name].value() or "" for name in form.fields} | {"level_2": "Un peu"}
    assert client.post("/rubrics/2/criteria/V1/", data).status_code == 302
    row = RubricVersion.objects.get().criteria[0]
    assert row["label"] == "Yearly net benefit"  # not rewritten, so still translated for everybody
    assert row["anchors"]["2"] == "Un peu"
    new = {"code": "V1", "label": "Twice", "weight": 5, "level_1": "a", "level_3": "b", "level_5": "c"}
    assert client.post("/rubrics/2/criteria/new/", new).status_code == 422
    assert client.post("/rubrics/2/", {"does": "publish"}).status_code == 422
    told = {"does": "settings", "reason": "Plus clair.", "aversion": "0.4"}
    assert client.post("/rubrics/2/", told).status_code == 302
    assert client.post("/rubrics/2/", {"does": "publish"}).status_code == 302
    assert reads.current().version == 2
    with translation.override("fr"):
        assert reads.current().criteria[0].label != "Yearly net benefit"
    assert client.get("/rubrics/2/criteria/V1/").status_code == 200
    assert client.post("/rubrics/2/criteria/V1/", data).status_code == 403
    use_case = in_backlog()
    assert client.get(f"/use-cases/{use_case.pk}/score/").status_code == 200


def test_the_api_writes_reads_and_publishes_it():
    client = signed_in(manager())
    made = client.post("/api/rubrics/", {}, content_type="application/json")
    assert made.status_code == 201
    url = f"/api/rubrics/{made.json()['id']}/"
    rows = made.json()["criteria"]
    assert (
        client.patch(url, {"criteria": [{"code": "V1"}]}, content_type="application/json").status_code == 400
    )
    sent = {"criteria": rows[::-1], "reason": "As before."}
    assert client.patch(url, sent, content_type="application/json").json()["criteria"] == rows
    assert client.post(f"{url}publish/", {}, content_type="application/json").json()["state"] == "published"
    assert client.get("/api/rubrics/current/").json()["number"] == 2
    assert client.delete(url).status_code == 403
