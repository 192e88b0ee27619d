"""The library: everything people may build on, of every kind, searched and narrowed down at once."""

import re
from collections import Counter
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.contrib.postgres.search import SearchQuery, SearchVectorField
from django.db import connection
from django.db.models import CharField, Count, F, Func, QuerySet, TextField, Value
from django.db.models.functions import Cast, Coalesce, Left, Lower
from django.utils.translation import gettext as _, gettext_lazy

from portal.core.models import User
from projects import shelves
from projects.library_kinds import artifact_rows
from projects.models import Artifact, ArtifactTag, Dataset
from projects.selectors.artifacts import known_cases
from projects.selectors.library_counts import counts
from projects.selectors.lineage import made_of

PER_PAGE, MOST_CHIPS, MOST_WORDS = 25, 12, 8
MOST_AHEAD = 1_000  # farther on, all are put in order at once
WORD = re.compile(r"[^\W_]+")
SORTS = {
    "new": (gettext_lazy("Newest first"), ("-lib_at", "pk")),
    "old": (gettext_lazy("Oldest first"), ("lib_at", "pk")),
    "title": (gettext_lazy("By title"), ("lib_sort", "pk")),
    "reuse": (gettext_lazy("Most built on first"), ("-lib_uses", "-lib_at", "pk")),
}
SHOWN = (
    "pk",
    "lib_kind",
    "lib_form",
    "lib_name",
    "lib_start",
    "lib_grade",
    "lib_place",
    "lib_keeper",
    "lib_at",
    "lib_sort",
    "lib_uses",
)


@dataclass(frozen=True)
class Asked:
    """What is looked for; empty means all. `use_case` and `owner` are keys as text."""

    q: str = ""
    kind: str = ""
    classification: str = ""
    use_case: str = ""
    owner: str = ""
    tag: str = ""
    sort: str = "new"
    away: str = ""
    shared: str = ""

    def query(self, **other: str) -> str:
        """The address of the same question with other answers."""
        wanted = replace(self, **other)
        found = {each.name: getattr(wanted, each.name) for each in fields(wanted)}
        return urlencode(
            {name: value for name, value in found.items() if value and (name, value) != ("sort", "new")}
        )


@dataclass(frozen=True)
class Chip:
    """One value of a facet: how many things it leaves, and where a click leads."""

    value: str
    label: str
    count: int
    query: str
    is_on: bool


@dataclass(frozen=True)
class Facet:
    """One way to narrow down."""

    name: str
    label: str
    chips: list[Chip]


@dataclass(frozen=True)
class Row:
    """One thing of the library."""

    key: str
    kind: str
    kind_label: str
    icon: str
    title: str
    words: str
    classification: str
    class_label: str
    color: str
    use_case: Any
    owner: Any
    at: Any
    url: str
    uses: int | None = None  # known where the answer is in this order


@dataclass(frozen=True)
class Found:
    """A page of the answer."""

    rows: list[Row]
    total: int
    facets: list[Facet]


def found(user: User, asked: Asked, *, page: int = 1, per_page: int = PER_PAGE) -> Found:
    """What a reader sees of the library under this question; the number of queries is the same for ten and for ten thousand."""
    shelf = narrowed(user, asked)
    total, counted = counts(shelf, asked)
    start = (page - 1) * per_page
    rows = listed(user, shelf, asked, start, per_page) if start < total else []
    return Found(rows, total, facets(user, shelf, counted, asked))


def narrowed(user: User, asked: Asked) -> dict[str, QuerySet[Any]]:
    """
    The rows of each kind that hold the words and the tag, or were shared with the reader; kind, class, use case and
    owner are counted first.
    """
    if asked.away:
        shelf = {"artifact": artifact_rows(user, are_away=True)}
    else:
        shelf = {kind.code: kind.rows(user) for kind in shelves.shelf() if kind.rows}
    if asked.shared:
        shelf = {code: rows.shared_with(user) for code, rows in shelf.items() if hasattr(rows, "shared_with")}
    if asked.tag:
        shelf = {"artifact": shelf["artifact"].filter(tags__word=asked.tag)}
    return {code: with_words(rows.order_by(), asked.q) for code, rows in shelf.items()}


