"""Which roles a squad covers in a phase, by whom and how: pure functions over the article's tables (M8, M9)."""

from collections.abc import Iterable
from dataclasses import dataclass

NEEDED, HELPFUL = "needed", "helpful"
SMALLEST, LARGEST = 5, 10
# How strongly each phase calls for each role (M8); a role not named may stay away.
PHASES: dict[str, dict[str, str]] = {
    "initialisation": {
        "product_owner": NEEDED, "business_expert": NEEDED, "data_analyst": NEEDED, "data_scientist": NEEDED,
        "data_engineer": HELPFUL, "it_engineer": HELPFUL, "research_scientist": HELPFUL, "social_ethicist": HELPFUL,
        "designer": HELPFUL,
    },
    "development": {
        "product_owner": NEEDED, "business_expert": NEEDED, "data_analyst": NEEDED, "data_scientist": NEEDED,
        "data_engineer": NEEDED, "ml_engineer": NEEDED, "it_engineer": NEEDED, "social_ethicist": NEEDED,
        "research_scientist": HELPFUL, "designer": HELPFUL,
    },
    "production": {
        "product_owner": NEEDED, "business_expert": NEEDED, "data_engineer": NEEDED, "ml_engineer": NEEDED,
        "it_engineer": NEEDED, "data_scientist": HELPFUL, "data_analyst": HELPFUL, "social_ethicist": HELPFUL,
    },
}  # fmt: skip
# Who may stand in for whom (M9): the ethicist thanks to the platform's bias detection.
STANDS_IN: dict[str, str] = {
    "business_expert": "citizen_data_scientist",
    "data_analyst": "citizen_data_scientist",
    "data_scientist": "citizen_data_scientist",
    "social_ethicist": "citizen_data_scientist",
    "ml_engineer": "data_engineer",
}
PLATFORM = frozenset({"research_scientist"})


@dataclass(frozen=True)
class Membership:
    """One person in one role, as coverage looks at it."""

    person: object
    name: str
    role: str
    is_lead: bool = False
    backup: str = ""  # who steps in, by name


@dataclass(frozen=True)
class Seat:
    """One role in one phase: who holds it, and in which way. `by` is "" when nobody does."""

    role: str
    strength: str
    people: tuple[str, ...]
    by: str  # "role", the role that stands in, "platform", or ""
    backups: tuple[str, ...] = ()  # who would step in and does not hold it already

    @property
    def is_covered(self) -> bool:
        """Somebody, or the platform, does this work."""
        return bool(self.by)

    @property
    def is_missing(self) -> bool:
        """The phase needs it and nobody does it."""
        return self.strength == NEEDED and not self.by

    @property
    def hangs_on_one(self) -> bool:
        """The phase needs it, exactly one person does it and nobody would step in."""
        hands = len(self.people) + len(self.backups)
        return self.strength == NEEDED and hands == 1 and self.role != "product_owner"


@dataclass(frozen=True)
class Coverage:
    """A squad against what one phase asks for."""

    phase: str
    seats: tuple[Seat, ...]
    size: int
    has_lead: bool
    holds_everything: str  # in production: the one person on whom every needed role but the owner's hangs

    @property
    def missing(self) -> list[str]:
        """Needed roles nobody covers."""
        return [seat.role for seat in self.seats if seat.is_missing]

    @property
    def hanging(self) -> list[Seat]:
        """Needed roles that one single person covers (M10)."""
        return [seat for seat in self.seats if seat.hangs_on_one]

    @property
    def percent(self) -> int:
        """Share of the needed roles that are covered."""
        needed = [seat for seat in self.seats if seat.strength == NEEDED]
        return round(100 * sum(seat.is_covered for seat in needed) / len(needed)) if needed else 100

    @property
    def is_too_small(self) -> bool:
        """Fewer people than a squad should have (M5)."""
        return self.size < SMALLEST

    @property
    def is_too_large(self) -> bool:
        """So many people that the use case should be split (M5)."""
        return self.size > LARGEST

    @property
    def state(self) -> str:
        """ "good", "watch" (size or a single pair of hands), or "gaps" (role or lead missing)."""
        if self.missing or not self.has_lead or self.holds_everything:
            return "gaps"
        return "watch" if self.is_too_small or self.is_too_large or self.hanging else "good"


def phase_looked_at(phase: str) -> str:
    """The phase whose needs count: the one a use case is in, or the first one before it begins."""
    return phase if phase in PHASES else "initialisation"


def seat(role: str, strength: str, members: Iterable[Membership]) -> Seat:
    """Who covers one role: those who hold it, else those who may stand in, else the platform."""
    members = list(members)
    for by, wanted in (("role", role), (STANDS_IN.get(role, ""), STANDS_IN.get(role, ""))):
        holders = [each for each in members if wanted and each.role == wanted]
        people = {each.person: each.name for each in holders}
        if people:
            backups = dict.fromkeys(each.backup for each in holders if each.backup)
            others = tuple(name for name in backups if name not in people.values())
            return Seat(role, strength, tuple(people.values()), by, others)
    return Seat(role, strength, (), "platform" if role in PLATFORM else "")


def cover(members: Iterable[Membership], phase: str) -> Coverage:
    """Set a squad against the table of a phase."""
    members = list(members)
    looked_at = phase_looked_at(phase)
    seats = tuple(seat(role, strength, members) for role, strength in PHASES[looked_at].items())
    return Coverage(
        phase=looked_at,
        seats=seats,
        size=len({each.person for each in members}),
        has_lead=any(each.is_lead for each in members),
        holds_everything=single_holder(seats) if looked_at == "production" else "",
    )


def single_holder(seats: Iterable[Seat]) -> str:
    """The one person who alone covers every needed role except the owner's (M4), or nobody."""
    needed = [each for each in seats if each.strength == NEEDED and each.role != "product_owner" and each.by]
    holders = {(*each.people, *each.backups) for each in needed}
    if len(needed) > 1 and len(holders) == 1 and len(only := holders.pop()) == 1:
        return only[0]
    return ""
