"""The whole path by code: the same services, the same refusals, clear answers."""

from datetime import timedelta

import pytest

from governance import scoring_pool
from governance.bundles import ModelDamaged
from governance.services import deployments
from portal.core import clock
from portal.core.duties import Duty
from portal.core.services import tokens
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(client):
    """Call as a person, with a token of theirs."""

    def ask(user, method, path, data=None):
        _token, secret = tokens.create(name="test", scope="write", days=1, by=user)
        answer = (
            getattr(client, method)(
                f"/api/{path}", data, "application/json", headers={"authorization": f"Bearer {secret}"}
            )
            if method != "get"
            else client.get(f"/api/{path}", data or {}, headers={"authorization": f"Bearer {secret}"})
        )
        return answer.status_code, (
            f.as_json(answer) if answer.content and "json" in answer["Content-Type"] else answer
        )

    return ask


def test_from_trial_to_champion_by_code(call):
    made = f.use_case()
    author = f.squad(made)["citizen_data_scientist"]
    f.in_phase(made, "development")
    rita = f.reviewer()
    trial = f.trial(made, author, justify=True)

    status, version = call(author, "post", "model-versions/", {"trial": str(trial.pk), "name": "Churn"})
    assert (status, version["status"], version["number"]) == (201, "candidate", 1)
    status, asked = call(author, "post", f"model-versions/{version['id']}/submit/", f.CARD)
    assert status == 201 and asked["steps"] == ["model_reviewer"] and not asked["can"]["decide"]["allowed"]
    status, problem = call(author, "post", f"approvals/{asked['id']}/decide/", {"answer": "approve"})
    assert status == 403 and problem["code"] == "approval.own_work" and problem["remedy"]
    status, problem = call(
        rita, "post", f"approvals/{asked['id']}/decide/", {"answer": "approve", "checklist": f.CHECKLIST}
    )
    assert status == 400 and problem["errors"][0]["field"] == "justifications"
    guardrail = f.GuardrailResult.objects.get(severity="justify")
    assert (
        call(
            rita,
            "post",
            f"approvals/{asked['id']}/justification/",
            {"guardrail": str(guardrail.pk), "is_accepted": True},
        )[0]
        == 200
    )
    status, decided = call(
        rita,
        "post",
        f"approvals/{asked['id']}/decide/",
        {"answer": "approve", "checklist": f.CHECKLIST, "seen_digest": asked["subject_digest"]},
    )
    assert (
        status == 200 and decided["state"] == "approved" and decided["decisions"][0]["decided_by"] == rita.pk
    )
    assert (
        call(
            rita, "post", f"approvals/{asked['id']}/decide/", {"answer": "approve", "checklist": f.CHECKLIST}
        )[0]
        == 409
    )
    assert call(author, "post", f"model-versions/{version['id']}/promote/", {})[0] == 403
    status, deployment = call(made.product_owner, "post", f"model-versions/{version['id']}/promote/", {})
    assert status == 201 and deployment["role"] == "champion"
    status, model = call(author, "get", f"models/{version['model']}/")
    assert model["champion"] == version["id"]


def test_gates_by_code(call):
    made = f.use_case()
    owner = made.product_owner
    status, seen = call(owner, "get", f"gates/{made.pk}/")
    assert status == 200 and seen["gate"] == "G1" and not all(each["met"] for each in seen["requirements"])
    status, problem = call(owner, "post", f"gates/{made.pk}/request/", {"gate": "G1"})
    assert status == 403 and problem["code"] == "gate.requirements" and "Kill criteria" in problem["reason"]
    f.squad(made)
    f.ready_for_g1(made)
    status, asked = call(owner, "post", f"gates/{made.pk}/request/", {"gate": "G1"})
    assert status == 201
    assert call(owner, "post", f"approvals/{asked['id']}/decide/", {"answer": "approve"})[0] == 403
    assert call(made.sponsor, "post", f"approvals/{asked['id']}/decide/", {"answer": "approve"})[0] == 200
    made.refresh_from_db()
    assert made.phase == "initialisation"
    assert call(owner, "post", f"gates/{made.pk}/request/", {"gate": "G1"})[0] == 409
    assert call(owner, "get", "gates/not-a-key/")[0] == 404