def with_words(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """
    Those in whose title or description a word begins with each of these words.

    PostgreSQL's full text search and its index (`projects.library_words`), with words cut at all that is neither letter nor digit; elsewhere an expression
    that says the same. Both fold capitals, neither knows endings or accents.
    """
    words = WORD.findall(text)[:MOST_WORDS]
    if not words:
        return rows
    if connection.vendor == "postgresql":
        plain = Func(
            Cast("lib_title", TextField()), Cast("lib_words", TextField()),
            function="agora_words", output_field=SearchVectorField(),
        )  # fmt: skip
        query = SearchQuery(
            " & ".join(f"{word.lower()}:*" for word in words), search_type="raw", config="simple"
        )
        return rows.annotate(lib_text=plain).filter(lib_text=query)
    text_of = Func(
        F("lib_title"),
        Value(" "),
        F("lib_words"),
        template="(%(expressions)s)",
        arg_joiner=" || ",
        output_field=TextField(),
    )
    rows = rows.annotate(lib_text=text_of)
    for word in words:
        if word.isascii():  # quick to refuse; whether it begins a word is asked of the few that hold it
            rows = rows.filter(lib_text__icontains=word)
        rows = rows.filter(lib_text__iregex=rf"(^|[\W_]){word}")
    return rows


def chosen(shelf: dict[str, QuerySet[Any]], asked: Asked) -> dict[str, QuerySet[Any]]:
    """The rows of the answer itself."""
    wanted = {"lib_class": asked.classification, "lib_case": asked.use_case, "lib_owner": asked.owner}
    only = {name: value for name, value in wanted.items() if value}
    left = {code: rows.filter(**only) for code, rows in shelf.items()}
    if asked.kind in Artifact.Kind.values:
        return {"artifact": left["artifact"].filter(kind=asked.kind)} if "artifact" in left else {}
    return {code: rows for code, rows in left.items() if asked.kind in {"", code}}


def listed(user: User, shelf: dict[str, QuerySet[Any]], asked: Asked, start: int, count: int) -> list[Row]:
    """One page of all kinds together: one query for them, one for the people, one for the use cases."""
    is_ranked = asked.sort == "reuse"
    parts = [
        as_columns(code, first(rows, asked, start + count), made_of(code, user) if is_ranked else Value(0))
        for code, rows in chosen(shelf, asked).items()
    ]
    both = parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]
    _label, order = SORTS[asked.sort]
    raw = list(both.order_by(*order)[start : start + count])
    people = User.objects.in_bulk({each["lib_keeper"] for each in raw})
    cases = known_cases(user).in_bulk({each["lib_place"] for each in raw if each["lib_place"]})
    found = [row(each, people, cases) for each in raw]
    return (
        [replace(each, uses=one["lib_uses"]) for each, one in zip(found, raw, strict=True)]
        if is_ranked
        else found
    )


def first(rows: QuerySet[Any], asked: Asked, count: int) -> QuerySet[Any]:
    """The only ones of a kind that can stand on the page, where an index knows them: the newest or the oldest."""
    _label, order = SORTS[asked.sort]
    if asked.sort not in {"new", "old"} or count > MOST_AHEAD:
        return rows
    return rows.filter(pk__in=rows.order_by(*order).values("pk")[:count])


def as_columns(code: str, rows: QuerySet[Any], uses: Any) -> QuerySet[Any]:
    """The same columns of the same types for every kind, so that the database can put them in one order."""
    kind = shelves.kind(code)
    form = F(kind.form) if kind and kind.form else Value("")
    return rows.annotate(
        lib_kind=Value(code, output_field=CharField()),
        lib_form=Cast(form, CharField()),
        lib_name=Cast("lib_title", CharField()),
        lib_start=Cast(Left("lib_words", 240), CharField()),
        lib_grade=Cast(Coalesce("lib_class", Value("")), CharField()),
        lib_place=F("lib_case"),
        lib_keeper=F("lib_owner"),
        lib_uses=uses,
        lib_sort=Lower("lib_title", output_field=CharField()),
    ).values(*SHOWN)


