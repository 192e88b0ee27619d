"""List pages ask as many questions of the database for many rows as for few."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from governance.services import benefits, deployments, findings
from portal.core.services import jobs, notices, tokens
from projects.services import comments, experiments, use_cases
from tests.access import cells
from tests.access.proposed import proposal
from tests.access.world import Organisation
from tests.governance import factories as f

pytestmark = pytest.mark.django_db
READERS = (
    "auditor",
    "portfolio_manager",
    "reviewer",
    "it_engineer",
    "community_lead",
    "author",
    "product_owner",
)
# Pages of one object, without an address part.
ALONE = {
    "api_schema",
    "core:health",
    "core:gallery",
    "core:login",
    "core:password_change",
    "core:password_reset",
    "core:status",
    "api:me",
}
LISTS = [
    key
    for key, case in cells.table().items()
    if case.method == "GET" and not case.path and not case.is_related and case.route not in ALONE
]


def grow(world: Organisation) -> None:
    """Twice as much of everything that lists show."""
    side = world.open
    for number in range(2):
        made = f.world()
        f.approve(made.request, made.reviewer)
        made.version.refresh_from_db()
        serving = deployments.promote(made.version, by=made.owner)
        made.use_case.refresh_from_db()
        findings.raise_finding(
            made.use_case, title=f"Finding {number}", severity="low", owner=side.author, by=made.reviewer
        )
        line = {
            "kind": "cost",
            "yearly_amount": 10,
            "evidence": "declared",
            "method": "Counted.",
            "baseline": "None.",
        }
        benefits.add_line(made.use_case, title="Calls", by=made.owner, **line)
        comments.add(made.use_case, text="Well done.", by=made.owner)
        jobs.enqueue("demo.probe", payload={}, label=f"Job {number}", by=side.author)
        notices.tell([side.author, side.owner, world.people["auditor"]], text="A word", by=None)
        tokens.create(name=f"key {number}", scope="read", days=3, by=side.author)
        proposal(side, f"Another idea {number}")
        use_cases.propose(title=f"Draft {number}", problem="Nobody knows.", submit=False, by=side.author)
        experiments.create_draft(
            use_case=side.main, dataset_version=side.version, title=f"Draft {number}", by=side.author
        )
        assert serving.pk


def questions(key: str, world: Organisation, persona: str, *, is_warm: bool = True) -> tuple[int, list[str]]:
    """How many queries the answer took, once the caches are full."""
    case = cells.table()[key]
    if not is_warm:
        cells.content(cells.ask(case, world, persona, None))
    with CaptureQueriesContext(connection) as caught:
        response: Any = cells.ask(case, world, persona, None)
        cells.content(response)
    return len(caught), [each["sql"][:160] for each in caught.captured_queries]


@pytest.mark.parametrize("persona", READERS)
def test_lists_ask_a_constant_number_of_questions(persona, world):
    lists = [key for key in LISTS if persona in cells.some(key, READERS, 3)]
    with cells.rolled_back():
        few = {key: questions(key, world, persona, is_warm=False) for key in lists}
        grow(world)
        many = {key: questions(key, world, persona) for key in lists}
    grown = {
        key: (few[key][0], many[key][0], sorted(set(many[key][1]) - set(few[key][1])))
        for key in lists
        if many[key][0] > few[key][0]
    }
    assert not grown
