"""Markdown as HTML that can do no harm: raw HTML switched off, then an allow-list of tags."""

from functools import lru_cache

import nh3
import pygments
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from portal.core import formulas

TEXT = {"p", "br", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "a", "hr", "h3", "h4"}
TABLES = {"table", "thead", "tbody", "tr", "th", "td"}
_comments = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["strikethrough"])
_notes = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
SHAPES = {"svg", "title", "desc", "g", "path", "rect", "circle", "text"}
LOOKS = {
    "viewBox", "role", "aria-labelledby", "class", "id", "x", "y", "cx", "cy", "r", "width", "height", "d", "fill",
    "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "text-anchor", "font-size", "font-family",
}  # fmt: skip
WORDS_OF_CODE = {name for name in STANDARD_TYPES.values() if name}


def coloured(code: str, language: str, _attributes: str) -> str:
    """Code with its words marked by class; as it is where the language is not known."""
    try:
        lexer = get_lexer_by_name(language.strip())
    except ClassNotFound:
        return ""
    return str(pygments.highlight(code, lexer, HtmlFormatter(nowrap=True)))


_lessons = (
    MarkdownIt("commonmark", {"html": False, "highlight": coloured}).enable("table").use(formulas.plugin)
)


def cleaned(html: str, tags: set[str]) -> str:
    """Only these tags, links only where they lead out or to a page."""
    return nh3.clean(
        html,
        tags=tags,
        attributes={"a": {"href", "title"}},
        allowed_classes={"span": WORDS_OF_CODE} if "span" in tags else None,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def comment_html(text: str) -> SafeString:
    """What people write: line breaks are kept, no tables."""
    return mark_safe(cleaned(_comments.render(text), TEXT | {"s"}))  # nosec B308 B703


@lru_cache(maxsize=256)
def lesson_html(text: str) -> SafeString:
    """What the curriculum says: headings, formulas, code and tables, each table in a box that scrolls by keyboard."""
    found: dict[str, list[str]] = {}
    source = text.replace(formulas.OPEN, "").replace(formulas.SHUT, "")
    html = formulas.put_in(
        cleaned(_lessons.render(source, found), TEXT | TABLES | {"h2", "span"}), found.get("formulas", [])
    )
    return boxed(html)


def note_html(text: str) -> SafeString:
    """
    What people bring to the library: headings one step below the title of the page, tables, code as it is.

    Pictures and raw HTML are left out; neither formulas nor colours are worked out of text that anybody may bring.
    """
    html = _notes.render(text).replace("<h1>", "<h2>").replace("</h1>", "</h2>")
    return boxed(cleaned(html, TEXT | TABLES | {"h2", "s"}))


def boxed(html: str) -> SafeString:
    """Code and tables in boxes that scroll by keyboard."""
    html = html.replace("<pre>", '<pre tabindex="0">')
    html = html.replace("<table>", '<div class="table-box" tabindex="0"><table class="table">')
    return mark_safe(html.replace("</table>", "</table></div>"))  # nosec B308 B703


def drawing(text: str) -> SafeString:
    """A drawing of the curriculum as part of the page: shapes, words and their looks; nothing that acts or loads."""
    shapes = nh3.clean(text, tags=SHAPES, attributes=dict.fromkeys(SHAPES, LOOKS), url_schemes=set())
    return mark_safe(shapes)  # nosec B308 B703
