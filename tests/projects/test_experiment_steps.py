"""The guided path: each step says why and opens a lesson that is there, and recommends what the engine recommends."""

import pytest
from django.test import Client
from django.urls import reverse

from automl.guardrails.registry import CHECKS
from automl.search.checks import unfinished
from projects.forms.experiments import BudgetForm, ColumnsForm, MetricForm
from projects.question import advice_basis
from projects.services import experiments
from projects.views.experiment_steps import WHY
from tests.projects.data_scene import draft, quick_engine, scene
from training import content_files

__all__ = ["quick_engine"]


def test_every_lesson_that_a_step_or_a_finding_opens_is_there():
    content = content_files.read()
    known = {name for lesson in content.lessons for name in (lesson.code, lesson.slug, *lesson.topics)}
    checks = CHECKS.values() if isinstance(CHECKS, dict) else CHECKS
    opened = {code for _title, _why, code in WHY.values()}
    opened |= {check.lesson for check in checks} | {unfinished()["lesson"]}

    assert len(WHY) == 7 and opened <= known


@pytest.mark.django_db
@pytest.mark.usefixtures("quick_engine")
def test_every_step_says_why_it_matters_and_leads_to_its_lesson():
    play = scene()
    made = draft(play)
    client = Client()
    client.force_login(play.citizen)

    for name, (_title, why, code) in WHY.items():
        text = client.get(reverse(f"projects:{name}", args=[made.pk])).content.decode()
        assert str(why)[:40] in text, name
        assert reverse("training:lesson_detail", args=[code]) in text, name


@pytest.mark.django_db
@pytest.mark.usefixtures("quick_engine")
def test_the_measure_that_the_engine_advises_is_the_recommended_one_and_no_other():
    made = draft(scene())
    assert recommended(made) == ["roc_auc"]

    made.advice = {"basis": advice_basis(made), "question": {"task": "binary", "metric": "average_precision"}}
    assert recommended(made) == ["average_precision"]
    made.advice["basis"] = "of another question"
    assert recommended(made) == ["roc_auc"]
    made.advice = {"basis": advice_basis(made), "question": {"task": "regression", "metric": "mae"}}
    assert recommended(made) == ["roc_auc"]


def recommended(experiment):
    """The measures that the step marks."""
    choices = MetricForm(experiment=experiment).fields["metric"].choices
    return [name for name, label in choices if "(recommended)" in label]


@pytest.mark.django_db
@pytest.mark.usefixtures("quick_engine")
def test_the_reason_of_a_role_stands_beside_its_column():
    made = draft(scene())
    form = ColumnsForm(experiment=made)

    assert [field.label for field in form] == ["age", "visits", "region", "sex"]
    assert all(field.field.reason for field in form)


@pytest.mark.django_db
@pytest.mark.usefixtures("quick_engine")
def test_the_time_that_was_given_ends_a_search_not_a_dozen_candidates():
    play = scene()
    made = draft(play)
    made.question = {}
    made.save()
    asked = experiments.update_question(made, {"target": "renews"}, by=play.citizen)

    assert asked.question["max_trials"] == 60
    assert "whichever comes first" in str(BudgetForm(experiment=asked).fields["max_trials"].help_text)
