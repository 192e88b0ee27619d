"""What no file of the curriculum can see alone; each mistake says where it is and what to do."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from portal.core.models.credentials import Right
from training import prerequisite_files
from training.figure_lint import PLACED

if TYPE_CHECKING:
    from training.content_files import Curriculum, LessonFile, QuestionFile

LANGUAGES = ("en", "fr")
FEWEST_WORDS, MOST_WORDS = 600, 1200
LONGEST_LESSON = 35  # minutes
TIMES_HELD = 3  # each of the three attempts of a window can draw questions not seen before
CHECK = re.compile(r"\[\[check: *([^\]]*?) *\]\]")
LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]*)\)")
INSIDE = re.compile(r"\.\./([^/]+)/\Z")
BANNED = re.compile(
    r"\b(all|none|both|neither) of (the above|these answers)\b"
    r"|\b(toutes|aucune) (les|des) (réponses|propositions)\b"
    r"|\bles deux (réponses|propositions)\b|\bci-dessus\b",
    re.IGNORECASE,
)


def mistakes(curriculum: "Curriculum", homes: dict[str, str]) -> Iterator[str]:
    """Every mistake found, in the order in which an author would mend them."""
    yield from names(curriculum, homes)
    yield from objectives(curriculum)
    for lesson in curriculum.lessons:
        yield from lesson_text(lesson, curriculum)
    yield from checks_without_place(curriculum)
    for question in curriculum.questions:
        yield from options(question)
    for number, path in enumerate(curriculum.paths):
        yield from path_rules(path, curriculum, homes, earlier=curriculum.paths[:number])
    yield from prerequisite_files.mistakes(curriculum)


def names(curriculum: "Curriculum", homes: dict[str, str]) -> Iterator[str]:
    """Codes that lead nowhere, and names that stand twice."""
    lessons = {each.code for each in curriculum.lessons}
    for stray in sorted(({each.lesson for each in curriculum.questions} | set(homes.values())) - lessons):
        yield f"no such lesson: {stray}; write lessons/en/{stray}.md or correct the code that names it"
    for uid in twice(each.uid for each in curriculum.questions):
        yield f"a uid stands twice: {uid}; give one of the questions another uid"
    found = [name for each in curriculum.lessons for name in {each.slug, *each.topics}]
    for name in twice(found):
        yield f"the slug or topic “{name}” leads to two lessons; keep it in one of them"
    courses = {str(each["code"]) for each in curriculum.courses}
    for each in curriculum.lessons:
        if each.course not in courses:
            yield f"lessons/en/{each.code}.md: no such course: {each.course}; name it in paths.yaml"


def twice(values: Any) -> list[str]:
    """What occurs more than once."""
    return sorted(value for value, count in Counter(values).items() if count > 1)


def objectives(curriculum: "Curriculum") -> Iterator[str]:
    """Each lesson has an objective, each objective its label and exam questions."""
    taught = set()
    asked = {each.objective for each in curriculum.questions if each.use == "exam"}
    for course in curriculum.courses:
        yield from untranslated(course, f"paths.yaml, course {course['code']}", "titles")
        for each in course["objectives"]:
            where = f"paths.yaml, objective {each['code']}"
            taught.add(str(each["lesson"]))
            yield from untranslated(each, where, "labels")
            if each["code"] not in asked:
                yield f"{where}: no exam question asks for it; write some in questions/{course['code']}.yaml"
    for lesson in curriculum.lessons:
        if lesson.code not in taught:
            yield f"lessons/en/{lesson.code}.md: no objective names it; add one under its course in paths.yaml"


def untranslated(entry: dict[str, Any], where: str, *fields: str) -> Iterator[str]:
    """A text that is missing in one language."""
    for name in fields:
        for language in LANGUAGES:
            if not (entry.get(name) or {}).get(language):
                yield f"{where}: {name} has no text in {language}; add it"


def lesson_text(lesson: "LessonFile", curriculum: "Curriculum") -> Iterator[str]:
    """Length, links and checks of one lesson, in each language."""
    if lesson.minutes > LONGEST_LESSON:
        yield (
            f"lessons/en/{lesson.code}.md: {lesson.minutes} minutes; divide it, {LONGEST_LESSON} are the most"
        )
    for language in LANGUAGES:
        where = f"lessons/{language}/{lesson.code}.md"
        body = lesson.texts[language]["body"]
        words = len(PLACED.sub("", CHECK.sub("", body)).split())
        if not FEWEST_WORDS <= words <= MOST_WORDS:
            yield f"{where}: {words} words; a lesson has {FEWEST_WORDS} to {MOST_WORDS}"
        for number, line in enumerate(body.splitlines(), start=lesson.first_lines[language]):
            yield from links(line, f"{where}, line {number}", curriculum)
        yield from lesson_checks(lesson, where, CHECK.findall(body), curriculum)


def links(line: str, where: str, curriculum: "Curriculum") -> Iterator[str]:
    """Relative links lead to a lesson; others are https. Figures are looked at in `figure_lint`."""
    known = {name for each in curriculum.lessons for name in (each.code, each.slug, *each.topics)}
    for image, target in LINK.findall(line):
        inside = INSIDE.match(target)
        if image:
            continue
        if inside and inside[1] not in known:
            yield f"{where}: the link {target} leads to no lesson; use a code such as ../5.1/"
        if not inside and not target.startswith("https://"):
            yield f"{where}: the link {target or '()'} is neither a lesson (../5.1/) nor https://"


def lesson_checks(
    lesson: "LessonFile", where: str, placed: list[str], curriculum: "Curriculum"
) -> Iterator[str]:
    """At least one check, each of them a question of this lesson for use as a check."""
    own = {each.uid for each in curriculum.questions if each.use == "check" and each.lesson == lesson.code}
    if not placed:
        yield f"{where}: no check; add a line [[check: …]] with a question of use: check"
    for uid in placed:
        if uid not in own:
            yield f"{where}: no check “{uid}” belongs to this lesson; write it, or correct the uid"
    for uid in sorted(own - set(placed)):
        yield f"{where}: the check “{uid}” is not shown; add a line [[check: {uid}]]"


def checks_without_place(curriculum: "Curriculum") -> Iterator[str]:
    """Uses other than the three there are."""
    for each in curriculum.questions:
        if each.use not in {"check", "practice", "exam"}:
            yield f"{each.where}: use is “{each.use}”; write check, practice or exam"


def options(question: "QuestionFile") -> Iterator[str]:
    """Options that point to others do not survive shuffling; two alike cannot be told apart."""
    parts = [*question.content.get("options", []), *question.content.get("targets", [])]
    for language in LANGUAGES:
        texts = [str(each["text"][language]) for each in parts]
        for text in texts:
            if found := BANNED.search(text):
                yield f"{question.where}: “{found[0]}” does not survive shuffling; name the answer itself"
        for text in twice(texts):
            yield f"{question.where}: “{text}” stands twice ({language}); change one of them"


def path_rules(
    path: dict[str, Any], curriculum: "Curriculum", homes: dict[str, str], *, earlier: list[dict[str, Any]]
) -> Iterator[str]:
    """A path can be walked to its end: lessons, exam, certificate and what it requires exist."""
    where = f"path {path['code']}"
    certificate = path["certificate"]
    yield from untranslated(path, where, "titles", "audiences", "descriptions")
    yield from untranslated(certificate, f"{where}, certificate", "titles", "demonstrates")
    known = {each.code for each in curriculum.lessons}
    for stray in sorted({str(code) for code in path["lessons"]} - known):
        yield f"{where}: no such lesson: {stray}; correct its list of lessons in paths.yaml"
    if certificate.get("right") not in Right.values:
        yield f"{where}: no such right: {certificate.get('right')}; use one of {', '.join(Right.values)}"
    before = {str(each["code"]): each for each in earlier}
    required = certificate.get("requires")
    if required and required not in before:
        yield f"{where}: requires “{required}”, which does not stand before it in paths.yaml; move or correct it"
    taught = lessons_up_to(path, before)
    for objective, count in path["exam"]["blueprint"].items():
        yield from block(path["code"], objective, int(count), curriculum, homes, taught)


def lessons_up_to(path: dict[str, Any], before: dict[str, dict[str, Any]]) -> set[str]:
    """The lessons of a path and of those it requires."""
    taught = {str(code) for code in path["lessons"]}
    required = before.get(path["certificate"].get("requires") or "")
    return taught | lessons_up_to(required, before) if required else taught


def block(
    code: str, objective: str, count: int, curriculum: "Curriculum", homes: dict[str, str], taught: set[str]
) -> Iterator[str]:
    """One row of a blueprint: taught on the way, and held often enough by the bank."""
    line = curriculum.blueprint_lines.get((code, objective), 1)
    where = f"paths.yaml, line {line}, exam of {code}"
    if objective not in homes:
        yield f"{where}: no such objective: {objective}; correct the blueprint in paths.yaml"
        return
    if homes[objective] not in taught:
        yield f"{where}: asks for “{objective}”, but lesson {homes[objective]} is not on the path; add it"
    held = sum(1 for each in curriculum.questions if each.objective == objective and each.use == "exam")
    if missing := max(0, count * TIMES_HELD - held):
        bank = next((each["code"] for each in curriculum.courses if teaches(each, objective)), "")
        yield (
            f"{where}: the bank holds {held} questions for “{objective}”, {count} are drawn;"
            f" write {missing} more with use: exam in questions/{bank}.yaml, or draw {held // TIMES_HELD}"
        )


def teaches(course: dict[str, Any], objective: str) -> bool:
    """Whether an objective stands under this course."""
    return any(each["code"] == objective for each in course["objectives"])


def folder(root: Path) -> Iterator[str]:
    """Translations without an original, which would never be read."""
    for language in LANGUAGES[1:]:
        for path in sorted((root / "lessons" / language).glob("*.md")):
            if not (root / "lessons" / LANGUAGES[0] / path.name).exists():
                yield f"lessons/{language}/{path.name}: lessons/en/{path.name} is missing; write it or remove this"
