"""Reads: what changed between two versions of a table, from their profiles."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from portal.core.models import User
from projects.models import DatasetVersion
from projects.selectors import privacy
from projects.selectors.datasets import figure, kind_word

POINTS = 0.01  # a missing share that moves less is not worth a line
FEW = 10


@dataclass(frozen=True)
class Altered:
    """A column that stands in both and is not the same."""

    name: str
    lines: list[str]
    is_schema: bool  # its type changed, not only its values


@dataclass(frozen=True)
class Changes:
    """The difference of two versions: `old` first."""

    old: DatasetVersion
    new: DatasetVersion
    added: list[tuple[str, str]] = field(default_factory=list)
    removed: list[tuple[str, str]] = field(default_factory=list)
    renamed: list[tuple[str, str]] = field(default_factory=list)
    altered: list[Altered] = field(default_factory=list)

    @property
    def is_same_schema(self) -> bool:
        """The same columns of the same types."""
        return not (self.added or self.removed or any(each.is_schema for each in self.altered))


def before(version: DatasetVersion) -> DatasetVersion | None:
    """The ready version before this one, of the same dataset."""
    return version.dataset.versions.ready().filter(number__lt=version.number).first()


def changes(old: DatasetVersion, new: DatasetVersion, user: User) -> Changes:
    """Columns that came, went or changed, and probable renamings."""
    left = {each["name"]: each for each in old.columns_described}
    right = {each["name"]: each for each in new.columns_described}
    hidden = privacy.masked_columns(old, user) | privacy.masked_columns(new, user)
    both = [name for name in left if name in right]
    found = [altered(left[name], right[name], is_masked=name in hidden) for name in both]
    return Changes(
        old=old,
        new=new,
        added=[(name, kind_word(each["kind"])) for name, each in right.items() if name not in left],
        removed=[(name, kind_word(each["kind"])) for name, each in left.items() if name not in right],
        renamed=renamed(left, right),
        altered=[each for each in found if each.lines],
    )


def renamed(left: dict[str, Any], right: dict[str, Any]) -> list[tuple[str, str]]:
    """A column that went and one that came with the very same content: most probably one column."""
    gone = [each for name, each in left.items() if name not in right]
    came = [each for name, each in right.items() if name not in left]
    signs = ("kind", "distinct", "missing", "examples", "min", "max")
    return [
        (one["name"], other["name"])
        for one in gone
        for other in came
        if one["distinct"] > 1 and all(one.get(sign) == other.get(sign) for sign in signs)
    ]


def altered(old: dict[str, Any], new: dict[str, Any], *, is_masked: bool) -> Altered:
    """One column, line by line."""
    lines = []
    is_schema = family(old) != family(new)
    if old["kind"] != new["kind"]:
        lines.append(
            _("The type was %(old)s and is now %(new)s.")
            % {"old": kind_word(old["kind"]), "new": kind_word(new["kind"])}
        )
    if abs(old["missing_share"] - new["missing_share"]) >= POINTS:
        lines.append(
            _("Missing: %(old).1f %% before, %(new).1f %% now.")
            % {"old": 100 * old["missing_share"], "new": 100 * new["missing_share"]}
        )
    if not is_masked and not is_schema:
        lines += ranges(old, new) + values(old, new)
    return Altered(new["name"], lines, is_schema)


def family(column: dict[str, Any]) -> str:
    """Numbers, dates or words: a category that grew a third value is no other type."""
    return str(column["kind"]) if column["kind"] in {"number", "date"} else "words"


def ranges(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Least and greatest where they moved."""
    edges = [each.get(name) for each in (old, new) for name in ("min", "max")]
    if any(each is None for each in edges) or edges[:2] == edges[2:]:
        return []
    shown = [str(each)[:10] if old["kind"] == "date" else figure(each) for each in edges]
    text = _("From %(least)s to %(most)s before, from %(new_least)s to %(new_most)s now.")
    return [text % {"least": shown[0], "most": shown[1], "new_least": shown[2], "new_most": shown[3]}]


def values(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Values that came or went, where both profiles list all of them."""
    if {old["kind"], new["kind"]} - {"category", "boolean", "constant"} or max(
        old["distinct"], new["distinct"]
    ) > FEW:
        return []
    was, now = ({str(each["value"]) for each in one["top_values"]} for one in (old, new))
    lines = []
    if now - was:
        lines.append(_("New values: %(values)s.") % {"values": ", ".join(sorted(now - was))})
    if was - now:
        lines.append(_("Values that are gone: %(values)s.") % {"values": ", ".join(sorted(was - now))})
    return lines
