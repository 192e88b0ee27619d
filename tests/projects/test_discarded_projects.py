# ruff: noqa: F811  the fixture of a neighbour
"""What was brought and became no use case is put away by whoever brought it, with the bytes that nothing else needs."""

import pytest
from django.core.exceptions import ValidationError
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
from tests.projects.discard_scene import again, discarded, ended, held, queued
from tests.projects.imported_scene import be_foreign, files_of, made, play, sent, zipped  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


def digests_of(brought):
    """Its zip and every file in it."""
    return {brought.bundle_digest, *(each["sha256"] for each in brought.files)}


def asked(play, brought):
    """Carried out as far as the asking; the job waits for a worker."""
    imported_making.carry_out(brought, people={"product_owner": play.here}, by=play.manager)
    return again(brought)


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
