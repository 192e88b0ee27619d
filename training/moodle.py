"""Questions to and from Moodle XML; what Moodle has no kind for is named, not bent."""

import html
import re
from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any
from xml.etree import ElementTree as etree  # nosec B405  a document type, and so every entity, is refused

from training.question_files import LANGUAGES

MOST_BYTES = 1_000_000
SPAN = re.compile(r'<span[^>]*\blang="(\w\w)"[^>]*>(.*?)</span>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
Entry = dict[str, Any]
EXPORTED = ("single", "multiple", "numeric", "matching", "ordering", "text")


class NotMoodle(ValueError):
    """The text is not the XML of Moodle questions; the message says where."""


def export(entries: Iterable[Entry]) -> tuple[str, list[str]]:
    """The questions as Moodle XML, and the uids that Moodle has no kind for."""
    quiz, left = etree.Element("quiz"), []
    for entry in entries:
        if entry["kind"] in EXPORTED and "variants" not in entry:
            WRITERS[entry["kind"]](start(quiz, entry), entry)
        else:
            left.append(str(entry["uid"]))
    etree.indent(quiz)
    return etree.tostring(quiz, encoding="unicode", xml_declaration=True), left


def start(quiz: etree.Element, entry: Entry) -> etree.Element:
    """Name, text and feedback of a question."""
    kinds = {
        "single": "multichoice",
        "multiple": "multichoice",
        "numeric": "numerical",
        "text": "shortanswer",
    }
    question = etree.SubElement(quiz, "question", type=kinds.get(entry["kind"], str(entry["kind"])))
    said(question, "name", str(entry["uid"]), is_plain=True)
    said(question, "questiontext", entry["stem"])
    said(question, "generalfeedback", entry["feedback"])
    put(question, "defaultgrade", "1")
    return question


def put(parent: etree.Element, name: str, text: str) -> None:
    """An element with a text."""
    etree.SubElement(parent, name).text = text


def said(parent: etree.Element, name: str, words: Any, *, is_plain: bool = False) -> None:
    """A text in every language, as Moodle's filter for several languages reads it."""
    outer = etree.SubElement(parent, name, {} if is_plain else {"format": "html"})
    put(outer, "text", words if is_plain else multilang(words))


def multilang(words: Mapping[str, Any]) -> str:
    """Each language in its own span."""
    return "".join(
        f'<span lang="{language}" class="multilang">{html.escape(str(words[language]))}</span>'
        for language in LANGUAGES
    )


def answer(question: etree.Element, text: Any, percent: Fraction | float, why: Any = None) -> etree.Element:
    """An option and what it is worth."""
    node = etree.SubElement(
        question, "answer", fraction=f"{float(percent):.5f}".rstrip("0").rstrip("."), format="html"
    )
    put(node, "text", multilang(text) if isinstance(text, Mapping) else str(text))
    if why:
        said(node, "feedback", why)
    return node


def write_choices(question: etree.Element, entry: Entry) -> None:
    """Right options share 100 percent, wrong ones of several share −100: right minus wrong."""
    is_single = entry["kind"] == "single"
    put(question, "single", "true" if is_single else "false")
    put(question, "shuffleanswers", "false" if entry.get("fixed_order") else "true")
    right = sum(1 for each in entry["options"] if each.get("right"))
    wrong = len(entry["options"]) - right
    for each in entry["options"]:
        if each.get("right"):
            percent = Fraction(100, right)
        else:
            percent = Fraction(str(each.get("share", 0))) * 100 if is_single else Fraction(-100, wrong)
        answer(question, each, percent, each.get("why"))


def write_numeric(question: etree.Element, entry: Entry) -> None:
    """The number with its tolerance, and the half of the outer band."""
    scale = abs(float(entry["number"])) if entry.get("relative") else 1
    put(answer(question, entry["number"], 100), "tolerance", str(float(entry["tolerance"]) * scale))
    if "outer" in entry:
        put(answer(question, entry["number"], 50), "tolerance", str(float(entry["outer"]) * scale))


def write_matching(question: etree.Element, entry: Entry) -> None:
    """Items with their target; targets without an item distract."""
    targets = {each["key"]: each for each in entry["targets"]}
    used = {each["target"] for each in entry["items"]}
    pairs = [(each, targets[each["target"]]) for each in entry["items"]]
    pairs += [(None, each) for key, each in targets.items() if key not in used]
    for item, target in pairs:
        node = etree.SubElement(question, "subquestion", format="html")
        put(node, "text", multilang(item) if item else "")
        said(node, "answer", multilang(target), is_plain=True)


def write_ordering(question: etree.Element, entry: Entry) -> None:
    """Items in their order."""
    put(question, "layouttype", "VERTICAL")
    put(question, "gradingtype", "ALL_OR_NOTHING")
    for place, each in enumerate(entry["items"], start=1):
        answer(question, each, place)


def write_text(question: etree.Element, entry: Entry) -> None:
    """Each accepted text."""
    put(question, "usecase", "0")
    accepted = entry["accepted"]
    for each in accepted if isinstance(accepted, list) else [e for found in accepted.values() for e in found]:
        answer(question, each, 100)


WRITERS: dict[str, Any] = {
    "single": write_choices, "multiple": write_choices, "numeric": write_numeric, "matching": write_matching,
    "ordering": write_ordering, "text": write_text,
}  # fmt: skip


def read(text: str, *, objective: str, use: str) -> tuple[list[Entry], list[str]]:
    """The questions of a Moodle export as entries, and what was left out and why. Raises `NotMoodle`."""
    if len(text.encode()) > MOST_BYTES:
        raise NotMoodle(f"more than {MOST_BYTES // 1000} kB; divide the file")
    if "<!" in re.sub(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", "", text, flags=re.DOTALL):
        raise NotMoodle("a document type is not read; export the questions from Moodle again")
    try:
        quiz = etree.fromstring(text.strip())  # noqa: S314  # nosec B314  no document type, so no entity
    except etree.ParseError as problem:
        raise NotMoodle(f"line {problem.position[0]}: {problem}") from None
    if quiz.tag != "quiz":
        raise NotMoodle(f"line 1: the outermost element is <{quiz.tag}>, not <quiz>")
    found, left = [], []
    for place, question in enumerate(quiz.findall("question"), start=1):
        kind, name = question.get("type", ""), words(question, "name")["en"] or f"question {place}"
        if kind == "category":
            continue
        uid = (re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "question")[:50]
        base = {"uid": uid if len(uid) > 2 else f"imported-{place}", "use": use, "objective": objective}  # noqa: PLR2004
        told = {"stem": words(question, "questiontext"), "feedback": words(question, "generalfeedback")}
        told["feedback"] = {k: v or told["stem"][k] for k, v in told["feedback"].items()}
        try:
            found.append({**base, **told, **READERS[kind](question)})
        except (KeyError, ValueError, AttributeError) as problem:
            reason = "this portal has no such kind" if kind not in READERS else str(problem)
            left.append(f"{name} ({kind or 'no type'}): {reason}")
    return found, left


def words(node: etree.Element, name: str = "") -> dict[str, str]:
    """A text in each language; one that has none of them stands in all."""
    found = node.find(f"{name}/text" if name else "text")
    raw = (found.text or "") if found is not None else ""
    spans = dict(SPAN.findall(raw))
    return {language: bare(spans.get(language, raw)) for language in LANGUAGES}


def bare(text: str) -> str:
    """Without tags."""
    return " ".join(html.unescape(TAG.sub(" ", text)).split())


def read_choices(question: etree.Element) -> Entry:
    """One or several right options; partly right ones keep their share."""
    is_single = (question.findtext("single") or "true").strip() in {"true", "1"}
    options = []
    for place, each in enumerate(question.findall("answer")):
        fraction = float(each.get("fraction") or 0)
        option: Entry = {"key": f"o{place + 1}", **words(each)}
        if fraction >= 100 or (not is_single and fraction > 0):  # noqa: PLR2004
            option["right"] = True
        elif is_single and fraction > 0:
            option["share"] = round(fraction / 100, 4)
        options.append(option)
    return {"kind": "single" if is_single else "multiple", "options": options}


def read_numeric(question: etree.Element) -> Entry:
    """The whole answer, and a half one as outer band."""
    best = next(each for each in question.findall("answer") if float(each.get("fraction") or 0) >= 100)  # noqa: PLR2004
    entry: Entry = {"kind": "numeric", "number": float(best.findtext("text") or "")}
    entry["tolerance"] = float(best.findtext("tolerance") or 0)
    half = [each for each in question.findall("answer") if float(each.get("fraction") or 0) == 50]  # noqa: PLR2004
    if half and half[0].findtext("text") == best.findtext("text"):
        entry["outer"] = float(half[0].findtext("tolerance") or 0)
    return entry


def read_matching(question: etree.Element) -> Entry:
    """Pairs; a pair without an item is a distractor."""
    items: list[Entry] = []
    targets: dict[str, dict[str, str]] = {}
    for place, each in enumerate(question.findall("subquestion"), start=1):
        target = words(each, "answer")
        key = next((k for k, told in targets.items() if told == target), f"t{place}")
        targets[key] = target
        if words(each)["en"]:
            items.append({"key": f"i{place}", "target": key, **words(each)})
    return {
        "kind": "matching",
        "items": items,
        "targets": [{"key": k, **told} for k, told in targets.items()],
    }


def read_ordering(question: etree.Element) -> Entry:
    """Items by their place."""
    rows = sorted(question.findall("answer"), key=lambda each: float(each.get("fraction") or 0))
    return {
        "kind": "ordering",
        "items": [{"key": f"i{n}", **words(each)} for n, each in enumerate(rows, start=1)],
    }


def read_text(question: etree.Element) -> Entry:
    """The texts worth everything."""
    rows = [each for each in question.findall("answer") if float(each.get("fraction") or 0) >= 100]  # noqa: PLR2004
    return {"kind": "text", "accepted": [words(each)["en"] for each in rows]}


READERS: dict[str, Any] = {
    "multichoice": read_choices, "numerical": read_numeric, "matching": read_matching, "ordering": read_ordering,
    "shortanswer": read_text,
}  # fmt: skip
