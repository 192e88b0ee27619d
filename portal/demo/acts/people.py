"""The organisation and its people."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.auth.hashers import get_hasher

from portal.core.services import people
from portal.demo import logins
from portal.demo.book import Scene
from portal.demo.stage import Stage, act


@contextmanager
def cheap_hashes() -> Iterator[None]:
    """
    Forty times the same public password need no half second each.

    Django renews such a hash to full strength at the first sign-in.
    """
    hasher = get_hasher()
    hasher.iterations = 20_000
    try:
        yield
    finally:
        del hasher.iterations  # the class's own number counts again


@act("found")
def found(stage: Stage, scene: Scene) -> None:
    """Units and accounts, opened by the portal itself."""
    told = logins.organisation()
    for key, unit in told["units"].items():
        parent = stage.unit(unit["parent"]) if "parent" in unit else None
        made = people.create_unit(name=unit["name"], kind=unit["kind"], parent=parent, by=None)
        stage.units[key] = made.pk
    with cheap_hashes():
        open_accounts(stage, told["people"])


def open_accounts(stage: Stage, told: dict[str, Any]) -> None:
    """One account for each person, with their duties and manager."""
    for key, person in told.items():
        made = people.create(
            email=logins.email(person["name"]),
            display_name=person["name"],
            password=logins.password(),
            duties=person.get("duties", ()),
            job_title=person["title"],
            unit=stage.unit(person["unit"]),
            site=person["site"],
            language=person.get("language", "en"),
            by=None,
        )
        stage.users[key] = made.pk
    for key, person in told.items():
        if "manager" in person:
            user = stage.person(key)
            people.update_profile(user, manager=stage.person(person["manager"]), by=user)
