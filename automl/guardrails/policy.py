"""The policy in force: an organisation may make a check stricter, never laxer."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from automl.files import read_json
from automl.question import BadQuestion

SEVERITIES = ("block", "justify", "warn", "info")
CHANGES = {"threshold", "severity"}


@dataclass(frozen=True)
class Policy:
    """Stricter thresholds and graver severities, by the code of the check."""

    thresholds: dict[str, float] = field(default_factory=dict)
    severities: dict[str, str] = field(default_factory=dict)

    @classmethod
    def from_dict(cls, given: dict[str, Any]) -> Policy:
        """Read ``{code: {"threshold": number, "severity": name}}``, or ``{code: number}`` for thresholds alone.

        Raises
        ------
        BadQuestion
            For an unknown check or field, a value of the wrong kind, or one that would make
            the check laxer than its default.
        """
        from automl.guardrails.run import CHECKS  # the register must be full

        thresholds: dict[str, float] = {}
        severities: dict[str, str] = {}
        for code, wanted in given.items():
            known = CHECKS.get(code)
            changes = wanted if isinstance(wanted, dict) else {"threshold": wanted}
            if known is None or set(changes) - CHANGES:
                raise BadQuestion("policy_unknown", check=str(code))
            if "threshold" in changes:
                thresholds[code] = _stricter(code, changes["threshold"], known.threshold, known.stricter)
            if "severity" in changes:
                severities[code] = _graver(code, changes["severity"], known.severity)
        return cls(thresholds, severities)

    @classmethod
    def from_files(cls, *places: Path | None) -> Policy:
        """Read several policies as one: of two that speak of the same check the stricter one holds.

        Raises
        ------
        BadQuestion
            When one of them is not a policy; see ``from_dict``.
        """
        joined = cls()
        for place in places:
            if place:
                given = read_json(place)
                if not isinstance(given, dict):
                    raise BadQuestion("policy_unknown", check=type(given).__name__)
                joined = joined.and_also(cls.from_dict(given))
        return joined

    def and_also(self, other: Policy) -> Policy:
        """Both policies at once."""
        thresholds = self.thresholds | other.thresholds
        for code in self.thresholds.keys() & other.thresholds.keys():
            stricter = min if _direction(code) == "lower" else max
            thresholds[code] = stricter(self.thresholds[code], other.thresholds[code])
        severities = self.severities | other.severities
        for code in self.severities.keys() & other.severities.keys():
            both = self.severities[code], other.severities[code]
            severities[code] = min(both, key=SEVERITIES.index)
        return Policy(thresholds, severities)


def _direction(code: str) -> str:
    from automl.guardrails.run import CHECKS

    return CHECKS[code].stricter


def _stricter(code: str, wanted: Any, default: float | None, direction: str) -> float:
    is_number = isinstance(wanted, int | float) and not isinstance(wanted, bool) and math.isfinite(wanted)
    if not is_number or default is None or direction not in ("lower", "higher"):
        raise BadQuestion("policy_unknown", check=code)
    if wanted > default if direction == "lower" else wanted < default:
        raise BadQuestion("policy_laxer", check=code, wanted=wanted, default=default)
    return float(wanted)


def _graver(code: str, wanted: Any, default: str) -> str:
    if wanted not in SEVERITIES:
        raise BadQuestion("policy_unknown", check=code)
    if SEVERITIES.index(wanted) > SEVERITIES.index(default):
        raise BadQuestion("policy_laxer", check=code, wanted=wanted, default=default)
    return str(wanted)


IN_FORCE: ContextVar[Policy] = ContextVar("guardrail_policy", default=Policy())  # noqa: B039 - frozen


@contextmanager
def policy_in_force(policy: Policy) -> Iterator[None]:
    """Run checks under a policy."""
    token = IN_FORCE.set(policy)
    try:
        yield
    finally:
        IN_FORCE.reset(token)
