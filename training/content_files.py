"""Reads the curriculum from files and refuses what is incomplete, naming the file and the entry."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from training import content_lint, exercise_files, figure_lint, graph, prerequisite_files
from training.exercise_files import ExerciseFile
from training.figures import shelf
from training.question_files import LANGUAGES, QuestionFile, digest, read_entry, typeset

ROOT = Path(__file__).resolve().parent / "content"
# The C parser is ten times faster where it is there; both are safe loaders.
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
PATH_FIELDS = ("code", "level", "titles", "audiences", "descriptions", "lessons", "exam", "certificate")
FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)


class CurriculumError(Exception):
    """A file of the curriculum is wrong; the message says where and what to mend."""


@dataclass(frozen=True)
class LessonFile:
    """One lesson in every language."""

    code: str
    course: str
    slug: str
    position: int
    minutes: int
    topics: list[str]
    try_route: str
    texts: dict[str, dict[str, str]]
    first_lines: dict[str, int]
    figures: list[str] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """Changes with anything a reader sees."""
        return digest([self.minutes, self.try_route, self.texts, *self.figures])


@dataclass(frozen=True)
class Curriculum:
    """All files together, checked against each other."""

    courses: list[dict[str, Any]]
    paths: list[dict[str, Any]]
    lessons: list[LessonFile] = field(default_factory=list)
    questions: list[QuestionFile] = field(default_factory=list)
    prerequisites: list[graph.Rule] = field(default_factory=list)
    exercises: list[ExerciseFile] = field(default_factory=list)
    blueprint_lines: dict[tuple[str, str], int] = field(default_factory=dict)


def read(root: Path = ROOT) -> Curriculum:
    """Everything below `root`. Raises `CurriculumError`."""
    top = checked_top(load_yaml(root / "paths.yaml"))
    lessons = [read_lesson(root, path) for path in sorted((root / "lessons" / "en").glob("*.md"))]
    homes = {each["code"]: str(each["lesson"]) for course in top["courses"] for each in course["objectives"]}
    banks = sorted((root / "questions").glob("*.yaml"))
    questions = [question for path in banks for question in read_bank(path, homes)]
    try:
        rules = prerequisite_files.read(root, load_yaml)
    except ValueError as problem:
        raise CurriculumError(str(problem)) from None
    exercises, wrong = exercise_files.read(root)
    lines = blueprint_lines(root / "paths.yaml")
    curriculum = Curriculum(top["courses"], top["paths"], lessons, questions, rules, exercises, lines)
    found = [*content_lint.folder(root), *content_lint.mistakes(curriculum, homes), *wrong]
    found += figure_lint.mistakes(lessons, root)
    found += exercise_files.lesson_mistakes(exercises, {each.code for each in lessons}, top["paths"])
    if found:
        raise CurriculumError("\n".join(found))
    return curriculum


def checked_top(top: Any) -> dict[str, Any]:
    """Courses and paths with the fields that everything else reads, or which of them is missing where."""
    if not isinstance(top, dict) or not all(isinstance(top.get(name), list) for name in ("courses", "paths")):
        raise CurriculumError("paths.yaml, line 1: it holds two lists, courses: and paths:")
    found: list[str] = []
    for name, needed in (("courses", ("code", "titles", "objectives")), ("paths", PATH_FIELDS)):
        for place, entry in enumerate(top[name], start=1):
            where = f"paths.yaml, {name}, entry {place}"
            fields = entry if isinstance(entry, dict) else {}
            found += [f"{where}: {each} is missing; add it" for each in needed if not fields.get(each)]
            for objective in fields.get("objectives") or ():
                if not isinstance(objective, dict) or not {"code", "labels", "lesson"} <= set(objective):
                    found.append(f"{where}: each objective has code, labels and lesson")
    if found:
        raise CurriculumError("\n".join(found))
    return top


def load_yaml(path: Path) -> Any:
    """The file's content, or what is wrong with it."""
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=LOADER)  # nosec B506  a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        raise CurriculumError(f"{path.name}: {problem}") from None


