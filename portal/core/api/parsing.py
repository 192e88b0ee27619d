"""A JSON parser that takes no ambiguous input."""

import json
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

DEEPEST = 32


def unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names a key twice."""
    names = [name for name, _value in pairs]
    if len(set(names)) != len(names):
        raise ValueError("duplicate key")
    return dict(pairs)


def refuse_constant(name: str) -> None:
    """NaN and Infinity are no JSON."""
    raise ValueError(f"{name} is not a JSON number")


def check(value: Any, depth: int = 0) -> None:
    """Refuse nesting beyond DEEPEST, NUL and lone surrogates."""
    if depth > DEEPEST:
        raise ValueError("nested too deeply")
    if isinstance(value, str):
        value.encode("utf-8")  # raises on a lone surrogate
        if "\x00" in value:
            raise ValueError("NUL character")
    elif isinstance(value, dict):
        for name, inner in value.items():
            check(name, depth + 1)
            check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            check(inner, depth + 1)


class StrictJSONParser(JSONParser):
    """JSON with unique keys, no NaN, no NUL, bounded depth; anything else is a 400."""

    def parse(self, stream: IO[Any], media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            parsed = json.loads(
                stream.read().decode("utf-8"), object_pairs_hook=unique_keys, parse_constant=refuse_constant
            )
            check(parsed)
        except (ValueError, RecursionError) as problem:
            raise ParseError(
                _("The body is not valid JSON: %(problem)s") % {"problem": str(problem)[:120]}
            ) from None
        return parsed
