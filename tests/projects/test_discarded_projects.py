# ruff: noqa: F811  the fixture of a neighbour
"""What was brought and became no use case is put away by whoever brought it, with the bytes that nothing else needs."""

import threading
from contextlib import contextmanager

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from automl import unpack
from portal.core import filestore, job_runner
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job
from portal.core.services import jobs
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import DatasetVersion, ImportedProject, PartialUpload, ProjectBundle, UseCase
from projects.rules import imported_projects as rules
from projects.services import engine, imported_making, imported_projects, partial_uploads
from tests.people import person
from tests.projects.data_scene import near_engine  # noqa: F401  a fixture
from tests.projects.test_imported_projects import be_foreign, files_of, made, play, sent, zipped  # noqa: F401

pytestmark = pytest.mark.django_db


def digests_of(brought):
    """Its zip and every file in it."""
    return {brought.bundle_digest, *(each["sha256"] for each in brought.files)}


def held(digests):
    """Those of them that are in the store."""
    return {each for each in digests if filestore.holds(each)}


def discarded():
    """How often the trail says so."""
    return AuditEvent.objects.filter(verb="imported_project.discarded").count()


def again(brought):
    """As a request finds it."""
    return ImportedProject.objects.for_list().get(pk=brought.pk)


def queued(play):
    """Sent; its check waits for a worker."""
    file = SimpleUploadedFile("uc.agora.zip", play.zip)
    return imported_projects.send(file=file, by=play.manager)[0]


def ended(brought, state):
    """Its job is over without having finished."""
    Job.objects.filter(pk=brought.job_id).update(state=state, error="No.")
    return again(brought)


def asked(play, brought):
    """Carried out as far as the asking; the job waits for a worker."""
    imported_making.carry_out(brought, people={"product_owner": play.here}, by=play.manager)
    return again(brought)


# --- the rule -------------------------------------------------------------------------------------


def refused(play):
    """The code with which each state is refused to whoever brought it; empty where it may go."""
    brought = queued(play)
    codes = {"being checked": rules.may_discard(play.manager, again(brought)).code}
    codes["check failed"] = rules.may_discard(play.manager, ended(brought, "failed")).code
    codes["check cancelled"] = rules.may_discard(play.manager, ended(brought, "cancelled")).code
    brought = sent(play)[0]
    codes["checked"] = rules.may_discard(play.manager, again(brought)).code
    brought = asked(play, brought)
    codes["being made"] = rules.may_discard(play.manager, brought).code
    codes["making failed"] = rules.may_discard(play.manager, ended(brought, "failed")).code
    brought = made(play, again(brought))
    codes["made"] = rules.may_discard(play.manager, brought).code
    imported_making.take_over(brought, by=play.here)
    codes["being taken over"] = rules.may_discard(play.manager, again(brought)).code
    codes["taking over failed"] = rules.may_discard(play.manager, ended(again(brought), "failed")).code
    return codes


def test_what_is_under_way_or_has_become_a_use_case_is_kept_and_all_else_may_go(play):
    assert refused(play) == {
        "being checked": "imported_project.busy",
        "check failed": "",
        "check cancelled": "",
        "checked": "",
        "being made": "imported_project.busy",
        "making failed": "",
        "made": "imported_project.in_use",
        "being taken over": "imported_project.in_use",
        "taking over failed": "imported_project.in_use",
    }


def test_a_refusal_says_why_and_the_way_out(play):
    brought = queued(play)
    busy = rules.may_discard(play.manager, again(brought))
    assert busy.url == reverse("core:job_detail", args=[brought.job_id]) and "cancel it" in busy.remedy
    job_runner.run_until_idle("quick")
    brought = made(play, again(brought))
    in_use = rules.may_discard(play.manager, brought)
    assert brought.use_case.ref in in_use.reason and "squad" in in_use.reason
    assert in_use.url == reverse("projects:use_case_detail", args=[brought.use_case_id])


def test_only_who_brought_it_discards_it(play):
    brought = sent(play)[0]
    other = person("Otto Other", duties=(Duty.PORTFOLIO_MANAGER,))
    for who in (other, play.owner, play.here, play.stranger):
        verdict = rules.may_discard(who, brought)
        assert verdict.code == "imported_project.discard_not_yours" and "Portia" in verdict.reason
        with pytest.raises(Refused):
            imported_projects.discard(brought, by=who)
    job_runner.run_until_idle("quick")
    assert again(brought).state == "read" and held(digests_of(brought)) == digests_of(brought)
    assert not discarded()


# --- the act --------------------------------------------------------------------------------------


