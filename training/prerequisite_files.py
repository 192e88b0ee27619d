"""Reads what stands before what, and checks the whole curriculum as one graph."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from training import graph

if TYPE_CHECKING:
    from training.content_files import Curriculum

NAME = "prerequisites.yaml"


def rules_from(entries: Any) -> list[graph.Rule]:
    """The entries as rules. Raises `ValueError` naming the entry that has another shape."""
    found = []
    if not isinstance(entries, list):
        raise ValueError(f"{NAME}: write a list of entries")
    for number, entry in enumerate(entries, start=1):
        where = f"{NAME}, entry {number}"
        strays = (
            sorted(set(entry) - {"node", "kind", "of", "least"}) if isinstance(entry, dict) else ["no fields"]
        )
        if strays:
            raise ValueError(f"{where}: “{strays[0]}” is not known; use node, kind, of, least")
        of, least = entry.get("of"), entry.get("least", 0)
        if not isinstance(of, list) or not isinstance(least, int) or isinstance(least, bool):
            raise ValueError(f"{where}: “of” is a list of names, “least” a whole number")
        names = tuple(str(each) for each in of)
        found.append(graph.Rule(str(entry.get("node")), str(entry.get("kind")), names, least))
    return found


def read(root: Path, load: Any) -> list[graph.Rule]:
    """The rules of the file beside the paths; none where there is no file."""
    path = root / NAME
    return rules_from(load(path)) if path.exists() else []


def whole(curriculum: "Curriculum") -> tuple[set[str], list[graph.Rule]]:
    """Every node, and every rule with those that follow from courses, paths and certificates."""
    lessons = {each.code: each for each in curriculum.lessons}
    nodes = {f"lesson:{code}" for code in lessons}
    rules = list(curriculum.prerequisites)
    for course in curriculum.courses:
        node = f"course:{course['code']}"
        of = [f"lesson:{each.code}" for each in curriculum.lessons if each.course == course["code"]]
        nodes.add(node)
        if of:
            rules.append(graph.Rule(node, graph.REQUIRES, tuple(of)))
    for path in curriculum.paths:
        exam, certificate = f"path:{path['code']}", f"certificate:{path['code']}"
        nodes |= {exam, certificate}
        before = [
            f"lesson:{code}" for code in dict.fromkeys(map(str, path["lessons"])) if str(code) in lessons
        ]
        if required := path["certificate"].get("requires"):
            before.append(f"certificate:{required}")
        rules.append(graph.Rule(exam, graph.REQUIRES, tuple(before)))
        rules.append(graph.Rule(certificate, graph.REQUIRES, (exam,)))
    return nodes, rules


def mistakes(curriculum: "Curriculum") -> Iterator[str]:
    """Circles, unknown names, and what nobody could ever reach."""
    if curriculum.prerequisites:
        yield from graph.problems(*whole(curriculum))
