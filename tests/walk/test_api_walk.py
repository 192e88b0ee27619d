"""The main job, from a problem to production, by programs with tokens only, with the real engine."""

from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from governance.checklist import ITEMS
from projects.rubric import CRITERIA
from tests.walk import answers, cast, tables
from tests.walk.caller import Caller, let_workers_work

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.timeout(400)]
CARD = dict.fromkeys(
    ("purpose", "intended_use", "limits", "ethics", "fallback"), "Written with care for the call list."
)


@pytest.fixture
def walk(tmp_path: Path) -> SimpleNamespace:
    """Everybody with a token of their own."""
    cast.invite()
    people = {first_name: Caller(first_name) for first_name in cast.PEOPLE}
    return SimpleNamespace(**people, folder=tmp_path, id="")


def propose_and_accept(walk: Any) -> None:
    made = walk.sam.post("use-cases", 201, title="Who leaves?", problem="Subscribers cancel and nobody knew.")
    walk.id = f"use-cases/{made['id']}"
    walk.use_case = made["id"]
    assert walk.sam.post(f"{walk.id}/accept", 403, product_owner=walk.olga.pk, risk_tier="limited")["reason"]
    accepted = walk.pia.post(
        f"{walk.id}/accept", product_owner=walk.olga.pk, sponsor=walk.stan.pk, risk_tier="limited"
    )
    assert (accepted["phase"], accepted["product_owner"]["id"]) == ("backlog", walk.olga.pk)


def score(walk: Any) -> None:
    walk.olga.post(f"{walk.id}/score/open", 201)
    levels = {each.code: 3 for each in CRITERIA}
    evidence = {each.code: "expert" for each in CRITERIA if each.axis != "risk"}
    for voter in (walk.olga, walk.stan):
        voter.post(f"{walk.id}/score/vote", levels=levels, evidence=evidence)
    walk.olga.post(f"{walk.id}/score/agree")
    assert walk.olga.get(walk.id)["priority"] > 0


def form_squad(walk: Any) -> None:
    hands = {
        "lea": "citizen_data_scientist", "sam": "business_expert", "dan": "data_engineer", "marc": "ml_engineer",
        "ivan": "it_engineer",
    }  # fmt: skip
    for first_name, role in hands.items():
        user = getattr(walk, first_name).pk
        walk.olga.post(f"{walk.id}/members", 201, user=user, role=role, is_lead=first_name == "lea")
    deadline = (date.today() + timedelta(days=20)).isoformat()
    walk.olga.post(
        f"{walk.id}/kill-criteria",
        201,
        statement="finds people who leave",
        metric="AUC",
        threshold=0.7,
        deadline=deadline,
    )


def pass_gate(walk: Any, gate: str, phase: str) -> None:
    asked = walk.olga.post(f"gates/{walk.use_case}/request", 201, gate=gate)
    refused = walk.olga.post(f"approvals/{asked['id']}/decide", 403, answer="approve")
    assert "product owner" in refused["reason"]
    walk.stan.post(f"approvals/{asked['id']}/decide", answer="approve")
    assert walk.olga.get(walk.id)["phase"] == phase


def learn(walk: Any) -> None:
    lea, path = walk.lea, walk.lea.get("paths/citizen-data-scientist")
    assert len(path["lessons"]) >= 3
    lea.post("paths/citizen-data-scientist/enrol")
    for code in path["lessons"]:
        for check in lea.get(f"lessons/{code}")["checks"]:
            said = answers.response(check["question"])
            assert lea.post(f"lessons/{code}/check", question=check["uid"], response=said)["is_right"]
        lea.post(f"lessons/{code}/complete")
    attempt = lea.post(f"exams/{path['exam']}/start", 201)
    assert len(attempt["questions"]) == 10
    for row in attempt["questions"]:
        response = answers.response(row["question"])
        lea.post(f"attempts/{attempt['id']}/answer", position=row["position"], response=response)
    graded = lea.post(f"attempts/{attempt['id']}/submit")
    assert graded["passed"] and graded["certificate"]


