"""The fixed cast of people that tests are written with. Made by the real services."""

import itertools
from datetime import timedelta

from portal.core import clock
from portal.core.models import User
from portal.core.services import credentials, people

PASSWORD = "correct horse battery staple"  # noqa: S105  a password of people who do not exist
_numbers = itertools.count(1)


def person(
    name: str = "", *, duties: tuple[str, ...] = (), rights: tuple[str, ...] = (), **profile: object
) -> User:
    """Somebody with these duties and valid credentials; each call makes a new person."""
    number = next(_numbers)
    name = name or f"Person {number}"
    user = people.create(
        email=f"{name.lower().replace(' ', '.')}.{number}@example.org",
        display_name=name,
        password=PASSWORD,
        duties=duties,
        by=None,
        **profile,
    )
    for code in rights:
        give(user, code)
    return user


def give(user: User, code: str, days: int = 365) -> None:
    """A credential valid from yesterday."""
    credentials.grant(
        user=user,
        code=code,
        source=f"test {code}",
        valid_from=clock.now() - timedelta(days=1),
        valid_until=clock.now() + timedelta(days=days),
        by=None,
    )
