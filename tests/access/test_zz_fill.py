"""Temporary."""

import json
import runpy

import pytest

from tests.access import cells
from tests.access.cells import PERSONAS, Case
from tests.access.test_matrix import shown

pytestmark = pytest.mark.django_db


def test_fill(world):
    rows = runpy.run_path("/tmp/rows.py")["rows"]
    out = [
        "# What people do for each other: mentors, office hours, thanks, finished projects; the graph of prerequisites.",
        "",
    ]
    for key, kind, path, body, query, nobody in rows:
        case = Case(key, path or {}, body, query or {}, nobody)
        lines = {}
        for relation in ("open", "hidden") if kind == "rel" else ("any",):
            side = getattr(world, relation, None)
            found = {}
            for persona in PERSONAS:
                with cells.rolled_back():
                    response = cells.ask(case, world, persona, side)
                    found[persona] = cells.status(response)
                    cells.content(response)
            lines[relation] = shown(found)
        out.append(f"{key}:")
        if path:
            out.append(f"  path: {json.dumps(path)}")
        if body is not None:
            out.append(f"  body: {json.dumps(body)}")
        for name, line in lines.items():
            out.append(f"  {name}: {line}")
    open("/tmp/access_community.yaml", "w").write("\n".join(out) + "\n")
