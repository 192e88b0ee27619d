"""Questions to trained candidates: asked once, answered by the real engine, refused with a reason."""

import time

import pytest
from django.core.exceptions import ValidationError

from portal.core import filestore
from portal.core.duties import Duty
from portal.core.models import AuditEvent, Job
from portal.core.verdicts import Refused
from projects.models import Explanation
from projects.rules import explanations as rules
from projects.selectors.decisions import decide
from projects.selectors.explanations import shown
from projects.selectors.results import result_of
from projects.services import engine, explanations
from tests.people import person
from tests.projects.explain_scene import POOL, finished, replayed_engine, worked

__all__ = ["replayed_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("replayed_engine")]


def asked(play, what, **more):
    """A question of the citizen, answered."""
    made = explanations.ask(
        play.experiment, what=what, options=more.pop("options", {}), by=play.citizen, **more
    )
    worked()
    made.refresh_from_db()
    return made


def test_each_question_is_answered_in_words_and_figures():
    play = finished()
    simple = play.experiment.trials.filter(is_baseline=False).order_by("number").first()
    other = play.experiment.trials.get(is_baseline=True)
    questions = {
        "effects": {"options": {"columns": ["age", "visits"]}},
        "rows": {"options": {"rows": [0]}},
        "whatif": {"options": {"row": 0, "changes": {"visits": "9", "age": "75,5"}}},
        "change": {"options": {"row": 0, "goal": "yes"}},
        "report": {"trial": simple},
        "learning": {},
        "compare": {"trial": simple, "other": other},
    }

    for what, more in questions.items():
        made = asked(play, what, **more)
        page = shown(made)

        assert made.status == "done", (what, made.job.error_text, made.result)
        assert made.result["ok"] is True and "problem" not in page
        if what not in ("effects", "report", "rows"):
            assert page["sentences"] and all("%(" not in text for text in page["sentences"])
    assert AuditEvent.objects.filter(verb="explanation.asked").count() == len(questions)


def test_the_engine_answers_behind_its_wall_and_keeps_the_model_for_the_next_question(monkeypatch):
    play = finished()
    monkeypatch.setattr(engine, "pool", POOL)
    try:
        assert asked(play, "rows", options={"rows": [0]}).status == "done"
        (child,) = POOL.children.values()
        began = time.monotonic()
        for visits in ("1", "9"):
            made = asked(play, "whatif", options={"row": 0, "changes": {"visits": visits}})
            assert made.status == "done" and made.result["after"]
        taken = time.monotonic() - began

        assert list(POOL.children.values()) == [child] and taken < 4
        child.end()  # a child that died is replaced
        assert asked(play, "whatif", options={"row": 1, "changes": {}}).status == "done"
    finally:
        POOL.close()
    assert not child.place.exists()


def test_the_same_question_is_answered_once():
    play = finished()
    first = asked(play, "effects", options={"columns": ["age"]})
    jobs = Job.objects.count()

    again = explanations.ask(play.experiment, what="effects", options={"columns": ["age"]}, by=play.owner)

    assert again.pk == first.pk and Job.objects.count() == jobs
    other = explanations.ask(play.experiment, what="effects", options={"columns": ["visits"]}, by=play.owner)
    assert other.pk != first.pk


def test_a_question_that_failed_is_asked_again_under_the_same_name(monkeypatch):
    play = finished()

    def damaged(*_):
        raise filestore.FileDamaged("x")

    with monkeypatch.context() as broken:
        broken.setattr(filestore, "cached", damaged)
        failed = asked(play, "effects")
    assert failed.status == "failed" and "missing or damaged" in failed.job.error_text

    again = asked(play, "effects")

    assert again.pk == failed.pk and again.job_id != failed.job_id


def test_a_model_that_was_exchanged_is_not_asked():
    play = finished()
    play.experiment.trials.filter(is_best=True).update(model_sha256="0" * 64)

    made = asked(play, "effects")

    assert made.status == "failed" and "not the one that was trained" in made.job.error_text
    assert made.result == {}


WRONG = [
    ("poetry", {}, "what", "Choose one of"),
    ("effects", {"columns": ["nope"]}, "columns", "does not use a column nope"),
    ("effects", {"columns": "age"}, "columns", "list"),
    ("effects", {"colour": "red"}, "colour", "not known"),
    ("rows", {}, "rows", "1 to 5"),
    ("rows", {"rows": [9999]}, "rows", "0 to"),
    ("rows", {"rows": [True]}, "rows", "0 to"),
    ("whatif", {"row": 0, "changes": {"age": "old"}}, "changes", "“old” is not a number"),
    ("whatif", {"row": 0, "changes": {"nope": 1}}, "changes", "does not use a column nope"),
    ("whatif", {"row": 0, "changes": {"age": "1e999"}}, "changes", "not a number"),
    ("whatif", {"row": -1, "changes": {}}, "row", "0 to"),
    ("change", {"row": 0, "goal": "maybe"}, "goal", "Choose one of"),
    ("compare", {}, "other", "Choose a candidate"),
]


def test_a_wrong_question_names_its_field_and_nothing_is_queued():
    play = finished()
    jobs = Job.objects.count()

    for what, options, field, words in WRONG:
        with pytest.raises(ValidationError) as refused:
            explanations.ask(play.experiment, what=what, options=options, by=play.citizen)

        assert words in " ".join(refused.value.message_dict[field]), (what, options)
    assert not Explanation.objects.exists() and Job.objects.count() == jobs


def test_a_candidate_of_another_experiment_or_without_a_model_cannot_be_asked():
    play = finished()
    best = play.experiment.trials.get(is_best=True)
    other = play.experiment.trials.exclude(pk=best.pk).first()
    other.bundle_digest = ""
    other.save()

    with pytest.raises(ValidationError, match="was not kept"):
        explanations.ask(play.experiment, what="report", options={}, by=play.citizen, trial=other)
    with pytest.raises(ValidationError, match="two different"):
        explanations.ask(play.experiment, what="compare", options={}, by=play.citizen, trial=best, other=best)
    assert not Explanation.objects.exists()


def test_auditors_start_no_work_and_rows_are_for_those_who_see_the_data():
    play = finished()
    auditor, reviewer = (
        person("Alma Auditor", duties=(Duty.AUDITOR,)),
        person("Rita Reviewer", duties=(Duty.MODEL_REVIEWER,)),
    )
    dataset = play.experiment.dataset_version.dataset
    dataset.classification = "confidential"
    dataset.save()

    assert not rules.may_ask(auditor, play.experiment, "effects")
    assert rules.may_ask(reviewer, play.experiment, "effects")
    verdict = rules.may_ask(reviewer, play.experiment, "rows")
    assert not verdict and "Ask" in str(verdict.remedy)
    with pytest.raises(Refused):
        explanations.ask(play.experiment, what="rows", options={"rows": [0]}, by=reviewer)
    assert not Explanation.objects.exists()


def test_a_refusal_of_the_engine_is_shown_in_its_own_words():
    play = finished()
    made = asked(play, "effects")
    made.result = {
        "ok": False,
        "problem": {"code": "row_unknown", "message": "No row %(row)s.", "params": {"row": 3}},
    }

    assert made.status == "refused" and shown(made) == {"problem": "No row 3."}


def test_the_result_is_arranged_from_what_it_can_do_to_where_it_errs():
    result = result_of(finished().experiment)

    assert result.rows[0].trial.is_baseline and result.rows[1].trial.is_best
    assert result.simple is None or result.rows[2].trial.is_simple or result.simple is result.best
    assert "chosen by the person" not in result.why_metric
    assert result.effects or result.not_reached  # a busy machine leaves no time for curves
    assert all(each["pdp"] and each["text"] for each in result.effects) and result.cohorts
    assert {each["why"] for each in result.telling} >= {"Most wrong", "Highest score"}
    assert "roc_auc" not in " ".join(
        [result.metric, result.metric_words, result.why_metric, *result.sentences]
    )


CURVE = {
    "rows": 10,
    "positives": 4,
    "points": [
        {"taken": 0, "threshold": 1.0, "hits": 0, "alarms": 0, "share": 0.0},
        {"taken": 2, "threshold": 0.9, "hits": 2, "alarms": 0, "share": 0.2},
        {"taken": 5, "threshold": 0.5, "hits": 3, "alarms": 2, "share": 0.5},
        {"taken": 10, "threshold": 0.1, "hits": 4, "alarms": 6, "share": 1.0},
    ],
}


@pytest.mark.parametrize(
    ("capacity", "of", "costs", "taken", "hits"),
    [
        (200, 1000, (1, 1), 200, 200),
        (490, 1000, (1, 1), 200, 200),
        (5000, 1000, (1, 1), 1000, 400),
        (0, 1000, (1, 1), 0, 0),
        (None, None, (1, 1), 2, 2),
        (None, None, (0, 1), 10, 4),
        (None, None, (1, 0), 0, 0),
        (None, 1000, (1, 3), 500, 300),
    ],
)
def test_a_decision_is_arithmetic_on_what_was_measured(capacity, of, costs, taken, hits):
    found = decide(
        CURVE, capacity=capacity, of=of, cost_false_positive=costs[0], cost_false_negative=costs[1]
    )

    assert (found.taken, found.hits) == (taken, pytest.approx(hits))
    assert found.low <= (found.hit_rate or found.low) <= found.high
    if capacity is None:
        assert found.cost == min(found.chart["series"][0]["values"])
        assert found.saved == pytest.approx(max(found.profit["series"][0]["values"]))


def test_a_capacity_below_the_smallest_part_that_was_measured_takes_its_rates():
    found = decide(CURVE, capacity=50, of=1000, cost_false_positive=1, cost_false_negative=3)

    assert (found.basis, found.taken, found.threshold) == ("few", 50, 0.9)
    assert (found.hits, found.hit_rate, found.lift) == (pytest.approx(50), 1.0, pytest.approx(2.5))
    assert found.found == pytest.approx(0.125)  # 50 of 400 cases
    assert found.saved == pytest.approx(150)  # each of them would have cost 3


def test_what_acting_saves_is_counted_from_acting_on_none():
    found = decide(CURVE, capacity=200, of=1000, cost_false_positive=1, cost_false_negative=3)

    assert found.saved == pytest.approx(3 * 200)
    assert found.profit["series"][0]["values"] == [0.0, 600.0, 700.0, 600.0]
    assert found.profit["series"][1]["values"] == [0.0, 120.0, 300.0, 600.0]
