"""Checks before training: what was found is kept for good and answered in words."""

import pytest
from django.core.exceptions import ValidationError

from portal.core import job_runner
from portal.core.models import AuditEvent, Job
from portal.core.verdicts import Refused
from projects.models import GuardrailResult
from projects.services import experiments, guardrails
from tests.projects.data_scene import draft, quick_engine, ready_version, scene, table

__all__ = ["quick_engine"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("quick_engine")]


def suspicious(play):
    """A draft with duplicate rows of conflicting answers or a telling column: something to justify."""
    lines = table().decode().splitlines()
    leaky = [lines[0] + ",called"]
    for number, line in enumerate(lines[1:]):
        said = line.endswith("yes")
        leaky.append(f"{line},{100 + number % 5 if said != (number % 40 == 0) else number % 5}")
    return draft(play, ready_version(play, "\n".join(leaky).encode()))


def run_checks(experiment, by):
    guardrails.request_checks(experiment, by=by)
    job_runner.run_until_idle("quick")
    experiment.refresh_from_db()


def test_checks_are_kept_with_their_sentences_and_bind_to_the_question():
    play = scene()
    experiment = draft(play)
    run_checks(experiment, play.citizen)

    results = GuardrailResult.objects.filter(experiment=experiment)
    assert results.count() >= 10
    assert all(result.text and result.why_text and result.fix_text for result in results)
    assert set(results.values_list("question_digest", flat=True)) == {experiment.checked_digest}
    assert AuditEvent.objects.filter(verb="experiment.checked").count() == 1


def test_the_same_question_is_not_checked_twice():
    play = scene()
    experiment = draft(play)
    first = guardrails.request_checks(experiment, by=play.citizen)
    again = guardrails.request_checks(experiment, by=play.citizen)
    job_runner.run_until_idle("quick")
    experiment.refresh_from_db()
    later = guardrails.request_checks(experiment, by=play.citizen)
    assert first.pk == again.pk == later.pk
    assert Job.objects.filter(kind="dataset.check").count() == 1


def test_a_stranger_does_not_run_the_checks():
    play = scene()
    experiment = draft(play)
    with pytest.raises(Refused):
        guardrails.request_checks(experiment, by=play.stranger)
    assert not Job.objects.filter(kind="dataset.check").exists()


def test_superseded_results_stay_and_words_answer_the_same_finding_again():
    play = scene()
    experiment = suspicious(play)
    run_checks(experiment, play.citizen)
    found = GuardrailResult.objects.filter(experiment=experiment).open().filter(severity="justify").first()
    assert found is not None
    guardrails.justify(found, "The call happens before the prediction.", by=play.citizen)
    before = GuardrailResult.objects.count()

    experiments.update_question(experiment, {"max_trials": 4}, by=play.citizen)
    run_checks(experiment, play.citizen)

    assert GuardrailResult.objects.count() == 2 * before
    twin = GuardrailResult.objects.current().get(
        code=found.code, experiment=experiment, is_alerted=True, columns=found.columns
    )
    assert twin.pk != found.pk and twin.justification == "The call happens before the prediction."
    found.refresh_from_db()
    with pytest.raises(Refused, match="replaced"):
        guardrails.justify(found, "Something else entirely.", by=play.citizen)


def test_words_must_say_something_and_come_from_the_squad():
    play = scene()
    experiment = suspicious(play)
    run_checks(experiment, play.citizen)
    found = GuardrailResult.objects.filter(experiment=experiment).open().filter(severity="justify").first()

    with pytest.raises(ValidationError, match="at least 10"):
        guardrails.justify(found, "ok", by=play.citizen)
    with pytest.raises(Refused, match="Only the squad"):
        guardrails.justify(found, "I am just passing by here.", by=play.stranger)
    found.refresh_from_db()
    assert found.justification == "" and found.justified_by is None


def test_what_asks_for_no_words_takes_none():
    play = scene()
    experiment = draft(play)
    run_checks(experiment, play.citizen)
    passed = GuardrailResult.objects.filter(experiment=experiment, is_alerted=False).first()
    with pytest.raises(Refused, match="asks for no justification"):
        guardrails.justify(passed, "Because I can say something.", by=play.citizen)
    passed.refresh_from_db()
    assert passed.justification == ""
