"""A project brought from elsewhere: checked file by file, tried without writing, made by the real services, never half."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from automl import unpack
from portal.core import clock, filestore, job_runner
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job, Right
from portal.core.states import IllegalMove
from portal.core.uploads import UploadRefused
from portal.core.verdicts import Refused
from projects.models import (
    Dataset,
    DatasetVersion,
    Hypothesis,
    ImportedProject,
    KillCriterion,
    PhaseEvent,
    Recipe,
    UseCase,
)
from projects.services import (
    bundles,
    datasets,
    engine,
    expectations,
    hypotheses,
    imported_making,
    imported_projects,
    partial_uploads,
    recipes,
)
from tests.people import person
from tests.projects import cases
from tests.projects.data_scene import WALLED, near_engine, ready_version, scene  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db


@pytest.fixture
def play(near_engine):  # noqa: F811
    """A use case with two tables, a recipe, hypotheses and a score, and its bundle; a manager and an owner elsewhere."""
    made = scene(phase=UseCase.Phase.BACKLOG)
    UseCase.objects.filter(pk=made.use_case.pk).update(ref="UC-9001")  # made without the service that counts
    made.use_case.refresh_from_db()
    made.version = ready_version(made)
    datasets.describe(made.version.dataset, dictionary={"age": "Years"}, units={"age": "a"}, by=made.citizen)
    wanted = [{"column": "age", "rule": "range", "least": 18, "most": 120}]
    expectations.expect(made.version.dataset, wanted, by=made.citizen)
    recipes.create(
        made.version, name="Without sex", steps=[{"kind": "drop", "columns": ["sex"]}], by=made.citizen
    )
    hypotheses.state(made.use_case, statement="Young clients leave.", by=made.owner)
    cases.criterion(made.use_case)
    cases.scored(made.use_case)
    bundle = bundles.request(made.use_case, by=made.owner)
    job_runner.run_until_idle("quick")
    bundle.refresh_from_db()
    made.zip = bundles.download(bundle, by=made.owner).read_bytes()
    made.manager = person("Portia Manager", duties=(Duty.PORTFOLIO_MANAGER,))
    made.here = person("Henri Here", rights=(Right.OWN_USE_CASE,))
    return made


def files_of(content):
    """Name and bytes of every entry."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files, *more):
    """A zip of these files; `more` are further (name, bytes) pairs, doubles included."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in [*files.items(), *more]:
            archive.writestr(name, content)
    return buffer.getvalue()


def relisted(files):
    """The same with a manifest that tells the truth about them: somebody who forges knows how."""
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [
        {"path": path, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for path, content in files.items()
        if path != "manifest.json"
    ]
    return files | {"manifest.json": json.dumps(manifest).encode()}


def sent(play, content=None, by=None):
    """Sent and checked."""
    file = SimpleUploadedFile("uc.agora.zip", play.zip if content is None else content)
    brought, is_new = imported_projects.send(file=file, by=by or play.manager)
    job_runner.run_until_idle("quick")
    brought.refresh_from_db()
    return brought, is_new


def made(play, brought, owner=None, **people):
    """Carried out, with the jobs that follow."""
    imported_making.carry_out(brought, people={"product_owner": owner or play.here} | people, by=play.manager)
    job_runner.run_until_idle("quick")
    brought = ImportedProject.objects.for_list().get(pk=brought.pk)
    assert brought.state == "done", brought.job.error_text
    return brought


def counts():
    """How much there is of everything an import may make."""
    models = (UseCase, KillCriterion, Hypothesis, Dataset, DatasetVersion, Recipe, PhaseEvent)
    return [model._default_manager.count() for model in models]


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


def damage_a_byte(files, content):
    place = content.index(b"PAR1") + 40
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def damage_truthfully(files, content):
    return zipped(files | {"project/squad.json": b"[1]\n"})


def leave_one_out(files, content):
    return zipped({name: each for name, each in files.items() if name != "project/squad.json"})


def add_one(files, content):
    return zipped(files, ("project/more.json", b"{}"))


def climb_out(files, content):
    return zipped(relisted(files | {"../../evil.json": b"{}"}))


def start_at_the_root(files, content):
    return zipped(relisted(files | {"/etc/passwd.txt": b"x"}))


def say_it_twice(files, content):
    with pytest.warns(UserWarning, match="Duplicate"):
        return zipped(files, ("project/squad.json", files["project/squad.json"]))


def explode(files, content):
    return zipped(relisted(files | {"project/bomb.json": b" " * 50_000_000}))


def be_of_tomorrow(files, content):
    manifest = json.loads(files["manifest.json"]) | {"format_version": 2}
    return zipped(files | {"manifest.json": json.dumps(manifest).encode()})


def be_foreign(files, content):
    return zipped({"manifest.json": b'{"format": "something else"}', "a.txt": b"b"})


def be_cut_off(files, content):
    return content[: len(content) // 2]


def nest_deeply(files, content):
    return zipped(relisted(files | {"project/squad.json": b"[" * 5000 + b"]" * 5000}))


def hold_a_nul(files, content):
    return zipped(relisted(files | {"project/squad.json": b'[{"user": "a\\u0000b"}]'}))


def be_infinite(files, content):
    return zipped(relisted(files | {"project/scores.json": b"[1e999]"}))


def halve_a_character(files, content):
    return zipped(relisted(files | {"project/squad.json": b'["\\ud800"]'}))


def say_nothing(files, content):
    return zipped(relisted({name: each for name, each in files.items() if name != "project/proposal.json"}))


@pytest.mark.parametrize(
    ("damage", "code", "entry"),
    [
        (damage_a_byte, "bundle_damaged", "data/d1/v1.parquet"),
        (damage_truthfully, "bundle_damaged", "project/squad.json"),
        (leave_one_out, "bundle_missing", "project/squad.json"),
        (add_one, "bundle_extra", "project/more.json"),
        (climb_out, "bundle_name", "../../evil.json"),
        (start_at_the_root, "bundle_name", "/etc/passwd.txt"),
        (say_it_twice, "bundle_twice", "project/squad.json"),
        (explode, "bundle_ratio", "project/bomb.json"),
        (be_of_tomorrow, "bundle_version", ""),
        (be_foreign, "bundle_foreign", ""),
        (be_cut_off, "bundle_no_zip", ""),
        (nest_deeply, "bundle_json", "project/squad.json"),
        (hold_a_nul, "bundle_json", "project/squad.json"),
        (be_infinite, "bundle_json", "project/scores.json"),
        (halve_a_character, "bundle_json", "project/squad.json"),
        (say_nothing, "unfit", ""),
    ],
)
def test_a_bundle_that_is_not_as_it_was_made_is_refused_by_name_and_nothing_is_made(
    play, client, damage, code, entry
):
    before = counts()
    brought, _new = sent(play, damage(files_of(play.zip), play.zip))
    assert brought.state == "rejected" and [each["code"] for each in brought.problems] == [code]
    assert counts() == before and not brought.plan and not brought.manifest
    client.force_login(play.manager)
    page = client.get(reverse("projects:imported_project_detail", args=[brought.pk])).content.decode()
    assert "nothing was made" in page and entry in page
    with pytest.raises(Refused, match="not the time"):
        imported_making.carry_out(brought, people={"product_owner": play.here}, by=play.manager)
    assert counts() == before


def test_too_many_entries_and_too_many_bytes_are_refused(play, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 3)
    assert sent(play)[0].problems[0]["code"] == "bundle_too_many"
    monkeypatch.undo()


def test_unpacked_bytes_have_a_limit(play, monkeypatch, near_engine):  # noqa: F811
    monkeypatch.setattr(unpack, "MOST_BYTES", 1000)
    assert sent(play)[0].problems[0]["code"] == "bundle_too_large"
    assert not ImportedProject.objects.filter(state="read").exists()


def test_a_link_in_the_zip_is_refused(play):
    files = files_of(play.zip)
    entry = zipfile.ZipInfo("project/squad.json")
    entry.external_attr = 0o120777 << 16
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr(entry, b"/etc/passwd")
        for name, content in files.items():
            if name != "project/squad.json":
                archive.writestr(name, content)
    assert sent(play, buffer.getvalue())[0].problems[0]["code"] == "bundle_name"


def test_a_stored_model_that_is_sent_as_a_bundle_is_refused_and_stays_in_the_store(
    play, tmp_path, django_capture_on_commit_callbacks
):
    model = tmp_path / "model.zip"
    model.write_bytes(be_foreign({}, b""))
    digest = filestore.store(model)
    with django_capture_on_commit_callbacks(execute=True):
        brought, _new = sent(play, model.read_bytes())
    assert brought.state == "rejected" and filestore.holds(digest)
    other = zipped({"manifest.json": b"{}"})
    with django_capture_on_commit_callbacks(execute=True):
        brought, _new = sent(play, other)
    assert brought.state == "rejected" and not filestore.holds(brought.bundle_digest)


def test_what_was_refused_can_be_sent_again_and_is_read_again(play, monkeypatch):
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 3)
    first, _new = sent(play)
    monkeypatch.setattr(unpack, "MOST_ENTRIES", 5000)
    again, is_new = sent(play)
    assert (again.pk, is_new, again.state, again.problems) == (first.pk, False, "read", [])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.zip", b"", "empty"), ("a.zip", b"text", "something else"), ("a.csv", b"PK", "zip")],
)
def test_what_cannot_be_a_bundle_is_refused_at_the_door(play, name, content, words):
    with pytest.raises(UploadRefused, match=words):
        imported_projects.send(file=SimpleUploadedFile(name, content), by=play.manager)
    assert not ImportedProject.objects.exists()


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


def test_the_engine_unpacks_behind_its_wall(play, monkeypatch):
    monkeypatch.setattr(engine, "call", WALLED)
    brought, _new = sent(play)
    assert brought.state == "read", brought.problems
    damaged = damage_a_byte(files_of(play.zip), play.zip)
    assert [each["code"] for each in sent(play, damaged)[0].problems] == ["bundle_damaged"]


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
