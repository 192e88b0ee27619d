"""The two files of a bundle for people: a page any browser opens without the portal, and its short text."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from projects.bundle_sections import Collector

LONGEST_PART = 200_000  # bytes of a file that is shown in the page; longer ones are linked
MOST_COLUMNS = 6
HOMES = ("project", "data", "experiments", "models", "governance")


@dataclass
class Part:
    """One file, shown: rows of name and value, a small table, or records one below the other."""

    path: str
    title: str
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    records: list[list[tuple[str, str]]] = field(default_factory=list)


def pages(manifest: dict[str, Any], found: Collector) -> dict[str, str]:
    """`index.html` and `README.md`; every word of a person in them is data, never markup."""
    parts = [shown(path, found.pieces[path].content) for path in ordered(found)]
    context = {
        "manifest": manifest,
        "parts": parts,
        "paths": sorted(found.pieces),
        "left_out": found.left_out,
    }
    return {
        "index.html": render_to_string("projects/bundle_index.html", context),
        "README.md": readme(manifest, found),
    }


def ordered(found: Collector) -> list[str]:
    """What is shown: the proposal first, then the project, data, experiments, models and governance."""
    told = [path for path in found.pieces if is_shown(path, found.pieces[path].content)]
    return sorted(
        told, key=lambda path: (HOMES.index(path.split("/")[0]), path != "project/proposal.json", path)
    )


def is_shown(path: str, content: bytes) -> bool:
    """Facts of a bearable length; the rest is a link in the list of files."""
    is_plain = path.endswith(".json") and path.count(".") == 1
    return path.split("/")[0] in HOMES and is_plain and len(content) <= LONGEST_PART


def shown(path: str, content: bytes) -> Part:
    """A file as the page shows it."""
    part = Part(path, titles().get(path, path.rsplit(".", 1)[0].replace("_", " ")))
    told = json.loads(content)
    rows = [told] if isinstance(told, dict) else [each for each in told if isinstance(each, dict)]
    rows = [{name: value for name, value in each.items() if value not in (None, "", [], {})} for each in rows]
    names = list(dict.fromkeys(name for each in rows for name in each))
    if (
        len(rows) > 1
        and len(names) <= MOST_COLUMNS
        and not any(is_nested(each) for row in rows for each in row.values())
    ):
        part.head = [plain(name) for name in names]
        part.rows = [[cell(each.get(name)) for name in names] for each in rows]
    else:
        part.records = [[(plain(name), cell(value)) for name, value in each.items()] for each in rows if each]
    return part


def plain(name: str) -> str:
    """A field as words."""
    return name.replace("_", " ")


def is_nested(value: Any) -> bool:
    """More than a word or a list of words."""
    return isinstance(value, dict) or (
        isinstance(value, list) and not all(isinstance(each, str) for each in value)
    )


def cell(value: Any) -> str:
    """A value in words; a list of objects is one line each."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return ", ".join(
            f"{plain(str(name))}: {cell(each)}"
            for name, each in value.items()
            if each not in (None, "", [], {})
        )
    if isinstance(value, list):
        return ("\n" if any(isinstance(each, dict) for each in value) else ", ").join(
            cell(each) for each in value
        )
    return str(value)


def titles() -> dict[str, str]:
    """What the files are called; all others bear their path."""
    return {
        "project/proposal.json": _("Proposal"),
        "project/squad.json": _("Squad"),
        "project/phases.json": _("Phases and gates"),
        "project/scores.json": _("Scores"),
        "project/kill_criteria.json": _("Kill criteria"),
        "project/hypotheses.json": _("Hypotheses"),
        "project/comments.json": _("Comments"),
        "project/ending.json": _("Ending and lessons"),
        "project/papers.json": _("Dossier, contracts, use"),
        "project/activity.json": _("What happened"),
        "data/recipes.json": _("Recipes"),
        "governance/requests.json": _("Approvals and decisions"),
        "governance/findings.json": _("Findings"),
        "governance/risks.json": _("Risks"),
        "governance/waivers.json": _("Waivers"),
        "governance/value.json": _("Value"),
        "governance/signatures.json": _("Signatures"),
    }


def readme(manifest: dict[str, Any], found: Collector) -> str:
    """What this is, how to read it and how to check it."""
    use_case = manifest["use_case"]
    title = " ".join(f"{use_case['ref']} {use_case['title']}".split())
    lines = [
        f"    {title}",  # as code: a person's words are no markup
        "",
        _("A whole project of an AI portal, taken along by %(person)s on %(day)s.")
        % {"person": manifest["exported_by"], "day": manifest["exported_at"][:10]},
        "",
        _("Open index.html in a browser: it needs neither the portal nor the network."),
        _("Tables are Parquet files, models are zip archives with a skops file, all else is JSON in UTF-8."),
        _("manifest.json lists every file with its size and SHA-256, and what was left out with the reason."),
        "",
    ]
    lines += [f"- {path}" for path in sorted(found.pieces)]
    return "\n".join(lines) + "\n"
