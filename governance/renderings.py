"""A document as HTML, Markdown, JSON and PDF; every text is data in each of them, never markup."""

import json
import re
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

TYPES = {
    "html": "text/html; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "json": "application/json",
    "pdf": "application/pdf",
}
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~])")
TEMPLATE = Path(__file__).with_name("document.typ")


def render(content: dict[str, Any], form: str, *, digest: str, language: str) -> bytes:
    """The bytes of the file."""
    if form == "json":
        return json.dumps({**content, "sha256": digest}, ensure_ascii=False, indent=2).encode()
    with translation.override(language):
        if form == "md":
            return markdown(content, digest).encode()
        if form == "html":
            page = {"content": content, "digest": digest, "language": language}
            return render_to_string("governance/document_file.html", page).encode()
    return pdf(content, digest, language)


def plain(text: Any) -> str:
    """
    Text that Markdown shows as it is, on one line.

    >>> plain("a|b *c*")
    'a\\\\|b \\\\*c\\\\*'
    """
    return SPECIAL.sub(r"\\\1", " ".join(str(text).split()))


def markdown(content: dict[str, Any], digest: str) -> str:
    """Headings, tables and paragraphs."""
    lines = [f"# {plain(content['title'])}", "", plain(content["subject"]), ""]
    lines += [
        f"{plain(content.get('issued_on', ''))} · {plain(content.get('issued_by', ''))} · `{digest}`",
        "",
    ]
    for section in content["sections"]:
        lines += [f"## {plain(section['title'])}", ""]
        for part in section["parts"]:
            lines += [f"### {plain(part['title'])}", ""]
            for block in part["blocks"]:
                lines += [*markdown_block(block), ""]
            if not part["blocks"]:
                lines += ["–", ""]
            if part["by"]:
                lines += [f"— {plain(part['by'])}", ""]
    return "\n".join(lines)


def markdown_block(block: dict[str, Any]) -> list[str]:
    """One block."""
    match block["shape"]:
        case "text":
            return [line for each in block["text"].splitlines() for line in (plain(each), "") if each.strip()]
        case "points":
            return [f"- {plain(each)}" for each in block["rows"]]
        case "pairs":
            return [f"- **{plain(name)}**: {plain(value)}" for name, value in block["rows"]]
    head = "| " + " | ".join(map(plain, block["head"])) + " |"
    rule = "|" + " --- |" * len(block["head"])
    return [head, rule, *("| " + " | ".join(map(plain, row)) + " |" for row in block["rows"])]


def pdf(content: dict[str, Any], digest: str, language: str) -> bytes:
    """Set by typst from a template of ours; the content comes in as data and is never read as code."""
    import typst  # noqa: PLC0415  34 MB that few processes need

    given = json.dumps({**content, "sha256": digest, "language": language[:2]}, ensure_ascii=False)
    made = typst.compile(str(TEMPLATE), root=str(TEMPLATE.parent), sys_inputs={"content": given})
    return bytes(made)
