"""The authorisation matrix: every route × method × person × relation answers as the table says."""

import re
from collections import Counter
from typing import Any

import pytest

from tests.access import canary, cells
from tests.access.cells import PERSONAS, Case, some
from tests.access.world import Organisation

pytestmark = pytest.mark.django_db
CASES = cells.table()
RELATED = sorted(key for key, case in CASES.items() if case.is_related)
# What differs between two answers to the same question.
PASSING = re.compile(
    rb"\b[0-9a-f]{32}\b|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    rb'|name="csrfmiddlewaretoken" value="\w+"|csrf-token" content="\w+"|"X-CSRFToken": ?"\w+"|nonce="[^"]+"'
)


def test_every_route_and_method_stands_in_the_table():
    undeclared = sorted(cells.offered() - cells.declared())
    assert not undeclared, f"Say in tests/access/access_*.yaml who may do this, and who may not: {undeclared}"


def test_the_table_names_no_route_that_does_not_exist():
    assert sorted(cells.declared() - cells.offered()) == []


def test_every_cell_of_every_entry_is_declared():
    for key, case in CASES.items():
        assert set(case.expected) == ({"open", "hidden"} if case.is_related else {"any"}), key
        for relation, line in case.expected.items():
            assert set(line) == set(PERSONAS), f"{key}: {relation}: {set(PERSONAS) ^ set(line)}"


def test_each_act_succeeds_for_somebody_with_the_body_that_others_are_refused_with():
    """Otherwise a refusal could be a bad request in disguise."""
    for key, case in CASES.items():
        if case.method == "GET":
            continue
        line = case.expected.get("open") or case.expected["any"]
        succeeds = any(not cells.is_denial(status) for status in line.values())
        assert succeeds or case.nobody, (
            f"{key}: nobody succeeds; give a valid body, or say under `nobody` why that is right."
        )
        assert not (succeeds and case.nobody), key


# What everybody does for themselves, whatever their duty.
OWN = re.compile(
    r"(core:|api:token-|api:notice-|api:me|training:(path_enrol|path_practice|lesson_|placement_|help_ask|act_keep|mentor_ask|office_hour_seat|contributions)|api:(path-enrol|path-practise|lesson-(check|note|report|practise)|placement-list|help-question-list|postponed-act-list|mentor-ask|office-hour-(sit|leave)|thanks-list)|governance:audit_verify|api:audit_event-verify)"
)


def succeeded(persona: str) -> set[str]:
    """The acts on anything but oneself that this person carries out."""
    acts = {key: case for key, case in CASES.items() if case.method != "GET" and not OWN.match(key)}
    return {
        key
        for key, case in acts.items()
        for line in case.expected.values()
        if not cells.is_denial(line[persona])
    }


def test_the_auditor_changes_nothing_but_has_a_file_made_of_what_an_auditor_reads():
    assert succeeded("auditor") == {"projects:bundle_make POST", "api:project-bundle-list POST"}


def test_administrators_may_do_nothing_that_a_stranger_may_not():
    assert succeeded("administrator") == succeeded("stranger")


def test_nobody_who_worked_on_a_model_decides_on_it():
    for key in ("governance:approval_decide POST", "api:approval-decide POST"):
        line = CASES[key].expected["open"]
        assert {persona for persona, status in line.items() if not cells.is_denial(status)} == {"reviewer"}


def test_without_signing_in_nothing_is_changed():
    public = {
        "core:login POST",
        "core:logout POST",
        "core:password_reset POST",
        "core:password_reset_confirm POST",
        "core:language_set POST",
        "core:theme_set POST",
    }
    acts = {key for key, case in CASES.items() if case.method != "GET"}
    assert {
        key for key in acts for line in CASES[key].expected.values() if not cells.is_denial(line["anon"])
    } == public


def shown(line: dict[str, str]) -> str:
    """A line as it stands in the table."""
    found: dict[str, list[str]] = {}
    for persona in PERSONAS:
        found.setdefault(line[persona], []).append(persona)
    return "{" + ", ".join(f"{status}: {' '.join(names)}" for status, names in found.items()) + "}"


def cell(case: Case, world: Organisation, persona: str, side: Any, before: dict[str, int]) -> str:
    """The status of one cell; a denial left nothing behind, and a page told no confidential word."""
    with cells.rolled_back() as watch:
        response = cells.ask(case, world, persona, side)
        word, text = cells.status(response), cells.content(response)
        if cells.is_denial(word) and watch.touched:
            assert cells.fingerprint() == before, f"{persona} was refused ({word}), and yet: {watch.touched}"
    if case.method == "GET":
        leaked = canary.leak(persona, case.route, text + str(response.headers).encode())
        assert not leaked, leaked
        assert not (twice := ids_twice(text)), f"{case.route}: a label would join the wrong field: {twice}"
    return word


def ids_twice(page: bytes) -> list[bytes]:
    """Ids that two elements of a page share."""
    ids = (
        Counter(re.findall(rb'<[a-z][^<>]*\sid="([^"]+)"', page))
        if page.lstrip().lower().startswith(b"<!doctype html")
        else {}
    )
    return [each for each, times in ids.items() if times > 1]


@pytest.fixture(scope="module")
def before(world, django_db_blocker):
    """Rows per table. Every cell is rolled back, so once is enough."""
    with django_db_blocker.unblock():
        return cells.fingerprint()


def asked(key: str, line: dict[str, str]) -> list[str]:
    """
    Whom to ask. Where the answer is one for all who are signed in, to a question that changes nothing, five of them
    stand for the others: other five at the next address.
    """
    signed_in = [persona for persona in PERSONAS if persona != "anon"]
    if "GET" not in key or len({line[persona] for persona in signed_in}) > 1:
        return list(PERSONAS)
    return ["anon", *some(key, signed_in, 5)]


@pytest.mark.parametrize("key", CASES)
def test_each_person_gets_the_answer_of_the_table_and_no_word_that_they_may_not_see(key, world, before):
    case = CASES[key]
    for relation, line in case.expected.items():
        side = getattr(world, relation, None)
        found = {persona: cell(case, world, persona, side, before) for persona in asked(key, line)}
        found = {**line, **found}
        assert found == line, (
            f"\n{relation}: {shown(found)}\nis the answer; the table says\n{relation}: {shown(line)}"
        )


def test_the_words_are_there_for_those_who_may_see_them(world):
    """Otherwise no leak could be found above."""
    for key, persona in (
        ("projects:use_case_detail GET", "executive"),
        ("projects:dataset_detail GET", "auditor"),
    ):
        with cells.rolled_back():
            assert canary.ANY in cells.content(cells.ask(CASES[key], world, persona, world.hidden))


def answer(case: Case, world: Organisation, *, unknown: bool) -> tuple[int, dict[str, str], bytes]:
    """Everything a caller without a right can tell apart."""
    with cells.rolled_back():
        response = cells.ask(case, world, "stranger", world.hidden, unknown=unknown)
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in {"X-Request-ID", "Content-Security-Policy", "Content-Length"}
        }
        return response.status_code, headers, PASSING.sub(b"", cells.content(response))


@pytest.mark.parametrize(
    "key", [key for key in RELATED if CASES[key].expected["hidden"]["stranger"] in {"404", "400", "422"}]
)
def test_what_is_hidden_answers_exactly_like_what_does_not_exist(key, world):
    assert answer(CASES[key], world, unknown=False) == answer(CASES[key], world, unknown=True)
