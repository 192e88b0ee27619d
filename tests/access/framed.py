"""What framing leaves behind, on each side: a proposal put off, templates, a proposal to stop, something finished."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from portal.core import clock
from projects.models import RubricVersion
from projects.services import kill_criteria, phases, rubrics, stops, templates, triage, use_cases

CRITERION = {
    "statement": "People trust it",
    "metric": "share",
    "comparator": "at_least",
    "threshold": 0.7,
    "in_days": 20,
}


def framed(side: SimpleNamespace, proposal: Callable[..., Any], accepted: Callable[..., Any]) -> None:
    """Made by the real services."""
    kind = "closed" if side.is_confidential else "open"
    side.asleep = triage.snooze(
        proposal(side, "Asleep"),
        until=clock.today() + timedelta(days=9),
        reason=f"{side.mark}budget",
        by=side.manager,
    )
    drafts = RubricVersion.objects.filter(state="draft")
    side.rubric = drafts.first() or rubrics.draft(by=side.manager)
    rubrics.change(side.rubric, reason="Clearer words.", by=side.manager)
    side.template = templates.create(name=f"A template {kind}", criteria=[CRITERION], by=side.manager)
    side.old_template = templates.create(name=f"An old template {kind}", by=side.manager)
    templates.retire(side.old_template, by=side.manager)
    begun = templates.begin(
        side.template,
        title=f"{side.mark}Templated",
        problem=f"{side.mark}problem like another.",
        by=side.author,
    )
    use_cases.update(begun, is_confidential=side.is_confidential, by=side.author)
    use_cases.submit(begun, by=side.author)
    side.templated = triage.accept(
        begun, product_owner=side.owner, risk_tier="limited", sponsor=side.sponsor, by=side.manager
    )
    side.overdue = accepted(side, "Overdue")
    kill_criteria.add(
        side.overdue, statement=f"{side.mark}People agree", metric="share", threshold=0.7,
        deadline=clock.today() + timedelta(days=60), by=side.owner,
    )  # fmt: skip
    phases.move(side.overdue, "initialise", by=None, gate="G1")
    with clock.at(clock.now() + timedelta(days=30)):
        side.stop = stops.look_at(side.overdue)[0]
    side.finished = accepted(side, "Finished")
    for action, gate in (("initialise", "G1"), ("develop", "G2"), ("go_live", "G3")):
        phases.move(side.finished, action, by=None, gate=gate)
