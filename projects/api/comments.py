"""The discussion of a use case over the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import StrictSerializer
from projects.api.part import KEY, Part
from projects.models import Comment, CommentReaction, Watch
from projects.selectors import comments as reads
from projects.selectors.watching import level_of
from projects.services import comments, watching


class CommentIn(StrictSerializer):
    """A word in Markdown; “@” with the first part of an address mentions."""

    text = serializers.CharField(max_length=4000)


class ReactionIn(StrictSerializer):
    """A sign."""

    kind = serializers.ChoiceField(CommentReaction.Kind.choices)


class WatchIn(StrictSerializer):
    """How much one wants to hear; empty for what involves one."""

    level = serializers.ChoiceField([("", ""), *Watch.Level.choices], allow_blank=True)


def comment_out(comment: Comment) -> dict[str, Any]:
    """One comment."""
    return {
        "id": comment.pk,
        "author": str(comment.author),
        "at": comment.created_at,
        "text": comment.text,
        "edited_at": comment.edited_at,
        "withdrawn_at": comment.withdrawn_at,
    }


class CommentActs(Part):
    """Comments, reactions, watching."""

    @extend_schema(request=CommentIn)
    @action(detail=True, methods=["get", "post"])
    def comments(self, request: Request, pk: str) -> Response:
        """What is said; a POST says something."""
        use_case = self.get_object()
        if request.method == "POST":
            made = comments.add(use_case, **self.taken(CommentIn, request), by=request.user)
            return Response({"id": made.pk, "text": made.text}, status=status.HTTP_201_CREATED)
        return Response(
            [
                {
                    **comment_out(each.comment),
                    "reactions": {sign.kind: list(sign.people) for sign in each.signs if sign.people},
                    "can": {"edit": each.may_edit, "withdraw": each.may_withdraw},
                }
                for each in reads.talk(use_case, request.user)
            ]
        )

    @extend_schema(request=CommentIn)
    @action(detail=True, methods=["patch"], url_path=f"comments/{KEY}")
    def comment(self, request: Request, pk: str, part: str) -> Response:
        """Say it better."""
        found = self.part(Comment.objects.select_related("author"), part)
        return Response(comment_out(comments.edit(found, **self.taken(CommentIn, request), by=request.user)))

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], url_path=f"comments/{KEY}/withdraw")
    def comment_withdraw(self, request: Request, pk: str, part: str) -> Response:
        """Take the words back."""
        found = self.part(Comment.objects.select_related("author"), part)
        return Response(comment_out(comments.withdraw(found, by=request.user)))

    @extend_schema(request=ReactionIn)
    @action(detail=True, methods=["post"], url_path=f"comments/{KEY}/react")
    def comment_react(self, request: Request, pk: str, part: str) -> Response:
        """Leave a sign, or take it away."""
        found = self.part(Comment.objects.select_related("author"), part)
        given = self.taken(ReactionIn, request)
        return Response({"stands": comments.react(found, **given, by=request.user), **given})

    @extend_schema(request=WatchIn)
    @action(detail=True, methods=["get", "post"])
    def watch(self, request: Request, pk: str) -> Response:
        """How much one hears; a POST chooses."""
        use_case = self.get_object()
        if request.method == "POST":
            watching.watch(use_case, **self.taken(WatchIn, request), by=request.user)
        return Response({"level": level_of(request.user, use_case)})
