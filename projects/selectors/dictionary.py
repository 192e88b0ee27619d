"""Reads: what a column may mean, from what colleagues wrote about columns of the same name, or from its name."""

import re
from collections import Counter

from portal.core.models import User
from projects.models import Dataset, DatasetVersion

LOOKED_AT = 300  # datasets


def suggestions(version: DatasetVersion, user: User) -> dict[str, str]:
    """Column to meaning, for columns that have none yet and about which something can be said."""
    names = {each["name"] for each in version.columns_described} - set(version.dataset.dictionary)
    if not names:
        return {}
    known: dict[str, Counter[str]] = {}
    others = Dataset.objects.visible_to(user).exclude(pk=version.dataset_id).exclude(dictionary={})
    for words in others.values_list("dictionary", flat=True)[:LOOKED_AT]:
        for name, meaning in words.items():
            known.setdefault(name.casefold(), Counter())[meaning] += 1
    found = {}
    for name in names:
        colleagues = known.get(name.casefold())
        meaning = colleagues.most_common(1)[0][0] if colleagues else spelled_out(name)
        if meaning:
            found[name] = meaning
    return found


def spelled_out(name: str) -> str:
    """A name of several words as words; nothing for a single word, which says no more than the name.

    >>> spelled_out("annualIncome"), spelled_out("age")
    ('Annual income', '')
    """
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    words = re.sub(r"[_\W]+", " ", words).strip().lower()
    return words.capitalize() if " " in words else ""


def filled(version: DatasetVersion, user: User, said: dict[str, str]) -> dict[str, str]:
    """What was said, with suggestions where nothing was."""
    hints = suggestions(version, user)
    return {name: meaning.strip() or hints.get(name, "") for name, meaning in said.items()}
