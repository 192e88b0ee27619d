"""The two files of a bundle for people: a page any browser opens without the portal, and its short text."""

import json
from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from projects.bundle_sections import Collector

LONGEST_PART = 200_000  # bytes of a file that is shown in the page; longer ones are linked


@dataclass
class Part:
    """One file, shown: rows of name and value, a table, or nothing but its link."""

    path: str
    title: str
    pairs: list[tuple[str, str]] = field(default_factory=list)
    head: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def pages(manifest: dict[str, Any], found: Collector) -> dict[str, str]:
    """`index.html` and `README.md`; every word of a person in them is data, never markup."""
    parts = [shown(path, found.pieces[path].content) for path in ordered(found)]
    context = {"manifest": manifest, "parts": parts, "left_out": found.left_out}
    return {
        "index.html": render_to_string("projects/bundle_index.html", context),
        "README.md": readme(manifest, found),
    }


def ordered(found: Collector) -> list[str]:
    """The proposal first, then the project, data, experiments, models and governance."""
    homes = ["project", "data", "experiments", "models", "governance"]
    paths = [path for path in found.pieces if path.split("/")[0] in homes]
    return sorted(
        paths, key=lambda path: (homes.index(path.split("/")[0]), path != "project/proposal.json", path)
    )


def shown(path: str, content: bytes) -> Part:
    """A file as the page shows it."""
    part = Part(path, titles().get(path, path.rsplit(".", 1)[0].replace("_", " ")))
    is_plain = path.endswith(".json") and not path.endswith(".profile.json")
    if not is_plain or len(content) > LONGEST_PART:
        return part
    told = json.loads(content)
    if isinstance(told, dict):
        part.pairs = [
            (name.replace("_", " "), cell(value))
            for name, value in told.items()
            if value not in (None, "", [], {})
        ]
    elif told and all(isinstance(each, dict) for each in told):
        part.head = list(dict.fromkeys(name for each in told for name in each))
        part.rows = [[cell(each.get(name)) for name in part.head] for each in told]
        part.head = [name.replace("_", " ") for name in part.head]
    return part


def cell(value: Any) -> str:
    """A value in words; what is nested stands as it does in the file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)


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
