"""Every visible string is marked, and each has its French."""

import re
from datetime import date
from pathlib import Path

import polib
import pytest
from django.conf import settings
from django.utils import formats, translation

from portal.core.management.commands import messages

TEMPLATES = sorted(
    path
    for app in ("portal/core", "projects", "training", "governance")
    for path in (settings.ROOT / app / "templates").rglob("*.html")
)
# Names and signs that are the same in every language.
SAME_EVERYWHERE = {
    "Agora",
    "API",
    "CSV",
    "Excel",
    "Parquet",
    "AutoML",
    "JSON",
    "AI",
    "PSI",
    "UTC",
    "SHA",
    "Ctrl",
}
SPOKEN = re.compile(
    r"\b(?:title|label|lead|eyebrow|hint|subtitle|confirm|placeholder|alt|aria-label|unit)=(\"[^\"]*\"|'[^']*')"
)


def spoken_words(text: str) -> list[str]:
    """Words of two letters or more that are not template code."""
    return [word for word in re.findall(r"[^\W\d_]{2,}", text) if word not in SAME_EVERYWHERE]


def without_code(source: str) -> str:
    """The template without comments, translated text, tags, variables and code samples."""
    source = re.sub(
        r"{#.*?#}|{% comment .*?endcomment %}|<!--.*?-->|<!doctype[^>]*>",
        " ",
        source,
        flags=re.DOTALL | re.IGNORECASE,
    )
    source = re.sub(
        r"{%\s*blocktrans.*?endblocktrans\w*\s*%}|{%\s*blocktranslate.*?endblocktranslate\s*%}",
        " ",
        source,
        flags=re.DOTALL,
    )
    source = re.sub(r"{%.*?%}|{{.*?}}", " ", source, flags=re.DOTALL)
    return re.sub(r"<(script|style|svg|pre|code)\b.*?</\1>", " ", source, flags=re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_speaks_an_unmarked_word(path: Path):
    bare = without_code(path.read_text())
    attributes = [value for value in SPOKEN.findall(bare)]
    text = re.sub(r"&\w+;", " ", re.sub(r"<[^>]*>", " ", bare, flags=re.DOTALL))

    assert spoken_words(text) == []
    assert [value for value in attributes if spoken_words(value)] == []


@pytest.mark.parametrize("catalogue", sorted(set(messages.CATALOGUES.values())))
def test_each_marked_string_has_its_french(catalogue: str):
    marked = {message.text for message in messages.collect()[catalogue]}

    kept = polib.pofile(str(messages.catalogue_path(catalogue)))

    assert {entry.msgid for entry in kept} == marked, "run `python3 run.py manage messages`"
    assert messages.untranslated(kept) == []


@pytest.mark.parametrize("catalogue", sorted(set(messages.CATALOGUES.values())))
def test_the_french_keeps_every_place_to_fill(catalogue: str):
    for entry in polib.pofile(str(messages.catalogue_path(catalogue))):
        places = set(re.findall(r"%\((\w+)\)", entry.msgid + entry.msgid_plural))
        for text in [entry.msgstr, *entry.msgstr_plural.values()]:
            if text:
                assert set(re.findall(r"%\((\w+)\)", text)) <= places, entry.msgid
                assert not places or entry.msgid_plural or set(re.findall(r"%\((\w+)\)", text)) == places, (
                    entry.msgid
                )


@pytest.mark.parametrize("catalogue", sorted(set(messages.CATALOGUES.values())))
def test_the_compiled_catalogue_is_the_written_one(catalogue: str):
    path = messages.catalogue_path(catalogue)
    compiled = {entry.msgid: entry.msgstr for entry in polib.mofile(str(path.with_suffix(".mo")))}

    assert compiled == {entry.msgid: entry.msgstr for entry in polib.pofile(str(path))}


def test_no_word_of_ours_takes_the_place_of_a_month():
    """Django looks months up without context: our “May” of permission would stand in every French date."""
    with translation.override("fr"):
        shown = [
            formats.date_format(date(2026, month, 1), form) for month in range(1, 13) for form in ("F", "M")
        ]

    assert shown[8] == "mai" and shown[9].lower() == "mai"
    assert [each.lower() for each in shown[::2]] == [
        "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre",
    ]  # fmt: skip
