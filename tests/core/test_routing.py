"""The tree of the API holds the very addresses that its modules declare."""

import re
from importlib import import_module

from django.urls import URLPattern, URLResolver, get_resolver

from portal.core.routing import tree

MODULES = ("portal.core.api.urls", "projects.api.urls", "training.api.urls", "governance.api.urls")


def flat(entries: list[URLPattern | URLResolver], before: str = "") -> list[tuple[str, str | None, object]]:
    """Pattern, name and view of each address."""
    found = []
    for each in entries:
        text = before + re.sub(r"^\^", "", str(each.pattern))
        if isinstance(each, URLResolver):
            found += flat(each.url_patterns, text)
        else:
            found.append((text, each.name, each.callback))
    return found


def test_every_address_of_the_modules_is_in_the_tree_with_its_name_and_view():
    declared = flat([each for name in MODULES for each in import_module(name).urlpatterns])
    grown = flat(tree(*MODULES))
    assert sorted(grown, key=str) == sorted(declared, key=str)
    assert len(tree(*MODULES)) < len(declared) / 4


def test_addresses_below_one_word_keep_their_order():
    declared = flat([each for name in MODULES for each in import_module(name).urlpatterns])
    for word in {text.split("/")[0] for text, _name, _view in declared}:
        mine = [text for text, _name, _view in declared if text.startswith(f"{word}/")]
        assert [text for text, _name, _view in flat(tree(*MODULES)) if text.startswith(f"{word}/")] == mine


def test_the_portal_resolves_through_the_tree():
    match = get_resolver().resolve("/api/use-cases/")
    assert match.view_name == "api:use-case-list"
    assert match.route == "api/use-cases/$"
