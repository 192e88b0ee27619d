"""Small filters for the pages of the backlog."""

from typing import Any

from django import template
from django.http import QueryDict

register = template.Library()


@register.filter
def wordlist(text: str) -> list[str]:
    """Words of a text."""
    return text.split()


@register.filter
def values(params: QueryDict, name: str) -> list[Any]:
    """All values of a parameter."""
    return params.getlist(name)


@register.simple_tag
def case_url(pattern: str, key: object) -> str:
    """An address asked for once, filled for each card."""
    return pattern.format(key)


@register.filter
def group_above(table: Any, record: Any) -> Any:
    """The heading that stands above this row of a grouped table, or nothing."""
    return table.groups.get(record.pk)
