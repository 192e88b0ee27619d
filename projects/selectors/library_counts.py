"""How many things of the library there are of each kind, class, use case and owner: all of it in one question."""

from collections import Counter
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import CharField, F, Field, Model, QuerySet, Value
from django.db.models.functions import Cast, Coalesce

from portal.core.models import User
from projects.models import UseCase

# What can be narrowed down, and the model whose keys its values are.
COUNTED: dict[str, type[Model] | None] = {
    "kind": None,
    "classification": None,
    "use_case": UseCase,
    "owner": User,
}


def counts(shelf: dict[str, QuerySet[Any]], asked: Any) -> tuple[int, dict[str, Counter[str]]]:
    """
    How many fit the question, and how many each value of a facet leaves as if nothing of that facet were chosen.

    The rows the reader sees are gathered once, and counted by the database, whatever their number.
    """
    found: dict[str, Counter[str]] = {name: Counter() for name in COUNTED}
    parts = [part for code, rows in shelf.items() if (part := as_part(code, rows))]
    if not parts:
        return 0, found
    params = [each for _sql, values in parts for each in values]
    seen = " UNION ALL ".join(sql for sql, _values in parts)
    where, values = chosen("", asked)
    asking = [f"SELECT '', '', COUNT(*) FROM seen{where}"]  # nosec B608  our own names
    params += values
    for name in COUNTED:
        where, values = chosen(name, asked)
        asking.append(
            f"SELECT '{name}', CAST({name} AS text), COUNT(*) FROM seen{where} GROUP BY {name}"  # noqa: S608  # nosec B608
        )
        params += values
    names = ", ".join(COUNTED)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH seen({names}) AS MATERIALIZED ({seen}) {' UNION ALL '.join(asking)}",  # nosec B608
            params,
        )
        lines = cursor.fetchall()
    total = 0
    for name, value, count in lines:
        if not name:
            total = count
        elif value:
            found[name][as_text(name, value)] += count
    return total, found


def as_part(code: str, rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]] | None:
    """The rows of one kind with what can be narrowed down, in the words of the database; None where there can be none."""
    kind = F("kind") if code == "artifact" else Value(code)
    columns = rows.annotate(
        of_kind=Cast(kind, CharField()), of_class=Cast(Coalesce("lib_class", Value("")), CharField())
    ).values_list("of_kind", "of_class", "lib_case", "lib_owner")
    try:
        return columns.query.sql_with_params()
    except EmptyResultSet:
        return None


def chosen(but: str, asked: Any) -> tuple[str, list[Any]]:
    """The condition that every chosen facet makes but this one."""
    names = [name for name in COUNTED if name != but and getattr(asked, name)]
    if not names:
        return "", []
    condition = " AND ".join(f"{name} = %s" for name in names)
    return f" WHERE {condition}", [as_value(name, getattr(asked, name)) for name in names]


def key_of(name: str) -> "Field[Any, Any] | None":
    """The key that a facet's values are, where they are no words."""
    model = COUNTED[name]
    return model._meta.pk if model else None


def as_value(name: str, text: str) -> Any:
    """A value of the address as the database compares it."""
    key = key_of(name)
    return key.get_db_prep_value(key.to_python(text), connection) if key else text


def as_text(name: str, value: str) -> str:
    """A value of the database as the address has it."""
    key = key_of(name)
    return str(key.to_python(value)) if key else value
