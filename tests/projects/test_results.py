"""What the page of a result says in words and draws in charts, for each kind of answer."""

import dataclasses

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from automl.search.portfolio import Shape, portfolio
from projects.models import Explanation, GuardrailResult
from projects.selectors import result_words as words
from projects.selectors.explanations import shown
from projects.selectors.groups_of_people import group_view
from projects.selectors.result_charts import effect, importance, perhaps_chance
from projects.selectors.results import FAMILIES, result_of
from projects.sentences import figure, percent, sentence
from projects.services import explanations
from tests.people import person
from tests.projects.data_scene import join
from tests.projects.explain_scene import finished, replayed_engine, worked

__all__ = ["replayed_engine"]
ASKED = {
    "binary": {},
    "multiclass": {"target": "region"},
    "regression": {"target": "age", "roles": {"sex": "sensitive"}},
}


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def seen(play, **query):
    """The page of the result."""
    return browser(play.citizen).get(reverse("projects:experiment_detail", args=[play.experiment.pk]), query)


def charts_in(value):
    """Every chart somewhere inside."""
    if isinstance(value, dict):
        if "kind" in value and "series" in value:
            return [value]
        return [each for part in value.values() for each in charts_in(part)]
    if isinstance(value, list | tuple):
        return [each for part in value for each in charts_in(part)]
    return charts_in(vars(value)) if dataclasses.is_dataclass(value) else []


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
@pytest.mark.parametrize("task", ASKED)
def test_every_chart_of_a_result_names_both_axes_and_so_the_columns_of_its_table(task):
    play = finished(**ASKED[task])
    page = seen(play, view="expert")
    context = page.context
    drawn = charts_in([context["result"], context.get("decision")])

    assert context["result"].task == task and len(drawn) >= 3
    for chart in drawn:
        assert chart["x_label"] and chart["y_label"], chart
        assert all(each["name"] for each in chart["series"])
    assert page.content.decode().count("Show as table") >= 3


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
def test_every_chart_of_an_answer_names_both_axes_too():
    play = finished()
    for what, options in (("rows", {"rows": [0]}), ("effects", {}), ("learning", {}), ("report", {})):
        explanations.ask(play.experiment, what=what, options=options, by=play.citizen)
    worked()

    for asked in Explanation.objects.all():
        drawn = charts_in(shown(asked))
        assert drawn or asked.what == "learning", asked.what
        assert all(chart["x_label"] and chart["y_label"] for chart in drawn), asked.what


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
def test_the_page_of_estimates_says_how_far_off_they_are_and_compares_groups_with_intervals():
    play = finished(**ASKED["regression"])
    page = seen(play).content.decode()
    view = group_view(play.experiment.result["fairness"][0])

    assert "In nine rows of ten the estimate is at most" in page
    assert "on the right the estimate was too low" in page
    assert view["heads"] == ["Mean error", "Estimated on average", "True on average"]
    assert all(figures[0][1] for _name, _rows, figures, _few in view["rows"]) and view["chart"]
    assert "the groups cannot be compared" in page  # 48 rows in two groups


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
def test_the_result_says_the_price_of_simplicity_what_was_left_out_and_why_a_candidate_failed():
    play = finished()
    found = play.experiment.result
    simple = next(each for each in found["trials"] if each["is_simple"] and each["status"] == "finished")
    other = next(
        each for each in found["trials"] if each["number"] != simple["number"] and not each["is_baseline"]
    )
    found |= {
        "best_trial": other["number"],
        "simple_trial": simple["number"],
        "price_of_simplicity": {"test": 0.0123, "size_bytes_ratio": 14.0, "predict_ms_per_1000_ratio": 1.0},
    }
    other["reason"] = {"message": "Left out: it took more than the %(allowed)s MB.", "params": {"allowed": 9}}
    play.experiment.save()
    page = seen(play).content.decode()

    assert "The price of simplicity" in page and "Choosing it costs 0.0123 of AUC." in page
    assert "It is 14 times smaller." in page and "times faster" not in page
    assert "1 column was left out, and why" in page and "it is used to check fairness" in page
    assert "Left out: it took more than the 9 MB." in page
    told = browser(play.citizen).get(f"/api/experiments/{play.experiment.pk}/trials/").json()
    assert [each["number"] for each in told if each["reason"]] == [other["number"]]


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
def test_a_finding_that_waits_for_words_is_the_next_step_of_those_who_may_answer_it():
    play = finished()
    asked = {"question_digest": "d", "stage": "post_train", "is_alerted": True, "experiment": play.experiment}
    GuardrailResult.objects.create(code="looks", severity="info", message="Seen once.", **asked)
    GuardrailResult.objects.create(
        code="far",
        severity="justify",
        message="Far from %(limit)s.",
        params={"limit": 0.5},
        value=0.75,
        threshold=0.5,
        **asked,
    )
    colleague = person("Cora Colleague")
    page, text = seen(play), seen(play).content.decode()
    listed = [finding[0].code for finding in page.context["findings"]]

    assert (
        "1 finding asks for your words" in text and 'href="#guardrails"' in text and 'id="guardrails"' in text
    )
    assert listed.index("far") < listed.index("looks")
    assert "Measured: 0.750, limit: 0.500" in text and "checks found nothing" in text
    play.experiment.author = colleague
    play.experiment.save()
    join(play.use_case, colleague)
    assert "asks for your words" in browser(colleague).get(page.request["PATH_INFO"]).content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
