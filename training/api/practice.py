"""Practice, notes, problems and one's own activity, by code."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.filtering import refuse_unknown
from portal.core.api.kit import CanField, ReadsBodies, ReadViewSet, StrictSerializer
from training import activity, answers, studio_rules
from training.api.filters import PracticeFilter, ProblemFilter
from training.api.serializers import ShownOut
from training.explaining import explain
from training.models import LessonProblem, Practice, PracticeAnswer
from training.services import notes, practices
from training.showing import show
from training.wording import say

OBJECT = {"type": "object"}


class PractiseIn(StrictSerializer):
    """Whether each answer says how sure one is."""

    asks_certainty = serializers.BooleanField(default=False)


class PracticeAnswerIn(StrictSerializer):
    """An answer, and how sure one is."""

    position = serializers.IntegerField(min_value=1, max_value=100)
    response = serializers.JSONField()
    certainty = serializers.ChoiceField(choices=PracticeAnswer.Certainty.choices, required=False, default="")


class PositionIn(StrictSerializer):
    """Which question."""

    position = serializers.IntegerField(min_value=1, max_value=100)


class TextIn(StrictSerializer):
    """A text."""

    text = serializers.CharField(max_length=10_000, allow_blank=True)


class ReplyIn(StrictSerializer):
    """The authors' answer."""

    reply = serializers.CharField(max_length=2000)


def row_of(row: PracticeAnswer) -> dict[str, Any]:
    """A question of a round; once answered, with everything there is to say."""
    told = explain(row.question, row.response, row.order, tells_right=True) if row.answered_at else None
    hints = row.question.content.get("hints", [])
    return {
        "position": row.position,
        "question": ShownOut(show(row.question, order=row.order)).data,
        "example": answers.EXAMPLES[row.question.kind],
        "response": row.response,
        "hints": [say(each) for each in hints[: row.hints_taken]],
        "hints_left": len(hints) - row.hints_taken,
        "score": None if row.score is None else float(row.score),
        "mark": row.mark,
        "explanation": [*told.why, told.text] if told else [],
        "findings": [vars(each) for each in told.findings] if told else [],
        "right": told.right if told else [],
    }


class PracticeOut(serializers.ModelSerializer[Practice]):
    """A round in a list."""

    about = serializers.CharField(source="about.code", read_only=True)

    class Meta:
        model = Practice
        fields = ["id", "about", "asks_certainty", "created_at"]


class PracticeDetailOut(PracticeOut):
    """With its questions."""

    questions = serializers.SerializerMethodField()

    class Meta(PracticeOut.Meta):
        fields = [*PracticeOut.Meta.fields, "questions"]

    def get_questions(self, practice: Practice) -> list[dict[str, Any]]:
        """In their order."""
        return [row_of(row) for row in practice.answers.select_related("question")]


class Practises:
    """Begin a round on what the viewset shows."""

    @extend_schema(request=PractiseIn, responses={201: PracticeDetailOut})
    @action(detail=True, methods=["post"])
    def practise(self: Any, request: Request, code: str) -> Response:
        """Draw questions to practise with; no exam draws them."""
        about, given = self.get_object(), self.taken(PractiseIn, request)
        practice = practices.start(about, **given, by=request.user)
        return Response(PracticeDetailOut(practice).data, status=status.HTTP_201_CREATED)


class KeepsNotes:
    """One's own note on a lesson, and problems for its authors."""

    @extend_schema(request=TextIn, responses={200: OBJECT})
    @action(detail=True, methods=["post"])
    def note(self: Any, request: Request, code: str) -> Response:
        """Keep one's own note; an empty text takes it away."""
        lesson, given = self.get_object(), self.taken(TextIn, request)
        note = notes.write(lesson, text=given["text"], by=request.user)
        return Response({"text": note.text if note else ""})

    @extend_schema(request=TextIn, responses={200: OBJECT})
    @action(detail=True, methods=["post"])
    def report(self: Any, request: Request, code: str) -> Response:
        """Tell the authors what is wrong. Safe to repeat."""
        lesson, given = self.get_object(), self.taken(TextIn, request)
        problem = notes.report(lesson, text=given["text"], by=request.user)
        return Response(ProblemOut(problem, context=self.get_serializer_context()).data)


class ProblemOut(serializers.ModelSerializer[LessonProblem]):
    """A problem reported."""

    lesson = serializers.CharField(source="lesson.code", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    can = CanField({"settle": studio_rules.may_settle})

    class Meta:
        model = LessonProblem
        fields = ["id", "lesson", "version", "text", "state", "reply", "created_at", "settled_at", "can"]


class PracticeViewSet(ReadViewSet):
    """One's own rounds: questions, answers with explanations, hints."""

    model = Practice
    serializer_class = PracticeOut
    filterset_class = PracticeFilter

    def get_serializer_class(self) -> Any:
        """The detail shows the questions."""
        return PracticeDetailOut if self.action == "retrieve" else PracticeOut

    @extend_schema(request=PracticeAnswerIn, responses={200: OBJECT})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answer once, and hear at once."""
        practice, given = self.get_object(), self.taken(PracticeAnswerIn, request)
        return Response(row_of(practices.answer(practice, **given, by=request.user)))

    @extend_schema(request=PositionIn, responses={200: OBJECT})
    @action(detail=True, methods=["post"])
    def hint(self, request: Request, pk: str) -> Response:
        """One more hint; a quarter less for the answer."""
        practice, given = self.get_object(), self.taken(PositionIn, request)
        return Response(row_of(practices.hint(practice, **given, by=request.user)))


class ProblemViewSet(ReadViewSet):
    """Problems reported: one's own; all for authors, who answer."""

    model = LessonProblem
    serializer_class = ProblemOut
    filterset_class = ProblemFilter

    @extend_schema(request=ReplyIn, responses={200: ProblemOut})
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        """Answer and settle."""
        problem, given = self.get_object(), self.taken(ReplyIn, request)
        return Response(
            self.get_serializer(notes.settle(problem, reply=given["reply"], by=request.user)).data
        )


class ActivityViewSet(ReadsBodies):
    """One's own learning as statements in the shape of xAPI."""

    @extend_schema(responses={200: OBJECT})
    def list(self, request: Request) -> Response:
        """The newest thousand; passes and failures, never the answers of an exam."""
        refuse_unknown(request, set())
        return Response({"statements": activity.statements(request.user)})


routes: list[tuple[str, Any, str]] = [
    ("practices", PracticeViewSet, "practice"),
    ("lesson-problems", ProblemViewSet, "lesson-problem"),
    ("learning-activity", ActivityViewSet, "learning-activity"),
]