def bring_and_ask(walk: Any) -> None:
    version = walk.lea.send(
        "datasets", tables.training(walk.folder, 900), name="Subscribers", use_case=walk.use_case
    )
    let_workers_work()
    assert walk.lea.get(f"dataset-versions/{version['id']}")["rows"] == 900
    assert walk.lea.get(f"dataset-versions/{version['id']}/profile")["columns"]
    question = {"target": tables.TARGET, "budget_seconds": 30, "max_trials": 6, "positive_label": "yes"}
    made = walk.lea.post(
        "experiments", 201, title="Who will leave?", use_case=walk.use_case, dataset_version=version["id"], question=question,
        row_meaning="one subscriber a month", predicted_when="a month before",
    )  # fmt: skip
    walk.experiment = f"experiments/{made['id']}"
    assert walk.lea.post(f"{walk.experiment}/start", 403)["reason"]  # not checked yet


def launch(walk: Any) -> None:
    walk.lea.post(f"{walk.experiment}/checks", 202)
    let_workers_work()
    for each in walk.lea.get(f"{walk.experiment}/checks"):
        if each["is_current"] and each["is_alerted"] and each["severity"] == "justify":
            walk.lea.post(
                f"{walk.experiment}/justify",
                result=each["id"],
                text="Charges follow from minutes; both known.",
            )
    walk.lea.post(f"{walk.experiment}/start", 202)
    let_workers_work()
    assert walk.lea.get(walk.experiment)["status"] == "done"
    trials = walk.lea.get(f"{walk.experiment}/trials")
    assert any(each["is_baseline"] for each in trials)
    walk.best = next(each for each in trials if each["is_best"])
    assert walk.best["test_metrics"] and walk.lea.get(f"{walk.experiment}/result")["sentences"]


def register_and_review(walk: Any) -> None:
    version = walk.lea.post("model-versions", 201, trial=walk.best["id"], name="Leaving subscribers")
    walk.version, walk.model = f"model-versions/{version['id']}", f"models/{version['model']}"
    assert walk.lea.post(f"{walk.version}/submit", 409, **CARD)["code"] == "version.rehearsing"
    let_workers_work()
    assert walk.lea.get(walk.version)["rehearsal"]["state"] == "passed"
    review = f"approvals/{walk.lea.post(f'{walk.version}/submit', 201, **CARD)['id']}"
    for first_name in ("lea", "marc", "adam", "olga"):
        said = getattr(walk, first_name).post(
            f"{review}/decide", 403, answer="approve", checklist=list(ITEMS)
        )
        assert said["reason"], first_name
    walk.rita.post(f"{review}/decide", 400, answer="request_changes")
    walk.rita.post(
        f"{review}/decide", answer="request_changes", category="card", reason="Say how old the data are."
    )
    review = f"approvals/{walk.lea.post(f'{walk.version}/submit', 201, **CARD)['id']}"
    for each in walk.lea.get(f"{walk.experiment}/checks"):
        if each["is_current"] and each["is_alerted"] and each["severity"] == "justify":
            walk.rita.post(f"{review}/justification", guardrail=each["id"], is_accepted=True)
    walk.rita.post(f"{review}/decide", answer="approve", checklist=list(ITEMS), reason="Honest.")
    walk.rita.post(f"{review}/decide", 409, answer="reject", category="data", reason="Again.")
    assert walk.lea.get(walk.version)["status"] == "approved"


def measure_and_develop(walk: Any) -> None:
    criterion = walk.olga.get(f"{walk.id}/kill-criteria")[0]
    walk.olga.post(
        f"{walk.id}/kill-criteria/{criterion['id']}/record", measured_value=0.8, evidence="Test score."
    )
    refused = walk.olga.post(f"gates/{walk.use_case}/request", 403, gate="G2")
    assert "Signed by a builder" in refused["reason"]
    walk.lea.post(f"gates/{walk.use_case}/sign", 201, gate="G2", note="Measured on last year.")
    pass_gate(walk, "G2", "development")