def test_a_check_that_blocks_the_model_is_told_above_everything_else():
    play = finished()
    GuardrailResult.objects.create(
        experiment=play.experiment, question_digest="d", stage="post_train", code="leak", severity="block",
        is_alerted=True, message="One column gives the answer away.",
    )  # fmt: skip
    text = seen(play).content.decode()

    assert text.index("A check says that this model must not be used") < text.index(">What it can do<")


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
def test_a_long_leaderboard_is_folded_after_the_first_dozen():
    play = finished()
    for number in range(50, 65):
        play.experiment.trials.create(
            number=number, name=f"Setting {number}", family="lightgbm", status="dropped"
        )
    page = seen(play)

    assert len(page.context["rows"]) == 12 and page.context["rows"][0][0].trial.is_baseline
    assert f"Show {len(page.context['more_rows'])} more candidates" in page.content.decode()


def test_experts_read_what_the_best_is_made_of_and_how_long_it_took():
    found = {
        "seconds": 34.2, "stopped_early": True, "question": {"budget_seconds": 60}, "best_trial": 7,
        "environment": {"python": "3.11.2", "packages": {"numpy": "2.4.0"}},
        "trials": [{"number": 7, "settings": {"num_leaves": 31}, "members": [{"number": 2, "name": "linear", "weight": 0.25}]}],
    }  # fmt: skip

    assert words.how_made(found) == [
        ("Search", "34.2 s of 60 s, stopped by a person before the end"),
        ("Votes of", "linear × 0.25"),
        ("Settings", "num_leaves = 31"),
        ("Made with", "Python 3.11.2, numpy 2.4.0"),
    ]
    above = {"number": 8, "learns_from": [{"number": 2, "name": "linear"}, {"number": 7, "name": "forest"}]}
    assert words.how_made({"trials": [above], "best_trial": 8}) == [
        ("Learns from the columns and from the answers of", "linear, forest")
    ]
    bare = {"trials": [], "best_trial": 7}  # an older engine said less
    assert words.how_made(bare) == []


def test_every_kind_of_model_that_the_engine_makes_has_a_name_for_people():
    shapes = [
        Shape(task, rows=900, columns=5, categories=1, high_cardinality=0, classes=2, texts=1)
        for task in ("binary", "regression")
    ]
    families = {each.family for shape in shapes for each in portfolio(shape)} | {
        "ensemble",
        "calibrated",
        "second_layer",
    }

    assert families <= set(FAMILIES)


def test_the_price_of_simplicity_is_silent_where_the_simple_model_is_the_best():
    price = {"test": 0.0, "size_bytes_ratio": 1.0, "predict_ms_per_1000_ratio": None}

    assert words.price_of_simplicity({"price_of_simplicity": None}, "AUC") == []
    same = {"price_of_simplicity": price, "simple_trial": 2, "best_trial": 2}
    assert words.price_of_simplicity(same, "AUC") == []
    assert words.price_of_simplicity(same | {"best_trial": 3}, "AUC") == [
        "On the rows kept apart it is no worse than the best one."
    ]


def test_errors_of_estimates_say_which_way_they_lean():
    found = {"bias": 2.0, "std": 4.0, "quantiles": {"0.05": -3.0, "0.95": 8.0}}

    assert words.errors_of_estimates(found) == [
        "In nine rows of ten the estimate is at most 8 too low and at most 3 too high.",
        "On average it is 2 too low.",
    ]
    assert words.errors_of_estimates(found | {"bias": -2.0})[1] == "On average it is 2 too high."
    assert "leans neither" in words.errors_of_estimates(found | {"bias": 0.1})[1]
    assert words.errors_of_estimates(None) == []


def test_a_curve_says_whose_probability_it_is_and_when_it_depends_on_other_columns():
    pdp = {"x": [1, 2], "mean": [0.1, 0.4], "low": [0, 0.1], "high": [0.3, 0.6], "differs": 2.5}
    ale = {"x": [1, 2], "effect": [-0.1, 0.1], "low": [-0.2, 0.0], "high": [0.0, 0.2]}
    found = {
        "column": "age",
        "kind": "number",
        "class": "north",
        "pdp": pdp,
        "ale": ale,
        "text": {"message": ""},
    }
    drawn, number = effect(found), effect(found | {"class": None, "pdp": pdp | {"differs": 1.2}})

    assert drawn["pdp"]["y_label"] == "Probability of “north”" and "north" in drawn["ale"]["y_label"]
    assert drawn["depends_on_others"] and not number["depends_on_others"]
    assert number["pdp"]["y_label"] == "Estimate" and number["pdp"]["unit"] == ""


