"""Fills an empty database with a large made-up organisation, for measuring pages."""

import random
from datetime import timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from portal.core import clock
from portal.core.models import AuditEvent, OrgUnit, User
from portal.core.services import audit
from portal.core.services.people import create_unit
from projects.models import (
    Comment,
    Dependency,
    Estimate,
    GatePlan,
    KillCriterion,
    PhaseEvent,
    ScoreCard,
    SquadMember,
    SquadRole,
    UseCase,
)
from projects.services import compared_texts, phases, ranks

PASSWORD = "agora-scale-2026"  # noqa: S105  # nosec B105  people who do not exist
MAIL = "@scale.example"
PATH = ("submitted", "backlog", "initialisation", "development", "production")
ACTIONS = {
    "submitted": "submit",
    "backlog": "accept",
    "initialisation": "initialise",
    "development": "develop",
    "production": "go_live",
}
GATES = {"initialisation": "G1", "development": "G2", "production": "G3"}
SHARES = {
    "submitted": 12,
    "backlog": 40,
    "initialisation": 12,
    "development": 12,
    "production": 14,
    "stopped": 6,
    "declined": 4,
}
PROBLEMS = (
    "Claims after storms",
    "Letters to sort",
    "Clients who leave",
    "Fraud in small claims",
    "Calls at noon",
    "Prices of spare parts",
)
TELLING = (
    "Adjusters are told a day late where to go.",
    "Half of the letters reach the wrong desk first.",
    "Nobody knows why the good ones leave until they have left.",
    "Two clerks read every invoice and still miss the doubles.",
    "The queue is longest when fewest people are at the phones.",
    "We order parts by habit, and pay for what stays on the shelf.",
    "A rule from ten years ago sends one file in five to an expert.",
    "Photographs of the damage are looked at one after the other.",
    "The forecast is a spreadsheet that one colleague understands.",
    "Complaints repeat themselves and are answered anew each time.",
    "What the field writes by hand is typed again in the evening.",
    "Contracts end without anybody having asked for a renewal.",
    "The estimate is off by a third when the weather turns.",
    "Managers hear of an overrun after the quarter has closed.",
    "Medical reports wait a fortnight for a second reading.",
    "Prices follow the neighbour and not the risk of the house.",
)
BATCH = 1000


class Command(BaseCommand):
    """
    A test tool: it writes rows in bulk, past the services, so nobody is told. The trail holds their moves.
    It refuses a database that holds anybody else's use cases.
    """

    help = "Seed use cases, people and squads for measuring (test tool)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--use-cases", type=int, default=10_000)
        parser.add_argument("--people", type=int, default=1_000)
        parser.add_argument("--squads", type=int, default=500)

    @transaction.atomic
    def handle(self, *, use_cases: int, people: int, squads: int, **_options: Any) -> None:
        """Add what is missing up to these numbers; the same numbers again add nothing."""
        foreign = User.objects.exclude(email__endswith=MAIL)
        if UseCase.objects.exclude(submitter__email__endswith=MAIL).exists() or foreign.exists():
            raise CommandError("This database holds real data: seed_scale only fills an empty one.")
        if min(use_cases, people) < 1 or people > 100_000 or use_cases > 100_000:
            raise CommandError("Ask for 1 to 100,000 use cases and people.")
        chance = random.Random(7)  # noqa: S311  # nosec B311  figures to measure with
        units = seed_units()
        everybody = seed_people(people, units)
        made = seed_cases(use_cases, everybody, units, chance)
        seed_squads(squads, everybody, chance)
        self.stdout.write(
            f"{made} use cases added; {UseCase.objects.count()} in all, {len(everybody)} people."
        )


def seed_units() -> list[OrgUnit]:
    """A company and twenty lines."""
    if not OrgUnit.objects.exists():
        company = create_unit(name="Scale", kind="company", parent=None, by=None)
        for number in range(2, 22):
            create_unit(name=f"Line {number}", kind="business_line", parent=company, by=None)
    return list(OrgUnit.objects.all())


def seed_people(count: int, units: list[OrgUnit]) -> list[User]:
    """People; only the first can sign in, with every page of use to a portfolio manager."""
    have = User.objects.count()
    locked = make_password(None)
    rows = [
        User(email=f"p{n}{MAIL}", display_name=f"Person {n:05d}", unit=units[n % len(units)], password=locked)
        for n in range(have, count)
    ]
    User.objects.bulk_create(rows, batch_size=BATCH)
    first = User.objects.order_by("pk").first()
    assert first is not None
    first.set_password(PASSWORD)
    first.save(update_fields=["password"])
    return list(User.objects.order_by("pk"))


def seed_cases(count: int, people: list[User], units: list[OrgUnit], chance: random.Random) -> int:
    """Use cases with their history, scores, plans, criteria and words."""
    have, now = UseCase.objects.count(), clock.now()
    phases = chance.choices(list(SHARES), weights=list(SHARES.values()), k=max(count - have, 0))
    numbered = list(enumerate(phases, start=have + 1))
    for start in range(0, len(numbered), BATCH):
        some = numbered[start : start + BATCH]
        rows = [new_case(number, phase, people, units, chance, now) for number, phase in some]
        UseCase.objects.bulk_create(rows)
        compared_texts.keep(rows)
        moves = [event for row in rows for event in history(row, now)]
        PhaseEvent.objects.bulk_create(moves)
        seed_trail(moves)
        seed_parts(rows, chance, now)
    ranks.keep_short()
    return len(phases)


