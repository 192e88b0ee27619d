"""Use cases over the API: the same acts, rules and reasons as the pages."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from projects.models import Comment, KillCriterion, ScoreCard, SquadMember, UseCase
from projects.services import scores
from tests.people import person
from tests.projects.cases import LEVELS, criterion, in_backlog, in_phase, join, manager, owner, proposal

pytestmark = pytest.mark.django_db
ROOT = "/api/use-cases/"


def caller(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def one(use_case, *rest):
    return "/".join([ROOT + str(use_case.pk), *map(str, rest)]) + "/"


def test_a_visitor_gets_401():
    assert APIClient().get(ROOT).status_code == 401


def test_somebody_proposes_and_gets_the_use_case_with_what_they_can_do():
    answer = caller(person("Ana")).post(ROOT, {"title": "Hail", "problem": "Too few adjusters."})

    assert answer.status_code == 201
    body = answer.json()
    assert (body["ref"], body["phase"]) == ("UC-0001", "submitted")
    assert body["can"]["withdraw"]["allowed"] is True
    assert body["can"]["accept"] == {
        "allowed": False,
        "reason": "Proposals are triaged by portfolio managers.",
        "remedy": "",
        "url": "",
    }


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "Hail"}, "problem"),
        ({"title": "", "problem": "x"}, "title"),
        ({"title": "x" * 141, "problem": "x"}, "title"),
        ({"title": "x", "problem": "y", "phase": "production"}, "phase"),
        ({"title": "x", "problem": "y", "people_affected": "many"}, "people_affected"),
        ({"title": "x", "problem": "y", "people_affected": 10**30}, "people_affected"),
        ({"title": "x", "problem": "y", "unit": 10**30}, "unit"),
        ({"title": "x", "problem": "y", "process_owner": "zoe"}, "process_owner"),
        ({"title": "x", "problem": "y", "tags": "one"}, "tags"),
    ],
)
def test_a_wrong_body_names_its_field_and_makes_nothing(body, field):
    answer = caller(person()).post(ROOT, body)

    assert answer.status_code == 400
    assert field in {each["field"].split(".")[0] for each in answer.json()["errors"]}
    assert not UseCase.objects.exists()


@pytest.mark.parametrize("body", ["{", "[1", '{"title": "a", "title": "b"}', "null", "[]", '"x"'])
def test_a_body_that_is_no_object_is_a_400(body):
    answer = caller(person()).post(ROOT, body, content_type="application/json")

    assert answer.status_code == 400
    assert not UseCase.objects.exists()


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("phase=backlog", 200),
        ("phase=zzz", 400),
        ("unit=zzz", 400),
        ("colour=red", 400),
        ("page=2", 404),
        ("q=hail", 200),
    ],
)
def test_filters_are_strict(query, status):
    in_backlog()

    assert caller(person()).get(f"{ROOT}?{query}").status_code == status


def test_lists_show_what_one_may_see_and_ask_a_constant_number_of_queries():
    stranger = caller(person())
    proposal(is_confidential=True)
    in_backlog()

    def count():
        with CaptureQueriesContext(connection) as asked:
            body = stranger.get(ROOT).json()
        return len(asked), body["count"]

    count()
    first, rows = count()
    assert rows == 1
    for _each in range(5):
        in_backlog()

    assert count() == (first, 6)


def test_hidden_and_unknown_answer_alike_and_a_wrong_method_is_405():
    hidden, client = proposal(is_confidential=True), caller(person())

    unknown = client.get(f"{ROOT}{uuid.uuid4()}/")
    seen = client.get(one(hidden))
    assert seen.status_code == unknown.status_code == 404
    assert seen.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert client.get(f"{ROOT}not-a-key/").status_code == 404
    assert client.put(one(in_backlog()), {}).status_code == 405
    assert client.delete(one(in_backlog())).status_code == 405


def test_a_manager_accepts_and_others_are_refused_with_the_reason():
    use_case, olga = proposal(), owner()
    body = {"product_owner": olga.pk, "risk_tier": "minimal"}

    refused = caller(person(duties=("administrator",))).post(one(use_case, "accept"), body)
    assert refused.status_code == 403
    assert refused.json()["reason"] == "Proposals are triaged by portfolio managers."
    portia = caller(manager())
    untrained = portia.post(one(use_case, "accept"), body | {"product_owner": person().pk})
    assert untrained.status_code == 403
    assert untrained.json()["code"] == "credential_missing" and untrained.json()["remedy"]
    assert portia.post(one(use_case, "accept"), body | {"risk_tier": "prohibited"}).status_code == 400
    assert UseCase.objects.get().phase == "submitted"

    assert portia.post(one(use_case, "accept"), body).json()["phase"] == "backlog"


@pytest.mark.parametrize(
    ("act", "body", "phase"),
    [("ask", {"question": "Who?"}, "needs_info"), ("decline", {"reason": "No."}, "declined")],
)
def test_the_other_answers_of_triage(act, body, phase):
    use_case = proposal()
    portia = caller(manager())

    assert portia.post(one(use_case, act), {}).status_code == 400
    assert portia.post(one(use_case, act), body).json()["phase"] == phase


def test_a_duplicate_names_one_that_the_caller_sees():
    use_case, older, portia = proposal(), in_backlog(), caller(manager())

    assert (
        portia.post(one(use_case, "mark-duplicate"), {"of": str(proposal(submit=False).pk)}).status_code
        == 400
    )
    assert portia.post(one(use_case, "mark-duplicate"), {"of": str(older.pk)}).json()["phase"] == "duplicate"


def test_no_address_of_projects_moves_through_a_gate():
    use_case = in_backlog()
    client = caller(use_case.product_owner)

    for act in ("initialise", "develop", "go-live", "go_live", "retire", "move"):
        assert client.post(one(use_case, act), {"gate": "G1"}).status_code == 404
    assert client.patch(one(use_case), {"phase": "production"}).status_code == 400

    use_case.refresh_from_db()
    assert use_case.phase == "backlog"


def test_details_are_changed_by_the_owner_only():
    use_case = in_backlog()

    assert caller(person()).patch(one(use_case), {"process": "Mine"}).status_code == 403
    assert (
        caller(use_case.product_owner).patch(one(use_case), {"process": "Storm desk"}).json()["process"]
        == "Storm desk"
    )
    assert (
        caller(use_case.product_owner)
        .patch(one(use_case), {"sponsor": use_case.product_owner_id})
        .status_code
        == 400
    )


def test_hold_resume_health_tier_make_or_buy_stop_and_reopen():
    use_case = in_phase("initialisation")
    client, portia = caller(use_case.product_owner), caller(manager())

    assert client.post(one(use_case, "hold"), {"until": "2001-01-01", "reason": "x"}).status_code == 400
    assert (
        client.post(one(use_case, "hold"), {"until": "2999-01-01", "reason": "x"}).json()["held_reason"]
        == "x"
    )
    assert client.post(one(use_case, "resume")).json()["held_until"] is None
    assert client.post(one(use_case, "health"), {"health": "at_risk"}).status_code == 400
    assert client.post(one(use_case, "health"), {"health": "on_track"}).json()["health"] == "on_track"
    assert client.post(one(use_case, "risk-tier"), {"tier": "high", "reason": "x"}).status_code == 403
    assert (
        portia.post(one(use_case, "risk-tier"), {"tier": "high", "reason": "x"}).json()["risk_tier"] == "high"
    )
    assert (
        client.post(one(use_case, "make-or-buy"), {"choice": "make", "reason": "x"}).json()["make_or_buy"]
        == "make"
    )
    heir = owner()
    assert (
        portia.post(one(use_case, "product-owner"), {"product_owner": heir.pk}).json()["product_owner"]["id"]
        == heir.pk
    )
    assert client.post(one(use_case, "stop"), {"reason": "x", "lessons": "y"}).status_code == 403
    assert (
        caller(heir).post(one(use_case, "stop"), {"reason": "x", "lessons": "y"}).json()["phase"] == "stopped"
    )
    assert portia.post(one(use_case, "reopen"), {"reason": "x"}).json()["phase"] == "backlog"
    assert [each["action"] for each in client.get(one(use_case, "history")).json()][-2:] == ["stop", "reopen"]


def test_a_draft_is_submitted_and_withdrawn():
    ana = person()
    draft = proposal(by=ana, submit=False)

    assert caller(ana).post(one(draft, "submit")).json()["phase"] == "submitted"
    assert caller(ana).post(one(draft, "withdraw")).json()["phase"] == "draft"
    assert caller(manager()).post(one(draft, "submit")).status_code == 404


def test_a_squad_is_formed_over_the_api():
    use_case, ben = in_backlog(), person("Ben")
    client = caller(use_case.product_owner)
    body = {"user": ben.pk, "role": "citizen_data_scientist", "allocation": 50}

    assert caller(person()).post(one(use_case, "members"), body).status_code == 403
    assert client.post(one(use_case, "members"), body | {"role": "wizard"}).status_code == 400
    made = client.post(one(use_case, "members"), body)
    assert made.status_code == 201
    member = made.json()["id"]
    assert client.post(one(use_case, "members", member, "lead")).json()["is_lead"] is True
    squad = client.get(one(use_case, "squad")).json()
    assert squad["coverage"]["missing"] == [] and squad["coverage"]["has_lead"] is True
    assert (
        client.post(
            one(in_backlog(product_owner=use_case.product_owner), "members", member, "end")
        ).status_code
        == 404
    )
    assert client.post(one(use_case, "members", member, "end")).status_code == 200
    assert client.post(one(use_case, "members", member, "end")).status_code == 400

    assert not SquadMember.objects.current().exists()


def test_a_vote_is_blind_over_the_api_too():
    use_case = in_backlog()
    olga, ana = caller(use_case.product_owner), caller(use_case.submitter)

    assert ana.post(one(use_case, "score", "open")).status_code == 403
    assert ana.post(one(use_case, "score", "vote"), {"levels": LEVELS}).status_code == 404
    assert olga.post(one(use_case, "score", "open")).status_code == 201
    assert olga.post(one(use_case, "score", "vote"), {"levels": {"V1": 9}}).status_code == 400
    assert olga.post(one(use_case, "score", "vote"), {"levels": {"X1": 3}}).status_code == 400
    assert (
        olga.post(one(use_case, "score", "vote"), {"levels": LEVELS, "note": "secret words"}).status_code
        == 200
    )
    seen = ana.get(one(use_case, "score"))
    assert "secret words" not in seen.content.decode() and seen.json()["own_vote"] is None
    assert seen.json()["open"]["levels"] == {}
    assert ana.post(one(use_case, "score", "agree")).status_code == 403
    assert olga.post(one(use_case, "score", "agree")).json()["state"] == "agreed"

    agreed = ana.get(one(use_case, "score")).json()
    assert agreed["agreed"]["value"] == pytest.approx(67.5)
    assert agreed["would_raise_it_most"]


def test_votes_apart_need_a_comment_over_the_api():
    use_case = in_backlog()
    card = scores.open_card(use_case, by=use_case.product_owner)
    scores.vote(card, levels={"V1": 1}, by=use_case.product_owner)
    scores.vote(card, levels={"V1": 5}, by=use_case.submitter)
    client = caller(use_case.product_owner)

    assert client.post(one(use_case, "score", "agree")).json()["errors"][0]["field"] == "comment"
    assert client.post(one(use_case, "score", "agree"), {"comment": "We talked."}).status_code == 200
    assert ScoreCard.objects.get().state == "agreed"


def test_kill_criteria_over_the_api():
    use_case = in_backlog()
    client = caller(use_case.product_owner)
    body = {"statement": "Agents use it", "metric": "share", "threshold": 0.5, "deadline": "2999-01-01"}

    assert client.post(one(use_case, "kill-criteria"), body | {"threshold": "x"}).status_code == 400
    key = client.post(one(use_case, "kill-criteria"), body).json()["id"]
    assert client.patch(one(use_case, "kill-criteria", key), {"threshold": 0.6}).json()["threshold"] == 0.6
    assert (
        client.post(
            one(use_case, "kill-criteria", key, "record"), {"measured_value": 1, "evidence": "x"}
        ).status_code
        == 403
    )
    assert caller(person()).delete(one(use_case, "kill-criteria", key)).status_code == 403
    assert len(client.get(one(use_case, "kill-criteria")).json()) == 1
    assert client.delete(one(use_case, "kill-criteria", key)).status_code == 204
    assert not KillCriterion.objects.exists()


def test_results_and_waivers_over_the_api():
    from projects.services import phases

    use_case = in_backlog()
    written = criterion(use_case)
    phases.move(use_case, "initialise", by=None, gate="G1")
    client, sponsor = caller(use_case.product_owner), caller(use_case.sponsor)

    record = one(use_case, "kill-criteria", written.pk, "record")
    assert client.post(record, {"measured_value": 0.2, "evidence": "40 cases"}).json()["result"] == "missed"
    assert (
        client.post(one(use_case, "kill-criteria", written.pk, "waive"), {"reason": "x"}).status_code == 403
    )
    assert (
        sponsor.post(one(use_case, "kill-criteria", written.pk, "waive"), {"reason": "x"}).json()["result"]
        == "waived"
    )
    assert client.delete(one(use_case, "kill-criteria", written.pk)).status_code == 403


def test_readiness_and_comments_over_the_api():
    use_case = in_phase("development")
    client = caller(use_case.product_owner)

    assert client.post(one(use_case, "readiness"), {"kind": "shared", "evidence": "x"}).status_code == 403
    assert (
        client.post(one(use_case, "readiness"), {"kind": "adoption", "evidence": "Signed."}).json()[0]["kind"]
        == "adoption"
    )
    assert client.post(one(use_case, "comments"), {"text": " "}).status_code == 400
    assert client.post(one(use_case, "comments"), {"text": "Hello"}).status_code == 201
    assert client.get(one(use_case, "comments")).json()[0]["text"] == "Hello"
    assert Comment.objects.count() == 1


def test_alike_use_cases_over_the_api():
    proposal(title="Forecast of hail claims")
    join(in_backlog(title="Invoices", problem="Typing."), "designer")

    found = caller(person()).get(f"{ROOT}similar/", {"text": "hail claims forecast"}).json()

    assert [each["title"] for each in found] == ["Forecast of hail claims"]
