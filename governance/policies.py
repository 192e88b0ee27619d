"""Which rules hold for whom: the version a use case is pinned to, else the one in force for its tier."""

import hashlib
from functools import cache, lru_cache
from pathlib import Path

from governance import policy_text
from governance.gate_checks import CHECKS
from governance.models import PolicyPin, PolicyVersion
from governance.policy_text import BadPolicy, TierPolicy
from projects.models import UseCase

__all__ = ["BadPolicy", "TierPolicy", "for_tier", "for_use_case", "load", "read"]
PATH = Path(__file__).with_name("policies.yaml")


def read(text: str) -> dict[str, TierPolicy]:
    """The shipped file, checked. Raises `BadPolicy` with every place that is wrong."""
    return policy_text.shipped(text, CHECKS)


@cache
def load() -> dict[str, TierPolicy]:
    """What the portal brings; holds where nothing is published yet."""
    return read(PATH.read_text(encoding="utf-8"))


def strictest(tier: str) -> str:
    """What nobody has assessed yet is held to the strictest."""
    return tier if tier in policy_text.TIERS else "high"


def is_stricter(tier: str, *, than: str) -> bool:
    """Whether a use case of this tier is held to more; what is prohibited is held to the most."""
    order = (*policy_text.TIERS, "prohibited")
    now = tier if tier in order else strictest(tier)
    return order.index(now) > order.index(than if than in order else strictest(than))


def for_tier(tier: str) -> TierPolicy:
    """The policy in force for a tier."""
    row = PolicyVersion.objects.published().filter(tier=strictest(tier)).first()
    return parsed(row) if row else load()[strictest(tier)]


def for_use_case(use_case: UseCase) -> TierPolicy:
    """The version it is pinned to at its present tier, else the one in force."""
    row = pinned(use_case)
    return parsed(row) if row else for_tier(use_case.risk_tier)


def pinned(use_case: UseCase) -> PolicyVersion | None:
    """The version a use case was pinned to last, at the tier it has now."""
    pin = (
        PolicyPin.objects.filter(use_case=use_case, policy__tier=strictest(use_case.risk_tier))
        .select_related("policy")
        .first()
    )
    return pin.policy if pin else None


def parsed(row: PolicyVersion) -> TierPolicy:
    """The rules of a row; the text of a published one never changes."""
    found = of_text(row.text)
    return TierPolicy(**{**found.__dict__, "row": row})


@lru_cache(maxsize=64)
def of_text(text: str) -> TierPolicy:
    """One document, checked."""
    return policy_text.of_tier(policy_text.parse(text), CHECKS)


def checksum(text: str) -> str:
    """The seal of a published document."""
    return hashlib.sha256(text.encode()).hexdigest()
