"""Reads for the discussion of a use case."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from portal.core.models import User
from projects import rules
from projects.models import Comment, CommentReaction, UseCase, Watch
from projects.selectors.watching import level_of

REACTION_LABELS: dict[str, Any] = dict(CommentReaction.Kind.choices)


@dataclass(frozen=True)
class Sign:
    """One kind of reaction below a comment."""

    kind: str
    icon: str
    label: Any
    people: tuple[str, ...]
    is_mine: bool


@dataclass(frozen=True)
class Talk:
    """One comment as one reader sees it."""

    comment: Comment
    signs: list[Sign]
    may_edit: bool
    may_withdraw: bool


def talk(use_case: UseCase, reader: User) -> list[Talk]:
    """The comments, oldest first; four queries however many there are."""
    said = list(use_case.comments.select_related("author"))
    may_comment = rules.use_cases.may_comment(reader, use_case)
    moderates = rules.ways.is_portfolio_manager(reader)
    given: dict[Any, dict[str, list[User]]] = defaultdict(lambda: defaultdict(list))
    for each in CommentReaction.objects.filter(comment__use_case=use_case).select_related("user"):
        given[each.comment_id][each.kind].append(each.user)
    return [
        Talk(
            comment,
            signs(given[comment.pk], reader),
            bool(may_comment) and comment.author_id == reader.pk and not comment.withdrawn_at,
            bool(may_comment) and (comment.author_id == reader.pk or moderates) and not comment.withdrawn_at,
        )
        for comment in said
    ]


def signs(given: dict[str, list[User]], reader: User) -> list[Sign]:
    """Every kind, with who gave it."""
    return [
        Sign(
            kind,
            CommentReaction.ICONS[kind],
            label,
            tuple(str(person) for person in given.get(kind, [])),
            any(person.pk == reader.pk for person in given.get(kind, [])),
        )
        for kind, label in REACTION_LABELS.items()
    ]


@dataclass(frozen=True)
class WatchChoice:
    """One level, as the menu shows it."""

    level: str
    label: Any
    is_mine: bool


def watch_choices(use_case: UseCase, reader: User, involved: Any) -> list[WatchChoice]:
    """The levels; the first one is what holds without a choice."""
    mine = level_of(reader, use_case)
    return [
        WatchChoice(level, label, level == mine) for level, label in [("", involved), *Watch.Level.choices]
    ]
