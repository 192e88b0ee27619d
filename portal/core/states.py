"""State tables: which moves a thing may make, compare-and-set, and the drawing of the table."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Model
from django.utils.translation import gettext as _

from portal.core.verdicts import Verdict


class IllegalMove(Exception):
    """The thing is not in a state from which this move leads, or somebody else moved it first."""


class NotYet(IllegalMove):
    """What somebody may do, but not now; `verdict` says why and what to do. The API answers 409 with its code."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(" ".join(str(each) for each in (verdict.reason, verdict.remedy) if each))
        self.verdict = verdict


@dataclass(frozen=True)
class Machine:
    """Moves of one state field: ``{action: {state before: state after}}``."""

    field: str
    moves: Mapping[str, Mapping[str, str]]

    def allows(self, thing: Model, action: str) -> bool:
        """Whether `action` leads anywhere from the state the thing is in."""
        return getattr(thing, self.field) in self.moves[action]

    def move(self, thing: Model, action: str, **also: object) -> tuple[str, str]:
        """
        Move `thing` one step, set the fields in `also`, save both; return (before, after).

        The row changes only if its state is still the one we saw: of two people who click
        at once one wins and the other hears `IllegalMove`. Needs no lock on any database.
        """
        before = getattr(thing, self.field)
        if before not in self.moves[action]:
            raise IllegalMove(
                _("This is not possible any more: the state is now “%(state)s”.") % {"state": before}
            )
        after = self.moves[action][before]
        changes = {self.field: after, **also}
        unchanged = type(thing)._default_manager.filter(pk=thing.pk, **{self.field: before})
        if not unchanged.update(**changes):
            raise IllegalMove(
                _("Somebody else changed this a moment ago. Reload the page to see their change.")
            )
        for name, value in changes.items():
            setattr(thing, name, value)
        return str(before), str(after)

    def states(self) -> set[str]:
        """Every state named in the table."""
        return {state for steps in self.moves.values() for pair in steps.items() for state in pair}

    def draw(self) -> str:
        """The table as a Mermaid state diagram, for docs/states.md."""
        lines = ["stateDiagram-v2"]
        for action, steps in self.moves.items():
            lines += [f"    {before} --> {after}: {action}" for before, after in steps.items()]
        return "\n".join(lines)
