"""The scoring rubric: axes, criteria, weights and the sentence each level is anchored to."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

VERSION = 1  # of the rubric that stands in this file; the organisation's own versions count on from it
LEVELS = (1, 2, 3, 4, 5)
PROVISIONAL_BELOW = 0.7
RISK_AVERSION = 0.5  # lambda of P
EVIDENCE: dict[str, float] = {"opinion": 0.3, "expert": 0.5, "sample_checked": 0.8, "measured": 1.0}
EVIDENCE_WORDS: dict[str, Any] = {
    "opinion": _("Opinion"),
    "expert": _("An expert says so"),
    "sample_checked": _("Checked on a sample"),
    "measured": _("Measured"),
}


@dataclass(frozen=True)
class Criterion:
    """One question of the rubric; `words` anchors levels to sentences, at least 1, 3 and 5."""

    code: str
    axis: str
    weight: int
    label: Any
    words: Mapping[int, Any]

    @property
    def anchors(self) -> list[tuple[int, Any]]:
        """The anchored levels with their sentences."""
        return [(level, self.words[level]) for level in LEVELS if self.words.get(level)]


@dataclass(frozen=True)
class Rubric:
    """One version of the questions, and how much a risk takes from the priority."""

    version: int
    criteria: tuple[Criterion, ...]
    aversion: float = RISK_AVERSION

    @property
    def by_code(self) -> dict[str, Criterion]:
        """Criteria by their code."""
        return {each.code: each for each in self.criteria}

    def of(self, axis: str) -> list[Criterion]:
        """The criteria of one axis."""
        return [each for each in self.criteria if each.axis == axis]


def asked(code: str, axis: str, weight: int, label: Any, low: Any, middle: Any, high: Any) -> Criterion:
    """A criterion anchored at levels 1, 3 and 5."""
    return Criterion(code, axis, weight, label, {1: low, 3: middle, 5: high})


AXES: dict[str, Any] = {"value": _("Value"), "feasibility": _("Feasibility"), "risk": _("Risk")}
CRITERIA: tuple[Criterion, ...] = (
    asked("V1", "value", 35, _("Yearly net benefit"), _("Below 20,000 €"), _("100,000 to 250,000 €"), _("Above 750,000 €")),
    asked("V2", "value", 20, _("Fit with the strategy"), _("No goal named"), _("Supports a published goal"), _("Named in the goal's plan")),
    asked("V3", "value", 15, _("Reach: people or cases a month"), _("Fewer than 50"), _("About 1,000"), _("More than 10,000")),
    asked("V4", "value", 15, _("Gain in quality, safety or compliance"), _("None"), _("Fewer errors, measured"), _("Removes a known audit finding or hazard")),
    asked("V5", "value", 15, _("Reuse by others"), _("One-off"), _("One other team is interested"), _("Three teams are committed")),
    asked("F1", "feasibility", 25, _("Data exist and may be used"), _("Unknown"), _("Access requested, and legal"), _("Accessible today")),
    asked("F2", "feasibility", 20, _("Data quality for this decision"), _("Unknown"), _("A sample was looked at, repairable"), _("Profiled and adequate")),
    asked("F3", "feasibility", 15, _("Technical maturity"), _("Research"), _("Done elsewhere"), _("A pattern already in the portal")),
    asked("F4", "feasibility", 15, _("Fit into process and systems"), _("The receiving process has no owner"), _("The owner is named"), _("The interface exists")),
    asked("F5", "feasibility", 10, _("Certified people available in time"), _("None"), _("With a mentor"), _("Named and free")),
    asked("F6", "feasibility", 15, _("Sponsor and users are ready"), _("Absent"), _("There is a sponsor"), _("Users are in the squad")),
    asked("R1", "risk", 25, _("Effect on persons or their rights"), _("None"), _("A nuisance, reversible"), _("Hard to reverse")),
    asked("R2", "risk", 20, _("Regulatory class"), _("Minimal"), _("Duty of transparency"), _("High risk")),
    asked("R3", "risk", 15, _("Autonomy of the decision"), _("A suggestion"), _("A person accepts by default"), _("Automatic")),
    asked("R4", "risk", 15, _("Sensitivity of the data"), _("Public"), _("Internal personal data"), _("Special categories")),
    asked("R5", "risk", 15, _("Operational or financial severity"), _("Below 1,000 €"), _("About 50,000 €"), _("Above 1 million €, or safety")),
    asked("R6", "risk", 10, _("Dependence on third parties"), _("None"), _("A replaceable supplier"), _("A sole supplier, data leave")),
)  # fmt: skip
STANDARD = Rubric(VERSION, CRITERIA)


def same_codes(rubrics: Iterable[Rubric]) -> list[Criterion]:
    """The criteria of several versions, each code once, in the words of its latest version."""
    found: dict[str, Criterion] = {}
    for each in sorted(rubrics, key=lambda one: one.version):
        found |= each.by_code
    return list(found.values())