def row(raw: dict[str, Any], people: dict[Any, Any], cases: dict[Any, Any]) -> Row:
    """One thing as the page and the API show it."""
    kind = shelves.kind(raw["lib_kind"])
    assert kind is not None
    label, icon, title, words = str(kind.label), kind.icon, raw["lib_name"], raw["lib_start"]
    if kind.code == "artifact":
        label, icon = str(Artifact.Kind(raw["lib_form"]).label), Artifact.ICONS[raw["lib_form"]]
    elif kind.says:
        words = str(kind.says(raw["lib_form"]))
    return Row(
        key=str(raw["pk"]), kind=raw["lib_form"] if kind.code == "artifact" else kind.code, kind_label=label, icon=icon,
        title=title, words=words, classification=raw["lib_grade"], class_label=class_label(raw["lib_grade"]),
        color=Dataset.COLORS.get(raw["lib_grade"], "grey"), use_case=cases.get(raw["lib_place"]),
        owner=people.get(raw["lib_keeper"]), at=raw["lib_at"], url=kind.url(raw["pk"]),
    )  # fmt: skip


def class_label(grade: str) -> str:
    """A class in words."""
    return str(Dataset.Classification(grade).label) if grade else ""


def facets(
    user: User, shelf: dict[str, QuerySet[Any]], counted: dict[str, Counter[str]], asked: Asked
) -> list[Facet]:
    """What the answer could be narrowed down to; each facet counts as if nothing of itself were chosen."""
    cases = {
        str(each.pk): each.ref or each.title
        for each in known_cases(user).filter(pk__in=most(counted["use_case"]))
    }
    people = {str(each.pk): each.display_name for each in User.objects.filter(pk__in=most(counted["owner"]))}
    kinds = kind_labels()
    classes = {str(code): str(label) for code, label in Dataset.Classification.choices}
    return [
        Facet("kind", _("Kind"), chips("kind", counted["kind"], kinds, asked)),
        Facet(
            "classification", _("Class"), chips("classification", counted["classification"], classes, asked)
        ),
        Facet("tag", _("Tag"), tag_chips(shelf, asked)),
        Facet("use_case", _("Use case"), chips("use_case", counted["use_case"], cases, asked)),
        Facet("owner", _("Owner"), chips("owner", counted["owner"], people, asked)),
    ]


def kind_labels() -> dict[str, str]:
    """Every kind that can be chosen, in the order of the shelves; artifacts by their own kinds."""
    upper = {each.code: str(each.label) for each in shelves.shelf() if each.code != "artifact"}
    return {**upper, **{str(code): str(label) for code, label in Artifact.Kind.choices}}


def most(counted: Counter[str], more: int = 200) -> list[str]:
    """The commonest values; more of them than are shown, for some may not be named to this reader."""
    return [value for value, _count in counted.most_common(more)]


def chips(name: str, counted: Counter[str], labels: dict[str, str], asked: Asked) -> list[Chip]:
    """The commonest values that have a name for the reader, and the chosen one."""
    on = getattr(asked, name)
    known = [(value, n) for value, n in counted.most_common() if value in labels]
    shown = known[:MOST_CHIPS] + [pair for pair in known[MOST_CHIPS:] if pair[0] == on]
    return [
        Chip(value, labels[value], n, asked.query(**{name: "" if value == on else value}), value == on)
        for value, n in shown
    ]


def tag_chips(shelf: dict[str, QuerySet[Any]], asked: Asked) -> list[Chip]:
    """The commonest tags of the artifacts of the answer."""
    rows = chosen(shelf, asked).get("artifact")
    if rows is None:
        return []
    keys = rows.order_by().values("pk")
    counted = ArtifactTag.objects.filter(artifact__in=keys).values_list("word").annotate(n=Count("pk"))
    found = Counter(dict(counted.order_by("-n", "word")[:MOST_CHIPS]))
    return chips("tag", found, {word: word for word in found}, asked)
