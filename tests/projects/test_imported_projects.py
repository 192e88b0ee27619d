# ruff: noqa: F811  the fixture of a neighbour
"""A project brought from elsewhere: tried without writing, made by the real services, never half."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from portal.core import clock, job_runner
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job
from portal.core.states import IllegalMove
from portal.core.verdicts import Refused
from projects.models import Dataset, ImportedProject, Recipe, UseCase
from projects.services import imported_making, imported_projects, partial_uploads
from tests.people import person
from tests.projects.data_scene import near_engine  # noqa: F401  a fixture
from tests.projects.imported_scene import (
    counts,
    files_of,
    made,
    play,  # noqa: F401  a fixture
    relisted,
    sent,
    zipped,
)

pytestmark = pytest.mark.django_db


def test_a_round_trip_gives_the_same_texts_and_the_same_tables(play):
    before = counts()
    brought, is_new = sent(play)
    assert is_new and brought.state == "read" and counts() == before

    brought = made(play, brought)
    case = brought.use_case
    assert case.pk != play.use_case.pk and (case.title, case.problem) == ("Who renews?", "We do not know.")
    assert case.phase == "backlog" and case.product_owner == play.here and case.risk_tier == "unassessed"
    assert case.kill_criteria.get().statement == "Adjusters agree with the forecast"
    assert case.kill_criteria.get().result == "pending"
    assert not case.score_cards.exists() and "V1: 4 (sample_checked)" in case.comments.get().text

    imported_making.take_over(brought, by=play.here)
    job_runner.run_until_idle("quick")
    table = case.datasets.get()
    version = table.versions.get()
    assert version.state == "ready" and version.upload_digest == play.version.table_digest
    assert version.table_digest == play.version.table_digest
    assert (table.owner, table.dictionary, table.units) == (play.here, {"age": "Years"}, {"age": "a"})
    assert case.hypotheses.get().statement == "Young clients leave." and case.hypotheses.get().state == "open"

    brought.refresh_from_db()
    imported_making.take_over(brought, by=play.here)
    job_runner.run_until_idle("quick")
    recipe = Recipe.objects.get(dataset=table)
    assert [(step["kind"], step["by"]) for step in recipe.steps] == [("drop", str(play.here.pk))]
    table.refresh_from_db()
    assert table.expectations == [{"column": "age", "rule": "range", "least": 18, "most": 120}]
    assert case.datasets.count() == 1 and case.hypotheses.count() == 1

    brought.refresh_from_db()
    with pytest.raises(Refused, match="Everything"):
        imported_making.take_over(brought, by=play.here)


def test_what_needs_the_squad_waits_for_it_and_says_so(play):
    brought = made(play, sent(play)[0])
    waiting = {part["kind"] for part in brought.plan["parts"] if "why" in brought.made[part["key"]]}
    assert waiting == {"hypothesis", "dataset", "expectations", "recipe"}
    assert not brought.use_case.datasets.exists()
    with pytest.raises(Refused, match="squad take over"):
        imported_making.take_over(brought, by=play.stranger)
    brought.refresh_from_db()
    assert brought.state == "done"


def test_the_same_bundle_again_is_the_import_that_stands(play):
    brought = made(play, sent(play)[0])
    before = counts()
    again, is_new = sent(play)
    assert (again.pk, is_new) == (brought.pk, False)
    assert again.state == "done" and counts() == before


def test_people_are_names_until_somebody_is_chosen(play, client):
    UseCase.objects.filter(pk=play.use_case.pk).update(process_owner=play.citizen)
    files = files_of(play.zip)
    proposal = json.loads(files["project/proposal.json"]) | {"process_owner": "Zoe Zephyr"}
    files["project/proposal.json"] = json.dumps(proposal).encode()
    brought, _new = sent(play, zipped(relisted(files)))
    client.force_login(play.manager)
    page = client.get(reverse("projects:imported_project_detail", args=[brought.pk])).content.decode()
    assert "Zoe Zephyr" in page and "not known here" in page and "somebody here has this name" in page
    chosen = made(play, brought, process_owner=play.stranger)
    assert chosen.use_case.process_owner == play.stranger
    assert not chosen.use_case.members.exists()


def test_only_a_portfolio_manager_brings_a_project(play):
    for who in (play.owner, play.stranger, person("Audrey", duties=(Duty.AUDITOR,))):
        with pytest.raises(Refused):
            imported_projects.send(file=SimpleUploadedFile("a.zip", play.zip), by=who)
    assert not ImportedProject.objects.exists() and not Job.objects.filter(kind="bundle.read").exists()


def test_an_owner_without_the_right_is_refused_before_anything_is_made(play):
    brought, _new = sent(play)
    before = counts()
    with pytest.raises(Refused, match="right to own"):
        imported_making.carry_out(brought, people={"product_owner": play.stranger}, by=play.manager)
    with pytest.raises(ValidationError):
        imported_making.carry_out(brought, people={}, by=play.manager)
    assert counts() == before and ImportedProject.objects.get().state == "read"


def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_made_and_the_next_makes_it(play, monkeypatch):
    brought, _new = sent(play)
    before = counts()
    imported_making.carry_out(brought, people={"product_owner": play.here}, by=play.manager)

    class Killed(BaseException):
        """As a signal ends a worker: no handler of the job sees it."""

    def die(*_args):
        raise Killed

    real = imported_making.MAKERS["criterion"]
    monkeypatch.setitem(imported_making.MAKERS, "criterion", die)
    with pytest.raises(Killed):
        job_runner.run_until_idle("quick")
    assert counts() == before
    brought.refresh_from_db()
    assert brought.use_case is None and not brought.made

    monkeypatch.setitem(imported_making.MAKERS, "criterion", real)
    Job.objects.filter(kind="bundle.import").update(lease_until=clock.now() - timedelta(days=1))
    job_runner.run_until_idle("quick")
    brought.refresh_from_db()
    assert brought.state == "done" and UseCase.objects.count() == before[0] + 1


def test_a_job_that_comes_twice_makes_it_once(play):
    brought = made(play, sent(play)[0])
    before = counts()
    job = Job.objects.filter(kind="bundle.import").get()
    Job.objects.filter(pk=job.pk).update(state="queued")
    job_runner.run_until_idle("quick")
    assert counts() == before
    brought.refresh_from_db()
    assert brought.state == "done"


def test_files_of_elsewhere_are_downloads_and_tables_are_not_among_them(play, client):
    brought, _new = sent(play)
    listed = {each["path"]: each["sha256"] for each in brought.files}
    client.force_login(play.manager)

    def ask(path):
        return client.get(reverse("projects:imported_project_file", args=[brought.pk, listed[path]]))

    answer = ask("index.html")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment")
    assert ask("data/d1/v1.parquet").status_code == 404
    assert AuditEvent.objects.filter(verb="imported_project.file_taken").count() == 1
    client.force_login(play.stranger)
    assert ask("index.html").status_code == 404


def test_special_categories_in_a_forged_bundle_do_not_come_in(play):
    files = files_of(play.zip)
    told = json.loads(files["data/d1/dataset.json"]) | {"classification": "special"}
    files["data/d1/dataset.json"] = json.dumps(told).encode()
    brought = made(play, sent(play, zipped(relisted(files)))[0])
    part = next(each for each in brought.plan["parts"] if each["kind"] == "dataset")
    assert "Special categories" in part["refused"] and not brought.use_case.datasets.exists()


def test_what_has_another_form_is_refused_part_by_part_and_the_rest_is_made(play):
    files = files_of(play.zip)
    steps = [{"kind": ["drop"], "columns": {"a": 1}}, {"kind": "drop", "columns": 7}]
    recipe = {"name": "Odd", "reads": "data/d1/v1", "steps": steps}
    files["data/recipes.json"] = json.dumps([recipe, 5, "x"]).encode()
    files["project/kill_criteria.json"] = json.dumps([{"statement": 5}, None, {"threshold": "x"}]).encode()
    files["project/hypotheses.json"] = b'{"a": 1}'
    brought = made(play, sent(play, zipped(relisted(files)))[0])
    for _time in range(2):
        imported_making.take_over(brought, by=play.here)
        job_runner.run_until_idle("quick")
        brought = ImportedProject.objects.for_list().get(pk=brought.pk)
    assert brought.state == "done" and brought.use_case.datasets.count() == 1
    assert not brought.use_case.kill_criteria.exists() and not Recipe.objects.filter(name="Odd").exists()
    assert brought.made["recipe-1"]["why"]


def test_decisions_of_elsewhere_approve_nothing_here(play):
    from governance.models import ApprovalRequest, Model

    files = files_of(play.zip)
    files["governance/requests.json"] = json.dumps([{"kind": "G1", "state": "approved"}]).encode()
    made(play, sent(play, zipped(relisted(files)))[0])
    assert not ApprovalRequest.objects.exists() and not Model.objects.exists()


def test_a_bundle_comes_in_pieces_too_and_through_the_api(play, client):
    client.force_login(play.manager)
    upload = partial_uploads.begin(name="uc.agora.zip", size=len(play.zip), by=play.manager)
    partial_uploads.receive(upload, play.zip, offset=0, by=play.manager)
    url = reverse("api:imported-project-list")
    answer = client.post(url, {"upload": str(upload.pk)}, content_type="application/json")
    assert answer.status_code == 201, answer.content
    job_runner.run_until_idle("quick")
    one = reverse("api:imported-project-detail", args=[answer.json()["id"]])
    told = client.get(one).json()
    assert told["state"] == "read" and told["can"]["carry_out"]["allowed"]
    assert {each["fate"] for each in told["parts"]} == {"Would be made"}
    who = {"product_owner": play.here.pk}
    url = reverse("api:imported-project-carry-out", args=[told["id"]])
    assert client.post(url, who, content_type="application/json").status_code == 202
    job_runner.run_until_idle("quick")
    assert client.get(one).json()["use_case"] == str(UseCase.objects.order_by("created_at").last().pk)


def test_carrying_out_twice_at_once_is_refused(play):
    brought, _new = sent(play)
    stale = ImportedProject.objects.get(pk=brought.pk)
    imported_making.carry_out(brought, people={"product_owner": play.here}, by=play.manager)
    with pytest.raises(IllegalMove):
        imported_making.carry_out(stale, people={"product_owner": play.here}, by=play.manager)
    assert Job.objects.filter(kind="bundle.import").count() == 1


def test_a_step_that_failed_is_asked_for_again(play, client, monkeypatch):
    brought, _new = sent(play)
    before = counts()

    def fail(*_args, **_more):
        raise ValidationError("No more room.")

    with monkeypatch.context() as broken:
        broken.setattr(imported_making, "make_case", fail)
        imported_making.carry_out(brought, people={"product_owner": play.here}, by=play.manager)
        job_runner.run_until_idle("quick")
    assert counts() == before
    client.force_login(play.manager)
    url = reverse("projects:imported_project_detail", args=[brought.pk])
    page = client.get(url).content.decode()
    assert "No more room." in page and "Make it" in page
    assert client.post(url, {"product_owner": play.here.pk}).status_code == 302
    job_runner.run_until_idle("quick")
    assert ImportedProject.objects.get().state == "done" and UseCase.objects.count() == before[0] + 1


def test_page_sends_and_carries_out(play, client):
    client.force_login(play.manager)
    url = reverse("projects:imported_project_list")
    assert "No project was brought yet" in client.get(url).content.decode()
    assert client.post(url, {}).status_code == 422
    answer = client.post(url, {"file": SimpleUploadedFile("uc.agora.zip", play.zip)})
    assert answer.status_code == 302
    job_runner.run_until_idle("quick")
    assert client.post(answer.url, {"product_owner": ""}).status_code == 422
    assert client.post(answer.url, {"product_owner": play.here.pk}).status_code == 302
    job_runner.run_until_idle("quick")
    page = client.get(answer.url).content.decode()
    panel = reverse("projects:bundle_panel", args=[ImportedProject.objects.get().use_case_id])
    assert answer.url in client.get(panel).content.decode()
    assert "It is a use case here" in page and "Take over what is left" in page
    client.force_login(play.here)
    over = reverse("projects:imported_project_take_over", args=[ImportedProject.objects.get().pk])
    assert client.post(over).status_code == 302
    job_runner.run_until_idle("quick")
    assert Dataset.objects.filter(owner=play.here).count() == 1
