"""Formulas as MathML, which browsers draw and screen readers say without any script."""

from xml.etree import ElementTree as etree  # nosec B405  reads only what the converter wrote

from latex2mathml.converter import convert
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

LONGEST = 500
OPEN, SHUT = "\ue000", "\ue001"
SPACE = "{http://www.w3.org/1998/Math/MathML}"
TAGS = {
    "math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot", "mstyle", "mpadded",
    "msub", "msup", "msubsup", "munder", "mover", "munderover", "mtable", "mtr", "mtd", "mphantom", "menclose",
}  # fmt: skip
ATTRIBUTES = {
    "display", "stretchy", "fence", "accent", "form", "lspace", "rspace", "mathvariant", "columnalign",
    "displaystyle", "scriptlevel", "width", "minsize", "maxsize", "symmetric", "separator", "movablelimits",
}  # fmt: skip


def mathml(latex: str, *, is_block: bool = False) -> str:
    """A formula, or its source where it cannot be read. Only known elements and attributes pass."""
    try:
        if len(latex) > LONGEST:
            raise ValueError(latex)
        tree = etree.fromstring(convert(latex, display="block" if is_block else "inline"))  # noqa: S314  # nosec B314
    except Exception:  # noqa: BLE001  the converter raises whatever it meets
        code = etree.Element("code")
        code.text = latex
        return etree.tostring(code, encoding="unicode")
    for node in tree.iter():
        tag = node.tag.removeprefix(SPACE)
        node.tag = tag if tag in TAGS else "mtext"
        for name in set(node.attrib) - ATTRIBUTES:
            del node.attrib[name]
    tree.set("xmlns", SPACE.strip("{}"))
    return etree.tostring(tree, encoding="unicode")


def dollars(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  as markdown-it calls it
    """
    `$x$` within a line, `$$x$$` on its own: no space inside the signs, no figure after them.

    So prices stay prices. The formula goes into `state.env` and a mark into the text.
    """
    text, start = state.src, state.pos
    if text[start] != "$":
        return False
    sign = "$$" if text.startswith("$$", start) else "$"
    end = text.find(sign, start + len(sign))
    inner = text[start + len(sign) : end]
    after = text[end + len(sign) : end + len(sign) + 1]
    if (
        end < 0
        or not inner
        or "\n\n" in inner
        or inner[0].isspace()
        or inner[-1].isspace()
        or after.isdigit()
    ):
        return False
    if not silent:
        formulas = state.env.setdefault("formulas", [])
        formulas.append(mathml(inner, is_block=sign == "$$"))
        state.push("text", "", 0).content = f"{OPEN}{len(formulas) - 1}{SHUT}"
    state.pos = end + len(sign)
    return True


def plugin(reader: MarkdownIt) -> None:
    """Teach a reader of Markdown to find formulas."""
    reader.inline.ruler.before("escape", "dollars", dollars)


def put_in(html: str, formulas: list[str]) -> str:
    """The formulas where their marks stand."""
    for number, formula in enumerate(formulas):
        html = html.replace(f"{OPEN}{number}{SHUT}", formula)
    return html