def blueprint_lines(path: Path) -> dict[tuple[str, str], int]:
    """The line on which each path asks for each objective."""
    tree = yaml.compose(path.read_text(encoding="utf-8"), Loader=LOADER)
    found: dict[tuple[str, str], int] = {}
    for entry in fields_of(tree).get("paths", tree).value:
        fields = fields_of(entry)
        blueprint = fields_of(fields["exam"]).get("blueprint")
        for row, _count in blueprint.value if blueprint else ():
            found[fields["code"].value, row.value] = row.start_mark.line + 1
    return found


def fields_of(node: Any) -> dict[str, Any]:
    """The nodes of a mapping by name."""
    return {key.value: value for key, value in node.value}


def read_lesson(root: Path, path: Path) -> LessonFile:
    """The English file with its front matter, and its translations beside it."""
    front: dict[str, Any] = {}
    texts, first_lines = {}, {}
    for language in LANGUAGES:
        source = root / "lessons" / language / path.name
        found = FRONT.match(source.read_text(encoding="utf-8")) if source.exists() else None
        if not found:
            raise CurriculumError(
                f"lessons/{language}/{path.name}: missing, or it does not begin with front matter"
            )
        head, body = front_matter(found[1], source), found[2].strip()
        first_lines[language] = found[0][: found.start(2)].count("\n") + 1
        front = front or head
        missing = [name for name in ("title", "objective", "try_label") if not head.get(name)]
        if missing or not body:
            raise CurriculumError(
                f"lessons/{language}/{path.name}: {', '.join(missing) or 'text'} is missing"
            )
        words = {"body": body, **{name: str(head[name]) for name in ("title", "objective", "try_label")}}
        texts[language] = {name: typeset(text, language) for name, text in words.items()}
    try:
        numbers = {"position": int(front["position"]), "minutes": int(front["minutes"])}
        names = {name: str(front[name]) for name in ("code", "course", "slug", "try_route")}
    except (KeyError, TypeError, ValueError) as problem:
        raise CurriculumError(f"lessons/en/{path.name}: {problem} in the front matter") from None
    topics = list(front.get("topics", []))
    shown = [found for each in texts.values() for found in figure_lint.PLACED.finditer(each["body"])]
    figures = [digest_of(shelf.drawing_path(root, found[3], found[2])) for found in shown]
    return LessonFile(
        topics=topics, texts=texts, first_lines=first_lines, figures=figures, **names, **numbers
    )


def digest_of(path: Path) -> str:
    """Changes with the drawing; empty where there is none, which the linter tells."""
    return digest(path.read_text(encoding="utf-8")) if path.exists() else ""


def front_matter(text: str, source: Path) -> dict[str, Any]:
    """The fields above a lesson, or where they cannot be read."""
    try:
        head = yaml.load(text, Loader=LOADER)  # nosec B506  a safe loader
    except yaml.YAMLError as problem:
        raise CurriculumError(
            f"lessons/{source.parent.name}/{source.name}, front matter: {problem}"
        ) from None
    if not isinstance(head, dict):
        raise CurriculumError(
            f"lessons/{source.parent.name}/{source.name}: the front matter is no list of fields"
        )
    return head


def read_bank(path: Path, homes: dict[str, str]) -> list[QuestionFile]:
    """The questions of one file; each mistake names file, line and question, and all are told at once."""
    entries, text = load_yaml(path), path.read_text(encoding="utf-8")
    if not isinstance(entries, list):
        raise CurriculumError(
            f"questions/{path.name}, line 1: a bank is a list; begin each question with “- uid: …”"
        )
    lines = [number for number, line in enumerate(text.splitlines(), start=1) if line.startswith("- ")]
    found, wrong = [], []
    for place, entry in enumerate(entries):
        line = lines[place] if len(lines) == len(entries) else 1
        name = entry.get("uid", "a question without uid") if isinstance(entry, dict) else "an entry"
        where = f"questions/{path.name}, line {line}, {name}"
        try:
            found.append(read_entry(entry, homes, where))
        except ValueError as problem:
            wrong.append(f"{where}: {problem}")
    if wrong:
        raise CurriculumError("\n".join(wrong))
    return found
