"""What would be made here of a bundle: read from its files, cleaned, each part with its fate and the reason.

Everything in a bundle is the word of a stranger: what does not fit our own forms is refused in words, part by part.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from projects.models import Dataset, KillCriterion, UseCase

DETAILS = (
    "decides_today", "data_hint", "decision_supported", "action_taken", "process", "end_users", "success_metric",
    "metric_unit",
)  # fmt: skip
COUNTS = ("people_affected", "rough_benefit")
FIGURES = ("metric_baseline", "metric_target")
PEOPLE = ("process_owner", "improvement_owner", "operation_owner", "monitoring_owner")
MOST_CRITERIA, MOST_HYPOTHESES, MOST_DATASETS, MOST_VERSIONS, MOST_RECIPES = 5, 50, 30, 50, 50
MOST_EXPECTATIONS = 300
LONGEST_NOTE = 3500
Read = Callable[[str], Any]


class Unfit(Exception):
    """A bundle without what a use case needs; the text says what."""


def reader(manifest: dict[str, Any], folder: Path) -> Read:
    """Reads a JSON file of the bundle by its path; nothing for one that is not in it."""
    digests = {each["path"]: each["sha256"] for each in manifest["files"]}

    def read(path: str) -> Any:
        return json.loads((folder / digests[path]).read_bytes()) if path in digests else None

    return read


def plan_of(manifest: dict[str, Any], read: Read) -> dict[str, Any]:
    """The use case, its parts in the order they are made, and the people it names."""
    proposal = read("project/proposal.json")
    if not isinstance(proposal, dict):
        raise Unfit(_("It holds no proposal (project/proposal.json)."))
    parts = [
        *criteria(rows(read("project/kill_criteria.json"))),
        *hypotheses(rows(read("project/hypotheses.json"))),
        *(found := datasets(manifest, read)),
        *expectations(found, read),
        *recipes(rows(read("data/recipes.json"))),
    ]
    return {
        "case": case(proposal, rows(read("project/scores.json"))),
        "parts": parts,
        "people": people(proposal, rows(read("project/squad.json"))),
        "is_confidential": proposal.get("is_confidential") is True,
    }


def rows(found: Any) -> list[dict[str, Any]]:
    """A list of objects, whatever stands there."""
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def text(value: Any, longest: int) -> str:
    """Words without control characters, at most so long."""
    if not isinstance(value, str):
        return ""
    return "".join(letter for letter in value if letter in "\n\t" or letter.isprintable()).strip()[:longest]


def number(value: Any) -> float | None:
    """A finite figure or nothing."""
    is_figure = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15
    return float(value) if is_figure else None


def longest_of(field: str) -> int:
    """What our own table takes."""
    return int(getattr(UseCase._meta.get_field(field), "max_length", None) or 2000)


def case(proposal: dict[str, Any], cards: list[dict[str, Any]]) -> dict[str, Any]:
    """The fields of a proposal, and a note with where it comes from and how it was scored there."""
    title, problem = text(proposal.get("title"), 140), text(proposal.get("problem"), 4000)
    if not title or not problem:
        raise Unfit(_("Its proposal has no title or no problem."))
    details: dict[str, Any] = {name: text(proposal.get(name), longest_of(name)) for name in DETAILS}
    details |= {name: number(proposal.get(name)) for name in FIGURES}
    counts = {name: number(proposal.get(name)) for name in COUNTS}
    details |= {
        name: int(value) for name, value in counts.items() if value is not None and 0 <= value < 2**31
    }
    if proposal.get("ai_kind") in UseCase.Kind.values:
        details["ai_kind"] = proposal["ai_kind"]
    tags = proposal.get("tags")
    details["tags"] = (
        [text(each, 40) for each in tags if text(each, 40)][:20] if isinstance(tags, list) else []
    )
    found = {name: value for name, value in details.items() if value not in ("", None, [])}
    return {"title": title, "problem": problem, "details": found, "scores": scores(cards)}


def scores(cards: list[dict[str, Any]]) -> str:
    """The agreed answers elsewhere in words: evidence to read, no score here."""
    card = next((each for each in reversed(cards) if each.get("state") == "agreed"), None)
    if card is None or not isinstance(card.get("levels"), dict):
        return ""
    proof = card["evidence"] if isinstance(card.get("evidence"), dict) else {}
    told = [
        f"{text(code, 20)}: {number(level):g} ({text(proof.get(code), 30) or '–'})"
        for code, level in sorted(card["levels"].items())
        if number(level) is not None
    ]
    return ", ".join(told)[:LONGEST_NOTE]


def part(kind: str, place: int, title: str, *, why: str = "", **data: Any) -> dict[str, Any]:
    """One thing to make; with `why` it is refused."""
    return {"key": f"{kind}-{place}", "kind": kind, "title": title or "–", "refused": why, "data": data}


def criteria(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Kill criteria; what was measured elsewhere stays there."""
    made = []
    for place, row in enumerate(found, start=1):
        statement, metric = text(row.get("statement"), 300), text(row.get("metric"), 120)
        threshold, comparator = number(row.get("threshold")), row.get("comparator")
        is_whole = (
            statement and metric and threshold is not None and comparator in KillCriterion.Comparator.values
        )
        why = "" if is_whole else _("It needs a statement, a metric, a comparator and a threshold.")
        if place > MOST_CRITERIA:
            why = _("Five kill criteria are enough.")
        data = {"statement": statement, "metric": metric, "threshold": threshold, "comparator": comparator}
        made.append(part("criterion", place, statement, why=why, **data))
    return made


