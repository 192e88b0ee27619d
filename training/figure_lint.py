"""The figures of lessons: each stands alone on its line, exists, is small, and can be read aloud."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from training.figures import shelf

if TYPE_CHECKING:
    from training.content_files import LessonFile

IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)\)")
PLACED = re.compile(r"^!\[([^\]]*)\]\(\.\./\.\./figures/([a-z]{2})/([\w.-]+)\.svg\)$", re.MULTILINE)
MOST_BYTES, SHORTEST_TEXT = 30_000, 20
HOW = "give the figure its words in figures/words.yaml and its sum in training/figures, then run manage.py draw_figures"


def mistakes(lessons: list["LessonFile"], root: Path) -> Iterator[str]:
    """What keeps a figure from being shown to everybody, with its line and what to do."""
    shown: set[str] = set()
    for lesson in lessons:
        names = {}
        for language, text in lesson.texts.items():
            names[language] = [found[3] for found in PLACED.finditer(text["body"])]
            shown.update(names[language])
            for number, line in enumerate(text["body"].splitlines(), start=lesson.first_lines[language]):
                yield from line_mistakes(
                    line, f"lessons/{language}/{lesson.code}.md, line {number}", language, root
                )
        for language, found in names.items():
            if not found:
                yield f"lessons/{language}/{lesson.code}.md: no figure; show one that is drawn from a real table ({HOW})"
            elif found != names[shelf.LANGUAGES[0]]:
                yield f"lessons/{language}/{lesson.code}.md: other figures than in English; show the same in the same order"
    for name in sorted(set(shelf.words(root)) - shown):
        yield f"figures/words.yaml, {name}: no lesson shows it; add it to one or take it out"


def line_mistakes(line: str, where: str, language: str, root: Path) -> Iterator[str]:
    """One line of a lesson."""
    if not IMAGE.search(line):
        return
    placed = PLACED.fullmatch(line)
    if not placed:
        yield f"{where}: a figure stands alone on its line, ![what one sees](../../figures/{language}/NAME.svg)"
        return
    says, folder, name = placed.groups()
    if len(says.strip()) < SHORTEST_TEXT:
        yield f"{where}: figure {name} has no alternative text; say between the brackets what one sees in it"
    if folder != language:
        yield f"{where}: figure {name} speaks another language; write ../../figures/{language}/{name}.svg"
    for path in (shelf.drawing_path(root, name, language), shelf.numbers_path(root, name)):
        if not path.exists():
            yield (f"{where}: {path.relative_to(root)} is missing; {HOW}")
    yield from drawing_mistakes(shelf.drawing_path(root, name, language), root)


def drawing_mistakes(path: Path, root: Path) -> Iterator[str]:
    """A drawing is light, and says what it is to those who do not see it."""
    if not path.exists():
        return
    text = path.read_text(encoding="utf-8")
    if len(text.encode()) > MOST_BYTES:
        yield f"{path.relative_to(root)}: {len(text.encode())} bytes; {MOST_BYTES} are the most, draw fewer marks"
    for part in ("title", "desc"):
        if not re.search(rf"<{part}\b[^>]*>[^<]*\S[^<]*</{part}>", text):
            yield f"{path.relative_to(root)}: no <{part}>; run manage.py draw_figures"
