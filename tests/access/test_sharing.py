"""Every address of artifacts and datasets, read from the URL configuration, asked by everybody a share can concern."""

import logging
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.access import cells
from tests.access.routes import Route, routes
from tests.access.sharing import CASE_WORD, WORD, Sharing
from tests.access.test_matrix import PASSING
from tests.projects import data_scene

pytestmark = pytest.mark.django_db
PERSONAS = (
    "owner",
    "editor",
    "user",
    "viewer",
    "squad",
    "unit",
    "expired",
    "revoked",
    "stranger",
    "anon",
    "auditor",
)
SEEING = ("owner", "editor", "user", "viewer", "squad", "unit")
OUTSIDE = ("expired", "revoked", "stranger", "anon")
SIGNED_IN = tuple(who for who in PERSONAS if who != "anon")
IN_THE_CASE = ("owner", "squad", "auditor")
USING, EDITING = ("owner", "editor", "user", "squad", "unit"), ("owner", "editor", "squad")
KNOWING = (*SEEING, "auditor")
# Who may, and who of the others is told no instead of nothing.
LINES = {
    "everybody": (SIGNED_IN, ()),
    "everybody_who_changes": (tuple(who for who in SIGNED_IN if who != "auditor"), ("auditor",)),
    "who_sees": (KNOWING, ()),
    "who_uses": (USING, KNOWING),
    "who_only_looks": (("viewer",), KNOWING),
    "who_uses_what_the_body_names": (USING, tuple(who for who in SIGNED_IN if who not in USING)),
    "who_edits": (EDITING, KNOWING),
    "owner_and_editor": (("owner", "editor"), KNOWING),
    "owner": (("owner",), KNOWING),
    "recipe_read": ((*USING, "auditor"), ()),
    "recipe_changed": (EDITING, ("user", "unit", "auditor")),
    "share_read": (("owner", "user", "auditor"), ()),
    "share_changed": (("owner",), ("user", "auditor")),
    "share_ended": (("owner", "user"), ("auditor",)),
}
LISTS = (
    "/library/", "/library/?q=CANARY", "/library/?shared=on", "/library/?sort=reuse", "/library/?tag=canary", "/library/?away=on",
    "/data/", "/data/?q=CANARY", "/data/seen/", "/data/seen/?kind=artifact", "/data-access/", "/search/?q=CANARY",
    "/library/artifact/BASE/lineage/", "/library/artifact/BASE/panel/", "/library/BASE/", "/api/library/?sort=reuse",
    "/api/library/?q=CANARY", "/api/library/artifact/BASE/lineage/", "/api/artifacts/", "/api/artifact-versions/", "/api/datasets/",
    "/api/dataset-versions/", "/api/recipes/", "/api/shares/", "/api/artifact-shares/", "/api/data-access/", "/api/data-access/askable/", "/api/artifact-access/",
    "/api/search/?q=CANARY", "/experiments/new/", "/api/artifact-shares/seen-by/", "/api/shares/seen-by/",
)  # fmt: skip
EMPTY_FOR_A_VIEWER = {"/api/recipes/", "/api/data-access/", "/api/artifact-access/", "/experiments/new/"}
KEYS_ONLY = {"/api/artifact-versions/", "/api/dataset-versions/", "/api/shares/", "/api/artifact-shares/"}
PLACES = (
    "/data",
    "/artifact-",
    "/library",
    "/api/data",
    "/api/artifact",
    "/api/library",
    "/api/share",
    "/api/recipe",
    "/search/",
    "/api/search/",
)
SOME_KEY = uuid.UUID(int=7)


def address(route: Route) -> str:
    """Where it stands, with some key in it; empty for a pattern that only differs by its format."""
    words = {part: "dataset" if part == "kind" else str(SOME_KEY) for part in route.parts}
    try:
        return reverse(route.name, kwargs=words)
    except NoReverseMatch:
        return ""


def offered() -> set[str]:
    """`route METHOD` of everything below the addresses of data and library."""
    found = [route for route in routes() if address(route).startswith(PLACES)]
    return {f"{route.name} {method}" for route in found for method in route.methods}


def said(text: bytes) -> bytes:
    """What a page says, without what passes."""
    main = re.search(rb"<main.*</main>", text, re.DOTALL)
    return re.sub(rb"<time.*?</time>", b"", PASSING.sub(b"", main[0] if main else text))


