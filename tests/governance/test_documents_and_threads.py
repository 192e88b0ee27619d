"""Documents of a version that people complete, threads about an item, waiting times and the checklist at the desk."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from governance.models import DeskThread, DocumentEdition, ModelVersion, ParagraphText
from governance.selectors import documents as document_selectors, threads as thread_selectors
from governance.services import documents, threads, version_life
from portal.core import clock
from portal.core.models import AuditEvent
from portal.core.verdicts import Refused
from projects.models import GuardrailResult
from tests.governance import factories as f
from tests.people import person

pytestmark = pytest.mark.django_db


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


def test_a_model_card_calls_measures_by_their_names_in_words():
    w = f.world()
    card = {**w.version.computed_card, "metrics": {"roc_auc": {"value": 0.8, "low": 0.7, "high": 0.9}}}
    ModelVersion.objects.filter(pk=w.version.pk).update(computed_card=card)
    w.version.refresh_from_db()
    edition = documents.issue(w.version, kind="model_card", by=w.author)
    read = documents.download(edition, form="md", by=w.author).decode()
    assert "AUC" in read and "roc_auc" not in read


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
