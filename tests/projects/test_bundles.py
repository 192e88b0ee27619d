"""A whole use case taken along: who may, what is in it, what is left out and why, and that nothing outlives its right."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.urls import reverse

from portal.core import clock, filestore, job_runner
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job, Notice
from portal.core.verdicts import Refused
from projects.models import Dataset, ProjectBundle, SquadMember, UseCase
from projects.services import bundles, comments, hypotheses
from tests.governance import factories as f
from tests.people import person
from tests.projects.data_scene import quick_engine, ready_version, scene  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
SAID = "<script>alert(1)</script> & a comment"


@pytest.fixture
def play(quick_engine):  # noqa: F811
    """A use case with a real table, a hypothesis and a comment."""
    made = scene()
    made.version = ready_version(made)
    hypotheses.state(made.use_case, statement="Young clients leave.", by=made.owner)
    comments.add(made.use_case, text=SAID, by=made.owner)
    return made


def zipped(use_case, by):
    """The bundle as this person gets it."""
    bundle = bundles.request(use_case, by=by)
    job_runner.run_until_idle("quick")
    bundle = ProjectBundle.objects.for_list().get(pk=bundle.pk)
    assert bundle.status == "done", bundle.job.error_text
    return bundle


def read(bundle, by):
    """The files in it by their path."""
    with zipfile.ZipFile(bundles.download(bundle, by=by)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def told(files, path):
    """What a JSON file in it says."""
    return json.loads(files[path])


def test_the_manifest_names_every_other_file_with_its_size_and_its_digest(play):
    files = read(zipped(play.use_case, play.owner), play.owner)
    manifest = told(files, "manifest.json")
    assert (manifest["format"], manifest["format_version"]) == ("agora-project-bundle", 1)
    listed = {each["path"]: each for each in manifest["files"]}
    assert set(listed) == set(files) - {"manifest.json"}
    for path, each in listed.items():
        assert each["size"] == len(files[path])
        assert each["sha256"] == hashlib.sha256(files[path]).hexdigest()
    assert list(listed) == sorted(listed)


def test_table_words_and_people_are_in_it_but_no_address(play):
    files = read(zipped(play.use_case, play.owner), play.owner)
    assert hashlib.sha256(files["data/d1/v1.parquet"]).hexdigest() == play.version.table_digest
    dataset = told(files, "data/d1/dataset.json")
    assert dataset["versions"][0]["table"] == "data/d1/v1.parquet" and dataset["owner"] == "Carl Citizen"
    assert [each["name"] for each in told(files, "data/d1/v1.schema.json")][:2] == ["age", "visits"]
    assert told(files, "project/proposal.json")["product_owner"] == "Olga Owner"
    assert told(files, "project/hypotheses.json")[0]["statement"] == "Young clients leave."
    assert told(files, "project/comments.json")[0]["text"] == SAID
    assert not any(b"@example.org" in content for content in files.values())


def test_words_of_people_are_no_markup_in_the_readable_page(play):
    page = read(zipped(play.use_case, play.owner), play.owner)["index.html"].decode()
    assert "<script>" not in page and "&lt;script&gt;alert(1)" in page
    assert "Young clients leave." in page


def test_the_same_content_gives_the_same_order_and_the_same_parts(play):
    first = read(zipped(play.use_case, play.owner), play.owner)
    second = read(zipped(play.use_case, play.owner), play.owner)
    assert list(first) == list(second)
    changing = {"manifest.json", "index.html", "project/activity.json"}
    assert {path for path in first if first[path] != second[path]} <= changing


@pytest.mark.parametrize("kind", ["personal", "special"])
def test_a_table_whose_class_keeps_it_here_is_left_out_with_the_reason(play, kind):
    Dataset.objects.filter(pk=play.version.dataset_id).update(classification=kind)
    manager = person("Portia", duties=(Duty.PORTFOLIO_MANAGER,))
    taker = play.owner if kind == "special" else manager
    if kind == "personal":
        play.version.dataset.refresh_from_db()
        SquadMember.objects.create(
            use_case=play.use_case, user=manager, role="data_owner", ends_on=clock.today() - timedelta(days=1)
        )
    files = read(zipped(play.use_case, taker), taker)
    assert not any(path.endswith((".parquet", ".profile.json")) for path in files)
    reasons = [each["reason"] for each in told(files, "manifest.json")["left_out"]]
    if kind == "special":
        assert any("Special categories" in reason for reason in reasons)
    else:
        assert b"clients.csv" not in b"".join(files.values())


def test_an_auditor_reads_the_trail_and_takes_no_data(play):
    auditor = person("Audrey", duties=(Duty.AUDITOR,))
    files = read(zipped(play.use_case, auditor), auditor)
    assert not any(path.endswith(".parquet") for path in files)
    lines = [json.loads(line) for line in files["governance/trail.jsonl"].decode().splitlines()]
    assert {"hypothesis.stated", "use_case.commented"} <= {line["verb"] for line in lines}
    left = told(files, "manifest.json")["left_out"]
    assert any("take nothing away" in each["reason"] for each in left)
    assert "governance/trail.jsonl" not in read(zipped(play.use_case, play.owner), play.owner)


@pytest.mark.parametrize("who", ["citizen", "stranger"])
def test_somebody_who_does_not_answer_for_it_is_refused_and_nothing_is_queued(play, who):
    with pytest.raises(Refused, match="product owner"):
        bundles.request(play.use_case, by=getattr(play, who))
    assert not ProjectBundle.objects.exists()
    assert not Job.objects.filter(kind="bundle.export").exists()


def test_a_squad_lead_may_and_a_proposal_is_not_yet_a_project(play):
    SquadMember.objects.filter(user=play.citizen).update(is_lead=True)
    assert bundles.request(play.use_case, by=play.citizen).status == "queued"
    UseCase.objects.filter(pk=play.use_case.pk).update(phase="submitted")
    play.use_case.refresh_from_db()
    with pytest.raises(Refused, match="still a proposal"):
        bundles.request(play.use_case, by=play.owner)
    assert ProjectBundle.objects.count() == 1


def test_two_clicks_make_one_file(play):
    assert bundles.request(play.use_case, by=play.owner) == bundles.request(play.use_case, by=play.owner)
    assert ProjectBundle.objects.count() == 1


def test_each_download_is_written_down_and_the_asker_is_told(play):
    bundle = zipped(play.use_case, play.owner)
    read(bundle, play.owner)
    read(bundle, play.owner)
    events = AuditEvent.objects.filter(verb="bundle.downloaded", target_id=str(play.use_case.pk))
    assert events.count() == 2 and {each.details["file"] for each in events} == {bundle.file_digest}
    assert Notice.objects.filter(user=play.owner, text__contains="Ready to take along").exists()


def test_a_file_of_somebody_else_does_not_exist_for_a_person(play, client):
    bundle = zipped(play.use_case, play.owner)
    client.force_login(person("Portia", duties=(Duty.PORTFOLIO_MANAGER,)))
    assert client.get(reverse("projects:bundle_download", args=[bundle.pk])).status_code == 404
    assert not AuditEvent.objects.filter(verb="bundle.downloaded").exists()


def test_a_right_lost_after_it_was_made_ends_the_download(play):
    bundle = zipped(play.use_case, play.owner)
    Dataset.objects.filter(pk=play.version.dataset_id).update(classification="special")
    with pytest.raises(Refused, match="Special categories"):
        bundles.download(bundle, by=play.owner)
    Dataset.objects.filter(pk=play.version.dataset_id).update(use_case=None, classification="confidential")
    with pytest.raises(Refused, match="lost the right"):
        bundles.download(bundle, by=play.owner)
    assert not AuditEvent.objects.filter(verb="bundle.downloaded").exists()


def test_after_its_days_the_file_is_gone_and_says_so(play):
    bundle = zipped(play.use_case, play.owner)
    digest = bundle.file_digest
    ProjectBundle.objects.update(expires_at=clock.now() - timedelta(minutes=1))
    bundle.refresh_from_db()
    with pytest.raises(Refused, match="expired"):
        bundles.download(bundle, by=play.owner)
    assert bundles.forget_old() == 1 and bundles.forget_old() == 0
    assert not ProjectBundle.objects.exclude(file_digest="").exists()
    assert AuditEvent.objects.filter(verb="bundle.expired").count() == 1
    assert digest


def test_a_worker_that_dies_before_the_end_leaves_nothing_to_see_and_the_next_finishes(play, monkeypatch):
    bundle = bundles.request(play.use_case, by=play.owner)
    keep = bundles.keep

    class Killed(BaseException):
        """As a signal ends a worker: no handler of the job sees it."""

    def die(*_args):
        raise Killed

    monkeypatch.setattr(bundles, "keep", die)
    with pytest.raises(Killed):
        job_runner.run_until_idle("quick")
    bundle.refresh_from_db()
    assert not bundle.file_digest and bundle.finished_at is None
    with pytest.raises(Refused, match="not there yet"):
        bundles.download(bundle, by=play.owner)

    monkeypatch.setattr(bundles, "keep", keep)
    Job.objects.filter(pk=bundle.job_id).update(lease_until=clock.now() - timedelta(days=1))
    job_runner.run_until_idle("quick")
    bundle.refresh_from_db()
    assert bundle.file_digest and AuditEvent.objects.filter(verb="bundle.built").count() == 1


def test_a_damaged_table_stops_the_job_and_no_file_is_kept(play):
    from django.core.files.storage import default_storage

    place = default_storage.path(filestore.address(play.version.table_digest))
    with open(place, "r+b") as stream:
        stream.write(b"XXXX")
    bundle = bundles.request(play.use_case, by=play.owner)
    job_runner.run_until_idle("quick")
    bundle = ProjectBundle.objects.for_list().get(pk=bundle.pk)
    assert bundle.status == "failed" and "data/d1/v1.parquet" in bundle.job.error_text
    assert not bundle.file_digest


def test_decisions_and_the_model_with_its_card_are_in_it_for_the_owner(quick_engine):  # noqa: F811
    w = f.world()
    f.approve(w.request, w.reviewer)
    Dataset.objects.update(classification="public")
    table = io.BytesIO(b"PAR1 rows")
    from django.conf import settings

    place = settings.VAR / "table"
    place.write_bytes(table.getvalue())
    w.version.dataset_version.table_digest = filestore.store(place)
    w.version.dataset_version.save(update_fields=["table_digest"])
    files = read(zipped(w.use_case, w.owner), w.owner)
    requests = told(files, "governance/requests.json")
    review = next(each for each in requests if each["kind"] == "model_review")
    assert [each["decided_by"] for each in review["decisions"]] == ["Rita Reviewer"]
    card = told(files, "models/m1/v1/card.json")
    assert card["purpose"] == "Written with care." and card["bundle"] == "models/m1/v1/model.zip"
    assert hashlib.sha256(files["models/m1/v1/model.zip"]).hexdigest() == w.version.bundle_digest
    assert told(files, "experiments/e1.json")["leaderboard"][1]["name"] == "Boosted trees"
    assert any("Validation report" in each["what"] for each in told(files, "manifest.json")["left_out"])


def test_page_and_api_show_the_same_file(play, client):
    client.force_login(play.owner)
    made = client.post(reverse("projects:bundle_make", args=[play.use_case.pk]))
    assert made.status_code == 302
    job_runner.run_until_idle("quick")
    page = client.get(reverse("projects:bundle_list", args=[play.use_case.pk])).content.decode()
    assert "ready" in page and "Left out" in page
    listed = client.get(reverse("api:project-bundle-list")).json()["results"]
    assert [each["status"] for each in listed] == ["done"]
    one = client.get(reverse("api:project-bundle-detail", args=[listed[0]["id"]])).json()
    assert one["can"]["download"]["allowed"] is True
    answer = client.get(reverse("api:project-bundle-download", args=[listed[0]["id"]]))
    assert answer["Content-Type"] == "application/zip"
    assert hashlib.sha256(b"".join(answer.streaming_content)).hexdigest() == one["file_digest"]
    again = client.post(
        reverse("api:project-bundle-list"),
        {"use_case": str(play.use_case.pk)},
        content_type="application/json",
    )
    assert again.status_code == 202


def test_the_panel_says_why_not(play, client):
    client.force_login(play.stranger)
    panel = client.get(reverse("projects:bundle_panel", args=[play.use_case.pk])).content.decode()
    assert "disabled" in panel and "squad lead" in panel
