"""Challengers beside the champion on the same rows, where a model errs most, and what a trial has become."""

import pytest
from django.core.exceptions import ValidationError

from governance.models import Deployment, ModelVersion, VersionComparison
from governance.selectors import comparisons as reads, desk
from governance.services import comparisons, deployments, drift, models
from portal.core import job_runner
from portal.core.models import Job
from portal.core.panels import sequels
from portal.core.verdicts import Refused
from projects.models import Experiment, Trial
from tests.governance import factories as f, trained
from tests.governance.test_serving import new_table, serving
from tests.people import person

pytestmark = pytest.mark.django_db
QUESTION = {"target": "left", "roles": {}, "budget_seconds": 10, "seed": 1}


def with_challenger():
    """A champion of the real engine and the same model as an approved challenger."""
    w = serving()
    found = trained.trained().result
    best = next(each for each in found["trials"] if each["number"] == found["best_trial"])
    w.version.trial.number, w.version.trial.is_best = best["number"], True
    w.version.trial.test_metrics = best["test_metrics"]
    w.version.trial.save()
    w.deployment.refresh_from_db()
    ModelVersion.objects.filter(pk=w.version.pk).update(question=QUESTION)
    made = Trial.objects.create(
        experiment=w.trial.experiment, number=70, name="Linear", family="linear", status="done",
        bundle_digest=w.version.bundle_digest, model_sha256=w.version.model_sha256,
    )  # fmt: skip
    second = models.register(made, model=w.model, by=w.author)
    f.approve(models.submit(second, card=f.CARD, by=w.author), w.reviewer)
    ModelVersion.objects.filter(pk=second.pk).update(question=QUESTION)
    second.refresh_from_db()
    deployments.enter(second, role="challenger", by=w.owner)
    w.second = second
    VersionComparison.objects.all().delete()  # the one that began at submission is not what these tests are about
    Job.objects.filter(kind="versions.compare").delete()
    return w


def test_a_challenger_is_scored_on_recent_rows_when_the_champion_is_and_by_hand(client):
    w = with_challenger()
    recent = new_table(w, trained.alike())
    assert [each.rows[0].comparison for each in reads.duels(w.model)] == [None]

    drift.request(w.deployment, dataset_version=recent, by=w.owner)
    job_runner.run_until_idle("ml")
    job_runner.run_until_idle("quick")
    made = VersionComparison.objects.get()
    assert (made.base, made.others, made.table) == (w.version, [str(w.second.pk)], recent)
    answer = made.figures[str(w.second.pk)]
    assert answer["ok"], answer
    assert answer["rows"] == 300  # every row with a known answer, not a fifth of them
    auc = next(each for each in answer["tests"] if each["name"] == "roc_auc")
    assert auc["test"] == "delong" and auc["difference"] == 0 and auc["better"] is None
    assert (
        comparisons.ask(w.model, base=w.version, others=[w.second], table=recent, by=w.reviewer).pk == made.pk
    )

    (duel,) = reads.duels(w.model)
    assert duel.rows[1].comparison == made and duel.rows[1].verdict["words"] == "may be chance"
    client.force_login(w.reviewer)
    page = client.get(f"/models/{w.model.pk}/").content.decode()
    assert "Beside the champion" in page and "may be chance" in page and str(recent) in page
    assert str(recent) in client.get(f"/comparisons/{made.pk}/").content.decode()
    body = {"base": str(w.version.pk), "others": [str(w.second.pk)], "table": str(recent.pk)}
    shown = client.post(f"/api/models/{w.model.pk}/compare/", body, "application/json")
    assert shown.status_code == 202 and f.as_json(shown)["id"] == str(made.pk)
    bouts = desk.beside(w.second)["bouts"]
    assert [each.comparison for each in bouts] == [None, made]


def test_rows_without_answers_or_columns_are_refused_in_words_and_strangers_ask_nothing():
    w = with_challenger()
    few = new_table(w, trained.table(trained.rows(12, 4)))
    with pytest.raises(Refused):
        comparisons.ask(w.model, base=w.version, others=[w.second], table=few, by=person("Stranger"))
    few.state = "checking"
    with pytest.raises(ValidationError) as problem:
        comparisons.ask(w.model, base=w.version, others=[w.second], table=few, by=w.owner)
    assert "table" in problem.value.message_dict and not VersionComparison.objects.exists()
    few.state = "ready"
    made = comparisons.ask(w.model, base=w.version, others=[w.second], table=few, by=w.owner)
    job_runner.run_until_idle("quick")
    made.refresh_from_db()
    assert "too few" in str(reads.view_of(made)["problems"])
    Deployment.objects.filter(version=w.second).update(role="shadow")
    (duel,) = reads.duels(w.model)
    assert "too few" in duel.rows[1].sentences[0] and duel.rows[1].verdict is None


def test_the_desk_shows_where_a_model_errs_most_to_those_who_may_see_values(client):
    w = f.world()
    found = {
        "unit": "log_loss", "overall": 0.4, "sentences": [{"message": "No group stands out.", "params": {}}],
        "cohorts": [{"where": "age > 60", "rows": 40, "share": 0.2, "error": 0.9, "rest": 0.3, "ratio": 3.0}],
    }  # fmt: skip
    result = {**w.trial.experiment.result, "explanations": {"cohorts": found}}
    Experiment.objects.filter(pk=w.trial.experiment_id).update(result=result)
    url = f"/approvals/{w.request.pk}/"
    client.force_login(w.reviewer)
    page = client.get(url).content.decode()
    assert "Where it errs most" in page and "age &gt; 60" in page and "3.0" in page
    client.force_login(w.sponsor)
    page = client.get(url).content.decode()
    data = w.version.dataset_version.dataset
    type(data).objects.filter(pk=data.pk).update(classification="personal")
    page = client.get(url).content.decode()
    assert "age &gt; 60" not in page
    Experiment.objects.filter(pk=w.trial.experiment_id).update(
        result={**result, "explanations": {"cohorts": {**found, "cohorts": []}}}
    )
    client.force_login(w.reviewer)
    assert "No group stands out." in client.get(url).content.decode()
    Trial.objects.filter(pk=w.trial.pk).update(is_best=False)  # the report is about another candidate
    assert "Where it errs most" not in client.get(url).content.decode()


def test_a_trial_that_was_registered_leads_to_its_version_and_is_not_offered_again():
    w = f.world()
    other = Trial.objects.create(experiment=w.trial.experiment, number=9, name="Linear", family="linear")
    found = sequels("trial", w.author, [w.trial.pk, other.pk])
    assert found.keys() == {w.trial.pk} and found[w.trial.pk].label == str(w.version)
    assert found[w.trial.pk].url == f"/model-versions/{w.version.pk}/"
