"""Words that stand in confidential objects appear in no answer to a person who may not see them."""

import pytest

from tests.access import cells
from tests.access.cells import PERSONAS

pytestmark = pytest.mark.django_db
READS = [key for key, case in cells.table().items() if case.method == "GET"]
ANY = b"CANARY"
# The trail names everything that was done, and the list of jobs what is worked on; who reads them is a rule of its own.
REGISTERS = {
    "governance:audit_list",
    "governance:audit_export",
    "api:audit_event-list",
    "api:audit_event-export",
    "core:job_list",
    "api:job-list",
    "core:job_detail",
    "api:job-detail",
}
# What belongs to one person is seen by nobody else, whatever their duty.
PERSONAL = (b"CANARY-Draft", b"CANARY-A word for you", b"CANARY-laptop")
OUTSIDE = ("anon", "stranger", "author", "product_owner", "member", "administrator", "community_lead")
# Duties that steer see the confidential use case, but no row of its confidential table.
STEERING = ("executive", "portfolio_manager", "finance_controller")
ROWS = (b"CANARY-west", b"CANARY-description")


def words_for(persona: str, route: str) -> tuple[bytes, ...]:
    """What this person must not read there."""
    if persona in OUTSIDE:
        return (ANY,)
    if route in REGISTERS:
        return ()
    return PERSONAL + ROWS if persona in STEERING else PERSONAL


@pytest.mark.parametrize("key", READS)
def test_no_answer_holds_a_word_that_the_reader_may_not_see(key, world):
    case = cells.table()[key]
    for persona in PERSONAS:
        for side in (world.open, world.hidden) if case.is_related else (None,):
            with cells.rolled_back():
                response = cells.ask(case, world, persona, side)
                text = cells.content(response) + str(response.headers).encode()
            leaked = [word for word in words_for(persona, case.route) if word in text]
            assert not leaked, (
                f"{persona} reads {leaked}: …{text[max(0, text.find(leaked[0]) - 200) :][:300]!r}"
            )


def test_the_words_are_there_for_those_who_may_see_them(world):
    """Otherwise the test above could not fail."""
    for key, persona in (
        ("projects:use_case_detail GET", "executive"),
        ("projects:dataset_detail GET", "auditor"),
    ):
        with cells.rolled_back():
            assert ANY in cells.content(cells.ask(cells.table()[key], world, persona, world.hidden))
