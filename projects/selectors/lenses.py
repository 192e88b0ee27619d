"""Reads for the comparison lenses and for “why is A above B”."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _, gettext_lazy

from portal.core.models import User
from projects import comparison, lenses
from projects.models import ScoreCard, UseCase
from projects.selectors import rubrics

RANKED = (UseCase.Phase.BACKLOG, UseCase.Phase.INITIALISATION, UseCase.Phase.DEVELOPMENT)
LABELS: dict[str, tuple[Any, Any]] = {
    "rice": (gettext_lazy("RICE"), gettext_lazy("reach × impact × confidence ÷ person-months")),
    "wsjf": (gettext_lazy("WSJF"), gettext_lazy("(value + urgency + risk reduction) ÷ size")),
    "cd3": (gettext_lazy("Cost of delay"), gettext_lazy("€ a week of delay ÷ weeks to production")),
}
NEEDS = {
    "rice": ("reach", "impact", "confidence", "effort_months"),
    "wsjf": ("user_value", "time_criticality", "risk_reduction", "job_size"),
    "cd3": ("yearly_value", "weeks"),
}
NAMES: dict[str, Any] = {
    "reach": gettext_lazy("people or cases a quarter"),
    "impact": gettext_lazy("impact on each"),
    "confidence": gettext_lazy("an agreed score"),
    "effort_months": gettext_lazy("person-months to production"),
    "user_value": gettext_lazy("value for users"),
    "time_criticality": gettext_lazy("urgency"),
    "risk_reduction": gettext_lazy("risk reduction"),
    "job_size": gettext_lazy("size of the job"),
    "yearly_value": gettext_lazy("expected value a year"),
    "weeks": gettext_lazy("weeks to production"),
}
FIGURES = ("reach", "impact", "effort_months", "user_value", "time_criticality", "risk_reduction", "job_size", "yearly_value", "weeks")  # fmt: skip
FACTOR_WORDS: dict[str, Any] = {
    "value": gettext_lazy("value"),
    "feasibility": gettext_lazy("feasibility"),
    "confidence": gettext_lazy("confidence"),
    "risk": gettext_lazy("risk"),
}


@dataclass(frozen=True)
class Lens:
    """One lens on one use case: its figure or what is missing, and whether it disagrees with P."""

    code: str
    label: Any
    formula: Any
    figure: float | None
    missing: list[Any]
    disagreement: lenses.Disagreement | None
    tau: float | None

    @property
    def is_flagged(self) -> bool:
        """Three places or more from where P puts it."""
        return self.disagreement is not None and self.disagreement.is_flagged


def inputs(use_case: UseCase, card: ScoreCard | None) -> dict[str, Any]:
    """The figures of one use case; the rough benefit of the proposal stands in for a missing yearly value."""
    estimate = getattr(use_case, "estimate", None)
    found = {name: getattr(estimate, name, None) for name in FIGURES}
    found["confidence"] = card.confidence if card else None
    if found["yearly_value"] is None:
        found["yearly_value"] = use_case.rough_benefit
    return found


def figures(given: dict[str, Any]) -> dict[str, float | None]:
    """Every lens from one set of inputs."""
    return {
        "rice": lenses.rice(given["reach"], given["impact"], given["confidence"], given["effort_months"]),
        "wsjf": lenses.wsjf(
            given["user_value"], given["time_criticality"], given["risk_reduction"], given["job_size"]
        ),
        "cd3": lenses.cd3(given["yearly_value"], given["weeks"]),
    }


def standings(user: User) -> tuple[dict[UUID, float | None], dict[str, dict[UUID, float | None]]]:
    """P and every lens of all use cases the reader sees that have an agreed card and are still to come. One query."""
    rows = ScoreCard.objects.filter(
        state=ScoreCard.State.AGREED,
        use_case__in=UseCase.objects.visible_to(user).filter(phase__in=RANKED).values("pk"),
    ).values(
        "use_case_id", "priority", "confidence", "use_case__rough_benefit", *(f"use_case__estimate__{name}" for name in FIGURES)
    )  # fmt: skip
    priorities: dict[UUID, float | None] = {}
    by_lens: dict[str, dict[UUID, float | None]] = {code: {} for code in LABELS}
    for row in rows:
        given = {name: row[f"use_case__estimate__{name}"] for name in FIGURES}
        given["confidence"] = row["confidence"]
        if given["yearly_value"] is None:
            given["yearly_value"] = row["use_case__rough_benefit"]
        priorities[row["use_case_id"]] = row["priority"]
        for code, figure in figures(given).items():
            by_lens[code][row["use_case_id"]] = figure
    return priorities, by_lens


def lenses_of(use_case: UseCase, user: User, card: ScoreCard | None) -> list[Lens]:
    """Every lens of one use case, each with its place among those the reader sees."""
    given = inputs(use_case, card)
    own = figures(given)
    priorities, by_lens = standings(user)
    found = []
    for code, (label, formula) in LABELS.items():
        both = {
            key: figure
            for key, figure in by_lens[code].items()
            if figure is not None and priorities[key] is not None
        }
        tau = lenses.kendall(lenses.ranks({key: priorities[key] for key in both}), lenses.ranks(both))
        found.append(
            Lens(
                code, label, formula, own[code],
                [NAMES[name] for name in NEEDS[code] if given[name] is None],
                lenses.disagreement(use_case.pk, code, priorities, by_lens[code]), tau,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True)
class Why:
    """Why one stands above the other: a sentence and the shares behind it."""

    upper: UseCase
    lower: UseCase
    difference: float
    shares: list[comparison.Share]
    sentence: str


def figures_of(card: ScoreCard | None, aversion: float) -> comparison.Figures | None:
    """The four factors of a card, or nothing while one is missing; risk weighs as in the rubric in force."""
    if card is None or None in (card.value, card.feasibility, card.confidence, card.risk):
        return None
    return comparison.Figures(
        float(card.value or 0),
        float(card.feasibility or 0),
        float(card.confidence or 0),
        float(card.risk or 0),
        aversion,
    )


def why(one: UseCase, other: UseCase) -> Why | None:
    """Which of the two stands higher, and what makes the difference; nothing while one has no agreed score."""
    cards = {
        card.use_case_id: card
        for card in ScoreCard.objects.filter(use_case__in=[one, other], state=ScoreCard.State.AGREED)
    }
    aversion = rubrics.current().aversion
    a, b = figures_of(cards.get(one.pk), aversion), figures_of(cards.get(other.pk), aversion)
    if a is None or b is None:
        return None
    upper, lower, high, low = (one, other, a, b) if a.priority >= b.priority else (other, one, b, a)
    parts = comparison.shares(high, low)
    difference = high.priority - low.priority
    return Why(upper, lower, difference, parts, sentence(upper, lower, difference, parts))


def sentence(upper: UseCase, lower: UseCase, difference: float, parts: Iterable[comparison.Share]) -> str:
    """The difference in words, what speaks for it first, then what speaks against."""
    if abs(difference) < 0.05:
        return _("%(one)s and %(other)s have the same priority.") % {"one": upper.ref, "other": lower.ref}
    spoken = [each for each in parts if abs(each.points) >= 0.05]
    for_it = ", ".join(words(each) for each in spoken if each.points > 0)
    against = ", ".join(words(each) for each in reversed(spoken) if each.points < 0)
    text = _("%(one)s stands %(points)s points above %(other)s because of %(reasons)s.") % {
        "one": upper.ref, "other": lower.ref, "points": f"{difference:.1f}", "reasons": for_it,
    }  # fmt: skip
    if against:
        text += " " + _("In favour of %(other)s: %(reasons)s.") % {"other": lower.ref, "reasons": against}
    return text


def words(share: comparison.Share) -> str:
    """One factor with its two figures and its points."""
    digits = 2 if share.factor == "confidence" else 1
    return _("%(factor)s (%(upper)s against %(lower)s, %(points)s)") % {
        "factor": FACTOR_WORDS[share.factor],
        "upper": f"{share.upper:.{digits}f}",
        "lower": f"{share.lower:.{digits}f}",
        "points": f"{share.points:+.1f}",
    }
