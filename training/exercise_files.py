"""Reads exercises from their files and names every mistake: file, entry, and what to do."""

import csv
import gzip
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from projects.question import METRICS, ROLES, VALIDATIONS
from training.exercise_checks import KINDS, MEASURES
from training.question_files import LANGUAGES, digest, spoken, typeset

FRONT = re.compile(r"\A---\n(.*?)\n---\n(.*)\Z", re.DOTALL)
FIELDS = {
    "code": str, "position": int, "level": int, "minutes": int, "lesson": str, "pages": dict, "title": str,
    "goal": str, "table": dict, "checks": list,
}  # fmt: skip
PAGES = (
    "exercise",
    "table",
    "profile",
    "question",
    "columns",
    "metric",
    "validation",
    "budget",
    "checks",
    "result",
)
ABOUT_CHECK = {"code", "kind", "titles", "hints", "page"}
FIELD_KINDS = ("number", "text", "item")
KNOWN = {
    "roles": ROLES,
    "kinds": VALIDATIONS,
    "metrics": {name for measures in METRICS.values() for name in measures},
}
FEWEST_SAMPLES, FEWEST_LEVELS = 3, 3


@dataclass(frozen=True)
class ExerciseFile:
    """One exercise as its files tell it."""

    code: str
    lesson: str
    level: int
    position: int
    pages: dict[str, str]
    content: dict[str, Any]  # the fields of an ExerciseVersion

    @property
    def digest(self) -> str:
        """Changes with anything a learner, a check or a marker meets."""
        return digest(self.content)


def read(root: Path) -> tuple[list[ExerciseFile], list[str]]:
    """Every exercise below `root/exercises`, and the mistakes found."""
    found, wrong = [], []
    for path in sorted((root / "exercises" / "en").glob("*.md")):
        where = f"exercises/en/{path.name}"
        try:
            front, texts = parts(root, path)
            problems = list(mistakes(front, root, where))
            wrong += problems
            if not problems:
                found.append(built(front, texts, root))
        except ValueError as problem:
            wrong.append(str(problem))
    for path in sorted((root / "exercises" / "fr").glob("*.md")):
        if not (root / "exercises" / "en" / path.name).exists():
            wrong.append(
                f"exercises/fr/{path.name}: exercises/en/{path.name} is missing; write it or remove this"
            )
    return found, wrong


def parts(root: Path, path: Path) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """The English front matter, and title, goal and brief in each language."""
    texts: dict[str, dict[str, str]] = {}
    first: dict[str, Any] = {}
    for language in LANGUAGES:
        where = f"exercises/{language}/{path.name}"
        source = root / "exercises" / language / path.name
        split = FRONT.match(source.read_text(encoding="utf-8")) if source.exists() else None
        if not split:
            raise ValueError(
                f"{where}: missing, or it does not begin with front matter between two lines ---"
            )
        try:
            front = yaml.safe_load(split[1])
        except yaml.YAMLError as problem:
            raise ValueError(f"{where}, front matter: {problem}") from None
        if not isinstance(front, dict):
            raise ValueError(f"{where}: the front matter is no list of fields")
        told = {"title": front.get("title"), "goal": front.get("goal"), "body": split[2].strip()}
        if lacking := [name for name, text in told.items() if not text]:
            raise ValueError(f"{where}: {', '.join(lacking)} is missing; add it")
        texts[language] = {name: typeset(str(text), language) for name, text in told.items()}
        first = first or front
    return first, texts


def built(front: Mapping[str, Any], texts: dict[str, dict[str, str]], root: Path) -> ExerciseFile:
    """The exercise; sentences are typeset, rows of the table are counted."""

    def of(name: str) -> dict[str, str]:
        return {language: text[name] for language, text in texts.items()}

    table = dict(front["table"])
    if table:
        table |= {"titles": spoken(table["titles"])}
        table["rows"] = len(rows_of(root / "tables" / f"{table['name']}.csv.gz")) - 1
    content = {
        "minutes": front["minutes"],
        "titles": of("title"),
        "goals": of("goal"),
        "bodies": of("body"),
        "table": table,
        "fields": [{**each, "labels": spoken(each["labels"])} for each in front.get("fields") or []],
        "checks": [
            {**each, "titles": spoken(each["titles"]), "hints": spoken(each["hints"])}
            for each in front["checks"]
        ],
        "rubric": rubric_of(front.get("rubric") or {}),
        "samples": [{**each, "texts": spoken(each["texts"])} for each in front.get("samples") or []],
    }
    named = {name: front[name] for name in ("code", "lesson", "level", "position", "pages")}
    return ExerciseFile(**named, content=content)


