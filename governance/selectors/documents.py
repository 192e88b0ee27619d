"""A document as it stands now, and how it compares with its last edition."""

from dataclasses import dataclass
from typing import Any

from django.utils import translation

from governance.manifests import digest
from governance.models import DocumentEdition, DocumentKind, ModelVersion, ParagraphText
from governance.rules.models import may_see_values
from governance.selectors.document_plans import PLANS, Authored, Computed
from portal.core.models import User


@dataclass(frozen=True)
class Draft:
    """What an edition issued now would hold."""

    content: dict[str, Any]
    filled: int
    total: int
    missing: list[str]

    @property
    def completeness(self) -> int:
        """Percent of paragraphs that say something."""
        return round(100 * self.filled / self.total) if self.total else 100


@dataclass(frozen=True)
class Shelf:
    """One kind of document of a version: its last edition and where it stands."""

    kind: str
    title: Any
    newest: DocumentEdition | None
    completeness: int
    is_stale: bool


def written(version: ModelVersion, kind: str) -> dict[str, ParagraphText]:
    """The text that stands for each paragraph: the newest."""
    found: dict[str, ParagraphText] = {}
    for row in ParagraphText.objects.filter(version=version, kind=kind).select_related("written_by"):
        found.setdefault(row.code, row)
    return found


def compose(version: ModelVersion, kind: str) -> Draft:
    """Every section with its paragraphs, in the language of the reader."""
    texts = written(version, kind)
    sections, missing, total = [], [], 0
    for section in PLANS[DocumentKind(kind)]:
        parts = []
        for part in section.parts:
            made = (
                computed_part(version, part)
                if isinstance(part, Computed)
                else authored_part(version, part, texts)
            )
            total += 1
            if not made["is_filled"]:
                missing.append(str(part.title))
            parts.append(made)
        sections.append({"code": section.code, "title": str(section.title), "parts": parts})
    content = {
        "kind": kind,
        "title": str(DocumentKind(kind).label),
        "subject": str(version),
        "sections": sections,
    }
    return Draft(content, total - len(missing), total, missing)


def computed_part(version: ModelVersion, part: Computed) -> dict[str, Any]:
    """From the registry."""
    blocks = part.make(version)
    return {
        "code": part.code, "title": str(part.title), "is_computed": True, "is_filled": bool(blocks), "blocks": blocks,
        "by": "", "hint": "",
    }  # fmt: skip


def authored_part(version: ModelVersion, part: Authored, texts: dict[str, ParagraphText]) -> dict[str, Any]:
    """From a person, with the name."""
    row = texts.get(part.code)
    text = getattr(version, part.card) if part.card else (row.text if row else "")
    by = (version.card_by if part.card else row.written_by if row else None) if text else None
    return {
        "code": part.code, "title": str(part.title), "is_computed": False, "is_filled": bool(text.strip()),
        "blocks": [{"shape": "text", "text": text}] if text.strip() else [], "by": str(by) if by else "",
        "hint": str(part.hint), "from_card": bool(part.card),
    }  # fmt: skip


def facts_digest(version: ModelVersion, kind: str) -> str:
    """A digest of everything the document says, the same in every language: the edition is stale when it moves."""
    with translation.override("en"):
        return digest(compose(version, kind).content)


def shelf(version: ModelVersion) -> list[Shelf]:
    """Each kind with its last edition, how complete it is and whether facts have moved since."""
    newest: dict[str, DocumentEdition] = {}
    for edition in (
        DocumentEdition.objects.filter(version=version).select_related("made_by").order_by("-number")
    ):
        newest.setdefault(edition.kind, edition)
    rows = []
    for kind in DocumentKind:
        last = newest.get(kind)
        stale = bool(last and last.facts_digest != facts_digest(version, kind))
        rows.append(Shelf(kind.value, kind.label, last, compose(version, kind).completeness, stale))
    return rows


def is_stale(edition: DocumentEdition) -> bool:
    """Whether the facts have moved since it was issued."""
    return edition.facts_digest != facts_digest(edition.version, edition.kind)


def for_reader(content: dict[str, Any], version: ModelVersion, user: User) -> dict[str, Any]:
    """The content without blocks that show values of the data to those who may not see them."""
    if may_see_values(user, version):
        return content
    kept = [
        {**section, "parts": [{**part, "blocks": [b for b in part["blocks"] if not b.get("values")]} for part in section["parts"]]}
        for section in content["sections"]
    ]  # fmt: skip
    return {**content, "sections": kept}
