"""What is the same on many pages is drawn once and kept by the process."""

from typing import Any

from django import template
from django.utils.translation import get_language

register = template.Library()
ROOM = 500  # versions of one part, each a few kilobytes


class Kept(template.Node):
    """A part of a page that follows from its key and the language alone."""

    def __init__(self, nodelist: template.NodeList, key: template.base.FilterExpression | None) -> None:
        self.nodelist, self.key = nodelist, key
        self.kept: dict[tuple[str | None, Any], str] = {}

    def render(self, context: template.Context) -> str:
        """The kept text, or a new one."""
        key = (get_language(), self.key and self.key.resolve(context))
        if (text := self.kept.get(key)) is None:
            text = self.nodelist.render(context)
            if len(self.kept) >= ROOM:
                self.kept.clear()
            self.kept[key] = text
        return text


@register.tag
def keep(parser: template.base.Parser, token: template.base.Token) -> Kept:
    """
    `{% keep %}…{% endkeep %}` or `{% keep key %}…`: drawn once per language and value of the key, a hashable that must
    say everything the part shows. Never around a form: its token is one person's.
    """
    parts = token.split_contents()[1:]
    if len(parts) > 1:
        raise template.TemplateSyntaxError("keep takes one key at most.")
    key = parser.compile_filter(parts[0]) if parts else None
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return Kept(nodelist, key)
