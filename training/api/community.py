"""The API of questions and answers between colleagues."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from projects.models import UseCase
from training import community_rules
from training.filters import HelpQuestionFilter
from training.models import HelpAnswer, HelpQuestion, Lesson
from training.services import community


class HelpAnswerOut(serializers.ModelSerializer[HelpAnswer]):
    """An answer."""

    author = serializers.CharField(source="author.display_name", read_only=True)

    class Meta:
        model = HelpAnswer
        fields = ["id", "author", "text", "created_at"]


class HelpQuestionOut(serializers.ModelSerializer[HelpQuestion]):
    """A question in a list."""

    asked_by = serializers.CharField(source="asked_by.display_name", read_only=True)
    lesson = serializers.CharField(source="lesson.code", read_only=True, default=None)
    use_case = serializers.UUIDField(source="use_case_id", read_only=True)
    answer_count = serializers.IntegerField(read_only=True, default=0)

    class Meta:
        model = HelpQuestion
        fields = ["id", "title", "text", "asked_by", "lesson", "use_case", "accepted", "answer_count", "created_at"]  # fmt: skip


class HelpQuestionDetailOut(HelpQuestionOut):
    """With its answers."""

    answers = HelpAnswerOut(many=True, read_only=True)
    can = CanField({"answer": community_rules.may_answer, "accept": community_rules.may_accept})

    class Meta(HelpQuestionOut.Meta):
        fields = [*HelpQuestionOut.Meta.fields, "answers", "can"]


class HelpQuestionIn(StrictSerializer):
    """About one lesson (code) or one use case (key)."""

    title = serializers.CharField(max_length=160)
    text = serializers.CharField(max_length=4000)
    lesson = serializers.CharField(max_length=20, required=False)
    use_case = serializers.UUIDField(required=False)


class HelpAnswerIn(StrictSerializer):
    """The words of an answer."""

    text = serializers.CharField(max_length=4000)


class HelpAcceptIn(StrictSerializer):
    """Which answer helped."""

    answer = serializers.UUIDField()


class HelpQuestionViewSet(ReadViewSet):
    """Questions one sees: ask, answer, say what helped."""

    model = HelpQuestion
    serializer_class = HelpQuestionOut
    filterset_class = HelpQuestionFilter

    def get_serializer_class(self) -> Any:
        """A list is short; everything else shows the answers."""
        return HelpQuestionOut if self.action == "list" else HelpQuestionDetailOut

    @extend_schema(request=HelpQuestionIn, responses={201: HelpQuestionDetailOut})
    def create(self, request: Request) -> Response:
        """Ask."""
        given = self.taken(HelpQuestionIn, request)
        if code := given.pop("lesson", None):
            given["lesson"] = get_object_or_404(Lesson.objects.visible_to(request.user), code=code)
        if key := given.pop("use_case", None):
            given["use_case"] = get_object_or_404(UseCase.objects.visible_to(request.user), pk=key)
        question = community.ask(**given, by=request.user)
        return Response(self.get_serializer(question).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=HelpAnswerIn, responses={201: HelpAnswerOut})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answer."""
        question, given = self.get_object(), self.taken(HelpAnswerIn, request)
        made = community.answer(question, **given, by=request.user)
        return Response(HelpAnswerOut(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=HelpAcceptIn, responses={200: HelpQuestionDetailOut})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str) -> Response:
        """Say which answer helped. Safe to repeat."""
        question, given = self.get_object(), self.taken(HelpAcceptIn, request)
        answer = get_object_or_404(question.answers.select_related("author"), pk=given["answer"])
        community.accept(question, answer=answer, by=request.user)
        return Response(self.get_serializer(self.get_object()).data)
