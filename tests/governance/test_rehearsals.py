"""A version is handed in only when a worker has seen its stored file score a row; no request waits for that."""

import io
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from governance.models import ApprovalRequest, ModelVersion, Rehearsal
from governance.services import models, rehearsals
from portal.core import filestore, job_runner, sandbox
from portal.core.models import AuditEvent, Job, Notice
from portal.core.services import jobs
from portal.core.states import NotYet
from portal.core.verdicts import Refused
from tests.governance import factories as f, trained
from tests.governance.test_two_at_once import at_once
from tests.people import person

pytestmark = pytest.mark.django_db
OK = {"ok": True}
LATER = {"ok": False, "errors": [rehearsals.LATE]}


def stored(*content):
    """A bundle as any other in the store, of which nobody knows whether it answers."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in ("model.skops", "recipe.json", "meta.json"):
            archive.writestr(name, b"no model at all" + b"".join(content))
    path = filestore.settings.VAR / "broken.zip"
    path.write_bytes(buffer.getvalue())
    return filestore.store(path)


def trial_of(w, digest, sha=f.FILE):
    made = f.trial(w.use_case, w.author, uploader=w.uploader)
    f.Trial.objects.filter(pk=made.pk).update(bundle_digest=digest, model_sha256=sha)
    made.refresh_from_db()
    return made


def registered(w, *content):
    """A candidate whose stored file no engine can read."""
    return models.register(trial_of(w, stored(*content)), model=w.model, by=w.author)


def says(monkeypatch, *answers):
    """What the engine would answer, try by try."""
    left = list(answers)
    monkeypatch.setattr(rehearsals, "rehearse", lambda run, version: left.pop(0))


def work():
    return job_runner.run_until_idle("quick")


def nothing_was_handed_in(version):
    again = ModelVersion.objects.get(pk=version.pk)
    return (again.status, again.purpose, again.manifest_digest) == ("candidate", "", "") and (
        not ApprovalRequest.objects.filter(version=version).exists()
    )


def submit_page(version):
    return reverse("governance:version_submit", args=[version.pk])


def test_the_real_engine_scores_the_sample_row_of_what_it_trained():
    w = f.world()
    found = trained.trained()
    trial = trial_of(w, filestore.store(found.bundle), found.sha256)
    version = models.register(trial, model=w.model, by=w.author)
    assert Rehearsal.objects.of(version).get().state == "running"
    assert work() == 1
    tried = Rehearsal.objects.of(version).get()
    assert (tried.state, tried.errors, tried.job.kind) == ("passed", [], "version.rehearse")
    assert tried.job.isolation == sandbox.isolation()
    assert models.submit(version, card=f.CARD, by=w.author).state == "open"


def test_while_it_runs_the_page_shows_how_far_it_is_and_the_api_says_what_to_do(client, monkeypatch):
    w = f.world()
    version = registered(w)
    monkeypatch.setattr(sandbox, "run", lambda *args, **more: pytest.fail("a child ran in a request"))
    client.force_login(w.author)
    page = client.get(submit_page(version)).content.decode()
    assert 'hx-trigger="every 2s" hx-select="#rehearsal"' in page and "progress" in page
    assert '<button class="btn btn-primary" type="submit" disabled>' in page
    sent = client.post(submit_page(version), f.CARD)
    assert sent.status_code == 422 and "scoring a sample row" in sent.content.decode()
    assert "Written with care." in sent.content.decode()
    answer = client.post(f"/api/model-versions/{version.pk}/submit/", f.CARD, "application/json")
    said = answer.json()
    assert (answer.status_code, said["code"]) == (409, "version.rehearsing")
    assert said["remedy"] == "Submit it when that is done." and said["url"] == submit_page(version)
    shown = client.get(f"/api/model-versions/{version.pk}/").json()["rehearsal"]
    assert (shown["state"], shown["bundle_digest"]) == ("running", version.bundle_digest)
    assert nothing_was_handed_in(version)

    says(monkeypatch, OK)
    work()
    ready = client.get(submit_page(version)).content.decode()
    assert "hx-trigger" not in ready.split('id="rehearsal"')[1].split("</div>")[0]
    assert '<button class="btn btn-primary" type="submit">' in ready
    assert client.post(submit_page(version), f.CARD).status_code == 302
    assert ModelVersion.objects.get(pk=version.pk).status == "submitted"


@pytest.mark.parametrize("way", ["service", "page", "api"])
def test_a_version_that_cannot_score_its_sample_row_is_not_handed_in(way, client):
    w = f.world()
    broken = registered(w)
    work()
    client.force_login(w.author)
    if way == "service":
        with pytest.raises(NotYet, match="run the experiment again"):
            models.submit(broken, card=f.CARD, by=w.author)
    elif way == "page":
        page = client.post(submit_page(broken), f.CARD)
        assert page.status_code == 422 and "run the experiment again" in page.content.decode()
        assert "Try again" in page.content.decode()
    else:
        answer = client.post(f"/api/model-versions/{broken.pk}/submit/", f.CARD, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (409, "version.rehearsal_failed")
        assert answer.json()["reason"] and "Try again" in answer.json()["remedy"]
    assert nothing_was_handed_in(broken)
    told = Notice.objects.filter(user=w.author, url=submit_page(broken))
    assert told.count() == 1


@pytest.mark.parametrize("way", ["page", "api"])
def test_what_failed_is_tried_again_by_its_author_and_by_nobody_else(way, client, monkeypatch):
    w = f.world()
    says(monkeypatch, LATER, OK)
    version = registered(w)
    work()

    def again(user):
        client.force_login(user)
        if way == "page":
            return client.post(reverse("governance:version_act", args=[version.pk, "rehearse"]))
        return client.post(f"/api/model-versions/{version.pk}/rehearse/", {}, "application/json")

    assert again(w.owner).status_code == 403
    assert Rehearsal.objects.of(version).count() == 1
    done = again(w.author)
    assert done.status_code == (302 if way == "page" else 202)
    assert again(w.author).status_code == done.status_code, "what is under way is found again"
    assert [each.state for each in Rehearsal.objects.of(version)] == ["running", "failed"]
    assert work() == 1
    assert [each.state for each in Rehearsal.objects.of(version)] == ["passed", "failed"]
    refused = again(w.author)
    assert refused.status_code == 403 and Rehearsal.objects.of(version).count() == 2
    assert models.submit(version, card=f.CARD, by=w.author).state == "open"


def test_what_other_bytes_have_answered_counts_for_nothing():
    w = f.world()
    version = registered(w)
    work()
    f.answers(stored(b" other"))
    f.answers(version.bundle_digest, "e" * 64)
    with pytest.raises(NotYet):
        models.submit(version, card=f.CARD, by=w.author)
    assert nothing_was_handed_in(version)


@pytest.mark.parametrize("way", ["page", "api"])
def test_a_version_that_was_never_tried_is_tried_when_it_is_handed_in(way, client, monkeypatch):
    w = f.world()
    says(monkeypatch, OK)
    version = registered(w)
    Rehearsal.objects.of(version).delete()
    Job.objects.update(state="cancelled")
    client.force_login(w.author)
    assert "has not scored a sample row yet" in client.get(submit_page(version)).content.decode()
    if way == "page":
        page = client.post(submit_page(version), f.CARD)
        assert page.status_code == 422 and 'hx-select="#rehearsal"' in page.content.decode()
    else:
        answer = client.post(f"/api/model-versions/{version.pk}/submit/", f.CARD, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (409, "version.rehearsing")
    assert Rehearsal.objects.of(version).get().state == "running" and nothing_was_handed_in(version)
    assert work() == 1
    assert models.submit(version, card=f.CARD, by=w.author).state == "open"


def test_a_worker_that_was_thought_dead_writes_nothing_when_another_was_quicker(monkeypatch):
    w = f.world()
    version = registered(w)
    slow = jobs.claim("quick")

    def killed(run, version):
        """While it scores, its lease ends and another worker does it all."""
        Job.objects.filter(pk=slow.pk).update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
        says(monkeypatch, OK)
        assert work() == 1
        return LATER

    monkeypatch.setattr(rehearsals, "rehearse", killed)
    job_runner.run(slow)
    assert work() == 0, "a bell that rings again finds no work"
    tried = Rehearsal.objects.of(version).get()
    assert (tried.state, tried.errors, tried.job.attempt) == ("passed", [], 2)
    assert AuditEvent.objects.filter(verb="version.rehearsed").count() == 1


def test_after_workers_died_as_often_as_allowed_it_may_be_tried_again(client, monkeypatch):
    w = f.world()
    version = registered(w)
    Job.objects.filter(kind="version.rehearse").update(max_attempts=1)
    jobs.claim("quick")
    Job.objects.filter(state="running").update(lease_until=datetime.now(UTC) - timedelta(seconds=1))
    assert jobs.bury_exhausted() == 1
    assert Rehearsal.objects.of(version).get().ok is None, "no half answer"
    client.force_login(w.author)
    page = client.get(submit_page(version)).content.decode()
    assert "The worker stopped 1 times" in page and "Try again" in page
    with pytest.raises(NotYet):
        models.submit(version, card=f.CARD, by=w.author)
    says(monkeypatch, OK)
    rehearsals.again(version, by=w.author)
    work()
    assert models.submit(version, card=f.CARD, by=w.author).state == "open"


def test_a_damaged_file_is_a_reason_and_no_answer():
    w = f.world()
    version = registered(w)
    kept = filestore.cached(version.bundle_digest, ".zip")
    kept.unlink()
    default_storage.delete(filestore.address(version.bundle_digest))
    work()
    tried = Rehearsal.objects.of(version).get()
    assert (tried.ok, tried.state, tried.job.error) == (None, "failed", rehearsals.DAMAGED)


def test_what_a_child_says_that_is_no_list_of_reasons_is_still_a_no():
    assert rehearsals.notes(None) == rehearsals.notes([1, {"message": ""}]) == [rehearsals.BROKE]
    assert len(rehearsals.notes([{"message": "x" * 900, "params": 3}] * 50)) == rehearsals.MOST_ERRORS


def test_the_page_asks_for_the_last_try_once(client):
    w = f.world()
    version = registered(w)
    client.force_login(w.author)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(submit_page(version)).content.decode()
    assert "scores a sample row" in page
    assert sum('FROM "governance_rehearsal"' in each["sql"] for each in asked) == 1


def test_a_stranger_may_not_try_it_and_nothing_is_queued():
    w = f.world()
    version = registered(w)
    work()
    with pytest.raises(Refused) as no:
        rehearsals.again(version, by=person("Sue Stranger"))
    assert no.value.verdict.code == "version.rehearse_not_yours"
    assert Rehearsal.objects.of(version).count() == 1 and not Job.objects.unfinished().exists()


@pytest.mark.django_db(transaction=True)
def test_two_registrations_of_the_same_bytes_at_once_have_one_answer(monkeypatch):
    w = f.world()
    digest = stored()
    trials = [trial_of(w, digest) for _number in range(2)]
    made = at_once(
        *(lambda each=each, n=n: models.register(each, name=f"Model {n}", by=w.author) for n, each in enumerate(trials))
    )  # fmt: skip
    assert all(isinstance(each, ModelVersion) for each in made), made
    assert Rehearsal.objects.filter(bundle_digest=digest).count() == 1
    assert Job.objects.filter(kind="version.rehearse").count() == 1
    says(monkeypatch, OK)
    work()
    assert {Rehearsal.objects.of(each).get().state for each in made} == {"passed"}
