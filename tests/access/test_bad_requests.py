"""
Requests that make no sense get a clear answer on every route, never a crash.

What reads an address, a body or a form is the same code for all routes, so each route is asked some kinds of
nonsense and each kind is asked of many routes (`cells.some`).
"""

import json
import re
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

from tests.access import cells
from tests.access.cells import Case, some
from tests.access.routes import TRIED, routes, walk
from tests.access.world import Organisation

pytestmark = pytest.mark.django_db
CASES = cells.table()
ONE_OF_EACH = {case.route: key for key, case in reversed(CASES.items())}  # the first case of each route
KEYED = sorted(key for key in ONE_OF_EACH.values() if CASES[key].path and "token" not in CASES[key].path)
API_ACTS = [
    key
    for key, case in CASES.items()
    if case.route.startswith("api:") and case.method != "GET" and "'!" not in str(case.body)
]
FORMS = [key for key, case in CASES.items() if not case.route.startswith("api") and case.method == "POST"]
API_LISTS = sorted(
    route.name
    for route in routes()
    if route.name.startswith("api:") and route.name.endswith("-list") and "GET" in route.methods
)
PAGES = [key for key, case in CASES.items() if case.method == "GET" and not case.route.startswith("api")]
JUNK = ("abc", "-1", "9" * 5000, "%2e%2e%2f", "%ff%fe", "%00", "------------------------------------")
BODIES = {
    "empty": b"", "cut off": b'{"a": ', "two documents": b"{}{}", "comma": b'{"a": 1,}', "twice": b'{"a": 1, "a": 2}', "nul": b'{"a": "\\u0000"}',
    "not a number": b'{"a": NaN}', "surrogate": b'{"a": "\\ud800"}', "deep": b"[" * 100_000, "not UTF-8": b"\xff\xfe{}", "text": b"hello",
}  # fmt: skip


def client(world: Organisation, persona: str) -> Client:
    """Signed in."""
    made = Client(raise_request_exception=False)
    made.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[persona]
    return made


def address(case: Case, world: Organisation) -> str:
    """Of the object of the open project."""
    return reverse(case.route, kwargs=cells.given(case.path, world, world.open))


def doer(case: Case) -> str:
    """Somebody who may do it, or who at least may see what it is done to."""
    line = case.expected.get("open") or case.expected["any"]
    done = [who for who, status in line.items() if who != "anon" and not cells.is_denial(status)]
    refused = [who for who, status in line.items() if status == "403"]  # it exists for them
    return next(iter([*done, *refused]), "auditor")


def is_clear(response: Any, *, api: bool) -> bool:
    """No crash, and the API speaks problem+json."""
    if response.status_code >= 500:
        return False
    return (
        not api
        or response.status_code < 400
        or response.headers["Content-Type"].startswith("application/problem+json")
    )


@pytest.mark.parametrize("key", KEYED)
def test_keys_that_cannot_exist_are_not_found(key, world):
    case = CASES[key]
    url, api = address(case, world), case.route.startswith("api")
    parts = [str(each) for each in cells.given(case.path, world, world.open).values()]
    for number, part in enumerate(parts):
        for junk in some(f"{key} {number}", JUNK, 2):
            with cells.rolled_back():
                response = getattr(client(world, doer(case)), case.method.lower())(
                    url.replace(f"/{part}/", f"/{junk}/")
                )
            assert is_clear(response, api=api), (junk, response.status_code, response.content[:300])
            assert response.status_code in {400, 404}, (junk, response.status_code)


@pytest.mark.parametrize(
    "key",
    [
        key
        for key, case in CASES.items()
        if case.is_related and any("@" in str(each) for each in case.path.values())
    ],
)
def test_unknown_keys_are_not_found(key, world):
    case = CASES[key]
    with cells.rolled_back():
        response = cells.ask(case, world, doer(case), world.open, unknown=True)
    if ".public_id" not in str(case.path) and ".number" not in str(case.path):
        assert response.status_code == 404


