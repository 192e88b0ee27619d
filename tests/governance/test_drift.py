"""Drift reports: columns in words, performance once answers are known, and who sees values."""

import pytest
from django.urls import reverse

from governance.models import DriftReport, Finding
from governance.selectors import drift as selectors
from governance.services import drift
from portal.core import job_runner
from portal.core.models import Job
from projects.models import Dataset
from tests.governance import factories as f, trained
from tests.governance.test_serving import new_table, serving
from tests.people import person

pytestmark = pytest.mark.django_db


@pytest.fixture
def play():
    """A champion of the real engine whose experiment has its figures."""
    w = serving()
    found = trained.trained().result
    best = next(each for each in found["trials"] if each["number"] == found["best_trial"])
    w.version.trial.number, w.version.trial.is_best = best["number"], True
    w.version.trial.test_metrics = best["test_metrics"]
    w.version.trial.save()
    w.deployment.refresh_from_db()
    return w


def measured(w, path):
    report = drift.request(w.deployment, dataset_version=new_table(w, path), by=w.owner)
    job_runner.run_until_idle("ml")
    return DriftReport.objects.for_list().get(pk=report.pk)


def test_a_shifted_table_is_told_column_by_column_with_what_to_do(play, client):
    report = measured(play, trained.shifted())
    assert report.status == "done", report.job.error_text
    view = selectors.view_of(report)
    assert {"age", "region"} <= {each.name for each in view.columns if each.is_drifted}
    region = next(each for each in view.columns if each.name == "region")
    assert (
        any("never seen in training" in text and "moonbase" in text for text in region.notes)
        and region.advice
    )

    client.force_login(play.owner)
    text = client.get(reverse("governance:drift_detail", args=[report.pk])).content.decode()
    assert "moonbase" in text and "What to do" in text and "All columns" in text
    assert Finding.objects.get(source="monitor").url == reverse("governance:drift_detail", args=[report.pk])


def test_rows_whose_answer_is_known_tell_how_good_the_model_still_is(play, client):
    report = measured(play, trained.alike())
    came = report.figures["outcomes"]
    assert came["rows"] == 300 and came["verdict"] in {"as_before", "better"}
    assert 0.5 < came["metrics"][came["metric"]]["value"] <= 1
    client.force_login(play.owner)
    page = client.get(reverse("governance:deployment_detail", args=[play.deployment.pk])).content.decode()
    assert "Performance once answers are known" in page


FAIRNESS = {
    "column": "sex",
    "groups": [
        {"group": "f", "rows": 160, "accuracy": 0.9, "accuracy_interval": [0.84, 0.94]},
        {"group": "m", "rows": 12, "accuracy": 0.8, "accuracy_interval": [0.5, 0.95]},
    ],
    "accuracy_ratio": 0.89, "accuracy_ratio_low": "m", "accuracy_ratio_high": "f", "accuracy_ratio_interval": [0.7, 1.1],
}  # fmt: skip


def test_fairness_once_answers_are_known_has_sizes_and_intervals_and_a_course_over_time(play, client):
    report = measured(play, trained.alike())
    report.figures["outcomes"]["fairness"] = [FAIRNESS]
    report.save()
    client.force_login(play.owner)

    text = client.get(reverse("governance:drift_detail", args=[report.pk])).content.decode()
    page = client.get(reverse("governance:deployment_detail", args=[play.deployment.pk]))

    assert "90.0 %" in text and "84 – 94 %" in text and "For every 100 right answers among “f”" in text
    [(column, chart)] = page.context["fairness_charts"]
    assert column == "sex" and chart["series"][0]["values"] == [89.0] and chart["series"][0]["low"] == [70.0]
    assert "Groups of sex over time" in page.content.decode()
    came = report.figures["outcomes"]
    measure = page.context["outcomes_chart"]["y_label"]
    assert measure and measure != came["metric"]  # in words


def test_the_groups_of_a_report_are_for_those_who_may_see_the_data(play, client):
    report = measured(play, trained.alike())
    report.figures["outcomes"]["fairness"] = [FAIRNESS]
    report.save()
    Dataset.objects.filter(pk=play.version.dataset_version.dataset_id).update(
        classification="confidential", use_case=None, owner=person("Otto Owner")
    )
    address = reverse("governance:drift_detail", args=[report.pk])
    client.force_login(f.reviewer("Rolf Reviewer"))
    assert "For every 100 right answers" in client.get(address).content.decode()

    client.force_login(person("Sven Stranger"))
    page = client.get(address)

    assert page.status_code == 200 and "shown to those who may use it" in page.content.decode()
    assert "For every 100 right answers" not in page.content.decode()


def test_a_model_that_became_worse_raises_a_finding_though_no_column_moved(play):
    test = {
        name: {"value": 0.99, "low": 0.985, "high": 0.999, "n": 80}
        for name in play.version.trial.test_metrics
    }
    play.version.trial.test_metrics = test
    play.version.trial.save()
    report = measured(play, trained.alike())
    assert report.figures["outcomes"]["verdict"] == "worse" and not report.figures["dataset_drift"]
    assert report.is_alert and "become worse" in report.sentence
    assert Finding.objects.filter(source="monitor").exists()


def test_values_are_for_those_who_may_see_the_data(play, client):
    report = measured(play, trained.shifted())
    Dataset.objects.filter(pk=play.version.dataset_version.dataset_id).update(
        classification="confidential", use_case=None, owner=person("Otto Owner")
    )
    client.force_login(person("Sven Stranger"))
    page = client.get(reverse("governance:drift_detail", args=[report.pk]))
    answer = client.get(reverse("api:drift_report-detail", args=[report.pk]))
    assert page.status_code == answer.status_code
    assert b"moonbase" not in page.content and b"moonbase" not in answer.content
    client.force_login(play.owner)
    assert b"moonbase" in client.get(reverse("api:drift_report-detail", args=[report.pk])).content
    assert b"moonbase" not in client.get(reverse("api:drift_report-list")).content


def test_a_report_of_an_older_engine_is_still_shown(play, client):
    report = measured(play, trained.alike())
    old = {
        "rows": 3, "share_drifted": 1.0, "dataset_drift": True,
        "columns": [{"column": "age", "kind": "number", "psi": 0.4, "p_value": None, "level": "major", "drifted": True,
                     "missing_share": 0.0, "new_categories": [], "test": "ks"}],
    }  # fmt: skip
    DriftReport.objects.filter(pk=report.pk).update(figures=old)
    client.force_login(play.owner)
    page = client.get(reverse("governance:drift_detail", args=[report.pk]))
    assert page.status_code == 200 and "0.400" in page.content.decode()


def test_a_report_that_still_runs_says_how_far_it_is(play, client):
    report = drift.request(play.deployment, dataset_version=new_table(play, trained.alike()), by=play.owner)
    client.force_login(play.owner)
    address = reverse("governance:drift_detail", args=[report.pk])
    assert "every 2s" in client.get(address).content.decode()
    assert client.get(reverse("governance:drift_detail", args=[play.deployment.pk])).status_code == 404

    Job.objects.filter(pk=report.job_id).update(state="failed", error="These rows could not be compared.")
    text = client.get(address).content.decode()
    assert "These rows could not be compared." in text and "every 2s" not in text
    assert f"{reverse('governance:deployment_detail', args=[play.deployment.pk])}#table" in text