def hypotheses(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What the business believes; each is open again here."""
    return [
        part(
            "hypothesis",
            place,
            text(row.get("statement"), 300),
            why="" if text(row.get("statement"), 300) else _("It says nothing."),
            statement=text(row.get("statement"), 300),
            consequence=text(row.get("consequence"), 300),
        )
        for place, row in enumerate(found[:MOST_HYPOTHESES], start=1)
    ]


def datasets(manifest: dict[str, Any], read: Read) -> list[dict[str, Any]]:
    """Datasets with the tables that are in the bundle."""
    files = {each["path"]: each for each in manifest["files"]}
    homes = sorted(
        (path for path in files if path.startswith("data/d") and path.endswith("/dataset.json")), key=natural
    )
    return [
        dataset(place, home.rsplit("/", 1)[0], read(home), files)
        for place, home in enumerate(homes[:MOST_DATASETS], start=1)
    ]


def natural(path: str) -> tuple[int, str]:
    """d2 before d10."""
    return (len(path), path)


def dataset(place: int, home: str, told: Any, files: dict[str, Any]) -> dict[str, Any]:
    """One dataset; without a table there is nothing to bring."""
    told = told if isinstance(told, dict) else {}
    name, classification = text(told.get("name"), 120), told.get("classification")
    tables = sorted(
        (path for path in files if path.startswith(f"{home}/v") and path.endswith(".parquet")), key=natural
    )
    why = ""
    if not name or classification not in Dataset.Classification.values:
        why = _("It has no name, or a classification that is not known here.")
    elif classification == Dataset.Classification.SPECIAL:
        why = _("Special categories of personal data do not come in a bundle.")
    elif not tables:
        why = _("Its tables were left out of the bundle.")
    return part(
        "dataset",
        place,
        name,
        why=why,
        home=home,
        name=name,
        classification=classification,
        description=text(told.get("description"), 4000),
        source=text(told.get("source"), 300),
        dictionary=words(told.get("dictionary"), 500),
        units=words(told.get("units"), 40),
        tables=[{"path": path, "sha256": files[path]["sha256"]} for path in tables[:MOST_VERSIONS]],
    )


def expectations(datasets: list[dict[str, Any]], read: Read) -> list[dict[str, Any]]:
    """What each version of a dataset had to keep there, to be checked anew here."""
    made = []
    for place, each in enumerate(datasets, start=1):
        told = read(f"{each['data']['home']}/dataset.json")
        wanted = rows(told.get("expectations")) if isinstance(told, dict) else []
        wanted = [
            one
            for one in wanted
            if isinstance(one.get("rule"), str) and isinstance(one.get("column", ""), str)
        ]
        if wanted and not each["refused"]:
            title = f"{each['title']} ({len(wanted)})"
            made.append(
                part("expectations", place, title, dataset=each["key"], wanted=wanted[:MOST_EXPECTATIONS])
            )
    return made


def words(found: Any, longest: int) -> dict[str, str]:
    """What is said about columns."""
    if not isinstance(found, dict):
        return {}
    return {
        text(name, 200): text(said, longest)
        for name, said in found.items()
        if text(name, 200) and text(said, longest)
    }


def recipes(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Recipes over tables of the bundle; a step that looks up another table is done by hand here."""
    made = []
    for place, row in enumerate(found[:MOST_RECIPES], start=1):
        name, steps, reads = text(row.get("name"), 120), rows(row.get("steps")), text(row.get("reads"), 60)
        why = ""
        if not name or not reads:
            why = _("It does not say which table of the bundle it reads.")
        elif any(step.get("kind") == "join" for step in steps):
            why = _("It looks up another table: build it again here.")
        made.append(part("recipe", place, name, why=why, name=name, reads=reads, steps=steps))
    return made


def people(proposal: dict[str, Any], squad: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Names in it, with what they were there; who they are here is for the importer to say."""
    found = [{"field": name, "name": text(proposal.get(name), 150), "role": name} for name in PEOPLE]
    found += [
        {"field": "", "name": text(proposal.get(name), 150), "role": name}
        for name in ("submitter", "product_owner", "sponsor")
    ]
    found += [
        {"field": "", "name": text(row.get("user"), 150), "role": text(row.get("role"), 30)} for row in squad
    ]
    seen: list[dict[str, str]] = []
    for each in found:
        if each["name"] and each not in seen:
            seen.append(each)
    return seen[:200]