@pytest.mark.parametrize("name", sorted({route.name for route in routes()}))
def test_other_methods_are_answered_405(name, world):
    case = next(case for case in CASES.values() if case.route == name)
    takes = {method for route in routes() if route.name == name for method in route.methods}
    url = address(case, world)
    others = [method for method in (*TRIED, "TRACE", "FOO") if method not in takes]
    for method in some(name, others, 3):
        response = client(world, "auditor").generic(method, url, b"{}", content_type="application/json")
        assert response.status_code == 405, (method, response.status_code)
        assert "Allow" in response.headers


@pytest.mark.parametrize("key", API_ACTS)
def test_bodies_that_are_no_json_are_refused(key, world):
    case = CASES[key]
    url, send = address(case, world), case.method.lower()
    for name, body in some(key, BODIES.items(), 3):
        with cells.rolled_back() as watch:
            response = getattr(client(world, doer(case)), send)(url, body, content_type="application/json")
        if name == "empty" and response.status_code in {200, 201, 202, 204, 403, 404, 409}:
            continue  # an act that asks for nothing, or one that is refused whatever is asked
        assert response.status_code == 400, (name, response.status_code, response.content[:300])
        assert response.headers["Content-Type"].startswith("application/problem+json")
        assert not watch.touched


@pytest.mark.parametrize("key", API_ACTS)
def test_bodies_of_another_kind_are_answered_clearly(key, world):
    case = CASES[key]
    url = address(case, world)
    long = json.dumps({name: "x" * 100_000 for name in case.body or {"a": 1}})
    wrong = json.dumps({name: [{"a": [2**70]}] for name in case.body or {"a": 1}})
    kinds = (
        (b"[1]", "application/json"), (b"null", "application/json"), (b'"s"', "application/json"), (b'{"score": 100}', "application/json"),
        (long, "application/json"), (wrong, "application/json"), (b"<a/>", "application/xml"), (b"{}", "application/json; charset=bogus"), (b"a=1", "text/plain"),
    )  # fmt: skip
    for body, kind in some(key, kinds, 3):
        with cells.rolled_back():
            response = client(world, doer(case)).generic(case.method, url, body, content_type=kind)
        assert is_clear(response, api=True), (body[:60], kind, response.status_code, response.content[:300])
        assert response.status_code < 300 or response.status_code in {400, 403, 404, 409, 413, 415}, (
            body[:60],
            response.status_code,
        )


@pytest.mark.parametrize("key", ["api:use-case-list POST", "api:token-list POST"])
def test_bodies_that_are_too_large_are_refused(key, world):
    huge = json.dumps({"title": "x" * 3_000_000, "problem": "y"})
    with cells.rolled_back():
        response = client(world, "author").post(
            address(CASES[key], world), huge, content_type="application/json"
        )
    assert response.status_code in {400, 413}
    assert response.headers["Content-Type"].startswith("application/problem+json")


@pytest.mark.parametrize("name", API_LISTS)
def test_lists_of_the_api_take_only_parameters_they_know(name, world):
    reader, url = client(world, "auditor"), reverse(name)
    for query in ("nonsense=1", "pgae=2", "ordering=password", "id__gt=1"):
        response = reader.get(f"{url}?{query}")
        assert response.status_code == 400, (query, response.status_code)
        assert query.split("=")[0] in response.content.decode()


@pytest.mark.parametrize("name", API_LISTS)
def test_pages_and_filters_of_the_api_take_no_junk(name, world):
    reader, url = client(world, "auditor"), reverse(name)
    for page in ("0", "-1", "abc", "1000000000", "9" * 5000, "%F0%9F%98%80"):
        assert reader.get(f"{url}?page={page}").status_code in {
            400,
            404,
            200 if name == "api:portfolio-list" else 404,
        }, page
    for size in ("0", "-1", "abc", "1000000000"):
        assert reader.get(f"{url}?page_size={size}").status_code in {200, 400}, size
    for filter_name in filters_of(name):
        junks = ("%00", "a%00b", "NaN", "9" * 400, "2024-13-45", "(", "zzz")
        for junk in some(f"{name} {filter_name}", junks, 2):
            response = reader.get(f"{url}?{filter_name}={junk}")
            assert response.status_code in ({400} if "%00" in junk else {200, 400}), (
                filter_name,
                junk,
                response.status_code,
            )


def filters_of(name: str) -> list[str]:
    """What the list may be narrowed down by."""
    view: Any = get_resolver().resolve(reverse(name)).func
    filterset = getattr(view.cls, "filterset_class", None)
    return sorted(filterset.base_filters) if filterset else []


