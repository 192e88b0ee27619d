"""Pages: each person finds what is theirs, a bad entry loses nothing, lists stay quick."""

import uuid
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import BenefitLine, Finding, ModelVersion
from governance.selectors import desk, waiting_for
from governance.services import approvals, benefits, deployments, findings
from portal.core import clock
from portal.core.duties import Duty
from portal.core.models import AuditEvent
from projects import question
from projects.models import GuardrailResult
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db


def at(name, *args):
    return reverse(f"governance:{name}", args=args)


def live():
    w = f.world(justify=True)
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    w.deployment = deployments.promote(w.version, by=w.owner)
    f.ready_for_g3(w)
    w.finding = findings.raise_finding(
        w.use_case, title="Explain it", severity="low", owner=w.author, by=w.reviewer
    )
    w.line = BenefitLine.objects.get()
    w.measurement = benefits.report(
        w.line,
        starts_on=clock.today() - timedelta(days=40),
        ends_on=clock.today() - timedelta(days=10),
        amount=9000,
        evidence="measured",
        note="A/B",
        by=w.owner,
    )
    return w


def test_a_version_tells_every_finding_with_the_words_that_answer_it(client):
    w = f.world(justify=True)
    waiting = f.guardrail(
        w.version.trial.experiment, code="far", severity="justify", is_alerted=True, message="Far from the rest.",
        why="It may not hold.", fix="Look again.", justification="",
    )  # fmt: skip
    answered = GuardrailResult.objects.exclude(pk=waiting.pk).get(severity="justify")
    client.force_login(w.author)

    text = client.get(at("version_detail", w.version.pk)).content.decode()

    assert answered.justification in text and "Far from the rest." in text
    assert "It may not hold." in text and "Look again." in text and "It waits for the author" in text
    chart = desk.importance_chart(w.version)
    assert chart is None or (chart["x_label"] and "importance" not in chart["series"][0]["name"])


def addresses(w):
    return [
        at("inbox"), at("approval_detail", w.request.pk), at("model_list"), at("model_detail", w.model.pk), at("version_detail", w.version.pk),
        at("version_submit", w.version.pk), at("deployment_list"), at("deployment_detail", w.deployment.pk), at("finding_list"),
        at("finding_detail", w.finding.pk), at("value_detail", w.use_case.pk), at("measurement_new", w.line.pk),
        *(at("gate_detail", w.use_case.pk, gate) for gate in ("G1", "G2", "G3", "G5")),
        *(at(f"{panel}_panel", w.use_case.pk) for panel in ("gate", "model", "value")),
    ]  # fmt: skip


def test_every_page_opens_for_those_who_see_the_use_case(client):
    w = live()
    finance = person("Fay Finance", duties=(Duty.FINANCE_CONTROLLER,))
    for user in (w.owner, w.author, w.reviewer, finance, person("Aud", duties=(Duty.AUDITOR,))):
        client.force_login(user)
        for address in addresses(w):
            assert client.get(address).status_code == 200, (user, address)


def test_nobody_reads_without_signing_in(client):
    w = live()
    for address in [*addresses(w), at("portfolio"), at("audit_list")]:
        assert client.get(address).status_code == 302


def test_what_one_may_not_see_does_not_exist(client):
    w = live()
    f.UseCase.objects.filter(pk=w.use_case.pk).update(is_confidential=True)
    client.force_login(person("Strange"))

    for address in addresses(w):
        single = any(
            str(each.pk) in address
            for each in (w.request, w.model, w.version, w.deployment, w.finding, w.use_case, w.line)
        )
        assert client.get(address).status_code == (404 if single else 200), address
    assert client.get(at("approval_detail", uuid.uuid4())).status_code == 404
    assert client.post(f"/approvals/{w.request.pk}/decide/", {"answer": "approve"}).status_code == 404


