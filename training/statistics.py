"""Figures of questions and exams from first attempts only; each computed when it is asked for."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from statistics import fmean
from typing import Any

from training import measuring
from training.models import Attempt, AttemptAnswer, Exam, Question


@dataclass(frozen=True)
class Pick:
    """An option and how many chose it, among all and among the best third."""

    key: str
    count: int
    top: int


@dataclass(frozen=True)
class ItemFigures:
    """How a question behaves in first attempts."""

    attempts: int = 0
    facility: float | None = None
    discrimination: float | None = None
    picks: list[Pick] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)

    @property
    def percent(self) -> int | None:
        """Facility in percent."""
        return None if self.facility is None else round(100 * self.facility)


@dataclass(frozen=True)
class ExamFigures:
    """How an exam measures, over first attempts."""

    attempts: int
    pass_percent: int | None
    alpha: float | None
    error: float | None


def first_attempts() -> set[Any]:
    """Each person's first graded attempt at each exam."""
    found: dict[tuple[Any, Any], Any] = {}
    rows = Attempt.objects.filter(state=Attempt.State.GRADED, is_short=False).order_by("started_at")
    for pk, user, exam in rows.values_list("pk", "user", "exam"):
        found.setdefault((user, exam), pk)
    return set(found.values())


class Figures:
    """Figures of many questions in a fixed number of queries."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = list(questions)

    @cached_property
    def rows(self) -> dict[Any, list[tuple[float, float, dict[str, Any]]]]:
        """For each question: score, rest of the test (percent), response; first attempts only."""
        first = first_attempts()
        found: dict[Any, list[tuple[float, float, dict[str, Any]]]] = defaultdict(list)
        answers = AttemptAnswer.objects.filter(question__in=self.questions, score__isnull=False)
        rows = list(answers.values_list("question", "attempt", "score", "response"))
        totals = self.totals({attempt for _q, attempt, _s, _r in rows})
        for question, attempt, score, response in rows:
            if attempt in first:
                total, count = totals[attempt]
                rest = (total - float(score or 0)) / (count - 1) if count > 1 else 0.0
                found[question].append((float(score or 0), rest, response))
        return found

    @staticmethod
    def totals(attempts: set[Any]) -> dict[Any, tuple[float, int]]:
        """Sum of scores and number of questions of each attempt."""
        found: dict[Any, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
        rows = AttemptAnswer.objects.filter(attempt__in=attempts, score__isnull=False)
        for attempt, score in rows.values_list("attempt", "score"):
            total, count = found[attempt]
            found[attempt] = (total + float(score or 0), count + 1)
        return found

    def of(self, question: Question) -> ItemFigures:
        """The figures of one question."""
        rows = self.rows.get(question.pk, [])
        scores, rests = [row[0] for row in rows], [row[1] for row in rows]
        facility, discrimination = measuring.facility(scores), measuring.discrimination(scores, rests)
        picks = picks_of(question, rows)
        right = question.answer.get("choice")
        key_top = next((pick.top for pick in picks if pick.key == right), 0)
        flaws = measuring.flaws(
            attempts=len(rows),
            facility=facility,
            discrimination=discrimination,
            unpicked=any(not pick.count for pick in picks),
            misleading=any(pick.top > key_top for pick in picks if pick.key != right),
        )
        return ItemFigures(len(rows), facility, discrimination, picks, flaws)


def picks_of(question: Question, rows: list[tuple[float, float, dict[str, Any]]]) -> list[Pick]:
    """How often each option of a single choice was taken; other kinds have none."""
    if question.kind != Question.Kind.SINGLE:
        return []
    best = sorted(rows, key=lambda row: row[1], reverse=True)[: max(1, len(rows) // 3)]
    every = Counter(row[2].get("choice") for row in rows)
    top = Counter(row[2].get("choice") for row in best)
    return [Pick(each["key"], every[each["key"]], top[each["key"]]) for each in question.content["options"]]


def exam_figures(exam: Exam) -> ExamFigures:
    """Pass rate, Cronbach's α over the objectives of the blueprint, and the standard error of a result."""
    first = first_attempts()
    graded = [each for each in exam.attempts.filter(state=Attempt.State.GRADED) if each.pk in first]
    objectives = [row["objective"] for row in exam.blueprint]
    rows = []
    for attempt in graded:
        shares = {row["objective"]: row["percent"] * row["questions"] for row in attempt.per_objective}
        if set(objectives) <= set(shares):
            rows.append([shares[code] for code in objectives])
    alpha = measuring.cronbach(rows)
    totals = [float(each.percent or 0) for each in graded]
    passed = round(100 * fmean([bool(each.passed) for each in graded])) if graded else None
    return ExamFigures(len(graded), passed, alpha, measuring.standard_error(totals, alpha))


def chance_of(exam: Exam, *, people: int = 200) -> float | None:
    """What somebody who guesses gets on average, by the blueprint."""
    wanted = {row["objective"]: row["count"] for row in exam.blueprint}
    questions = Question.objects.current().filter(use=Question.Use.EXAM, objective__code__in=wanted)
    means: dict[str, list[float]] = defaultdict(list)
    for each in questions.select_related("objective"):
        scores = measuring.guessers(each.kind, each.content, each.answer, people=people)
        means[each.objective.code].append(fmean(scores))
    if set(means) != set(wanted):
        return None
    return sum(fmean(means[code]) * count for code, count in wanted.items()) / sum(wanted.values())
