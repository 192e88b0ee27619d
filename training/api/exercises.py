"""Exercises and mentor reviews for programs: the same acts and rules as the pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import CanField, ReadViewSet, StrictSerializer
from training import exercise_rules as rules, exercising, own_work, review_desk
from training.api.filters import ExerciseFilter, ReviewFilter
from training.models import Exercise, ExerciseWork, Review
from training.services import exercises, reviews
from training.wording import say


class ExerciseOut(serializers.ModelSerializer[Exercise]):
    """An exercise in a list."""

    title = serializers.CharField(read_only=True)
    goal = serializers.CharField(source="version.goal", read_only=True)
    lesson = serializers.CharField(source="lesson.code", read_only=True)
    minutes = serializers.IntegerField(source="version.minutes", read_only=True)
    is_assessed = serializers.BooleanField(source="version.is_assessed", read_only=True)

    class Meta:
        model = Exercise
        fields = ["id", "code", "title", "goal", "level", "lesson", "minutes", "is_assessed"]


class ExerciseDetailOut(ExerciseOut):
    """With the brief, and the caller's own work."""

    body = serializers.CharField(source="version.body", read_only=True)
    work = serializers.SerializerMethodField()
    can = CanField({"start": rules.may_start})

    class Meta(ExerciseOut.Meta):
        fields = [*ExerciseOut.Meta.fields, "body", "work", "can"]

    def get_work(self, exercise: Exercise) -> dict[str, Any] | None:
        """The present round: its sandbox, what is written, what each check sees now; null before the start."""
        user = self.context["request"].user
        mine = ExerciseWork.objects.visible_to(user).for_list().open().filter(exercise=exercise).first()
        return shown(mine) if mine else None


def shown(work: ExerciseWork) -> dict[str, Any]:
    """A round as the API tells it."""
    rows = exercising.rows(work, exercising.look(work))
    return {
        "sandbox": work.use_case_id,
        "written": work.written,
        "asks_for": [asked(work, each) for each in work.version.fields],
        "checks": [
            {"code": row.code, "title": row.title, "state": row.state, "found": row.found, "hint": row.hint}
            for row in rows
        ],
        "checked_at": work.checked_at,
        "passed_at": work.passed_at,
    }


def asked(work: ExerciseWork, field: dict[str, Any]) -> dict[str, Any]:
    """A field, with the pieces of real work it can hold."""
    found = {"key": field["key"], "label": say(field["labels"])}
    if field["kind"] != "item":
        return found
    pieces = own_work.pieces(work.user).values()
    return {**found, "choices": [{"value": each.key, "label": each.label} for each in pieces]}


class CheckIn(StrictSerializer):
    """What the learner writes down, by field."""

    written = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=4000), required=False
    )


class AskIn(StrictSerializer):
    """Which kind of look, and what it should answer."""

    mode = serializers.ChoiceField(choices=Review.Mode.choices)
    wish = serializers.CharField(max_length=4000)


class CalibrateIn(StrictSerializer):
    """Levels for one sample."""

    sample = serializers.CharField(max_length=40)
    levels = serializers.DictField(child=serializers.IntegerField())


class CalibrationOut(serializers.Serializer[Any]):
    """How the caller's levels lie beside those of the experts."""

    marked = serializers.IntegerField()
    samples = serializers.IntegerField()
    percent = serializers.IntegerField()
    mean_deviation = serializers.FloatField()
    is_calibrated = serializers.BooleanField()


class ReviewOut(serializers.ModelSerializer[Review]):
    """A request in a list; who asked is not told while an assessment is marked."""

    exercise = serializers.CharField(source="work.exercise.code", read_only=True)
    learner = serializers.SerializerMethodField()

    class Meta:
        model = Review
        fields = ["id", "exercise", "mode", "state", "learner", "wish", "created_at", "since", "passed"]

    def get_learner(self, review: Review) -> str | None:
        """The name, where it may be known."""
        reader = self.context["request"].user
        hidden = review.mode == Review.Mode.ASSESSMENT and review.state == Review.State.WAITING
        return None if hidden and review.work.user_id != reader.pk else review.work.user.display_name


class ReviewDetailOut(ReviewOut):
    """With the evidence, the conversation, and the marks once all are given."""

    evidence = serializers.SerializerMethodField()
    posts = serializers.SerializerMethodField()
    marks = serializers.SerializerMethodField()
    first_levels = serializers.SerializerMethodField()
    can = CanField(
        {
            "claim": rules.may_claim,
            "say": rules.may_talk,
            "close": rules.may_close,
            "release": rules.may_release,
            "withdraw": rules.may_withdraw,
            "mark": rules.may_mark,
            "contest": rules.may_contest,
        }
    )

    class Meta(ReviewOut.Meta):
        fields = [
            *ReviewOut.Meta.fields, "evidence", "posts", "marks", "levels", "contested_at", "objection", "first_levels", "can",
        ]  # fmt: skip

    @extend_schema_field({"type": "object", "nullable": True})
    def get_first_levels(self, review: Review) -> dict[str, float] | None:
        """What was contested: for the learner, and for all others once it is marked anew."""
        reader = self.context["request"].user
        return review.first_result["levels"] if review_desk.first_result(review, reader) else None

    def get_evidence(self, review: Review) -> dict[str, Any]:
        """What the sandbox showed when the learner asked."""
        return review_desk.shown_evidence(review)

    def get_posts(self, review: Review) -> list[dict[str, Any]]:
        """The messages in order."""
        rows = review.posts.select_related("author")
        return [
            {"author": each.author.display_name, "text": each.text, "created_at": each.created_at}
            for each in rows
        ]

    def get_marks(self, review: Review) -> list[dict[str, Any]]:
        """Each marker's levels, without names; one's own alone before the end."""
        reader, is_done = self.context["request"].user, review.state == Review.State.DONE
        rows = [each for each in review.markings.all() if is_done or each.marker_id == reader.pk]
        return [{"levels": each.levels, "comment": each.comment} for each in rows]


