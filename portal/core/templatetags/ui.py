"""Filters and tags behind the components; pages use the components, not these."""

import html
import json
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from django import forms, template
from django.template import engines
from django.template.defaultfilters import date as format_date
from django.templatetags.static import static
from django.utils import formats, timezone
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext as _

from portal.core import clock

register = template.Library()

TONES = ("teal", "blue", "purple", "orange", "green", "red", "yellow", "grey")
SAME_TONE = {
    "gray": "grey", "secondary": "grey", "azure": "blue", "info": "blue", "primary": "teal", "cyan": "teal",
    "success": "green", "good": "green", "lime": "green", "warning": "orange", "warn": "orange",
    "danger": "red", "error": "red", "bad": "red", "block": "red", "justify": "orange", "indigo": "purple",
    "pink": "purple", "amber": "yellow",
}  # fmt: skip
PAIR = re.compile(r"""\(\s*(['"])(.*?)\1\s*,\s*(['"])(.*?)\3\s*,?\s*\)""", re.DOTALL)


@cache
def written(name: str) -> Any:
    """A template of one component, ready to be filled."""
    return engines["django"].from_string(
        f'{{% cotton {name} :attrs="given" %}}{{{{ text }}}}{{% endcotton %}}'
    )


def component(name: str, text: Any = "", **attributes: Any) -> SafeString:
    """A component as a cell of a table or in an answer: `component("badge", "Late", color="red")`."""
    return written(name).render({"given": attributes, "text": text})


@register.filter
def tone(person: Any) -> str:
    """The colour of a person's round picture, the same on every page."""
    return f"tone-{TONES[sum(str(getattr(person, 'pk', person)).encode()) % len(TONES)]}"


@register.filter
def way_back(tags: Any) -> str:
    """Where a toast takes back what it tells of, or nothing; a view puts it into the tags of the message."""
    word = str(tags or "")
    return word.removeprefix("undo:") if word.startswith("undo:/") else ""


@register.filter
def hue(color: Any) -> str:
    """The class of a named colour; an unknown one is grey."""
    name = SAME_TONE.get(str(color), str(color))
    return f"tone-{name if name in TONES else 'grey'}"


@register.filter
def plain(text: Any) -> Any:
    """Undo an escaping that happened inside an attribute; the page escapes again."""
    return html.unescape(text) if isinstance(text, str) and not isinstance(text, SafeString) else text


@register.filter
def pairs(given: Any) -> list[tuple[Any, Any]]:
    """
    Pairs from a list, a dict, or a list written out in an attribute.

    An apostrophe in a translation spoils the written list for Python; it is read here all the same.
    """
    if isinstance(given, str):
        return [(html.unescape(each[1]), html.unescape(each[3])) for each in PAIR.findall(given)]
    rows = given.items() if isinstance(given, dict) else given or []
    return [(plain(row[0]), plain(row[1])) for row in rows]


@register.filter
def relative(moment: Any) -> str:
    """How long ago, or how soon, in words; a plain day counts in days."""
    if not isinstance(moment, datetime):
        return relative_day(moment) if isinstance(moment, date) else ""
    now = clock.now()
    gap = abs(now - moment)
    if gap < timedelta(minutes=1):
        return _("just now")
    if gap > timedelta(days=60):
        return formats.date_format(timezone.localtime(moment), "DATE_FORMAT")
    if moment > now:
        return _("in %(time)s") % {"time": timeuntil(moment, now, depth=1)}
    return _("%(time)s ago") % {"time": timesince(moment, now, depth=1)}


def relative_day(day: date) -> str:
    """A day in words while it is near."""
    days = (day - clock.today()).days
    near = {0: _("today"), 1: _("tomorrow"), -1: _("yesterday")}
    if days in near:
        return near[days]
    if abs(days) > 60:
        return formats.date_format(day, "DATE_FORMAT")
    words = _("in %(days)s days") if days > 0 else _("%(days)s days ago")
    return words % {"days": abs(days)}


@register.filter
def exact(moment: Any) -> str:
    """The full date, with the time and zone of the reader when it has one."""
    if isinstance(moment, datetime):
        return format_date(timezone.localtime(moment), "j F Y, H:i e")
    return formats.date_format(moment, "DATE_FORMAT") if isinstance(moment, date) else ""


@register.filter
def machine_time(moment: Any) -> str:
    """For the `datetime` attribute."""
    return moment.isoformat() if isinstance(moment, date | datetime) else ""


@register.filter
def chart_script(spec: Any) -> SafeString:
    """The chart's figures for charts.js, as data, not as a script."""
    return json_script(json.loads(spec) if isinstance(spec, str) else spec)


