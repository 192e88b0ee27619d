"""
Draws a figure as SVG: readable on a phone, in light and dark, and without colours.

Every mark takes the colour of its class (`s1`, `s2`, `s3`) by `currentColor`; the series differ in filling and dashes as well.
"""

from collections.abc import Callable, Iterator
from html import escape
from math import ceil, floor, log10

from training.figures.shelf import Figure

WIDTH, LEFT, MANY = 376, 4, 12
SIZES = {"quiet": "12", "small": "11.5", "tiny": "9.5"}
FILLINGS = (
    'fill="currentColor"',
    'fill="currentColor" fill-opacity=".3" stroke="currentColor"',
    'fill="none" stroke="currentColor" stroke-dasharray="3 2"',
)
DASHES = ("", ' stroke-dasharray="6 4"', ' stroke-dasharray="2 3"')
RULE = 'stroke="currentColor" stroke-opacity=".25"'


def svg(figure: Figure) -> str:
    """The whole drawing with its title and description."""
    top = 24
    head = [text(LEFT, 16, figure.axis, "quiet")]
    if len(figure.names) > 1:
        legend, top = keys(figure, top)
        head += legend
    body, height = DRAWERS[figure.kind](figure, top + 10)
    spoken = f"{figure.name}-title {figure.name}-says"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
            f' aria-labelledby="{spoken}" class="fig" font-size="13" font-family="system-ui, sans-serif">',
            f'<title id="{figure.name}-title">{escape(figure.title)}</title>',
            f'<desc id="{figure.name}-says">{escape(figure.says)}</desc>',
            *head,
            *body,
            "</svg>\n",
        ]
    )


def text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    """Words at a place."""
    marked = f' class="{kind}" font-size="{SIZES[kind]}"' if kind else ""
    return (
        f'<text x="{x:g}" y="{y:g}"{marked} text-anchor="{anchor}" fill="currentColor">{escape(words)}</text>'
    )


def keys(figure: Figure, top: int) -> tuple[list[str], int]:
    """One line per series that says how it is drawn."""
    marks = []
    for place, name in enumerate(figure.names):
        y = top + 18 * place
        if figure.kind == "lines":
            mark = f'<path d="M{LEFT} {y + 7}h24" fill="none" stroke="currentColor" stroke-width="2.5"{DASHES[place]}/>'
        else:
            mark = f'<rect x="{LEFT}" y="{y + 1}" width="24" height="11" {FILLINGS[place]}/>'
        marks += [f'<g class="s{place + 1}">{mark}</g>', text(LEFT + 32, y + 11, name)]
    return marks, top + 18 * len(figure.names)


def step_of(most: float) -> float:
    """A round step of which three to five reach the greatest value."""
    rough = most / 4
    size = 10.0 ** floor(log10(rough)) if rough > 0 else 1.0
    return float(next(size * each for each in (1, 2, 2.5, 5, 10) if size * each >= rough))


def bars(figure: Figure, top: int) -> tuple[list[str], int]:
    """Lying bars under their label, each with its number."""
    room = WIDTH - LEFT - 70
    most = max(max(values) for values in figure.series) or 1
    found, y = [], top + 4
    for place, label in enumerate(figure.labels):
        found.append(text(LEFT, y + 12, label))
        y += 19
        for number, values in enumerate(figure.series):
            width = max(1.0, round(room * values[place] / most, 1)) if values[place] else 0.0
            found.append(
                f'<g class="s{number + 1}"><rect x="{LEFT}" y="{y}" width="{width:g}" height="13" {FILLINGS[number]}/></g>'
            )
            found.append(text(LEFT + width + 6, y + 11, figure.shown(values[place])))
            y += 17
        y += 8
    return found, y


def columns(figure: Figure, top: int) -> tuple[list[str], int]:
    """Standing bars with their number above and their label below."""
    values, bottom = figure.series[0], top + 170
    most, slot = max(values) or 1, (WIDTH - 2 * LEFT) / len(values)
    found = [f'<path d="M{LEFT} {bottom}H{WIDTH - LEFT}" {RULE}/>']
    size = "tiny" if len(values) >= MANY else "small"
    for place, (label, value) in enumerate(zip(figure.labels, values, strict=True)):
        height = round(150 * value / most, 1)
        x = LEFT + slot * place
        found += [
            f'<g class="s1"><rect x="{x + slot * 0.15:.1f}" y="{bottom - height:g}" width="{slot * 0.7:.1f}"'
            f' height="{height:g}" {FILLINGS[0]}/></g>',
            text(round(x + slot / 2, 1), bottom - height - 5, figure.number(value), size, "middle"),
            text(round(x + slot / 2, 1), bottom + 16, label, size, "middle"),
        ]
    return [*found, text(WIDTH / 2, bottom + 36, figure.across, "quiet", "middle")], bottom + 46


