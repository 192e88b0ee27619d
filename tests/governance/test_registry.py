"""The registry: life of a version, names, roles, days, comparison, deletion, documents, talk at the desk."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse

from governance.models import (
    Deployment,
    DeskThread,
    DocumentEdition,
    Finding,
    ModelVersion,
    ParagraphText,
    VersionAlias,
    VersionComparison,
)
from governance.rules import versions as rules
from governance.selectors import documents as document_selectors, registry, threads as thread_selectors
from governance.services import (
    aliases,
    comparisons,
    deployments,
    documents,
    finding_deadlines,
    findings,
    models,
    threads,
    version_life,
)
from governance.tasks import keep_deadlines
from portal.core import clock, job_runner
from portal.core.models import AuditEvent
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import GuardrailResult, Trial
from tests.governance import factories as f
from tests.governance.trained import rows as people_rows, store, table, trained
from tests.people import person

pytestmark = pytest.mark.django_db


def another(w, number=2, **more):
    return Trial.objects.create(
        experiment=w.trial.experiment, number=number, name=f"Linear {number}", family="linear", status="done",
        bundle_digest=f.stored_bundle(f"model {number}".encode()), model_sha256=f.FILE, **more,
    )  # fmt: skip


def approved(w, number=2):
    version = models.register(another(w, number), model=w.model, by=w.author)
    f.approve(models.submit(version, card=f.CARD, by=w.author), w.reviewer)
    version.refresh_from_db()
    return version


def serving(w):
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    return deployments.promote(w.version, by=w.owner)


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


def test_a_reviewer_begins_and_others_see_who_reads():
    w = f.world()
    for nobody in (w.author, w.owner, w.uploader, person("Strange")):
        with pytest.raises(Refused):
            version_life.take_review(w.version, by=nobody)
    w.version.refresh_from_db()
    assert w.version.status == "submitted"
    version_life.take_review(w.version, by=w.reviewer)
    assert (w.version.status, w.version.in_review_by) == ("in_review", w.reviewer)
    assert not rules.may_take_review(f.reviewer("Ren"), w.version)
    f.approve(w.request, w.reviewer)
    w.version.refresh_from_db()
    assert w.version.status == "approved"


def test_whoever_takes_over_becomes_author_and_never_decides_on_it():
    w = f.world()
    better = another(w, is_simple=True)
    with pytest.raises(Refused):
        version_life.take_over(w.version, reason="Mine.", by=w.author)
    with pytest.raises(ValidationError):
        version_life.take_over(w.version, reason="  ", by=w.reviewer)
    assert ModelVersion.objects.count() == 1

    new = version_life.take_over(w.version, reason="The simple one does.", trial=better, by=w.reviewer)

    w.version.refresh_from_db()
    w.request.refresh_from_db()
    assert (w.version.status, w.request.state) == ("archived", "changes_requested")
    assert (new.number, new.registered_by, new.trial, new.purpose) == (
        2,
        w.reviewer,
        better,
        f.CARD["purpose"],
    )
    second = f.reviewer("Second Reviewer")
    request = models.submit(new, card=f.CARD, by=w.reviewer)
    for stake in (w.reviewer, w.author):
        with pytest.raises(Refused):
            f.approvals.decide(request, answer="approve", checklist=f.CHECKLIST, by=stake)
    f.approve(request, second)
    new.refresh_from_db()
    assert new.status == "approved"


def test_a_block_is_lifted_by_an_expert_outside_with_a_reason_and_by_nobody_else():
    w = f.world()
    f.guardrail(w.trial.experiment, code="leak", severity="block", is_alerted=True)
    version = models.register(another(w), model=w.model, by=w.author)
    assert version.status == "blocked"
    for nobody in (w.author, w.owner, w.uploader, w.risk):
        with pytest.raises(Refused):
            version_life.lift_block(version, reason="Go on.", by=nobody)
    with pytest.raises(Refused):
        models.submit(version, card=f.CARD, by=w.author)
    version_life.lift_block(version, reason="The column is known at that time.", by=w.reviewer)
    assert version.status == "candidate"
    with pytest.raises(Refused, match="Nobody could decide"):  # the only reviewer let it go on
        models.submit(version, card=f.CARD, by=w.author)
    f.reviewer("Sven Second")
    version.refresh_from_db()
    asked = models.submit(version, card=f.CARD, by=w.author)
    with pytest.raises(Refused, match="in spite of a block"):
        f.approve(asked, w.reviewer)
    assert asked.state == "open" and not asked.decisions.exists()


def test_what_is_referred_to_is_not_deleted_and_says_by_what():
    w = f.world()
    verdict = rules.may_delete(w.author, w.version)
    assert not verdict and "1 request" in str(verdict.reason)
    with pytest.raises(Refused):
        version_life.delete(w.version, by=w.author)
    with pytest.raises(Refused):
        version_life.delete_model(w.model, by=w.owner)
    loose = models.register(another(w), model=w.model, by=w.author)
    with pytest.raises(Refused):
        version_life.delete(loose, by=w.reviewer)
    version_life.delete(loose, by=w.author)
    assert list(ModelVersion.objects.values_list("number", flat=True)) == [1]


def test_nothing_in_service_or_in_review_is_archived():
    w = f.world()
    with pytest.raises(Refused):
        version_life.archive(w.version, reason="Old.", by=w.author)
    serving(w)
    with pytest.raises(Refused):
        version_life.archive(w.version, reason="Old.", by=w.author)
    deployments.end(Deployment.objects.get(), reason="Old.", by=w.owner)
    version_life.archive(w.version, reason="Old.", by=w.author)
    assert w.version.status == "archived" and not rules.may_enter(w.owner, w.version)


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


# --- documents -------------------------------------------------------------------------------------
def test_a_document_is_complete_only_when_people_wrote_and_goes_stale_when_facts_move(client):
    w = f.world(justify=True)
    kind = "technical_file"
    draft = document_selectors.compose(w.version, kind)
    assert len(draft.content["sections"]) == 9 and draft.completeness < 100 and "Standards" in draft.missing
    for nobody in (w.reviewer, person("Strange")):
        with pytest.raises(Refused):
            documents.write(w.version, kind=kind, code="standards", text="ISO/IEC 42001:2023", by=nobody)
    for code, text in (("purpose", "frozen"), ("nothing", "x"), ("standards", "x" * 6001)):
        with pytest.raises(ValidationError):
            documents.write(w.version, kind=kind, code=code, text=text, by=w.author)
    assert not ParagraphText.objects.exists()

    documents.write(w.version, kind=kind, code="standards", text="ISO *42001* | <b>2023</b>", by=w.author)
    edition = documents.issue(w.version, kind=kind, by=w.author)
    with pytest.raises(ValidationError):
        documents.issue(w.version, kind=kind, by=w.author)
    assert not document_selectors.is_stale(edition)
    f.approve(w.request, w.reviewer)
    assert document_selectors.is_stale(DocumentEdition.objects.get())

    client.force_login(w.author)
    for form, mark in (
        ("pdf", b"%PDF-"),
        ("html", b"&lt;b&gt;2023"),
        ("md", rb"ISO \*42001\* \| \<b\>"),
        ("json", b'"sha256"'),
    ):
        answer = client.get(reverse("governance:edition_download", args=[edition.pk, form]))
        assert answer.status_code == 200 and mark in answer.content, form
    assert AuditEvent.objects.filter(verb="document.downloaded").count() == 4


def test_who_made_a_model_never_writes_its_validation_report():
    w = f.world()
    for nobody in (w.author, w.owner, w.uploader, w.risk):
        with pytest.raises(Refused):
            documents.write(w.version, kind="validation_report", code="conclusion", text="Fine.", by=nobody)
    documents.write(w.version, kind="validation_report", code="conclusion", text="Fine.", by=w.reviewer)
    assert ParagraphText.objects.get().written_by == w.reviewer


def test_values_of_the_data_stay_out_of_a_document_for_those_who_may_not_see_them():
    w = f.world()
    card = {
        **w.version.computed_card,
        "fairness": [{"column": "region", "groups": [{"group": "secret-north", "rows": 90}]}],
    }
    ModelVersion.objects.filter(pk=w.version.pk).update(computed_card=card)
    w.version.refresh_from_db()
    f.Dataset.objects.update(classification="personal")
    edition = documents.issue(w.version, kind="model_card", by=w.author)
    for form in ("html", "md", "json"):
        assert b"secret-north" in documents.download(edition, form=form, by=w.author).replace(b"\\", b"")
        assert b"secret-north" not in documents.download(edition, form=form, by=person("Strange")).replace(
            b"\\", b""
        )


# --- desk ------------------------------------------------------------------------------------------
def test_threads_are_about_an_item_and_are_settled_by_who_asked_or_a_reviewer():
    w = f.world(justify=True)
    guardrail = GuardrailResult.objects.get(is_alerted=True)
    with pytest.raises(Refused):
        threads.begin(w.request, anchor="card", text="Why?", by=person("Strange"))
    for anchor, text in (("guardrail:0", "Why?"), ("card", " ")):
        with pytest.raises(ValidationError):
            threads.begin(w.request, anchor=anchor, text=text, by=w.reviewer)
    assert not DeskThread.objects.exists()
    thread = threads.begin(w.request, anchor=f"guardrail:{guardrail.pk}", text="Why so rare?", by=w.reviewer)
    threads.reply(thread, text="It is *rare*.", by=w.author)
    with pytest.raises(Refused):
        threads.settle(thread, by=w.author)
    threads.settle(thread, by=w.reviewer)
    thread.refresh_from_db()
    assert thread.settled_by == w.reviewer and thread.remarks.count() == 2
    with pytest.raises(Refused):
        threads.settle(thread, by=w.reviewer)
    f.approve(w.request, w.reviewer)
    w.request.refresh_from_db()
    thread.refresh_from_db()
    with pytest.raises(Refused):
        threads.reply(DeskThread.objects.get(), text="Late.", by=w.author)


def test_waiting_times_are_told_for_each_stretch():
    w = f.world()
    version_life.take_review(w.version, by=w.reviewer)
    f.approve(w.request, w.reviewer)
    start = clock.now() - timedelta(days=10)
    type(w.request).objects.filter(pk=w.request.pk).update(created_at=start)
    ModelVersion.objects.filter(pk=w.version.pk).update(in_review_at=start + timedelta(days=4))
    request = type(w.request).objects.for_list().get(pk=w.request.pk)
    assert [round(each.days) for each in thread_selectors.waits(request)] == [4, 6]


def test_the_checklist_grows_with_the_risk_tier():
    from governance.checklist import ITEMS, for_tier

    assert set(for_tier("minimal")) < set(for_tier("limited")) < set(for_tier("high")) == set(ITEMS)
    assert for_tier("unassessed") == for_tier("high")
    w = f.world("minimal")
    with pytest.raises(ValidationError):
        f.approvals.decide(w.request, answer="approve", checklist=["card"], by=w.reviewer)
    f.approvals.decide(w.request, answer="approve", checklist=list(for_tier("minimal")), by=w.reviewer)


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


def test_an_illegal_second_take_over_leaves_one_version():
    w = f.world()
    version_life.take_over(w.version, reason="Simpler.", by=w.reviewer)
    with pytest.raises((IllegalMove, Refused)):
        version_life.take_over(w.version, reason="Simpler.", by=f.reviewer("Ren"))
    assert ModelVersion.objects.count() == 2