@register.filter
def chart_columns(spec: dict[str, Any]) -> list[str]:
    """Headings of the table behind a chart."""
    unit = f" ({spec['unit']})" if spec.get("unit") else ""
    heads = [str(spec.get("x_label") or "")]
    for series in spec.get("series", []):
        heads.append(f"{series.get('name') or spec.get('y_label') or _('Value')}{unit}")
        heads += [_("from"), _("to")] if "low" in series else []
    return heads


@register.filter
def chart_rows(spec: dict[str, Any]) -> list[list[Any]]:
    """The same figures as the chart shows, one row for each place on its first axis."""
    names = list(spec.get("x") or [])
    series = spec.get("series", [])
    if spec.get("kind") == "hist" and series and len(names) == len(series[0]["values"]) + 1:
        names = [f"{figure(low)} – {figure(high)}" for low, high in zip(names, names[1:], strict=False)]
    columns: list[list[Any]] = []
    for each in series:
        columns += [each["values"]] + ([each["low"], each["high"]] if "low" in each else [])
    longest = max([len(names), *(len(column) for column in columns)], default=0)
    return [[at(names, row)] + [at(column, row) for column in columns] for row in range(longest)]


def at(column: list[Any], row: int) -> Any:
    """One cell, readable; a pair shows both figures."""
    value = column[row] if row < len(column) else None
    return " / ".join(figure(each) for each in value) if isinstance(value, list | tuple) else figure(value)


def figure(value: Any) -> str:
    """A number short enough to read, a word as it is."""
    if value is None:
        return "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    places = 0 if float(value).is_integer() else 4 if abs(value) < 1 else 2
    return formats.number_format(value, decimal_pos=places, force_grouping=abs(value) >= 10_000)


@register.simple_tag(takes_context=True)
def own_id(context: template.Context, prefix: str) -> str:
    """An id that no other element of this page has."""
    request = context.get("request")
    holder: Any = request if request is not None else context.render_context
    number = getattr(holder, "_own_id", 0) + 1
    holder._own_id = number
    return f"{prefix}-{number}"


@register.simple_tag(takes_context=True)
def active_filters(context: template.Context, form: Any) -> list[dict[str, Any]]:
    """What a filter form narrows down, each with the address that drops it."""
    request = context.get("request")
    if request is None or not getattr(form, "is_bound", False):
        return []
    chips = []
    for field in form.visible_fields():
        if values := [value for value in request.GET.getlist(field.html_name) if value.strip()]:
            rest = request.GET.copy()
            for name in (field.html_name, "page"):
                rest.pop(name, None)
            chips.append(
                {"label": field.label, "text": shown(form, field, values), "url": f"?{rest.urlencode()}"}
            )
    return chips


@register.simple_tag
@cache
def sprite() -> str:
    """Address of the file with all icons, which a page asks for some forty times."""
    return static("vendor/icons/sprite.svg")


@register.simple_tag
def own_ids(form: Any, prefix: str) -> str:
    """Set the fields' ids apart from those of another form of the page: an id twice would join a label to the wrong field."""
    form.auto_id = f"{prefix}_%s"
    return ""


def shown(form: Any, field: Any, values: list[str]) -> str:
    """The chosen values in the words of the form."""
    clean = getattr(form, "cleaned_data", {}).get(field.name)
    if isinstance(field.field, forms.ModelMultipleChoiceField) and clean is not None:
        return ", ".join(str(each) for each in clean)
    if isinstance(field.field, forms.ModelChoiceField) and clean is not None:
        return str(clean)
    if isinstance(field.field, forms.BooleanField | forms.NullBooleanField):
        return _("yes") if values[0].lower() in {"on", "true", "1", "yes"} else _("no")
    words = dict(flat(getattr(field.field, "choices", [])))
    return ", ".join(str(words.get(value, value)) for value in values)


def flat(choices: Iterable[Any]) -> Iterable[tuple[str, Any]]:
    """Choices without their groups."""
    for value, label in choices:
        if isinstance(label, list | tuple):
            yield from flat(label)
        else:
            yield str(value), label


@register.simple_tag(takes_context=True)
def query_with(context: template.Context, name: str, value: Any) -> str:
    """The present address with one parameter changed; an empty value drops it."""
    query = context["request"].GET.copy()
    query.pop(name, None)
    if value not in ("", None):
        query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def sort_state(column: Any) -> str:
    """ "ascending", "descending" or nothing, for `aria-sort`."""
    if not column.is_ordered:
        return ""
    return "descending" if column.order_by_alias.is_descending else "ascending"


@register.filter
def first_few(things: Any, limit: Any) -> list[Any]:
    """The first ones, as many as fit."""
    return list(things or [])[: int(limit)]


@register.filter
def beyond(things: Any, limit: Any) -> int:
    """How many do not fit."""
    return max(0, len(list(things or [])) - int(limit))
