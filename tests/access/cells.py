"""The table of expectations (access_*.yaml), and the requests that its cells stand for."""

import os
import re
import uuid
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache, partial, reduce
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.db import connection, models, transaction
from django.test import Client
from django.urls import reverse

from portal.core import clock
from tests.access.brought import bundle
from tests.access.experimented import upload
from tests.access.routes import routes
from tests.access.world import Organisation, Side

PERSONAS = (
    "anon", "stranger", "author", "product_owner", "member", "reviewer", "executive", "auditor", "administrator",
    "portfolio_manager", "it_engineer", "risk_officer", "finance_controller", "community_lead",
)  # fmt: skip
RELATIONS = {"open", "hidden", "any"}
UNWATCHED = re.compile(r'"(django_session|axes_\w+|core_auditevent|core_apitoken|core_user)"')
WRITE = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


# Asks everything of everybody.
EVERYTHING = os.environ.get("ALL_CELLS") == "1"


def some(key: str, kinds: Iterable[Any], count: int) -> list[Any]:
    """So many of the kinds: always the same ones for one key, evenly spread over the keys."""
    listed = list(kinds)
    if EVERYTHING or count >= len(listed):
        return listed
    start = zlib.crc32(key.encode())
    return [listed[(start + each) % len(listed)] for each in range(count)]


@dataclass(frozen=True)
class Case:
    """One way to ask one route: its address and body are the same for everybody."""

    key: str
    path: dict[str, Any] = field(default_factory=dict)
    body: dict[str, Any] | None = None
    query: dict[str, Any] = field(default_factory=dict)
    nobody: str = ""
    expected: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def route(self) -> str:
        """Name of the route."""
        return self.key.split()[0]

    @property
    def method(self) -> str:
        """GET, POST, ..."""
        return self.key.split()[1]

    @property
    def is_related(self) -> bool:
        """Whether it names objects of a project or of a person."""
        return "'@" in f"{self.path}{self.body}{self.query}"


def words(line: dict[Any, str]) -> dict[str, str]:
    """Persona to status, from status to personas. A persona named twice is an error."""
    found: dict[str, str] = {}
    for status, names in line.items():
        for name in names.split():
            if name in found:
                raise ValueError(f"{name} stands twice")
            found[name] = str(status)
    return found


@cache
def table() -> dict[str, Case]:
    """All cases of all files."""
    found: dict[str, Case] = {}
    for place in sorted(Path(__file__).parent.glob("access_*.yaml")):
        for key, entry in yaml.safe_load(place.read_text()).items():
            if key in found:
                raise ValueError(f"{key} stands twice")
            rest = {name: entry[name] for name in ("path", "body", "query", "nobody") if name in entry}
            found[key] = Case(
                key, **rest, expected={name: words(entry[name]) for name in RELATIONS & set(entry)}
            )
    return found


def declared() -> set[str]:
    """`route METHOD` of the table."""
    return {f"{case.route} {case.method}" for case in table().values()}


def offered() -> set[str]:
    """`route METHOD` of the URL configuration."""
    return {f"{route.name} {method}" for route in routes() for method in route.methods}


def given(value: Any, world: Organisation, side: Side | None, *, unknown: bool = False) -> Any:
    """`@main` is an object of the side, `%reviewer` a person, `#check` of a lesson, `day+9` a date, `!csv` and `!zip` a file."""
    if isinstance(value, dict):
        return {name: given(each, world, side, unknown=unknown) for name, each in value.items()}
    if isinstance(value, list):
        return [given(each, world, side, unknown=unknown) for each in value]
    return named(value, world, side, unknown=unknown) if isinstance(value, str) else value


def named(value: str, world: Organisation, side: Side | None, *, unknown: bool) -> Any:
    """What a word of the table stands for."""
    match value[:1], value[1:]:
        case "@", path:
            key = reduce(getattr, path.split("."), side)
            key = getattr(key, "pk", key)
            if isinstance(key, uuid.UUID):
                return str(uuid.uuid4() if unknown else key)
            return key
        case "%", path:
            name, _dot, attribute = path.partition(".")
            return getattr(world.people[name], attribute or "pk")
        case "#", name:
            return world.lesson[name]
    if re.fullmatch(r"day[+-]\d+", value):
        return str(clock.today() + timedelta(days=int(value[3:])))
    return {"!csv": partial(upload, "fresh"), "!zip": bundle}.get(value, lambda: value)()


def ask(case: Case, world: Organisation, persona: str, side: Side | None, *, unknown: bool = False) -> Any:
    """The answer to this request by this person; `unknown` puts random keys in the place of real ones."""
    url = reverse(case.route, kwargs=given(case.path, world, side, unknown=unknown))
    client = Client(raise_request_exception=False)
    if persona != "anon":
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[persona]
    if case.method == "GET":
        return client.get(url, given(case.query, world, side, unknown=unknown))
    body = given(case.body or {}, world, side, unknown=unknown)
    send = getattr(client, case.method.lower())
    if "!bytes" in str(case.body):
        return send(url, b"a,b\n1,2\n", content_type="application/octet-stream")
    if case.route.startswith("api") and not re.search("!csv|!zip", str(case.body)):
        return send(url, body, content_type="application/json")
    return send(url, {name: each for name, each in body.items() if each is not None})


def status(response: Any) -> str:
    """The code; `login` for the way to the sign-in page."""
    if response.status_code == 302 and response.headers["Location"].startswith(
        reverse("core:login") + "?next="
    ):
        return "login"
    return str(response.status_code)


def content(response: Any) -> bytes:
    """The body, of a file too."""
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def is_denial(word: str) -> bool:
    """Refused, hidden, invalid, or sent to sign in."""
    return word == "login" or word >= "400"


@dataclass
class Watch:
    """What was written to the database, and whether anything of it stayed."""

    touched: set[str] = field(default_factory=set)

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        if WRITE.match(sql) and not UNWATCHED.search(sql.split("WHERE")[0][:90]):
            self.touched.add(sql[:120])
        return execute(sql, params, many, context)


@contextmanager
def rolled_back() -> Iterator[Watch]:
    """Whatever happens inside is gone afterwards; the watch says what was written."""
    watch = Watch()
    with transaction.atomic():
        with connection.execute_wrapper(watch):
            yield watch
        transaction.set_rollback(True)


def fingerprint() -> dict[str, int]:
    """Rows per table, but for sessions, lockouts and the trail."""
    from django.apps import apps

    found: dict[str, int] = {}
    for model in apps.get_models(include_auto_created=True):
        if (
            not UNWATCHED.search(f'"{model._meta.db_table}"')
            and not model._meta.proxy
            and isinstance(model, type(models.Model))
        ):
            found[model._meta.db_table] = model._default_manager.count()
    return found