def test_a_checked_bundle_goes_with_its_files_and_leaves_its_word_in_the_trail(play):
    theirs = held({each["sha256"] for each in sent(play)[0].files})
    brought = again(ImportedProject.objects.get())
    shared = {play.version.table_digest}
    filestore.cached(min(theirs - shared))

    imported_projects.discard(brought, by=play.manager)

    assert not ImportedProject.objects.exists()
    assert held(theirs) == theirs, "nobody waits for the bytes in the request"
    job_runner.run_until_idle("quick")
    assert held(theirs) == shared & theirs
    assert not list(filestore.copies().glob(f"{min(theirs - shared)}*"))
    told = AuditEvent.objects.get(verb="imported_project.discarded")
    assert (told.actor_id, told.target, told.target_id) == (
        play.manager.pk,
        "uc.agora.zip",
        str(brought.pk),
    )
    assert told.details == {"sha256": brought.bundle_digest, "state": "read", "files": len(brought.files)}


def test_what_was_not_accepted_goes(play):
    brought = sent(play, be_foreign({}, b""))[0]
    assert brought.state == "rejected"
    imported_projects.discard(brought, by=play.manager)
    job_runner.run_until_idle("quick")
    assert not ImportedProject.objects.exists() and not filestore.holds(brought.bundle_digest)


def test_a_check_that_failed_leaves_the_zip_and_discarding_removes_it(play, monkeypatch):
    def fail(*_args, **_more):
        raise jobs.JobFailed("No room.")

    monkeypatch.setattr(engine, "call", fail)
    brought = sent(play, zipped(files_of(play.zip)))[0]
    assert (brought.state, brought.status) == ("reading", "rejected")
    assert filestore.holds(brought.bundle_digest)
    imported_projects.discard(brought, by=play.manager)
    job_runner.run_until_idle("quick")
    assert not ImportedProject.objects.exists() and not filestore.holds(brought.bundle_digest)


def test_a_making_that_failed_can_be_discarded_and_left_nothing(play, monkeypatch):
    def fail(*_args, **_more):
        raise ValidationError("No more room.")

    brought, before = sent(play)[0], UseCase.objects.count()
    monkeypatch.setattr(imported_making, "make_case", fail)
    asked(play, brought)
    job_runner.run_until_idle("quick")
    imported_projects.discard(brought, by=play.manager)
    assert not ImportedProject.objects.exists() and UseCase.objects.count() == before and discarded() == 1


def test_bytes_that_others_need_stay(play):
    """Another's import of a bundle with some of the same files, the table of a dataset, the zip we made ourselves."""
    brought = sent(play)[0]
    other = person("Otto Other", duties=(Duty.PORTFOLIO_MANAGER,))
    files = files_of(play.zip)
    same = sent(play, zipped(files), by=other)[0]
    assert same.state == "read" and same.bundle_digest != brought.bundle_digest
    ours = ProjectBundle.objects.get().file_digest
    assert brought.bundle_digest == ours and filestore.holds(ours)

    imported_projects.discard(brought, by=play.manager)
    job_runner.run_until_idle("quick")

    assert ImportedProject.objects.get() == same
    assert held(digests_of(brought)) == digests_of(brought), "the zip is ours, the files are in the other one"
    imported_projects.discard(same, by=other)
    job_runner.run_until_idle("quick")
    assert held(digests_of(brought)) == {ours, play.version.table_digest}
    assert DatasetVersion.objects.get(pk=play.version.pk).table_digest == play.version.table_digest


def test_an_unfinished_upload_of_the_same_zip_stays_and_becomes_a_new_import(play):
    brought = sent(play)[0]
    half = len(play.zip) // 2
    upload = partial_uploads.begin(name="uc.agora.zip", size=len(play.zip), by=play.manager)
    partial_uploads.receive(upload, play.zip[:half], offset=0, by=play.manager)

    imported_projects.discard(brought, by=play.manager)
    job_runner.run_until_idle("quick")

    assert PartialUpload.objects.get().received == half
    upload = partial_uploads.receive(upload, play.zip[half:], offset=half, by=play.manager)
    with partial_uploads.opened(upload, by=play.manager) as file:
        new, is_new = imported_projects.send(file=file, by=play.manager)
    job_runner.run_until_idle("quick")
    assert is_new and new.pk != brought.pk and again(new).state == "read"


def test_the_same_zip_can_be_brought_again_and_carried_out(play):
    imported_projects.discard(sent(play)[0], by=play.manager)
    job_runner.run_until_idle("quick")
    brought, is_new = sent(play)
    assert is_new and brought.state == "read"
    assert made(play, brought).use_case.title == "Who renews?"


