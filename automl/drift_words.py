"""What drift of a column means, in sentences: what changed, and what to do."""

from __future__ import annotations

from typing import Any

from automl.texts import note

SHOWN_CHANGE = 0.02  # smaller changes of a share are not worth a sentence


def describe(found: dict[str, Any], known: dict[str, Any]) -> list[dict[str, Any]]:
    """Sentences about one column, the greatest change first."""
    said = [*_missing(found), *_unseen(found)]
    if found["psi"] >= 0.1:
        said += _names(found) if known["kind"] == "category" else _numbers(found, known)
    if not said:
        said.append(note("drift_same"))
    return said


def advise(found: dict[str, Any]) -> dict[str, Any] | None:
    """What to do about a drifted column."""
    if not found["drifted"]:
        return None
    if found["reason"] == "missing":
        return note("drift_do_missing")
    return note("drift_do_unseen") if found["reason"] == "unseen" else note("drift_do_shift")


def percent(share: float) -> str:
    """A share as people write it, without a misleading zero.

    >>> percent(0.123), percent(0.0004), percent(0)
    ('12.3', '<0.1', '0')
    """
    if 0 < share < 0.001:
        return "<0.1"
    return f"{100 * share:.1f}".removesuffix(".0")


def _missing(found: dict[str, Any]) -> list[dict[str, Any]]:
    change = found["missing_change"]
    if abs(change) < SHOWN_CHANGE:
        return []
    code = "drift_missing_rose" if change > 0 else "drift_missing_fell"
    old, new = found["missing_share_reference"], found["missing_share"]
    return [note(code, old=percent(old), new=percent(new))]


def _unseen(found: dict[str, Any]) -> list[dict[str, Any]]:
    if found["unseen_share"] < SHOWN_CHANGE:
        return []
    share = percent(found["unseen_share"])
    if found["new_categories"]:
        examples = ", ".join(found["new_categories"][:3])
        return [note("drift_unseen", percent=share, examples=examples)]
    return [note("drift_outside", percent=share, low=f"{found['low']:.6g}", high=f"{found['high']:.6g}")]


def _numbers(found: dict[str, Any], known: dict[str, Any]) -> list[dict[str, Any]]:
    old, new = found.get("median_reference"), found.get("median")
    if old is None or new is None:
        return []
    if known.get("as") == "date":
        return [note("drift_later" if new > old else "drift_earlier")] if new != old else []
    if known.get("as") == "text":
        return [note("drift_longer" if new > old else "drift_shorter")] if new != old else []
    if new == old:
        return [note("drift_spread", middle=f"{old:.6g}")]
    return [note("drift_up" if new > old else "drift_down", old=f"{old:.6g}", new=f"{new:.6g}")]


def _names(found: dict[str, Any]) -> list[dict[str, Any]]:
    bins = found.get("bins")
    if not bins:
        return []
    moves = [
        (actual - reference, name, reference, actual)
        for name, reference, actual in zip(bins["categories"], bins["reference"], bins["actual"], strict=True)
        if name != "(other)"
    ]
    said = []
    for code, best in (("drift_rose", max(moves, default=None)), ("drift_fell", min(moves, default=None))):
        if best and abs(best[0]) >= SHOWN_CHANGE and (best[0] > 0) == (code == "drift_rose"):
            said.append(note(code, name=best[1], old=percent(best[2]), new=percent(best[3])))
    return said
