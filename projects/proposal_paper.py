"""Sets a proposal as PDF from a layout of ours; the content comes in as data and is never read as code."""

import json
from pathlib import Path
from typing import Any

LAYOUT = Path(__file__).with_name("proposal.typ")


def pdf(content: dict[str, Any]) -> bytes:
    """The bytes of the file."""
    import typst  # noqa: PLC0415  34 MB that few processes need

    given = json.dumps(content, ensure_ascii=False)
    return bytes(typst.compile(str(LAYOUT), root=str(LAYOUT.parent), sys_inputs={"content": given}))