@pytest.mark.parametrize("key", PAGES)
def test_pages_take_junk_in_the_address_calmly(key, world):
    case = CASES[key]
    url, reader = address(case, world), client(world, doer(case))
    queries = (
        "page=0&sort=password&q=%F0%9F%98%80%25'\"<",
        "page=-1&sort=-nofield__x&nonsense=1&nonsense=2",
        "page=abc",
        f"page={'9' * 4000}&q={'x' * 5000}",
    )
    for query in some(key, queries, 2):
        with cells.rolled_back():
            response = reader.get(f"{url}?{query}")
        assert response.status_code in {200, 204, 302, 400, 403, 404, 422}, (query, response.status_code)
    for query in some(key, ("q=%00", "page=%00", f"q={'x' * 9000}"), 1):
        assert reader.get(f"{url}?{query}").status_code == 400, query


@pytest.mark.parametrize(
    "name", sorted({case.route for key, case in CASES.items() if key in PAGES and not case.path})
)
def test_filters_of_pages_take_junk_calmly(name, world):
    reader = client(world, "auditor")
    page = reader.get(reverse(name))
    names = set(re.findall(r'<(?:input|select)[^>]* name="(\w+)"', page.content.decode())) - {
        "csrfmiddlewaretoken"
    }
    asked = [
        f"{field}={junk}"
        for field in sorted(names)
        for junk in some(f"{name} {field}", ("zzz", "9" * 400, "2024-13-45"), 1)
    ]
    asked += ["&".join(f"{field}={junk}" for field in sorted(names)) for junk in ("NaN", "-1", "'", "%ff")]
    for query in asked:
        response = reader.get(f"{reverse(name)}?{query}")
        assert response.status_code < 500, query


def forms(case: Case) -> dict[str, dict[str, Any]]:
    """The valid body, spoilt in each field in turn."""
    body = {name: value for name, value in (case.body or {}).items() if value not in ("!csv", "!zip")}
    spoilt: dict[str, dict[str, Any]] = {"nothing": {}}
    for name in body:
        junks = (("long", "x" * 20_000), ("list", ["9" * 400, "b"]), ("date", "2024-13-45"))
        for word, junk in some(f"{case.key} {name}", junks, 1):
            spoilt[f"{name}: {word}"] = {**body, name: junk}
    return spoilt


@pytest.mark.parametrize("key", FORMS)
def test_forms_filled_with_junk_are_answered_clearly(key, world):
    case = CASES[key]
    url = address(case, world)
    for name, body in forms(case).items():
        with cells.rolled_back():
            response = client(world, doer(case)).post(url, cells.given(body, world, world.open))
        assert response.status_code < 500, (name, response.status_code)


@pytest.mark.parametrize("key", [key for key in FORMS if CASES[key].body])
def test_a_nul_in_a_form_is_refused(key, world):
    case = CASES[key]
    url = address(case, world)
    body = cells.given(
        {name: value for name, value in (case.body or {}).items() if value not in ("!csv", "!zip")},
        world,
        world.open,
    )
    for name in some(key, body, 2):
        with cells.rolled_back() as watch:
            response = client(world, doer(case)).post(url, {**body, name: "a\x00b"})
        assert response.status_code in {400, 422}, (name, response.status_code)
        assert not watch.touched


@pytest.mark.parametrize("key", FORMS)
def test_bodies_that_are_no_form_are_answered_clearly(key, world):
    case = CASES[key]
    url = address(case, world)
    kinds = (
        (b"{", "application/json"),
        (b"\xff\xfe=%zz&%", "application/x-www-form-urlencoded"),
        (b"--x\r\nnonsense", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (b"a=1&" * 4000, "application/x-www-form-urlencoded"),
        (b"a=" + b"x" * 3_000_000, "application/x-www-form-urlencoded"),
    )
    for body, kind in some(key, kinds, 2):
        with cells.rolled_back():
            response = client(world, doer(case)).post(url, body, content_type=kind)
        assert response.status_code < 500, (body[:30], kind, response.status_code)


def test_every_pattern_was_walked():
    assert len(list(walk(get_resolver().url_patterns))) > 200