@pytest.mark.parametrize("state", ["being checked", "being made", "made"])
def test_a_refusal_leaves_row_bytes_and_trail_as_they_were(play, state):
    brought = queued(play) if state == "being checked" else sent(play)[0]
    stale = again(brought)
    if state == "being made":
        asked(play, brought)
    elif state == "made":
        made(play, brought)
    before = held(digests_of(brought))

    with pytest.raises(Refused):  # what the caller saw is not asked, but the row
        imported_projects.discard(stale, by=play.manager)

    assert again(brought).state != "rejected" and held(digests_of(brought)) == before and before
    assert not discarded() and not Job.objects.filter(kind="files.forget").exists()


def test_who_discards_twice_hears_that_it_is_done(play):
    brought = sent(play)[0]
    imported_projects.discard(brought, by=play.manager)
    with pytest.raises(IllegalMove, match="discarded a moment ago"):
        imported_projects.discard(brought, by=play.manager)
    assert discarded() == 1 and Job.objects.filter(kind="files.forget").count() == 1


def test_what_was_discarded_in_another_tab_is_not_carried_out(play):
    brought, before = sent(play)[0], UseCase.objects.count()
    stale = again(brought)
    imported_projects.discard(brought, by=play.manager)
    with pytest.raises(IllegalMove):
        imported_making.carry_out(stale, people={"product_owner": play.here}, by=play.manager)
    job_runner.run_until_idle("quick")
    assert not Job.objects.filter(kind="bundle.import").exists() and UseCase.objects.count() == before


@pytest.mark.parametrize("is_stuck", [True, False])
def test_what_was_discarded_while_it_was_sent_again_is_not_read_again(play, monkeypatch, is_stuck):
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 3)
    brought = ended(queued(play), "failed") if is_stuck else sent(play)[0]
    imported_projects.discard(brought, by=play.manager)
    before = Job.objects.filter(kind="bundle.read").count()
    with pytest.raises(IllegalMove, match="Send the file again"):
        imported_projects.read_again(brought, is_shared=False, by=play.manager)
    assert not ImportedProject.objects.exists() and Job.objects.filter(kind="bundle.read").count() == before


def test_of_two_that_send_a_failed_one_again_one_check_is_queued(play):
    brought = ended(queued(play), "failed")
    stale = again(brought)
    for seen in (brought, stale):
        imported_projects.read_again(seen, is_shared=True, by=play.manager)
    assert Job.objects.filter(kind="bundle.read", state="queued").count() == 1


# --- two at once ----------------------------------------------------------------------------------


@contextmanager
def paused(monkeypatch, module, name):
    """The first call of a function waits inside its transaction; yields (it is there, let it go on)."""
    there, on, real = threading.Event(), threading.Event(), getattr(module, name)

    def slowly(*args, **more):
        answer = real(*args, **more)
        if not there.is_set():
            there.set()
            assert on.wait(30)
        return answer

    monkeypatch.setattr(module, name, slowly)
    try:
        yield there, on
    finally:
        on.set()


def beside(answers, act):
    """In a thread and a connection of its own; what it raised or "done" goes into `answers`."""

    def whole():
        try:
            act()
            answers.append("done")
        except Exception as problem:
            answers.append(problem)
        finally:
            connection.close()

    thread = threading.Thread(target=whole, daemon=True)
    thread.start()
    return thread


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("second", ["discard", "carry out"])
def test_who_comes_while_it_is_discarded_waits_and_is_told(play, monkeypatch, second):
    sent(play)
    one, two = (again(ImportedProject.objects.get()) for _time in range(2))
    before, first, then = UseCase.objects.count(), [], []
    acts = {
        "discard": lambda: imported_projects.discard(two, by=play.manager),
        "carry out": lambda: imported_making.carry_out(
            two, people={"product_owner": play.here}, by=play.manager
        ),
    }
    with paused(monkeypatch, rules, "may_discard") as (there, on):
        going = beside(first, lambda: imported_projects.discard(one, by=play.manager))
        assert there.wait(30)
        late = beside(then, acts[second])
        late.join(0.5)
        assert late.is_alive(), "it waits for the row"
        on.set()
        going.join(30)
        late.join(30)

    assert first == ["done"] and isinstance(then[0], IllegalMove), (first, then)
    job_runner.run_until_idle("quick")
    assert not ImportedProject.objects.exists() and UseCase.objects.count() == before
    assert discarded() == 1 and not Job.objects.filter(kind="bundle.import").exists()


@pytest.mark.django_db(transaction=True)
def test_who_discards_while_it_is_carried_out_waits_and_is_refused(play, monkeypatch):
    sent(play)
    one, two = (again(ImportedProject.objects.get()) for _time in range(2))
    first, then = [], []
    with paused(monkeypatch, imported_projects, "queue") as (there, on):
        going = beside(
            first,
            lambda: imported_making.carry_out(one, people={"product_owner": play.here}, by=play.manager),
        )
        assert there.wait(30)
        late = beside(then, lambda: imported_projects.discard(two, by=play.manager))
        late.join(0.5)
        assert late.is_alive(), "it waits for the row"
        on.set()
        going.join(30)
        late.join(30)

    assert first == ["done"] and isinstance(then[0], Refused), (first, then)
    assert then[0].verdict.code == "imported_project.busy" and not discarded()
    job_runner.run_until_idle("quick")
    assert again(one).state == "done" and held({each["sha256"] for each in one.files})


