"""Where one person stands on the graph: what is done, what is missing exactly, what a map shows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.core.models import User
from training import assessed, graph
from training.models import (
    Certificate,
    Course,
    Exercise,
    ExerciseWork,
    Lesson,
    LessonProgress,
    Path,
    PathLesson,
    Prerequisite,
)

WIDTH, HEIGHT, GAP_X, GAP_Y = 190, 64, 56, 22


@dataclass(frozen=True)
class Lack:
    """One thing that is missing, in words, with the page where it is found."""

    text: str
    url: str
    kind: str


class Ways:
    """The graph as one person stands on it; a constant number of queries."""

    def __init__(self, user: User) -> None:
        self.user = user

    @cached_property
    def rules(self) -> list[graph.Rule]:
        """Every rule."""
        return [row.rule for row in Prerequisite.objects.all()]

    @cached_property
    def lessons(self) -> dict[str, Lesson]:
        """Published lessons by code."""
        return {each.code: each for each in Lesson.objects.visible_to(self.user).for_list()}

    @cached_property
    def progress(self) -> dict[str, LessonProgress]:
        """Finished and waived lessons by code."""
        rows = LessonProgress.objects.filter(user=self.user).select_related("lesson")
        return {row.lesson.code: row for row in rows}

    @cached_property
    def titles(self) -> dict[str, str]:
        """The names of courses and certificates."""
        found = {f"course:{each.code}": str(each) for each in Course.objects.all()}
        paths = Path.objects.filter(is_active=True).select_related("template")
        return found | {f"certificate:{each.code}": each.template.title for each in paths}

    @cached_property
    def done(self) -> set[str]:
        """Names of everything the person has behind them."""
        done = {f"lesson:{code}" for code in self.progress}
        by_course: dict[str, list[str]] = {}
        for lesson in self.lessons.values():
            by_course.setdefault(lesson.course.code, []).append(lesson.code)
        done |= {f"course:{code}" for code, codes in by_course.items() if set(codes) <= set(self.progress)}
        held = Certificate.objects.valid().filter(user=self.user).values_list("template__code", flat=True)
        return done | {f"certificate:{code}" for code in held}

    def missing(self, node: str) -> list[Lack]:
        """Exactly what stands between the person and this node."""
        found = []
        for rule in graph.missing(node, self.rules, self.done):
            if rule.kind == graph.ANY_OF:
                names = ", ".join(self.name(each) for each in rule.of)
                text = _("%(n)s more of: %(names)s") % {"n": rule.least, "names": names}
                found.append(Lack(text, self.url(rule.of[0]), rule.kind))
            else:
                found += [Lack(self.name(each), self.url(each), rule.kind) for each in rule.of]
        return found

    def advised(self, node: str) -> list[Lack]:
        """What is recommended first."""
        names = graph.advised(node, self.rules, self.done)
        return [Lack(self.name(each), self.url(each), graph.RECOMMENDS) for each in names]

    def name(self, node: str) -> str:
        """A node in words."""
        kind, _colon, code = node.partition(":")
        if kind == "lesson" and code in self.lessons:
            return _("Lesson %(code)s, %(title)s") % {"code": code, "title": self.lessons[code].title}
        if kind == "certificate":
            return _("Certificate “%(title)s”") % {"title": self.titles.get(node, code)}
        return self.titles.get(node, code)

    def url(self, node: str) -> str:
        """Where a node is done."""
        kind, _colon, code = node.partition(":")
        match kind:
            case "lesson":
                return reverse("training:lesson_detail", args=[code])
            case "certificate" | "path":
                return reverse("training:path_detail", args=[code])
        return reverse("training:placement_start", args=[code])

    def state(self, code: str, mastered: Collection[str]) -> str:
        """locked, available, learnt, waived or mastered."""
        row = self.progress.get(code)
        if row:
            return "waived" if row.is_waived else "mastered" if code in mastered else "learnt"
        return "locked" if self.missing(f"lesson:{code}") else "available"


def courses_open(rows: Iterable[Any]) -> list[Course]:
    """Courses of a path of which a lesson is still open: each may be waived by its placement test."""
    courses = {row.lesson.course_id for row in rows if row.state != "done"}
    return list(Course.objects.filter(pk__in=courses))


@dataclass(frozen=True)
class Spot:
    """A node of the map with its place."""

    name: str
    title: str
    code: str
    state: str
    url: str
    x: int
    y: int
    missing: list[Lack]
    advised: list[Lack]

    @property
    def lines(self) -> list[tuple[int, str]]:
        """The title in two short lines, each with its height."""
        words, lines = self.title.split(), [""]
        for word in words:
            if len(lines[-1]) + len(word) > 22 and len(lines) < 2:
                lines.append("")
            lines[-1] = f"{lines[-1]} {word}".strip()
        cut = [line if len(line) <= 23 else f"{line[:22]}…" for line in lines]
        return [(self.y + 38 + 16 * number, line) for number, line in enumerate(cut)]

    @property
    def label(self) -> tuple[int, int]:
        """Where the code stands."""
        return self.x + 12, self.y + 20


@dataclass(frozen=True)
class PathMap:
    """A drawing: spots, arrows, and its size."""

    spots: list[Spot]
    arrows: list[dict[str, int]]
    width: int
    height: int


def path_map(path: Path, user: User) -> PathMap:
    """The lessons of a path, its exam and certificate, with only the nearest arrows."""
    ways = Ways(user)
    codes = [
        each.lesson.code for each in path.items.select_related("lesson") if each.lesson.code in ways.lessons
    ]
    mastered = mastered_by(user)
    names = [f"lesson:{code}" for code in codes]
    edges = arrows_between(names, ways)
    exam = f"path:{path.code}"
    last = set(names) - {before for before, _after in edges}
    edges = graph.nearest(edges) | {(name, exam) for name in last}
    exercises = exercises_of(codes, path, user)
    edges |= exercise_edges(exercises, codes, path)
    places = placed([*names, *exercises, exam], edges)
    spots = [
        Spot(
            name, ways.lessons[code].title, code, ways.state(code, mastered), ways.url(name), *places[name],
            ways.missing(name), ways.advised(name),
        )
        for name, code in zip(names, codes, strict=True)
    ]  # fmt: skip
    spots += exercise_spots(exercises, places, user)
    held = f"certificate:{path.code}" in ways.done
    state = "mastered" if held else "available" if set(names) <= ways.done else "locked"
    open_lessons = [
        Lack(ways.name(name), ways.url(name), graph.REQUIRES) for name in names if name not in ways.done
    ]
    lacks = [] if held else [*open_lessons, *ways.missing(exam), *certificate_lack(path, ways)]
    url = reverse("training:exam_detail", args=[path.exam.code])
    spots.append(Spot(exam, path.template.title, _("Exam"), state, url, *places[exam], lacks, []))
    return PathMap(
        spots,
        [arrow(places[start], places[end]) for start, end in sorted(edges)],
        max(x for x, _y in places.values()) + WIDTH + 4,
        max(y for _x, y in places.values()) + HEIGHT + 4,
    )


def arrows_between(names: list[str], ways: Ways) -> set[tuple[str, str]]:
    """What comes before what among these lessons; what is only recommended draws no arrow."""
    return {
        (before, rule.node)
        for rule in ways.rules
        if rule.node in names and rule.kind != graph.RECOMMENDS
        for before in rule.of
        if before in names
    }


def exercise_edges(exercises: dict[str, Exercise], codes: list[str], path: Path) -> set[tuple[str, str]]:
    """From the lesson to its exercise, and from the one the certificate asks for to the exam."""
    found = {
        (f"lesson:{each.lesson.code}", name) for name, each in exercises.items() if each.lesson.code in codes
    }
    wanted = {path.template.exercise_id, path.template.portfolio_id}
    return found | {(name, f"path:{path.code}") for name, each in exercises.items() if each.pk in wanted}


def exercise_spots(
    exercises: dict[str, Exercise], places: dict[str, tuple[int, int]], user: User
) -> list[Spot]:
    """Exercises on the map: open at any time, mastered once every check was right."""
    passed = set(ExerciseWork.objects.passed().filter(user=user).values_list("exercise", flat=True))
    return [
        Spot(
            name, each.title, _("Exercise"), "mastered" if each.pk in passed else "available",
            reverse("training:exercise_detail", args=[each.code]), *places[name], [], [],
        )
        for name, each in exercises.items()
    ]  # fmt: skip


def exercises_of(codes: Collection[str], path: Path, user: User) -> dict[str, Exercise]:
    """Exercises of these lessons, and the one the certificate asks for, by their name on the map."""
    wanted = Q(lesson__code__in=codes) | Q(pk__in=[each.pk for each in path.template.marked])
    rows = Exercise.objects.visible_to(user).for_list().filter(wanted)
    return {f"exercise:{each.code}": each for each in rows}


def certificate_lack(path: Path, ways: Ways) -> list[Lack]:
    """The certificate that the exam stands on, where it is not held; the assessed exercise, where it is not passed."""
    found, required = [], path.template.requires
    if required and f"certificate:{required.code}" not in ways.done:
        name = f"certificate:{required.code}"
        found.append(Lack(ways.name(name), ways.url(name), graph.REQUIRES))
    lacks = assessed.has_assessment(ways.user, path.template)
    return found if lacks else [*found, Lack(lacks.reason, lacks.url, graph.REQUIRES)]


def mastered_by(user: User) -> set[str]:
    """Lessons under a valid certificate, or whose exercise is done: shown, not only read."""
    held = Certificate.objects.valid().filter(user=user).values("template__path")
    shown = set(PathLesson.objects.filter(path__in=held).values_list("lesson__code", flat=True))
    return shown | set(
        ExerciseWork.objects.passed().filter(user=user).values_list("exercise__lesson__code", flat=True)
    )


def placed(names: list[str], edges: Collection[tuple[str, str]]) -> dict[str, tuple[int, int]]:
    """Columns by depth, rows in the order of the path."""
    depth, rows, places = graph.depths(names, edges), {}, {}
    for name in names:
        column = depth[name]
        row = rows.get(column, 0)
        rows[column] = row + 1
        places[name] = (2 + column * (WIDTH + GAP_X), 2 + row * (HEIGHT + GAP_Y))
    return places


def arrow(start: tuple[int, int], end: tuple[int, int]) -> dict[str, int]:
    """From the right side of one box to the left side of the next."""
    return {
        "x1": start[0] + WIDTH,
        "y1": start[1] + HEIGHT // 2,
        "x2": end[0] - 3,
        "y2": end[1] + HEIGHT // 2,
        "middle": (start[0] + WIDTH + end[0]) // 2,
    }