def seed_trail(moves: list[PhaseEvent]) -> None:
    """The trail of these moves, one sound chain with what is there."""
    last = AuditEvent.objects.order_by("-seq").only("seq", "hash").first()
    seq, head = (last.seq, last.hash) if last else (0, audit.GENESIS)
    events = []
    for move in moves:
        seq += 1
        event = AuditEvent(
            seq=seq,
            at=move.at,
            actor=audit.PORTAL,
            verb=phases.VERBS[move.action],
            target_type=UseCase._meta.label_lower,
            target_id=str(move.use_case_id),
            target=str(move.use_case)[:200],
            details={"before": move.from_phase, "after": move.to_phase},
            previous_hash=head,
        )
        head = event.hash = audit.seal(event)
        events.append(event)
    AuditEvent.objects.bulk_create(events, batch_size=BATCH)


def seed_parts(rows: list[UseCase], chance: random.Random, now: Any) -> None:
    """Scores, estimates, plans, criteria and words of some use cases."""
    scored = [row for row in rows if row.priority is not None]
    ScoreCard.objects.bulk_create([card_for(row, chance) for row in scored])
    Estimate.objects.bulk_create(
        [
            Estimate(use_case=row, effort_months=chance.randint(1, 24), given_by=row.submitter)
            for row in scored[::2]
        ]
    )
    busy = [row for row in rows if row.phase in UseCase.ACTIVE or row.phase == "backlog"]
    GatePlan.objects.bulk_create(
        [
            GatePlan(
                use_case=row,
                gate="G3",
                planned_on=(now + timedelta(days=chance.randint(-20, 300))).date(),
            )
            for row in busy[::3]
        ]
    )
    KillCriterion.objects.bulk_create(
        [
            KillCriterion(
                use_case=row,
                statement="It helps",
                metric="share",
                threshold=0.5,
                deadline=(now + timedelta(days=30)).date(),
            )
            for row in busy[::2]
        ]
    )
    seed_needs(busy)
    Comment.objects.bulk_create(
        [Comment(use_case=row, author=row.submitter, text="We need this.") for row in rows[::5]]
    )


def seed_needs(busy: list[UseCase]) -> None:
    """Every fourth of what is worked on, or will be, needs the one after it."""
    Dependency.objects.bulk_create(
        [
            Dependency(use_case=row, needs=other, added_by=row.submitter)
            for row, other in zip(busy[::4], busy[1::4], strict=False)
        ]
    )


def new_case(
    number: int, phase: str, people: list[User], units: list[OrgUnit], chance: random.Random, now: Any
) -> UseCase:
    """One use case."""
    accepted, live = phase not in ("submitted", "declined"), phase == "production"
    return UseCase(
        ref=f"UC-{number:05d}",
        title=f"{chance.choice(PROBLEMS)} {number}",
        problem=" ".join(chance.sample(TELLING, 4)),
        submitter=chance.choice(people),
        product_owner=chance.choice(people) if accepted else None,
        sponsor=chance.choice(people) if accepted and number % 2 else None,
        improvement_owner=chance.choice(people) if live else None,
        operation_owner=chance.choice(people[: len(people) // 4 + 1]) if live else None,
        monitoring_owner=chance.choice(people[: len(people) // 8 + 1]) if live else None,
        unit=chance.choice(units),
        phase=phase,
        phase_since=now - timedelta(days=chance.randint(0, 200)),
        health=chance.choice(UseCase.Health.values),
        risk_tier=chance.choice(UseCase.Tier.values[:4]) if accepted else UseCase.Tier.UNASSESSED,
        tags=chance.sample(["claims", "post", "field", "finance"], 2),
        is_confidential=number % 50 == 0,
        rough_benefit=chance.randint(5_000, 900_000),
        priority=round(chance.uniform(5, 95), 1) if accepted and number % 4 else None,
    )


def history(row: UseCase, now: Any) -> list[PhaseEvent]:
    """The moves that led there."""
    reached = PATH[: PATH.index(row.phase) + 1] if row.phase in PATH else ("submitted", "backlog")
    start = row.phase_since - timedelta(days=60 * len(reached))
    events, before = [], "draft"
    for place, phase in enumerate(reached):
        at = start + timedelta(days=60 * (place + 1))
        events.append(
            PhaseEvent(
                use_case=row,
                from_phase=before,
                to_phase=phase,
                action=ACTIONS[phase],
                at=at,
                gate=GATES.get(phase, ""),
            )
        )
        before = phase
    if row.phase not in PATH:
        action = "stop" if row.phase == "stopped" else "decline"
        events.append(
            PhaseEvent(use_case=row, from_phase=before, to_phase=row.phase, action=action, at=row.phase_since)
        )
    return events


def card_for(row: UseCase, chance: random.Random) -> ScoreCard:
    """An agreed card."""
    return ScoreCard(
        use_case=row, state="agreed", opened_by=row.submitter, value=chance.uniform(10, 95), feasibility=chance.uniform(10, 95),
        risk=chance.uniform(5, 80), confidence=0.6, priority=row.priority, coverage=chance.choice([0.6, 0.9, 1.0]),
    )  # fmt: skip


def seed_squads(count: int, people: list[User], chance: random.Random) -> None:
    """Squads of six around what is being worked on."""
    have = SquadMember.objects.values("use_case").distinct().count()
    free = UseCase.objects.filter(phase__in=UseCase.ACTIVE).exclude(
        pk__in=SquadMember.objects.values("use_case")
    )
    rows, since = [], clock.today() - timedelta(days=30)
    for use_case in free.order_by("ref")[: max(count - have, 0)]:
        for place, (person, role) in enumerate(
            zip(chance.sample(people, min(6, len(people))), SquadRole.values, strict=False)
        ):
            rows.append(
                SquadMember(
                    use_case=use_case,
                    user=person,
                    role=role,
                    is_lead=place == 0,
                    allocation=10,
                    starts_on=since,
                )
            )
    SquadMember.objects.bulk_create(rows, batch_size=BATCH)
