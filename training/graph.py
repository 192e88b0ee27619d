"""Prerequisites as a graph: what is missing for a step, and whether the whole can be walked at all."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

REQUIRES, RECOMMENDS, ANY_OF = "requires", "recommends", "any_of"
KINDS = (REQUIRES, RECOMMENDS, ANY_OF)


@dataclass(frozen=True)
class Rule:
    """What stands before a node ("lesson:5.3"): all of it, some of it, or as advice."""

    node: str
    kind: str
    of: tuple[str, ...]
    least: int = 0

    @property
    def needed(self) -> int:
        """How many of `of` must be there."""
        return {REQUIRES: len(self.of), RECOMMENDS: 0, ANY_OF: self.least}[self.kind]

    def is_met(self, done: Collection[str]) -> bool:
        """Whether enough is done."""
        return sum(each in done for each in self.of) >= self.needed


def missing(node: str, rules: Iterable[Rule], done: Collection[str]) -> list[Rule]:
    """The hard rules of a node that are not met, each narrowed to what is still open."""
    found = []
    for rule in rules:
        if rule.node == node and not rule.is_met(done):
            still = tuple(each for each in rule.of if each not in done)
            have = len(rule.of) - len(still)
            found.append(Rule(node, rule.kind, still, max(0, rule.needed - have)))
    return found


def advised(node: str, rules: Iterable[Rule], done: Collection[str]) -> list[str]:
    """What is recommended before a node and not done."""
    chosen = [rule for rule in rules if rule.node == node and rule.kind == RECOMMENDS]
    return [each for rule in chosen for each in rule.of if each not in done]


def problems(nodes: Collection[str], rules: Collection[Rule]) -> Iterator[str]:
    """Each mistake in words: unknown names, impossible counts, circles, and what nobody can reach."""
    for rule in rules:
        yield from odd(rule, nodes)
    if circle := find_circle(rules):
        yield f"prerequisites: {' → '.join(circle)} is a circle; take one of these arrows away"
        return
    open_nodes = reachable(nodes, rules)
    for node in sorted(set(nodes) - open_nodes):
        blockers = [rule for rule in rules if rule.node == node and not rule.is_met(open_nodes)]
        names = sorted({each for rule in blockers for each in rule.of} - open_nodes)
        yield f"prerequisites: nobody can reach {node}: {', '.join(names) or 'its own rule'} cannot be reached or counted"


def odd(rule: Rule, nodes: Collection[str]) -> Iterator[str]:
    """What is wrong with one rule by itself."""
    where = f"prerequisites of {rule.node}"
    if rule.node not in nodes:
        yield f"{where}: there is no {rule.node}; correct the name"
    if rule.kind not in KINDS:
        yield f"{where}: no such kind: {rule.kind}; use one of {', '.join(KINDS)}"
        return
    if not rule.of:
        yield f"{where}: nothing stands under “of”; name at least one"
    if len(set(rule.of)) != len(rule.of):
        yield f"{where}: a name stands twice; take one away"
    for stray in sorted(set(rule.of) - set(nodes)):
        yield f"{where}: there is no {stray}; correct the name"
    if rule.kind == ANY_OF and not 0 < rule.least <= len(rule.of):
        yield f"{where}: {rule.least} of {len(rule.of)} can never be met; “least” lies between 1 and {len(rule.of)}"


def find_circle(rules: Collection[Rule]) -> list[str]:
    """A way that leads back to its beginning, or nothing."""
    before: dict[str, set[str]] = {}
    for rule in rules:
        before.setdefault(rule.node, set()).update(rule.of)
    cleared: set[str] = set()

    def walk(node: str, way: list[str]) -> list[str]:
        if node in way:
            return [*way[way.index(node) :], node]
        if node in cleared:
            return []
        for each in sorted(before.get(node, ())):
            if circle := walk(each, [*way, node]):
                return circle
        cleared.add(node)
        return []

    return next((circle for node in sorted(before) if (circle := walk(node, []))), [])


def reachable(nodes: Collection[str], rules: Collection[Rule]) -> set[str]:
    """Everything that can be done by somebody who begins with nothing."""
    done: set[str] = set()
    while True:
        more = {
            node
            for node in nodes
            if node not in done and all(rule.is_met(done) for rule in rules if rule.node == node)
        }
        if not more:
            return done
        done |= more


def depths(nodes: Collection[str], edges: Collection[tuple[str, str]]) -> Mapping[str, int]:
    """The column of each node on a map: one more than the furthest node before it. Edges are (before, after)."""
    found = dict.fromkeys(nodes, 0)
    for _round in nodes:
        for before, after in edges:
            found[after] = max(found[after], found[before] + 1)
    return found


def nearest(edges: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Without arrows that a longer way already implies, so that the map stays readable."""
    after: dict[str, set[str]] = {}
    for start, end in edges:
        after.setdefault(start, set()).add(end)

    def leads(start: str, end: str) -> bool:
        return any(each == end or leads(each, end) for each in after.get(start, ()))

    return {
        (start, end)
        for start, end in edges
        if not any(leads(other, end) for other in after[start] if other != end)
    }