def serve(walk: Any) -> None:
    walk.olga.post(f"{walk.model}/score", 409, rows=[tables.one_row()])
    deployment = walk.olga.post(f"{walk.version}/promote", 201)
    scored = walk.olga.post(f"{walk.model}/score", rows=[tables.one_row()])
    assert len(scored["predictions"]) == 1
    table = walk.lea.send("datasets", tables.autumn(walk.folder, 200), name="Autumn", use_case=walk.use_case)
    let_workers_work()
    batch = walk.olga.post(f"deployments/{deployment['id']}/batch", 202, dataset_version=table["id"])
    drift = walk.olga.post("drift-reports", 201 + 1, deployment=deployment["id"], dataset_version=table["id"])
    let_workers_work()
    lines = walk.olga.get(f"batches/{batch['id']}/download").decode().splitlines()
    assert len(lines) == 201
    measured = walk.olga.get(f"drift-reports/{drift['id']}")
    assert measured["status"] == "done" and measured["figures"] and measured["sentence"]


def agree_on_trust(walk: Any) -> None:
    walk.olga.post(f"{walk.id}/members", 201, user=walk.sam.pk, role="end_user", allocation=5)
    walk.olga.post(
        f"{walk.id}/contract", 201, intended_use="Whom to call.", promised_figures="60 of 100 would have left.",
        not_to_follow="While a complaint is open.", human_fallback="All contracts are called.", feedback_channel="Olga.",
    )  # fmt: skip
    for who, capacity in (("olga", "product_owner"), ("sam", "end_user"), ("lea", "data_scientist")):
        getattr(walk, who).post(f"{walk.id}/contract/sign", 201, version=1, capacity=capacity)
    assert walk.sam.get(f"{walk.id}/contract")["is_signed"]


def go_live(walk: Any) -> None:
    walk.olga.patch(
        walk.id, process="Weekly calls", process_owner=walk.sam.pk, improvement_owner=walk.lea.pk,
        operation_owner=walk.ivan.pk, monitoring_owner=walk.dan.pk,
    )  # fmt: skip
    for kind in ("operational", "adoption", "shared"):
        walk.olga.post(f"{walk.id}/readiness", kind=kind, evidence="Minutes of Monday.")
    walk.olga.post(
        "benefit-lines", 201, use_case=walk.use_case, title="Kept", kind="revenue", yearly_amount=240_000, evidence="estimated",
        method="Half is not called.", baseline="14 in 100 leave.",
    )  # fmt: skip
    agree_on_trust(walk)
    for finding in walk.olga.get("findings", use_case=walk.use_case)["results"]:
        if finding["severity"] in {"high", "critical"}:
            walk.olga.post(f"findings/{finding['id']}/resolve", resolution="The tariff changed; as expected.")
            walk.rolf.post(f"findings/{finding['id']}/verify")
    pass_gate(walk, "G3", "production")


def steer(walk: Any) -> None:
    board = walk.erin.get("portfolio")
    assert [row["expected"] for row in board["values"] if row["use_case"] == walk.use_case] == [240_000]
    assert board["funnel"] and board["tiers"] and board["sentences"]
    assert walk.hana.post("audit-events/verify")["broken_at"] is None
    assert walk.sam.get("audit-events", 403)["reason"]


def test_one_use_case_goes_all_the_way_through_the_api(walk: Any) -> None:
    propose_and_accept(walk)
    score(walk)
    form_squad(walk)
    pass_gate(walk, "G1", "initialisation")
    assert walk.lea.get("certificates")["results"] == []
    learn(walk)
    bring_and_ask(walk)
    launch(walk)
    register_and_review(walk)
    measure_and_develop(walk)
    serve(walk)
    go_live(walk)
    steer(walk)
