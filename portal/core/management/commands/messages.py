"""Renews the translation catalogues without the gettext tools."""

import ast
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation.template import templatize

ONE = {"_", "gettext", "gettext_lazy", "gettext_noop", "N_"}
MANY = {"ngettext", "ngettext_lazy"}
# Which catalogue holds the strings of a folder; the engine's texts are shown by projects.
CATALOGUES = {
    "portal": "portal/core",
    "automl": "projects",
    "projects": "projects",
    "training": "training",
    "governance": "governance",
}
# Files that have the last word, so that the portal speaks with one voice.
VOICE = {"core.json", "engine.json", "french.json"}
# Between two letters: elision, never a quotation mark.
STRAIGHT = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
STRING = r"""(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")"""
IN_TEMPLATE = re.compile(rf"\b(_|gettext|ngettext)\(\s*({STRING})(?:\s*,\s*({STRING}))?", re.DOTALL)


@dataclass(frozen=True)
class Message:
    """One string to translate; `plural` is empty for most."""

    text: str
    plural: str = ""

    @property
    def key(self) -> str:
        """How the French JSON files name it."""
        return f"{self.text}|||{self.plural}" if self.plural else self.text


def in_python(path: Path) -> Iterator[Message]:
    """Strings marked in a module, found in its syntax tree."""
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        texts = [
            each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        if name in ONE and texts:
            yield Message(texts[0])
        elif name in MANY and len(texts) > 1:
            yield Message(texts[0], texts[1])


def in_template(path: Path) -> Iterator[Message]:
    """Strings marked in a template, by Django's own lexer."""
    for name, first, second in IN_TEMPLATE.findall(templatize(path.read_text())):
        text = ast.literal_eval(first)
        yield Message(text, ast.literal_eval(second)) if name == "ngettext" else Message(text)


def collect() -> dict[str, set[Message]]:
    """Every marked string, by catalogue folder."""
    found: dict[str, set[Message]] = defaultdict(set)
    for top, catalogue in CATALOGUES.items():
        for path in sorted((settings.ROOT / top).rglob("*")):
            if "static" in path.parts or "migrations" in path.parts:
                continue
            if path.suffix == ".py":
                found[catalogue].update(in_python(path))
            elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
                found[catalogue].update(in_template(path))
    for messages in found.values():
        messages.discard(Message(""))
    return found


def known_french() -> dict[str, Any]:
    """Translations kept beside the catalogues (`locale/fr.d/*.json`).

    Django shows one French per text in the whole portal, so all files are taken together and the
    files with the voice of the house win.
    """
    french: dict[str, Any] = {}
    paths = [
        path
        for top in set(CATALOGUES.values())
        for path in (settings.ROOT / top / "locale" / "fr.d").glob("*.json")
    ]
    for path in sorted(paths, key=lambda each: (each.name in VOICE, str(each))):
        french |= json.loads(path.read_text())
    return french


def catalogue_path(catalogue: str) -> Path:
    """Where the French of an app stands."""
    return settings.ROOT / catalogue / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def renewed(catalogue: str, messages: set[Message], french: dict[str, Any]) -> Any:
    """The catalogue with exactly these messages, keeping what is translated already."""
    import polib

    path = catalogue_path(catalogue)
    before = {entry.msgid: entry for entry in polib.pofile(str(path))} if path.exists() else {}
    catalogue_file = polib.POFile(wrapwidth=0)
    catalogue_file.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "fr",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
    }
    for message in sorted(messages, key=lambda each: (each.text, each.plural)):
        old = before.get(message.text)
        catalogue_file.append(entry(message, old, french))
    return catalogue_file


def typographic(given: Any) -> Any:
    """The same French with one apostrophe everywhere; texts of several hands mix the two."""
    if isinstance(given, list):
        return [typographic(each) for each in given]
    return STRAIGHT.sub("’", given) if isinstance(given, str) else given


def entry(message: Message, old: Any, french: dict[str, Any]) -> Any:
    """One line of the catalogue: the JSON's French, else the French it had."""
    import polib

    given = typographic(french.get(message.key, french.get(message.text)))
    flags = ["python-format"] if re.search(r"%\(\w+\)", message.text) else []
    if message.plural:
        kept = old.msgstr_plural if old and old.msgstr_plural else {0: "", 1: ""}
        plural = dict(enumerate(given)) if isinstance(given, list) else kept
        return polib.POEntry(
            msgid=message.text, msgid_plural=message.plural, msgstr_plural=plural, flags=flags
        )
    text = given if isinstance(given, str) else typographic(old.msgstr if old else "")
    return polib.POEntry(msgid=message.text, msgstr=text, flags=flags)


def untranslated(catalogue_file: Any) -> list[str]:
    """Messages without French."""
    return [
        each.msgid
        for each in catalogue_file
        if not (all(each.msgstr_plural.values()) if each.msgid_plural else each.msgstr)
    ]


class Command(BaseCommand):
    """`manage.py messages` writes the catalogues; `--check` only says what is missing."""

    help = "Renew the French catalogues from the marked strings and locale/fr.d/*.json."
    # It reads files only, so it also works while a page is half written.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; fail on missing French")

    def handle(self, *, check: bool, **_options: Any) -> None:
        missing = 0
        french = known_french()
        for catalogue, messages in sorted(collect().items()):
            fresh = renewed(catalogue, messages, french)
            for text in untranslated(fresh):
                missing += 1
                self.stdout.write(f"{catalogue}: {text!r}")
            if not check:
                path = catalogue_path(catalogue)
                path.parent.mkdir(parents=True, exist_ok=True)
                fresh.save(str(path))
                fresh.save_as_mofile(str(path.with_suffix(".mo")))
        if check and missing:
            raise CommandError(f"{missing} strings have no French.")
        self.stdout.write(f"{missing} strings without French.")