class SayIn(StrictSerializer):
    """The words."""

    text = serializers.CharField(max_length=4000)


class CloseIn(StrictSerializer):
    """Whether the mentor approves."""

    approves = serializers.BooleanField(default=False)


class ContestIn(StrictSerializer):
    """What the markers overlooked."""

    reason = serializers.CharField(max_length=4000)


class MarkIn(StrictSerializer):
    """A level for each criterion, and what helps the learner."""

    levels = serializers.DictField(child=serializers.IntegerField())
    comment = serializers.CharField(max_length=4000)


class ExerciseViewSet(ReadViewSet):
    """Exercises: begin, check, clear, ask for a look, calibrate."""

    model = Exercise
    serializer_class = ExerciseOut
    filterset_class = ExerciseFilter
    lookup_field = "code"

    def get_serializer_class(self) -> Any:
        """A list is short."""
        return ExerciseOut if self.action == "list" else ExerciseDetailOut

    def work(self, request: Request) -> ExerciseWork:
        """The caller's present round, or 404."""
        mine = ExerciseWork.objects.visible_to(request.user).for_list().open()  # type: ignore[arg-type]
        return get_object_or_404(mine, exercise=self.get_object())

    @extend_schema(request=None, responses={200: ExerciseDetailOut})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, code: str) -> Response:
        """Make the sandbox, or find the present one. Safe to repeat."""
        exercises.start(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=CheckIn, responses={200: ExerciseDetailOut})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, code: str) -> Response:
        """Keep what is written and look at the sandbox. Safe to repeat."""
        given = self.taken(CheckIn, request)
        exercises.check(self.work(request), **given, by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses={200: ExerciseDetailOut})
    @action(detail=True, methods=["post"])
    def clear(self, request: Request, code: str) -> Response:
        """Throw the sandbox away."""
        exercises.clear(self.work(request), by=request.user)  # type: ignore[arg-type]
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=AskIn, responses={201: ReviewDetailOut})
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, code: str) -> Response:
        """Ask for coaching or assessment."""
        review = reviews.ask(self.work(request), **self.taken(AskIn, request), by=request.user)  # type: ignore[arg-type]
        context = self.get_serializer_context()
        return Response(ReviewDetailOut(review, context=context).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=CalibrateIn, responses={200: CalibrationOut})
    @action(detail=True, methods=["post"])
    def calibrate(self, request: Request, code: str) -> Response:
        """Mark a sample that experts have marked."""
        version = self.get_object().version
        reviews.calibrate(version, **self.taken(CalibrateIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(CalibrationOut(rules.calibration_of(request.user, version)).data)  # type: ignore[arg-type]


class ReviewViewSet(ReadViewSet):
    """Requests one sees: take, talk, close, give back, withdraw, mark."""

    model = Review
    serializer_class = ReviewOut
    filterset_class = ReviewFilter

    def get_serializer_class(self) -> Any:
        """A list is short."""
        return ReviewOut if self.action == "list" else ReviewDetailOut

    def answer(self) -> Response:
        """The review as it stands now; whoever acted may not see it any more, and hears only its state."""
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses={200: ReviewDetailOut})
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, pk: str) -> Response:
        """Take it out of the queue."""
        reviews.claim(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return self.answer()

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def release(self, request: Request, pk: str) -> Response:
        """Give it back."""
        reviews.release(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=SayIn, responses={200: ReviewDetailOut})
    @action(detail=True, methods=["post"])
    def say(self, request: Request, pk: str) -> Response:
        """Write a message."""
        review, given = self.get_object(), self.taken(SayIn, request)
        reviews.say(review, **given, by=request.user)  # type: ignore[arg-type]
        return self.answer()

    @extend_schema(request=CloseIn, responses={200: ReviewDetailOut})
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str) -> Response:
        """End the coaching."""
        review, given = self.get_object(), self.taken(CloseIn, request)
        reviews.close(review, **given, by=request.user)  # type: ignore[arg-type]
        return self.answer()

    @extend_schema(request=None, responses={200: ReviewDetailOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take the request back."""
        reviews.withdraw(self.get_object(), by=request.user)  # type: ignore[arg-type]
        return self.answer()

    @extend_schema(request=ContestIn, responses={200: ReviewDetailOut})
    @action(detail=True, methods=["post"])
    def contest(self, request: Request, pk: str) -> Response:
        """Object to a result that does not pass, within fifteen days; another marker then marks."""
        review, given = self.get_object(), self.taken(ContestIn, request)
        reviews.contest(review, **given, by=request.user)  # type: ignore[arg-type]
        return self.answer()

    @extend_schema(request=MarkIn, responses={200: ReviewDetailOut})
    @action(detail=True, methods=["post"])
    def mark(self, request: Request, pk: str) -> Response:
        """Mark by the rubric, once."""
        review, given = self.get_object(), self.taken(MarkIn, request)
        reviews.mark(review, **given, by=request.user)  # type: ignore[arg-type]
        return self.answer()


routes = [("exercises", ExerciseViewSet, "exercise"), ("reviews", ReviewViewSet, "review")]