def lines(figure: Figure, top: int) -> tuple[list[str], int]:
    """A line per series over its labels, with ticks to read the values from."""
    height, left = 190, 44
    bottom, right = top + height, WIDTH - 16
    step = step_of(max(max(values) for values in figure.series))
    most = step * ceil(max(max(values) for values in figure.series) / step)
    ticks = [step * number for number in range(round(most / step) + 1)]
    found = []
    for tick in ticks:
        y = round(bottom - height * tick / most, 1)
        found += [
            f'<path d="M{left} {y:g}H{right}" {RULE}/>',
            text(
                left - 6,
                y + 4,
                figure.number(round(tick, 2)).removesuffix(".0").removesuffix(",0"),
                "small",
                "end",
            ),
        ]
    every = [left + (right - left) * place / (len(figure.labels) - 1) for place in range(len(figure.labels))]
    for number, values in enumerate(figure.series):
        places = [(x, bottom - height * value / most) for x, value in zip(every, values, strict=True)]
        way = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="currentColor"/>' for x, y in places)
        path = f'<path d="M{way}" fill="none" stroke="currentColor" stroke-width="2.5"{DASHES[number]}/>'
        found.append(f'<g class="s{number + 1}">{path}{dots}</g>')
    found += list(below(figure, every, bottom))
    return [*found, text((left + right) / 2, bottom + 52, figure.across, "quiet", "middle")], bottom + 62


def below(figure: Figure, every: list[float], bottom: int) -> Iterator[str]:
    """Labels under a line: every fourth of many; two rows in turn where they are words."""
    is_long = max(map(len, figure.labels)) > 3  # noqa: PLR2004
    skip = 4 if len(every) > MANY else 1
    for place, (x, label) in enumerate(zip(every, figure.labels, strict=True)):
        if place % skip == 0:
            lower = 15 if is_long and place % 2 else 0
            anchor = "end" if is_long and place == len(every) - 1 else "middle"
            yield text(
                round(x, 1) + (16 if anchor == "end" else 0), bottom + 16 + lower, label, "small", anchor
            )


def dots(figure: Figure, top: int) -> tuple[list[str], int]:
    """A point with its interval on a common scale, under its label and count."""
    left, right = LEFT + 6, WIDTH - 64
    step = step_of(max(figure.high))
    most = step * ceil(max(figure.high) / step)
    place_of = lambda value: round(left + (right - left) * value / most, 1)  # noqa: E731
    bottom = top + 38 * len(figure.labels) + 2
    found = []
    for number in range(round(most / step) + 1):
        x = place_of(step * number)
        tick = f"{step * number:g}".replace(".", "," if figure.language == "fr" else ".")
        found += [f'<path d="M{x:g} {top}V{bottom}" {RULE}/>', text(x, bottom + 15, tick, "small", "middle")]
    for place, label in enumerate(figure.labels):
        y = top + 38 * place
        low, high, value = figure.low[place], figure.high[place], figure.series[0][place]
        start, end = place_of(low), place_of(high)
        found += [
            text(LEFT, y + 13, f"{label} · {figure.number(figure.counts[place])} {figure.counted}"),
            f'<g class="s1"><path d="M{start:g} {y + 25}H{end:g}M{start:g} {y + 20}v10M{end:g} {y + 20}v10"'
            f' fill="none" stroke="currentColor" stroke-width="2"/>'
            f'<circle cx="{place_of(value):g}" cy="{y + 25}" r="4.5" fill="currentColor"/></g>',
            text(end + 8, y + 30, figure.shown(value)),
        ]
    return found, bottom + 24


DRAWERS: dict[str, Callable[[Figure, int], tuple[list[str], int]]] = {
    "bars": bars,
    "columns": columns,
    "lines": lines,
    "dots": dots,
}