def test_the_portfolio_and_the_trail_are_for_those_who_steer_and_check(client):
    live()
    for duty, portfolio, audit in (
        (Duty.EXECUTIVE, 200, 403),
        (Duty.AUDITOR, 200, 200),
        (Duty.RISK_OFFICER, 200, 200),
        (Duty.ADMINISTRATOR, 403, 403),
        (Duty.IT_ENGINEER, 403, 403),
    ):
        client.force_login(person(f"The {duty}", duties=(duty,)))
        assert client.get(at("portfolio")).status_code == portfolio, duty
        assert client.get(at("audit_list")).status_code == audit, duty
        assert client.post(at("audit_verify")).status_code == audit, duty


def test_the_reviewer_accepts_the_justification_confirms_the_list_and_approves(client):
    w = f.world(justify=True)
    client.force_login(w.reviewer)
    assert "Rare on purpose." in client.get(at("approval_detail", w.request.pk)).content.decode()
    answer = client.post(
        at("approval_decide", w.request.pk), {"answer": "approve", "checklist": f.LIMITED_CHECKLIST}
    )
    assert answer.status_code == 422 and "every justification" in answer.content.decode()

    result = GuardrailResult.objects.get(severity="justify")
    client.post(at("justification_answer", w.request.pk, result.pk), {"accepted": "yes"})
    answer = client.post(
        at("approval_decide", w.request.pk),
        {"answer": "approve", "checklist": f.LIMITED_CHECKLIST, "seen_digest": w.request.subject_digest},
    )

    assert answer.status_code == 302
    w.version.refresh_from_db()
    assert w.version.status == "approved"