def rubric_of(rubric: Mapping[str, Any]) -> dict[str, Any]:
    """The rubric with its sentences typeset."""
    if not rubric:
        return {}
    criteria = [
        {**each, "titles": spoken(each["titles"]), "levels": [spoken(level) for level in each["levels"]]}
        for each in rubric["criteria"]
    ]
    return {**rubric, "guidance": spoken(rubric["guidance"]), "criteria": criteria}


@cache
def rows_of(path: Path) -> list[list[str]]:
    """The supplied table with its header; committed files, never a person's."""
    with gzip.open(path, "rt", newline="", encoding="utf-8") as lines:
        return list(csv.reader(lines))


def mistakes(front: Mapping[str, Any], root: Path, where: str) -> Iterator[str]:
    """What is missing or of the wrong kind; the parts only when the whole has its shape."""
    lacking = [name for name, kind in FIELDS.items() if not isinstance(front.get(name), kind)]
    if lacking:
        yield f"{where}: {', '.join(lacking)} is missing or of the wrong kind; correct the front matter"
        return
    if f"/{front['code']}.md" not in where:
        yield f"{where}: its code is “{front['code']}”; name file and code alike"
    table = root / "tables" / f"{front['table'].get('name')}.csv.gz"
    if front["table"] and not table.exists():
        yield f"{where}, table: there is no tables/{table.name}; add the file or correct the name"
        return
    if front["table"]:
        yield from unspoken(front["table"], ("titles",), f"{where}, table")
    yield from unknown_pages(front["pages"].items(), f"{where}, pages")
    fields = {each.get("key"): each for each in front.get("fields") or [] if isinstance(each, dict)}
    yield from field_mistakes(fields, where)
    columns, seen = rows_of(table)[0] if front["table"] else [""], set[str]()
    for check in front["checks"]:
        yield from check_mistakes(check, columns, fields, where, seen)
    yield from rubric_mistakes(front, where)


def unknown_pages(pages: Iterable[tuple[Any, Any]], where: str) -> Iterator[str]:
    """Pages of the portal that no exercise can open."""
    for name, page in pages:
        if page not in PAGES:
            yield f"{where}, {name}: no such page: {page}; use one of {', '.join(PAGES)}"


def field_mistakes(fields: Mapping[Any, Any], where: str) -> Iterator[str]:
    """What the learner is asked to write down."""
    for key, each in fields.items():
        yield from unspoken(each, ("labels",), f"{where}, field {key}")
        if each.get("kind") not in FIELD_KINDS:
            yield f"{where}, field {key}: kind is number, text or item (a piece of real work)"


def unspoken(entry: Mapping[str, Any], names: tuple[str, ...], where: str) -> Iterator[str]:
    """Texts that are missing in a language."""
    for name in names:
        try:
            spoken(entry.get(name))
        except ValueError as problem:
            yield f"{where}, {name}: {problem}"


def check_mistakes(
    check: Any, columns: list[str], fields: Mapping[Any, Any], where: str, seen: set[str]
) -> Iterator[str]:
    """One check: its kind, its settings, and the names it uses."""
    if not isinstance(check, dict) or not check.get("code"):
        yield f"{where}, checks: each check is a list of fields that begins with “code: …”"
        return
    place = f"{where}, check {check['code']}"
    if check["code"] in seen:
        yield f"{place}: this code stands twice; give one of the checks another code"
    seen.add(check["code"])
    if check.get("kind") not in KINDS:
        yield f"{place}: no such kind: {check.get('kind')}; use one of {', '.join(KINDS)}"
        return
    yield from unspoken(check, ("titles", "hints"), place)
    yield from unknown_pages([("page", check.get("page", "exercise"))], place)
    wrong = list(settings_mistakes(check, place))
    yield from wrong or name_mistakes(check, columns, fields, place)


def settings_mistakes(check: Mapping[str, Any], place: str) -> Iterator[str]:
    """Settings that are missing, of the wrong kind, or of another kind of check."""
    kind = KINDS[check["kind"]]
    for name, expected in kind.needs.items():
        if not isinstance(check.get(name), expected) or isinstance(check.get(name), bool):
            yield f"{place}: “{name}” is missing or of the wrong kind; a check “{check['kind']}” needs it"
    for stray in sorted(set(check) - ABOUT_CHECK - set(kind.needs) - set(kind.may)):
        yield f"{place}: “{stray}” is not known for a check “{check['kind']}”; take it away"


