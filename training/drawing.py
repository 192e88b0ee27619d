"""Drawing an exam from the bank: the same seed always gives the same questions in the same order."""

import random
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class BankTooSmall(Exception):
    """The bank has fewer questions for an objective than the blueprint asks for."""


@dataclass(frozen=True)
class Drawn:
    """One question of an attempt and the order in which its parts are shown."""

    uid: str
    order: dict[str, list[str]] = field(default_factory=dict)


def draw(
    *,
    seed: str,
    blueprint: Sequence[Mapping[str, Any]],
    bank: Mapping[str, Sequence[str]],
    parts: Mapping[str, Mapping[str, Sequence[str]]],
    seen: Collection[str] = (),
) -> list[Drawn]:
    """
    Draw `count` questions for each objective of the blueprint, and shuffle options.

    `bank` maps objective to question uids, `parts` maps uid to its shuffled parts
    ({"options": [keys]}). Questions of the last attempt (`seen`) come only when the others run out.
    """
    chance = random.Random(seed)  # nosec B311  fairness of a draw, not a secret
    drawn = []
    for row in blueprint:
        pool = sorted(bank.get(row["objective"], ()))
        if len(pool) < row["count"]:
            raise BankTooSmall(f"{row['objective']}: {len(pool)} questions for {row['count']}")
        chance.shuffle(pool)
        pool.sort(key=lambda uid: uid in seen)
        chosen = pool[: row["count"]]
        chance.shuffle(chosen)
        drawn += [Drawn(uid, shuffled(chance, parts[uid])) for uid in chosen]
    return drawn


def shuffled(chance: random.Random, parts: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """Each part in a random order."""
    return {name: chance.sample(sorted(keys), len(keys)) for name, keys in sorted(parts.items())}


def parts_of(kind: str, content: Mapping[str, Any], start: str = "") -> dict[str, list[str]]:
    """The parts of a question whose order means nothing; those of a case carry the key of their item."""
    if kind == "case":
        items = (parts_of(each["kind"], each["content"], f"{each['key']}/") for each in content["items"])
        return {name: keys for found in items for name, keys in found.items()}
    found: dict[str, list[str]] = {}
    if "variants" in content:
        found[f"{start}variant"] = [str(number) for number in range(len(content["variants"]))]
    if content.get("fixed"):
        return found
    named = {name: content[name] for name in ("options", "items", "targets") if name in content}
    named |= {
        f"gap/{gap['key']}": gap["options"]
        for gap in content.get("gaps", [])
        if "options" in gap and not gap.get("fixed")
    }
    return found | {start + name: [each["key"] for each in rows] for name, rows in named.items()}


def round_of(
    *, seed: str, parts: Mapping[str, Mapping[str, Sequence[str]]], met: Mapping[str, int], size: int
) -> list[Drawn]:
    """A round of practice: questions met least often first, in the order of the seed."""
    chance = random.Random(seed)  # nosec B311  variety, not a secret
    pool = sorted(parts)
    chance.shuffle(pool)
    pool.sort(key=lambda uid: met.get(uid, 0))
    return [Drawn(uid, shuffled(chance, parts[uid])) for uid in pool[:size]]