def test_a_rejection_without_a_reason_keeps_what_was_entered(client):
    w = f.world()
    client.force_login(w.reviewer)

    answer = client.post(at("approval_decide", w.request.pk), {"answer": "reject", "category": "fairness"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Say why" in page and 'value="fairness" selected' in page


def test_approving_with_a_finding_on_the_page(client):
    w = f.world()
    client.force_login(w.reviewer)

    client.post(
        at("approval_decide", w.request.pk),
        {
            "answer": "approve_with_findings",
            "checklist": f.LIMITED_CHECKLIST,
            "finding_title": "Watch the postcode",
            "finding_severity": "medium",
            "finding_owner": w.author.pk,
        },
    )

    assert Finding.objects.get().owner == w.author
    w.version.refresh_from_db()
    assert w.version.status == "approved_conditionally"


def test_the_second_of_two_hears_who_decided(client):
    w = f.world()
    approvals.decide(w.request, answer="reject", reason="No.", category="value", by=w.reviewer)
    client.force_login(f.reviewer("Sven Second"))

    answer = client.post(
        at("approval_decide", w.request.pk), {"answer": "approve", "checklist": f.LIMITED_CHECKLIST}
    )

    assert answer.status_code == 422 and "Rita Reviewer" in answer.content.decode()


def test_from_a_trial_to_a_submitted_version_on_pages(client):
    made = f.use_case()
    author = f.squad(made)["citizen_data_scientist"]
    f.in_phase(made, "development")
    f.reviewer()
    trial = f.trial(made, author)
    client.force_login(person("Strange"))
    assert client.post(at("model_register", trial.pk), {"name": "Mine"}).status_code == 404
    client.force_login(author)
    assert client.get(at("model_register", trial.pk)).status_code == 200
    answer = client.post(at("model_register", trial.pk), {"name": "Churn"})
    version = ModelVersion.objects.get()
    assert answer.url == at("version_submit", version.pk)

    partly = client.post(answer.url, {**f.CARD, "limits": ""})
    assert partly.status_code == 422 and "Written with care." in partly.content.decode()
    version.refresh_from_db()
    assert version.status == "candidate"

    client.post(answer.url, f.CARD)
    version.refresh_from_db()
    assert version.status == "submitted"


def test_a_gate_page_shows_all_that_is_missing_and_the_service_refuses(client):
    made = f.use_case()
    client.force_login(made.product_owner)

    page = client.get(at("gate_detail", made.pk, "G1")).content.decode()

    assert "5 things are missing" in page
    assert client.post(at("gate_detail", made.pk, "G1"), {}).status_code == 403
    assert client.get(at("gate_detail", made.pk, "G9")).status_code == 404


def test_finance_verifies_on_the_page_and_the_reporter_may_not(client):
    w = live()
    client.force_login(w.owner)
    assert client.post(at("measurement_settle", w.measurement.pk, "verify")).status_code == 403
    client.force_login(person("Fay", duties=(Duty.FINANCE_CONTROLLER,)))
    client.post(at("measurement_settle", w.measurement.pk, "verify"))

    w.measurement.refresh_from_db()
    assert w.measurement.state == "verified"


def test_a_benefit_without_a_baseline_is_not_taken_and_nothing_is_lost(client):
    w = live()
    client.force_login(w.owner)

    answer = client.post(
        at("value_detail", w.use_case.pk),
        {
            "title": "Less paper",
            "kind": "cost",
            "yearly_amount": "10",
            "evidence": "declared",
            "method": "Count",
        },
    )

    assert answer.status_code == 422 and "Less paper" in answer.content.decode()
    assert BenefitLine.objects.count() == 1


def test_the_home_page_learns_what_waits_for_whom():
    w = f.world()

    assert [each.title for each in waiting_for(w.reviewer)] == ["Review of a model"]
    assert waiting_for(w.author) == [] == waiting_for(person("Strange"))
    approvals.decide(w.request, answer="request_changes", reason="More.", category="card", by=w.reviewer)
    assert [each.action for each in waiting_for(w.author)] == ["Submit for review"]


def queries(client, address):
    with CaptureQueriesContext(
        connection,
    ) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_lists_ask_the_same_number_of_questions_for_one_row_and_for_six(client):
    w = live()
    auditor = person("Aud", duties=(Duty.AUDITOR,))
    client.force_login(auditor)
    lists = [
        at("inbox"),
        at("model_list"),
        at("deployment_list"),
        at("finding_list"),
        at("audit_list"),
        "/api/models/",
        "/api/model-versions/",
        "/api/approvals/",
        "/api/findings/",
        "/api/deployments/",
        "/api/benefit-lines/",
        "/api/measurements/",
    ]
    before = {address: queries(client, address) for address in lists}
    for number in range(5):
        another = f.Trial.objects.create(
            experiment=w.trial.experiment,
            number=10 + number,
            name="x",
            family="x",
            status="done",
            bundle_digest=w.trial.bundle_digest,
            model_sha256="c" * 64,
        )
        version = f.models.register(another, name=f"Model {number}", by=w.author)
        f.approve(f.models.submit(version, card=f.CARD, by=w.author), w.reviewer)
        version.refresh_from_db()
        deployments.promote(version, by=w.owner)
        findings.raise_finding(
            w.use_case, title=f"Finding {number}", severity="low", owner=w.author, by=w.reviewer
        )
        line = benefits.add_line(
            w.use_case,
            title=f"Line {number}",
            kind="cost",
            yearly_amount=5,
            evidence="declared",
            method="x",
            baseline="y",
            by=w.owner,
        )
        benefits.report(
            line,
            starts_on=date(2026, 1, 1),
            ends_on=date(2026, 1, 31),
            amount=1,
            evidence="declared",
            note="z",
            by=w.owner,
        )

    grown = {address: (before[address], queries(client, address)) for address in lists}
    assert {address: pair for address, pair in grown.items() if pair[1] > pair[0]} == {}


def test_the_trail_is_filtered_and_verified_on_its_page(client):
    live()
    client.force_login(person("Aud", duties=(Duty.AUDITOR,)))

    page = client.get(at("audit_list"), {"verb": "approval."}).content.decode()
    assert "Asked for a decision" in page and "Opened an account" not in page
    page = client.post(at("audit_verify")).content.decode()
    assert "The trail is sound" in page
    assert AuditEvent.objects.filter(verb="audit.verified").count() == 1


def test_the_value_page_says_once_who_enters_value():
    w = f.world()
    f.ready_for_g3(w)
    page = Client()
    page.force_login(person("Zoe"))

    shown = page.get(reverse("governance:value_detail", args=[w.use_case.pk])).content.decode()

    assert "Clients kept" in shown and shown.count("the process owner enter the value") == 1


def test_the_desk_says_metrics_in_words_and_keeps_a_name_it_does_not_know():
    assert question.in_words("roc_auc") == ("AUC", "how often a “yes” is ranked above a “no”")
    assert question.in_words("ours") == ("ours", "")