def name_mistakes(
    check: Mapping[str, Any], columns: list[str], fields: Mapping[Any, Any], place: str
) -> Iterator[str]:
    """Columns, fields, measures, roles and tests that are not there."""
    what, _colon, column = str(check.get("of", "rows")).partition(":")
    if what not in MEASURES:
        yield f"{place}: nothing measures “{what}”; use one of {', '.join(sorted(MEASURES))}"
    for name in [*check.get("columns", []), check.get("column", columns[0]), column or columns[0]]:
        if name not in columns:
            yield f"{place}: the table has no column “{name}”; correct the name"
    for name in [*check.get("fields", []), *([check["field"]] if "field" in check else [])]:
        if name not in fields:
            yield f"{place}: no field “{name}” is asked for; add it under fields"
    known = {name: set(map(str, names)) for name, names in KNOWN.items()}
    for name, names in known.items():
        for stray in sorted(set(map(str, check.get(name, []))) - names):
            yield f"{place}: “{stray}” is none of the portal's {name}: {', '.join(sorted(names))}"


def rubric_mistakes(front: Mapping[str, Any], where: str) -> Iterator[str]:
    """Anchors at each level, and samples that cover every criterion, so that markers can be calibrated."""
    rubric = front.get("rubric")
    if not rubric:
        return
    criteria = {each.get("key"): each for each in rubric.get("criteria") or [] if isinstance(each, dict)}
    if not criteria or not isinstance(rubric.get("allowed_gap"), int):
        yield f"{where}, rubric: it holds allowed_gap (a number of levels) and criteria"
        return
    yield from unspoken(rubric, ("guidance",), f"{where}, rubric")
    for key, each in criteria.items():
        yield from criterion_mistakes(each, f"{where}, criterion {key}")
    yield from sample_mistakes(front.get("samples") or [], criteria, where)


def criterion_mistakes(each: Mapping[str, Any], place: str) -> Iterator[str]:
    """A criterion has a title, anchored levels, and the level that is needed."""
    levels = each.get("levels") or []
    yield from unspoken(each, ("titles",), place)
    for number, level in enumerate(levels):
        yield from unspoken({"level": level}, ("level",), f"{place}, level {number}")
    if len(levels) < FEWEST_LEVELS:
        yield f"{place}: {len(levels)} levels; anchor at least {FEWEST_LEVELS}"
    if not isinstance(each.get("needs"), int) or not 0 <= each["needs"] < max(len(levels), 1):
        yield f"{place}: “needs” is one of its levels, 0 to {len(levels) - 1}"


def sample_mistakes(samples: list[Any], criteria: Mapping[Any, Any], where: str) -> Iterator[str]:
    """Enough samples, each with a level of the experts for every criterion."""
    if len(samples) < FEWEST_SAMPLES:
        yield f"{where}: {len(samples)} samples; a rubric needs {FEWEST_SAMPLES} to calibrate its markers"
    for each in samples:
        place = f"{where}, sample {each.get('key')}"
        yield from unspoken(each, ("texts",), place)
        given = each.get("reference") or {}
        if set(given) != set(criteria):
            yield f"{place}: its reference gives a level for each criterion: {', '.join(map(str, criteria))}"
        elif any(not 0 <= level < len(criteria[key].get("levels") or ()) for key, level in given.items()):
            yield f"{place}: a level of its reference is not in the rubric"


def lesson_mistakes(exercises: list[ExerciseFile], lessons: set[str], paths: Any) -> Iterator[str]:
    """Lessons that are not there, one lesson for two exercises, and certificates that ask for what nobody marks."""
    taken: dict[str, str] = {}
    for each in exercises:
        where = f"exercises/en/{each.code}.md"
        for code in (each.lesson, *each.pages):
            if str(code) not in lessons:
                yield f"{where}: no such lesson: {code}; correct lesson or pages"
        for code in each.pages:
            if other := taken.get(code):
                yield f"{where}: lesson {code} opens the sandbox of “{other}” already; keep it in one of them"
            taken[code] = each.code
    assessed = {each.code for each in exercises if each.content["rubric"]}
    for path in paths:
        yield from unmarked(path, assessed)


def unmarked(path: Mapping[str, Any], assessed: set[str]) -> Iterator[str]:
    """What a certificate asks for and nobody marks."""
    for name in ("exercise", "portfolio"):
        wanted = path["certificate"].get(name)
        if wanted and wanted not in assessed:
            yield f"path {path['code']}: no exercise “{wanted}” with a rubric; correct it in paths.yaml"
