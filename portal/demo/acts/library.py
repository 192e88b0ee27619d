"""What people of the story bring to the library: true files, made from the data and the cases of the story."""

import csv
import io
import json
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import typst
from django.core.files.base import ContentFile

from portal.demo import tables
from portal.demo.book import Scene
from portal.demo.stage import Stage, act, in_days
from projects import proposal_paper
from projects.models import Artifact
from projects.selectors import proposal_papers
from projects.services import artifacts, shares

BARS = Path(__file__).parent.parent / "bars.typ"


@act("artifact", trains=True)
def artifact(stage: Stage, scene: Scene) -> None:
    """Somebody puts something into the library and says what it was made from."""
    told = scene.told
    sources = [("dataset", stage.data(told["data"]).dataset_id)] if "data" in told else []
    sources += [("experiment", stage.experiment(told["exp"]).pk)] if "exp" in told else []
    sources += [("artifact", stage.made[f"artifact:{told['upon']}"])] if "upon" in told else []
    made = artifacts.create(
        kind=told["kind"],
        title=told["title"],
        description=told.get("about", ""),
        tags=told.get("tags", []),
        classification=told.get("classification", "internal"),
        use_case=stage.case(scene.subject),
        made_from=sources,
        link=told.get("link", ""),
        file=None if "link" in told else content(stage, scene),
        by=stage.person(told["by"]),
    )
    if "key" in told:
        stage.keep("artifact", told["key"], made)


@act("share", trains=True)
def share(stage: Stage, scene: Scene) -> None:
    """Somebody shares a table or an artifact with a colleague, until a day."""
    told = scene.told
    thing = (
        stage.data(told["data"]).dataset
        if "data" in told
        else Artifact.objects.get(pk=stage.made[f"artifact:{told['artifact']}"])
    )
    shares.share(
        thing, person=stage.person(told["with"]), right=told["right"], reason=told["reason"],
        until=in_days(told["days"]), by=stage.person(told["by"]),
    )  # fmt: skip


def content(stage: Stage, scene: Scene) -> ContentFile:  # type: ignore[type-arg]
    """The file: words as told, the first rows of a table, a count over it as notebook or picture, or the proposal on paper."""
    told = scene.told
    if told["kind"] == "note":
        return ContentFile(told["text"].encode(), name="note.md")
    if told["kind"] == "extract":
        return ContentFile(first_rows(told["data"], told["rows"]), name=f"{told['data']}.csv")
    if told["kind"] == "image":
        return ContentFile(
            drawn(told["data"], told["column"], told["answer"], told["title"]), name="bars.png"
        )
    if told["kind"] == "notebook":
        return ContentFile(counted(told["data"], told["column"], told["answer"]), name="count.ipynb")
    paper = proposal_papers.paper(stage.case(scene.subject), stage.person(told["by"]))
    return ContentFile(proposal_paper.pdf(paper), name="proposal.pdf")


def first_rows(table: str, count: int) -> bytes:
    """So many rows of a table as CSV."""
    rows = list(islice(tables.rows(table), count))
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def counts(table: str, column: str, answer: str) -> tuple[str, list[tuple[str, int, float]]]:
    """The answer counted, and for each value of a column how many rows have it and which share of them gave that answer."""
    every: Counter[str] = Counter()
    given: Counter[str] = Counter()
    said = {row[answer].lower(): row[answer] for row in tables.rows(table)}
    positive = said["yes"]
    for row in tables.rows(table):
        every[row[column]] += 1
        given[row[column]] += row[answer] == positive
    return positive, [(value, every[value], given[value] / every[value]) for value in sorted(every)]


def drawn(table: str, column: str, answer: str, title: str) -> bytes:
    """The same counts as a picture (PNG)."""
    positive, found = counts(table, column, answer)
    bars = [
        {"name": value, "share": share, "words": f"{share:.1%} of {rows:,}"} for value, rows, share in found
    ]
    note = f"Share of “{positive}” in {answer} by {column}; {sum(rows for _value, rows, _share in found):,} rows."
    given = json.dumps({"title": title, "bars": bars, "note": note}, ensure_ascii=False)
    return bytes(
        typst.compile(str(BARS), root=str(BARS.parent), format="png", ppi=144, sys_inputs={"content": given})
    )


def counted(table: str, column: str, answer: str) -> bytes:
    """A notebook that counts how often the answer is given for each value of a column, with what it prints."""
    positive, found = counts(table, column, answer)
    lines = [f"{value:>5} {rows:>6} {share:.3f}" for value, rows, share in found]
    code = f'rows.groupby("{column}")["{answer}"].agg(["size", lambda answers: (answers == "{positive}").mean()])'
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "metadata": {}, "source": f"# {answer} by {column}\n\nRows, and the share of “{positive}”."},
        {
            "cell_type": "code",
            "metadata": {},
            "execution_count": 1,
            "source": code,
            "outputs": [{"output_type": "stream", "name": "stdout", "text": "\n".join([f"{column} rows share", *lines])}],
        },
    ]  # fmt: skip
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()
