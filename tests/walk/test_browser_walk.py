"""The main job, from a problem to production, by clicking what a person would click, with the real workers."""

from pathlib import Path
from typing import Any

import pytest

from tests.walk import (
    step_building as building,
    step_framing as framing,
    step_learning as learning,
    step_production as production,
    step_review as review,
    step_serving as serving,
)
from tests.walk.stack import Stack
from tests.walk.story import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]


def all_steps(walk: Walk) -> None:
    """The story of the walk in its order."""
    framing.propose(walk)
    framing.triage(walk)
    framing.score(walk)
    framing.form_squad(walk)
    framing.write_kill_criterion(walk)
    framing.pass_gate(walk, "05-gate-1", "Initialisation")
    learning.be_refused_first(walk)
    learning.learn(walk)
    learning.sit_the_exam(walk)
    building.bring_table(walk)
    building.ask_question(walk)
    building.check_and_start(walk)
    building.watch(walk)
    review.register_and_submit(walk)
    review.be_refused(walk)
    review.ask_for_changes(walk)
    review.answer_and_approve(walk)
    building.measure_criterion(walk)
    framing.builder_signs(walk)
    framing.pass_gate(walk, "17-gate-2", "Development", waiver="Five are enough for a call list.")
    serving.promote(walk)
    serving.call_endpoint(walk)
    serving.score_table(walk)
    production.name_owners(walk)
    production.confirm_readiness(walk)
    production.agree_on_trust(walk)
    production.enter_benefit(walk)
    production.settle_findings(walk)
    production.go_live(walk)
    production.read_portfolio(walk)
    production.verify_trail(walk)


def test_one_use_case_goes_all_the_way(
    empty_stack: Stack, chromium: Any, shots: Path, tmp_path: Path
) -> None:
    walk = Walk(chromium, empty_stack, shots, tmp_path)
    try:
        all_steps(walk)
    except BaseException:
        walk.last_pictures()
        raise
    assert walk.wrong() == []