# --- pages and programs ---------------------------------------------------------------------------


def test_the_page_asks_discards_says_so_and_the_list_is_empty_again(play, client):
    client.force_login(play.manager)
    brought = sent(play)[0]
    one = reverse("projects:imported_project_detail", args=[brought.pk])
    url = reverse("projects:imported_project_discard", args=[brought.pk])
    page = client.get(one).content.decode()
    assert f'action="{url}"' in page and "This cannot be undone" in page
    assert client.get(url).status_code == 405 and ImportedProject.objects.exists()

    answer = client.post(url, follow=True)

    assert answer.redirect_chain == [(reverse("projects:imported_project_list"), 302)]
    page = answer.content.decode()
    assert "“uc.agora.zip” is discarded" in page and "No project was brought yet" in page
    assert client.get(one).status_code == 404 and client.post(url).status_code == 404
    assert client.post(one, {"product_owner": play.here.pk}).status_code == 404 and discarded() == 1


def test_a_page_that_lost_the_race_says_so(play, client, monkeypatch):
    from projects.views import imported_projects as views

    client.force_login(play.manager)
    brought = sent(play)[0]
    stale = again(brought)
    imported_projects.discard(brought, by=play.manager)
    monkeypatch.setattr(views, "found", lambda _request, _pk: stale)
    answer = client.post(reverse("projects:imported_project_discard", args=[brought.pk]))
    assert answer.status_code == 409 and "discarded a moment ago" in answer.content.decode()
    answer = client.post(
        reverse("projects:imported_project_detail", args=[brought.pk]), {"product_owner": play.here.pk}
    )
    assert answer.status_code == 422 and discarded() == 1 and not ImportedProject.objects.exists()


def test_the_page_says_why_it_stays_and_offers_nothing_to_others(play, client):
    brought = made(play, sent(play)[0])
    url = reverse("projects:imported_project_discard", args=[brought.pk])
    one = reverse("projects:imported_project_detail", args=[brought.pk])
    client.force_login(play.manager)
    page = client.get(one).content.decode()
    assert f'action="{url}"' not in page and "squad there reads its files" in page
    assert client.post(url).status_code == 403
    client.force_login(play.here)
    assert "Discard" not in client.get(one).content.decode()
    assert client.post(url).status_code == 403
    client.force_login(play.stranger)
    assert client.post(url).status_code == 404
    assert again(brought).use_case and not discarded()


def test_the_list_says_which_step_did_not_finish(play, client):
    ended(queued(play), "failed")
    client.force_login(play.manager)
    page = client.get(reverse("projects:imported_project_list")).content.decode()
    assert "This step did not finish" in page and "Being checked" not in page


def test_programs_discard_by_the_same_rule(play, client):
    client.force_login(play.manager)
    brought = queued(play)
    url = reverse("api:imported-project-detail", args=[brought.pk])
    answer = client.delete(url)
    assert answer.status_code == 403 and answer.json()["code"] == "imported_project.busy"
    assert client.get(url).json()["can"]["discard"]["reason"] == "A step of it is under way."
    job_runner.run_until_idle("quick")
    assert client.get(url).json()["can"]["discard"]["allowed"]
    client.force_login(play.stranger)
    assert client.delete(url).status_code == 404 and ImportedProject.objects.count() == 1

    client.force_login(play.manager)
    answer = client.delete(url)
    assert answer.status_code == 204 and not answer.content
    assert client.delete(url).status_code == 404 and client.get(url).status_code == 404
    assert client.get(reverse("api:imported-project-list")).json()["results"] == [] and discarded() == 1


def test_programs_hear_what_stands_against_it(play, client):
    brought = made(play, sent(play)[0])
    url = reverse("api:imported-project-detail", args=[brought.pk])
    for who, code in ((play.manager, "in_use"), (play.here, "discard_not_yours")):
        client.force_login(who)
        answer = client.delete(url)
        assert (answer.status_code, answer.json()["code"]) == (403, f"imported_project.{code}")
    assert again(brought).use_case and not discarded()


def test_the_description_of_the_api_names_the_act(client, play):
    client.force_login(play.manager)
    text = client.get(reverse("api_schema"), {"format": "json"}).json()
    one = text["paths"]["/api/imported-projects/{id}/"]["delete"]
    assert list(one["responses"])[0] == "204" and "Discard" in one["description"]