def test_findings_and_value_by_code(call):
    w = f.world()
    status, finding = call(
        w.reviewer,
        "post",
        "findings/",
        {"use_case": str(w.use_case.pk), "title": "Explain", "severity": "high", "owner": w.author.pk},
    )
    assert status == 201
    assert (
        call(w.author, "post", f"findings/{finding['id']}/resolve/", {"resolution": "Explained."})[0] == 200
    )
    assert call(w.author, "post", f"findings/{finding['id']}/verify/")[0] == 403
    assert call(w.reviewer, "post", f"findings/{finding['id']}/verify/")[1]["state"] == "verified"

    line = {
        "use_case": str(w.use_case.pk),
        "title": "Kept",
        "kind": "revenue",
        "yearly_amount": 1000,
        "evidence": "declared",
        "method": "m",
        "baseline": "b",
    }
    assert call(w.author, "post", "benefit-lines/", line)[0] == 403
    assert call(w.owner, "post", "benefit-lines/", {**line, "yearly_amount": -1})[0] == 400
    status, made = call(w.owner, "post", "benefit-lines/", line)
    figure = {
        "line": made["id"],
        "starts_on": str(clock.today() - timedelta(days=30)),
        "ends_on": str(clock.today()),
        "amount": 90,
        "evidence": "declared",
        "note": "n",
    }
    status, reported = call(w.owner, "post", "measurements/", figure)
    assert status == 201
    assert call(w.owner, "post", "measurements/", figure)[0] == 400
    assert call(w.owner, "post", f"measurements/{reported['id']}/verify/", {})[0] == 403
    assert (
        call(
            person("Fay", duties=(Duty.FINANCE_CONTROLLER,)),
            "post",
            f"measurements/{reported['id']}/verify/",
            {},
        )[1]["state"]
        == "verified"
    )


class OneChild:
    """Stands where the pool stands, so that this test is about the answers only."""

    def __init__(self, answer):
        self.answer = answer

    def ask(self, version, rows):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def test_the_scoring_endpoint_says_what_is_wrong(call, monkeypatch):
    w = f.world()
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    path = f"models/{w.model.pk}/score/"
    assert call(w.author, "post", path, {"rows": [{"a": 1}]})[0] == 409
    deployments.promote(w.version, by=w.owner)
    bad = {
        "ok": False,
        "errors": [
            {
                "code": "missing_column",
                "message": "The column %(column)s is missing.",
                "params": {"column": "age"},
                "row": None,
                "column": "age",
            }
        ],
    }
    for answer, status, code in (
        ({"ok": True, "predictions": [{"prediction": "yes"}], "warnings": []}, 200, None),
        (bad, 400, "rows_refused"),
        (ModelDamaged("x"), 503, "model_integrity"),
        (scoring_pool.Busy("x"), 503, "busy"),
    ):
        monkeypatch.setattr(scoring_pool, "pool", OneChild(answer))
        got, body = call(w.author, "post", path, {"rows": [{"a": 1}]})
        assert got == status and body.get("code") == code, body
    assert call(w.author, "post", path, {"rows": []})[0] == 400
    assert call(w.author, "post", path, {"rows": "x"})[0] == 400
    assert call(w.author, "post", path, {"rows": [{}], "extra": 1})[0] == 400
    assert call(person("Strange"), "post", path, {"rows": [{"a": 1}]})[0] == 403


def test_portfolio_and_trail_by_code(call):
    f.world()
    executive, auditor = person("Erin", duties=(Duty.EXECUTIVE,)), person("Aud", duties=(Duty.AUDITOR,))
    status, board = call(executive, "get", "portfolio/")
    assert status == 200 and len(board["funnel"]) == 4 and board["tiles"]
    assert call(executive, "get", "audit-events/")[0] == 403
    status, events = call(auditor, "get", "audit-events/", {"verb": "version."})
    assert status == 200 and {each["verb"] for each in events["results"]} == {
        "version.registered",
        "version.submitted",
    }
    status, checked = call(auditor, "post", "audit-events/verify/")
    assert status == 200 and checked["sound"] is True
    assert call(person("Strange"), "get", "portfolio/")[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "models",
        "model-versions",
        "approvals",
        "findings",
        "deployments",
        "drift-reports",
        "benefit-lines",
        "measurements",
        "batches",
    ],
)
def test_unknown_parameters_and_keys_are_refused_clearly(call, path):
    user = person("Someone")

    assert call(user, "get", f"{path}/")[0] == 200
    assert call(user, "get", f"{path}/", {"colour": "red"})[0] == 400
    assert call(user, "get", f"{path}/not-a-key/")[0] == 404
    assert call(user, "put", f"{path}/", {})[0] == 405
