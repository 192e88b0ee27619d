"""The registry: conditions and findings, names, roles and days, comparison, its pages."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from governance.models import Deployment, Finding, ModelVersion, VersionAlias, VersionComparison
from governance.selectors import documents as document_selectors, registry
from governance.services import (
    aliases,
    comparisons,
    deployments,
    finding_deadlines,
    findings,
    models,
)
from governance.tasks import keep_deadlines
from portal.core import clock, job_runner
from portal.core.models import AuditEvent
from portal.core.verdicts import Refused
from tests.governance import factories as f
from tests.governance.registry_scene import another, approved, serving
from tests.governance.trained import rows as people_rows, store, table, trained
from tests.people import person

pytestmark = pytest.mark.django_db


def days_pass(monkeypatch, days):
    later = clock.now() + timedelta(days=days)
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(clock, "today", lambda: later.date())


# --- findings --------------------------------------------------------------------------------------
def test_a_conditional_approval_falls_when_its_finding_is_late_and_the_one_before_serves_again(monkeypatch):
    w = f.world()
    serving(w)
    second = models.register(another(w), model=w.model, by=w.author)
    request = models.submit(second, card=f.CARD, by=w.author)
    planned = [{"title": "Explain it", "severity": "high", "owner": w.author}]
    f.compared(second, w.version)
    f.approvals.decide(
        request, answer="approve_with_findings", findings=planned, checklist=f.CHECKLIST, by=w.reviewer
    )
    second.refresh_from_db()
    deployments.promote(second, by=w.owner)
    assert Finding.objects.get().due_on == clock.today() + timedelta(days=5)

    keep_deadlines()
    assert registry.names(w.model)["champion"] == str(second.pk), "not late yet: nothing falls"
    days_pass(monkeypatch, 6)
    keep_deadlines()

    second.refresh_from_db()
    assert second.status == "revoked"
    assert registry.names(w.model)["champion"] == str(w.version.pk)
    keep_deadlines()
    assert Deployment.objects.champions().count() == 1, "running twice changes nothing"


def test_service_stops_and_people_hear_it_when_no_earlier_version_may_serve(monkeypatch):
    w = f.world()
    planned = [{"title": "Explain it", "severity": "high", "owner": w.author}]
    f.approvals.decide(
        w.request, answer="approve_with_findings", findings=planned, checklist=f.CHECKLIST, by=w.reviewer
    )
    w.version.refresh_from_db()
    deployments.promote(w.version, by=w.owner)
    days_pass(monkeypatch, 6)
    keep_deadlines()
    assert not Deployment.objects.champions().exists()
    assert AuditEvent.objects.filter(verb="model.without_champion").count() == 1
    assert any("Nothing serves" in str(each.text) for each in w.owner.notices.all())


def test_an_accepted_risk_ends_on_its_day_and_the_condition_is_back(monkeypatch):
    w = f.world()
    planned = [{"title": "Explain it", "severity": "low", "owner": w.author}]
    f.approvals.decide(
        w.request, answer="approve_with_findings", findings=planned, checklist=f.CHECKLIST, by=w.reviewer
    )
    finding = Finding.objects.get()
    findings.accept(finding, reason="Known.", until=clock.today() + timedelta(days=3), by=w.risk)
    w.version.refresh_from_db()
    assert w.version.status == "approved"

    days_pass(monkeypatch, 4)
    assert finding_deadlines.lapse_acceptances() == 1
    finding.refresh_from_db()
    w.version.refresh_from_db()
    assert (finding.state, w.version.status) == ("open", "approved_conditionally")
    assert finding.due_on == clock.today() + timedelta(days=60)
    assert finding_deadlines.lapse_acceptances() == 0


def test_a_late_finding_is_reminded_of_once(monkeypatch):
    w = f.world()
    findings.raise_finding(w.use_case, title="Look", severity="high", owner=w.author, by=w.reviewer)
    days_pass(monkeypatch, 6)
    assert (finding_deadlines.remind_overdue(), finding_deadlines.remind_overdue()) == (1, 0)


# --- life of a version -----------------------------------------------------------------------------
def test_an_approval_that_runs_out_keeps_serving_only_until_its_finding_is_late(monkeypatch):
    w = f.world()
    serving(w)
    days_pass(monkeypatch, 400)
    keep_deadlines()
    w.version.refresh_from_db()
    assert w.version.status == "expired" and not w.version.is_usable
    assert Finding.objects.get(version=w.version).severity == "high"
    assert Deployment.objects.champions().exists()
    f.reviewer("Rex Renewed")
    request = models.submit(w.version, card=f.CARD, by=w.author)
    assert request.state == "open"
    f.approvals.withdraw(request, by=w.author)
    assert Deployment.objects.champions().exists()
    days_pass(monkeypatch, 6)
    keep_deadlines()
    assert not Deployment.objects.champions().exists()


# --- names, roles, days ----------------------------------------------------------------------------
def test_protected_names_follow_from_approvals_and_nobody_sets_them():
    w = f.world()
    for name in ("champion", "CHALLENGER", "shadow", "latest"):
        with pytest.raises(Refused):
            aliases.give(w.version, name=name, by=w.owner)
    with pytest.raises(IntegrityError), transaction.atomic():
        VersionAlias.objects.create(model=w.model, version=w.version, name="champion", set_by=w.owner)
    for name in ("", "Two words", "v3", "7", "-x", "a" * 41):
        with pytest.raises(ValidationError):
            aliases.give(w.version, name=name, by=w.owner)
    with pytest.raises(Refused):
        aliases.give(w.version, name="good", by=person("Strange"))
    aliases.give(w.version, name="good", by=w.author)
    second = models.register(another(w), model=w.model, by=w.author)
    aliases.give(second, name="good", by=w.author)
    assert registry.names(w.model) == {"latest": str(second.pk), "good": str(second.pk)}
    aliases.take(w.model, name="good", by=w.author)
    assert "good" not in registry.names(w.model)


def test_only_an_approved_version_runs_beside_the_champion_and_in_one_role():
    w = f.world()
    with pytest.raises(Refused):
        deployments.enter(w.version, role="challenger", by=w.owner)
    serving(w)
    second = approved(w)
    with pytest.raises(ValidationError):
        deployments.enter(second, role="champion", by=w.owner)
    with pytest.raises(Refused):
        deployments.enter(second, role="challenger", by=w.author)
    deployments.enter(second, role="challenger", by=w.owner)
    with pytest.raises(Refused):
        deployments.enter(second, role="shadow", by=w.owner)
    assert registry.names(w.model)["challenger"] == str(second.pk)
    deployments.promote(second, by=w.owner)
    assert "challenger" not in registry.names(w.model)
    assert registry.names(w.model)["champion"] == str(second.pk)


def test_the_registry_knows_what_served_on_a_day():
    w = f.world()
    first = serving(w)
    second = deployments.promote(approved(w), by=w.owner)
    today = clock.today()
    for deployment, started, ended in ((first, 20, 5), (second, 5, None)):
        Deployment.objects.filter(pk=deployment.pk).update(
            started_at=clock.now() - timedelta(days=started),
            ended_at=clock.now() - timedelta(days=ended) if ended else None,
        )
    seen = {back: [each.version.number for each in registry.on_day(w.model, today - timedelta(days=back))] for back in (30, 10, 1)}  # fmt: skip
    assert seen == {30: [], 10: [1], 1: [2]}


# --- comparison ------------------------------------------------------------------------------------
def test_versions_are_compared_by_the_engine_on_the_same_rows():
    real = trained()
    w = f.world(bundle=type("B", (), {"bundle": real.bundle, "sha256": real.sha256}))
    experiment = w.trial.experiment
    data = experiment.dataset_version
    data.table_digest = store(table(people_rows(400, 1)))
    data.save(update_fields=["table_digest"])
    question = {"target": "left", "roles": {}, "budget_seconds": 10, "seed": 1}
    ModelVersion.objects.filter(pk=w.version.pk).update(table_digest=data.table_digest, question=question)
    w.version.refresh_from_db()
    second = models.register(another(w), model=w.model, by=w.author)
    ModelVersion.objects.filter(pk=second.pk).update(
        table_digest=data.table_digest, question=question, bundle_digest=w.version.bundle_digest, model_sha256=real.sha256
    )  # fmt: skip
    second.refresh_from_db()

    with pytest.raises(Refused):
        comparisons.ask(w.model, base=w.version, others=[second], by=person("Strange"))
    for others in ([], [w.version], [f.world().version]):
        with pytest.raises(ValidationError):
            comparisons.ask(w.model, base=w.version, others=others, by=w.reviewer)
    assert not VersionComparison.objects.exists()

    made = comparisons.ask(w.model, base=w.version, others=[second], by=w.reviewer)
    assert comparisons.ask(w.model, base=w.version, others=[second], by=w.author).pk == made.pk
    job_runner.run_until_idle("quick")
    made.refresh_from_db()
    answer = made.figures[str(second.pk)]
    assert answer["ok"] and answer["rows"] == 80
    auc = next(each for each in answer["tests"] if each["name"] == "roc_auc")
    assert auc["test"] == "delong" and auc["difference"] == 0 and auc["p"] == 1.0


# --- pages -----------------------------------------------------------------------------------------
def test_pages_of_the_registry_open_and_their_acts_work(client):
    w = f.world(justify=True)
    second = models.register(another(w), model=w.model, by=w.author)
    client.force_login(w.reviewer)
    at = lambda name, *args: reverse(f"governance:{name}", args=args)  # noqa: E731
    pages = [
        at("inbox"), at("approval_detail", w.request.pk), at("version_detail", second.pk), at("version_take_over", w.version.pk),
        at("version_compare", w.model.pk), at("model_detail", w.model.pk) + "?on=2026-01-01", at("model_detail", w.model.pk) + "?on=x",
        at("model_list") + "?serving=false&q=who", at("finding_new", w.use_case.pk),
        *(at("document_detail", w.version.pk, kind) for kind in document_selectors.DocumentKind.values),
    ]  # fmt: skip
    for page in pages:
        assert client.get(page).status_code == 200, page
    said = {"anchor": "card", "text": "Which people?"}
    client.post(at("thread_open", w.request.pk), said)
    assert b"Which people?" in client.get(pages[1]).content
    client.post(at("version_act", w.version.pk, "take-review"))
    w.version.refresh_from_db()
    assert w.version.status == "in_review"
    entry = {"title": "Look at it", "severity": "high", "owner": w.author.pk}
    assert client.post(at("finding_new", w.use_case.pk), entry).status_code == 302
    assert client.post(at("finding_new", w.use_case.pk), {"title": ""}).status_code == 422
    took = client.post(at("version_take_over", w.version.pk), {"trial": w.trial.pk, "reason": "Simpler."})
    assert took.status_code == 302 and ModelVersion.objects.count() == 3