def test_columns_that_may_help_by_chance_only_are_named():
    found = [
        {"column": "age", "mean": 0.2, "low": 0.1, "high": 0.3, "sure": True},
        {"column": "shoe", "mean": 0.01, "low": -0.1, "high": 0.1, "sure": False},
        {"column": "late", "mean": None, "low": None, "high": None, "sure": False},
    ]

    assert perhaps_chance(found) == ["shoe"]
    assert importance(found, "AUC")["y_label"] == "How much worse AUC gets"
    assert perhaps_chance([{"column": "age", "mean": 0.2}]) == []  # an older engine did not say


def test_groups_are_compared_in_a_sentence_and_small_ones_are_marked():
    report = {
        "column": "sex",
        "groups": [
            {"group": "f", "rows": 100, "selection_rate": 0.2, "selection_interval": (0.1, 0.3)},
            {"group": "m", "rows": 9, "selection_rate": 0.4, "selection_interval": (0.1, 0.8)},
        ],
        "selection_ratio": 0.5, "selection_ratio_low": "f", "selection_ratio_high": "m",
        "selection_ratio_interval": (0.3, 0.9), "tpr_ratio": None,
    }  # fmt: skip
    view = group_view(report)
    error = {
        "column": "sex",
        "groups": [],
        "error_ratio": 0.8,
        "error_ratio_low": "f",
        "error_ratio_high": "m",
    }
    said = group_view(error | {"error_ratio_interval": (0.6, 1.1)})["sentences"]

    assert said[0].startswith("For every 100 units of error among “f”, there are 80 among “m”")
    assert [row[3] for row in view["rows"]] == [False, True]
    assert view["sentences"] == [
        "For every 100 rows selected among “m”, 50 are selected among as many rows of “f” (95 % sure: 30 to 90). "
        "Below 80 is a common sign of unequal treatment."
    ]


def test_figures_are_written_as_the_reader_writes_them():
    note = {"message": "From %(low)s to %(high)s.", "params": {"low": 0.25, "high": "12.5 %"}}

    assert (sentence(note), figure(1234.5678), percent(0.123)) == ("From 0.25 to 12.5 %.", "1235", "12.3 %")
    with translation.override("fr"):
        assert (sentence(note), figure(0.00012), percent(0.123)) == (
            "From 0,25 to 12,5 %.",
            "0,00012",
            "12,3 %",
        )
    assert sentence({"message": "%(gone)s", "params": {}}) == "%(gone)s"


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
def test_a_result_of_yes_or_no_says_what_acting_saves():
    play = finished()
    page = seen(play, capacity="1", of="1000")

    decision = page.context["decision"]
    assert (decision.basis, decision.taken) == ("few", 1)
    assert "So few were not measured by themselves" in page.content.decode()
    assert "What acting on more rows brings" in page.content.decode()
    assert "By itself the model says “yes” from a probability of" in page.content.decode()
    assert result_of(play.experiment).decision


def test_how_findings_stand_is_said_as_of_now_not_as_of_the_end_of_the_search():
    asked = {"is_current": True, "is_alerted": True}
    block = GuardrailResult(severity="block", **asked)
    waits = GuardrailResult(severity="justify", **asked)
    done = GuardrailResult(severity="justify", justification="Known in June.", **asked)
    quiet = GuardrailResult(severity="warn", **asked)
    old = GuardrailResult(severity="block", is_current=False, is_alerted=True)
    summary = [
        {"code": "summary_score", "message": "Good."},
        {"code": "summary_guardrails", "message": "2 guardrails need an answer."},
    ]

    assert words.about_checks([block, waits, done, quiet, old]) == [
        "1 check blocks this model.",
        "1 finding waits for the author's words before this model may be used.",
        "1 finding was answered; the reviewer judges the answer.",
    ]
    assert words.about_checks([quiet, old]) == ["No guardrail stands against this model."]
    assert words.lasting(summary) == ["Good."]


@pytest.mark.django_db
@pytest.mark.usefixtures("replayed_engine")
def test_page_and_program_read_the_same_sentences_of_a_result():
    play = finished()
    page = seen(play)
    told = browser(play.citizen).get(f"/api/experiments/{play.experiment.pk}/result/").json()

    assert told["sentences"] == [*page.context["result"].sentences, *page.context["standing"]]
    assert not any("need an answer" in text for text in told["sentences"])
