"""The figures of the curriculum as they lie in its folder: words, numbers and a drawing per language."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from training.question_files import typeset

ROOT = Path(__file__).resolve().parents[1] / "content"
LANGUAGES = ("en", "fr")
NARROW_SPACE, MINUS = "\u202f", "\u2212"


@dataclass(frozen=True)
class Figure:
    """One figure in one language."""

    name: str
    kind: str
    table: str
    rows: int
    title: str
    says: str
    axis: str
    across: str
    unit: str
    counted: str
    labels: list[str]
    names: list[str]
    series: list[list[float]]
    low: list[float]
    high: list[float]
    counts: list[int]
    language: str

    @property
    def columns(self) -> list[str]:
        """The headings of its table of numbers, after the one of the labels."""
        return [
            *(self.names or [self.axis.split(", ")[0]]),
            *([_("95 % interval")] if self.low else []),
            *([self.counted.capitalize()] if self.counted else []),
        ]

    @property
    def lines(self) -> list[tuple[str, list[str]]]:
        """Its numbers, line by line: the label and what stands beside it."""
        found = []
        for place, label in enumerate(self.labels):
            cells = [self.shown(values[place]) for values in self.series]
            if self.low:
                cells.append(f"{self.number(self.low[place])}–{self.shown(self.high[place])}")
            if self.counted:
                cells.append(self.number(self.counts[place]))
            found.append((label, cells))
        return found

    def shown(self, value: float) -> str:
        """A number with its unit."""
        return f"{self.number(value)}\u00a0{self.unit}" if self.unit else self.number(value)

    def number(self, value: float) -> str:
        """A number as this language writes it."""
        text = f"{value:,.0f}" if value == int(value) and not self.has_decimals else f"{value:,}"
        return text.replace(",", NARROW_SPACE).replace(".", ",") if self.language == "fr" else text

    @property
    def has_decimals(self) -> bool:
        """Whether any of its values is no whole number; then all are written alike."""
        return any(value != int(value) for values in self.series for value in values)


def words(root: Path) -> dict[str, dict[str, Any]]:
    """What an author wrote for each figure."""
    path = root / "figures" / "words.yaml"
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")) or {}) if path.exists() else {}


def in_language(entry: Any, language: str) -> str:
    """A text of this language, or one that is the same in all."""
    return typeset(str(entry.get(language, "") if isinstance(entry, dict) else entry), language)


def numbers_path(root: Path, name: str) -> Path:
    """Where the computed numbers of a figure lie."""
    return root / "figures" / "numbers" / f"{name}.json"


def drawing_path(root: Path, name: str, language: str) -> Path:
    """Where the drawing of a figure lies."""
    return root / "figures" / language / f"{name}.svg"


def joined(name: str, written: dict[str, Any], numbers: dict[str, Any], language: str) -> Figure:
    """Words and numbers together."""
    return Figure(
        name=name,
        kind=str(written["kind"]),
        title=in_language(written["titles"], language),
        says=in_language(written["says"], language),
        labels=[in_language(each, language) for each in written["labels"]],
        names=[in_language(each, language) for each in written.get("series", [])],
        axis=in_language(written["axis"], language),
        across=in_language(written.get("across", ""), language),
        unit=in_language(written.get("unit", ""), language),
        counted=in_language(written.get("counted", ""), language),
        language=language,
        **numbers,
    )


@lru_cache(maxsize=128)
def read(name: str, language: str) -> tuple[Figure, str]:
    """A figure of the repository and its drawing. Raises `LookupError` for one that is not there."""
    written = all_words().get(name)
    language = language if language in LANGUAGES else LANGUAGES[0]
    try:
        numbers = json.loads(numbers_path(ROOT, name).read_text(encoding="utf-8"))
        drawing = drawing_path(ROOT, name, language).read_text(encoding="utf-8")
    except OSError as problem:
        raise LookupError(name) from problem
    if written is None:
        raise LookupError(name)
    return joined(name, written, numbers, language), drawing


def is_there(name: str, language: str) -> bool:
    """Whether a figure can be read."""
    try:
        read(name, language)
    except LookupError:
        return False
    return True


@lru_cache(maxsize=1)
def all_words() -> dict[str, dict[str, Any]]:
    """The words of the repository's figures, read once per process."""
    return words(ROOT)
