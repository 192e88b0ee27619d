"""The questions that lead to a risk tier: data, with both languages, read once and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.utils import translation

PATH = Path(__file__).with_name("risk_questions.yaml")
ORDER = ("minimal", "limited", "high", "prohibited")
LANGUAGES = ("en", "fr")


@dataclass(frozen=True)
class Said:
    """A sentence in every language of the portal."""

    by_language: Mapping[str, str]

    def __str__(self) -> str:
        language = (translation.get_language() or "en")[:2]
        return self.by_language.get(language, self.by_language["en"])


@dataclass(frozen=True)
class Question:
    """A yes leads at least to `tier`; `basis` is where the rule stands."""

    code: str
    tier: str
    basis: str
    said: Said
    help: Said

    @property
    def text(self) -> str:
        """In the reader's language."""
        return str(self.said)


@dataclass(frozen=True)
class DateOfLaw:
    """From when a duty holds, as read, and where to verify it."""

    since: date
    said: Said
    verify_at: str


@dataclass(frozen=True)
class Questionnaire:
    """One version of the questions."""

    version: str
    read_on: date
    questions: tuple[Question, ...]
    dates: tuple[DateOfLaw, ...]


@cache
def load() -> Questionnaire:
    """The file, checked: a mistake in it stops the start, not a person."""
    return read(PATH.read_text(encoding="utf-8"))


def read(text: str) -> Questionnaire:
    """Questions and dates. Raises `ValueError` naming what is wrong."""
    raw = yaml.safe_load(text)
    questions = tuple(
        Question(each["code"], each["tier"], each["basis"], said(each["text"]), said(each["help"]))
        for each in raw["questions"]
    )
    wrong = [each.code for each in questions if each.tier not in ORDER]
    codes = [each.code for each in questions]
    if wrong or len(set(codes)) != len(codes):
        raise ValueError(f"questions: {wrong or 'a code stands twice'}")
    dates = tuple(DateOfLaw(each["since"], said(each["text"]), each["verify_at"]) for each in raw["dates"])
    return Questionnaire(str(raw["version"]), raw["read_on"], questions, dates)


def said(texts: Mapping[str, Any]) -> Said:
    """Both languages are there."""
    if set(texts) != set(LANGUAGES):
        raise ValueError(f"languages: {sorted(texts)}")
    return Said({name: str(text) for name, text in texts.items()})


def suggested(answers: Mapping[str, bool]) -> tuple[str, list[str]]:
    """The tier the answers lead to, and the codes of the questions that led there."""
    yes = [each for each in load().questions if answers.get(each.code)]
    tier = max((each.tier for each in yes), key=ORDER.index, default="minimal")
    return tier, [each.code for each in yes if each.tier == tier]
