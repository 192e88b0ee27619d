"""Narrows the backlog down by what `projects.selectors.backlog` knows: by a filter, by typed conditions, by a kept view."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from portal.core.models import User
from projects import custom_values, typed_filters
from projects.models import UseCase
from projects.selectors.backlog import CONDITIONS, own_condition

OF_SEVERAL = {"phase", "risk_tier", "health", "is", "without", "ai_kind", "make_or_buy", "external_source"}


def is_known(name: str) -> bool:
    """Whether a word before a colon names a condition."""
    is_own = name.startswith(custom_values.PREFIX)
    return name != "q" and (name in CONDITIONS or (is_own and own_condition(name) is not None))


def narrow(queryset: Any, name: str, values: list[str], user: User) -> Any:
    """The rows that fulfil one condition; values were checked by the form. The text may hold conditions itself."""
    values = [str(value) for value in values if str(value).strip()]
    if not values:
        return queryset
    queryset = queryset.alias(tags_text=Cast("tags", TextField())) if name in {"tag", "q"} else queryset
    if name == "q":
        groups, text = typed_filters.parse(values[0], is_known)
        for group in groups:
            queryset = queryset.filter(one_of(group, user))
        values = [text]
        if not text:
            return queryset
    condition = CONDITIONS.get(name) or own_condition(name)
    return queryset.filter(condition(user, values)) if condition else queryset


def one_of(group: list[typed_filters.Term], user: User) -> Q:
    """At least one of the conditions holds, or does not where a minus stands before it."""
    found = Q()
    for each in group:
        is_list = each.name in OF_SEVERAL or each.name.startswith(custom_values.PREFIX)
        condition = CONDITIONS.get(each.name) or own_condition(each.name)
        if condition is None:
            continue
        one = Q(condition(user, each.values if is_list else [each.value]))
        found |= ~one if each.is_not else one
    return found


def found_by(params: Mapping[str, Iterable[str]], user: User) -> Any:
    """What a saved view shows this reader: only what the reader sees."""
    found = UseCase.objects.visible_to(user)
    for name, values in params.items():
        if name in CONDITIONS or name.startswith(custom_values.PREFIX):
            found = narrow(found, name, list(values), user)
    return found
