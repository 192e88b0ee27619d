"""Every sentence the engine says to people, by code: English templates for the portal to translate.

Words are for a business person: what happened, how sure, why it matters, what to do.
"""

from __future__ import annotations

from typing import Any

from automl.texts.checks import CHECK_TEXTS
from automl.texts.explaining import EXPLAIN
from automl.texts.exporting import EXPORT
from automl.texts.guardrails import GUARDRAILS
from automl.texts.questions import QUESTION, SCORING
from automl.texts.results import SUMMARY
from automl.texts.searching import SEARCH
from automl.texts.tables import EXPECTATIONS, INGEST, PREPARE, PROFILE
from automl.texts.unpacking import UNPACK

TEXTS: dict[str, str] = (
    INGEST | PROFILE | EXPECTATIONS | PREPARE | QUESTION | SCORING | GUARDRAILS | CHECK_TEXTS | SUMMARY | SEARCH
    | EXPLAIN | EXPORT | UNPACK
)  # fmt: skip


def note(code: str, **params: Any) -> dict[str, Any]:
    """Give a text as ``code``, ``message`` (the template) and ``params``.

    Examples
    --------
    >>> text = note("ragged_rows", row=7, expected=9, found=8)
    >>> text["message"] % text["params"]
    'Row 7 has 8 values but the header has 9. Check for a missing or extra separator in this row.'
    """
    return {"code": code, "message": TEXTS[code], "params": params}
