"""The API of what keeps a right: questions that come back, and acts that wait for it."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from portal.core.models.credentials import Right
from training import answers, rules
from training.api.filters import RecallCardFilter
from training.api.serializers import ShownOut
from training.models import PostponedAct, RecallCard
from training.services import postponed, recall
from training.showing import show


class RecallCardOut(serializers.ModelSerializer[RecallCard]):
    """A question that comes back, without its key."""

    certificate = serializers.UUIDField(source="certificate_id", read_only=True)
    lesson = serializers.CharField(source="question.lesson.code", read_only=True)
    question = serializers.SerializerMethodField()
    example = serializers.SerializerMethodField()
    can = CanField({"answer": rules.may_recall})

    class Meta:
        model = RecallCard
        fields = ["id", "certificate", "lesson", "due_at", "question", "example", "can"]

    def get_question(self, card: RecallCard) -> dict[str, Any]:
        """What the reader sees."""
        return dict(ShownOut(show(card.question)).data)

    def get_example(self, card: RecallCard) -> str:
        """The shape of an answer."""
        return answers.EXAMPLES[card.question.kind]


class RecallAnswerIn(StrictSerializer):
    """The answer to a card."""

    response = serializers.JSONField()


class RecallCardViewSet(ReadViewSet):
    """One's own cards, those due first."""

    model = RecallCard
    serializer_class = RecallCardOut
    filterset_class = RecallCardFilter

    @extend_schema(request=RecallAnswerIn, responses={200: {"type": "object"}})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Right or not, why, and when it comes back; refused while it is not due."""
        card, given = self.get_object(), self.taken(RecallAnswerIn, request)
        result = recall.answer(card, response=given["response"], by=request.user)
        return Response(
            {"is_right": result.is_right, "explanation": result.explanation, "due_at": result.due_at}
        )


class PostponedActOut(serializers.ModelSerializer[PostponedAct]):
    """A page kept until its right is there."""

    can = CanField({"close": rules.may_close})

    class Meta:
        model = PostponedAct
        fields = ["id", "right", "url", "created_at", "offered_at", "closed_at", "can"]


class PostponedActIn(StrictSerializer):
    """Which page, for want of which right."""

    right = serializers.ChoiceField(choices=Right.choices)
    url = serializers.CharField(max_length=300)


class PostponedActFilter(django_filters.FilterSet):
    """By right."""

    right = django_filters.ChoiceFilter(choices=Right.choices)

    class Meta:
        model = PostponedAct
        fields: list[str] = []


class PostponedActViewSet(ReadViewSet):
    """What one wanted to do and could not yet."""

    model = PostponedAct
    serializer_class = PostponedActOut
    filterset_class = PostponedActFilter

    @extend_schema(request=PostponedActIn, responses={201: PostponedActOut})
    def create(self, request: Request) -> Response:
        """Keep a page; told when the right is there. Safe to repeat."""
        given = self.taken(PostponedActIn, request)
        act = postponed.keep(given["right"], url=given["url"], by=request.user)
        return Response(self.get_serializer(act).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={200: PostponedActOut})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """Done, or no longer wanted. Safe to repeat."""
        return Response(self.get_serializer(postponed.close(self.get_object(), by=request.user)).data)