def read(small: Sharing, who: str = "stranger") -> dict[str, bytes]:
    """Every list as somebody reads it, without what passes."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = small.sessions[who]
    return {url: said(client.get(url.replace("BASE", str(small.base.pk))).content) for url in LISTS}


@pytest.fixture(scope="module")
def small(world_settings: None, django_db_setup: None, django_db_blocker: Any) -> Iterator[Sharing]:
    """The world of this module; gone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        logging.getLogger("django.request").setLevel(logging.CRITICAL)
        with data_scene.quick():
            made = Sharing()
            made.before = read(made)
            made.hide()
        yield made
        logging.getLogger("django.request").setLevel(logging.NOTSET)
        transaction.set_rollback(True)


def word(response: Any) -> str:
    """What an answer means."""
    said = cells.status(response)
    if said in {"login", "401"}:
        return "login"
    if said == "404":
        return "hidden"
    return "yes" if said < "400" else "no"


def table() -> dict[str, str]:
    """`route METHOD` to the name of the line that holds for it."""
    placed: dict[str, str] = {}
    for line, keys in yaml.safe_load((Path(__file__).parent / "sharing.yaml").read_text()).items():
        for key in keys:
            assert key not in placed, f"{key} stands twice"
            placed[key] = line
    return placed


TABLE = table()


def expected(line: str) -> dict[str, str]:
    """Who gets what there: `yes`, `no` for what one sees and may not do, `hidden`, `login`."""
    found = dict.fromkeys(PERSONAS, "hidden") | {"anon": "login"}
    may, knows = LINES[line]
    return found | dict.fromkeys(knows, "no") | dict.fromkeys(may, "yes")


def asked(small: Sharing, key: str, who: str, *, unknown: bool = False) -> tuple[str, bytes, Any]:
    """The meaning of the answer, all its bytes with its headers, and the answer; what it changed is gone."""
    with cells.rolled_back():
        response = cells.ask(cells.table()[key], small, who, small.side, unknown=unknown)
        text = cells.content(response)
        return word(response), text + str(response.headers).encode(), response


def test_every_address_of_data_and_library_is_placed_in_the_table_of_sharing():
    assert sorted(offered() - set(TABLE)) == [], (
        "Say in tests/access/sharing.yaml which line holds for these."
    )
    assert sorted(set(TABLE) - offered()) == [], "These are no addresses any more."


@pytest.mark.parametrize("key", sorted(TABLE))
def test_each_address_answers_each_person_as_their_share_allows_and_names_nothing_hidden(key, small):
    found, outside = {}, {}
    for who in PERSONAS:
        found[who], text, response = asked(small, key, who)
        if who in OUTSIDE:
            assert WORD not in text, f"{who} reads of it: …{around(text, WORD)!r}"
            outside[who] = response
        if who not in IN_THE_CASE:
            assert CASE_WORD not in text, f"{who} reads of its use case: …{around(text, CASE_WORD)!r}"
    assert found == expected(TABLE[key])
    if found["stranger"] in {"hidden", "no"}:
        never = same(asked(small, key, "stranger", unknown=True)[2])
        for who in ("expired", "revoked", "stranger"):
            assert same(outside[who]) == never, f"{who} can tell that it is there"


def around(text: bytes, what: bytes) -> bytes:
    """A word with what stands beside it."""
    place = text.find(what)
    return text[max(0, place - 120) : place + 60]


def same(response: Any) -> tuple[int, bytes]:
    """The status and what a page or a program says: around it stand the name and the notices of the reader."""
    return response.status_code, said(cells.content(response))


def test_nothing_hidden_changes_a_list_a_search_a_count_a_facet_or_a_lineage_of_who_may_not_see_it(small):
    now = read(small)
    assert [url for url in LISTS if now[url] != small.before[url]] == []


def test_the_words_are_there_for_those_who_may_see_them(small):
    """Otherwise no leak could be found above."""
    for who in SEEING:
        for key in (
            "projects:artifact_detail GET",
            "projects:dataset_detail GET",
            "projects:library GET",
            "api:library-list GET",
        ):
            assert WORD in asked(small, key, who)[1], (who, key)
    now = read(small, "viewer")
    assert {url for url in LISTS if now[url] == small.before[url]} <= EMPTY_FOR_A_VIEWER
    named = re.compile(rb"CANARY (minutes|clients|picture|old)")
    assert {url for url in LISTS if not named.search(now[url])} <= EMPTY_FOR_A_VIEWER | KEYS_ONLY
