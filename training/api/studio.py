"""The author studio, assignments and the literacy register, by code."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.filtering import refuse_unknown
from portal.core.api.kit import CanField, ReadsBodies, ReadViewSet, StrictSerializer
from portal.core.models import User
from portal.core.verdicts import require
from training import graph, registers, studio_rules
from training.api.filters import AssignmentFilter, DraftFilter, PublicationFilter
from training.api.serializers import ShownOut
from training.explaining import right_words
from training.filters import QuestionFilter
from training.models import Assignment, Path, Prerequisite, Publication, Question, QuestionDraft
from training.services import allowances, assignments, drafts, marking, prerequisites, publications
from training.showing import show
from training.statistics import Figures

OBJECT = {"type": "object"}


class NothingIn(StrictSerializer):
    """An act that needs no body."""


class ReasonIn(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=300)


class DraftIn(StrictSerializer):
    """A question as YAML."""

    text = serializers.CharField(max_length=20_000)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class RemarkIn(StrictSerializer):
    """What should change."""

    remark = serializers.CharField(max_length=500)


class ImportIn(StrictSerializer):
    """Questions from elsewhere; objective and use are for Moodle XML."""

    form = serializers.ChoiceField(choices=["yaml", "moodle"])
    text = serializers.CharField(max_length=1_000_000)
    objective = serializers.CharField(max_length=40, required=False, default="", allow_blank=True)
    use = serializers.ChoiceField(choices=["practice", "exam"], required=False, default="practice")


class ExportIn(StrictSerializer):
    """Which course in which form."""

    form = serializers.ChoiceField(choices=["yaml", "moodle"])
    course = serializers.CharField(max_length=20)


class AssignIn(StrictSerializer):
    """Who follows which path until when."""

    path = serializers.SlugRelatedField(slug_field="code", queryset=Path.objects.filter(is_active=True))
    people = serializers.PrimaryKeyRelatedField(
        many=True, queryset=User.objects.filter(is_active=True, is_service=False)
    )
    due_on = serializers.DateField()
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class TimeIn(StrictSerializer):
    """More time in exams for one person."""

    person = serializers.PrimaryKeyRelatedField(
        queryset=User.objects.filter(is_active=True, is_service=False)
    )
    extra_percent = serializers.IntegerField(min_value=0, max_value=300)


class QuestionOut(serializers.ModelSerializer[Question]):
    """A question of the bank without its key."""

    objective = serializers.CharField(source="objective.code", read_only=True)
    lesson = serializers.CharField(source="lesson.code", read_only=True)
    question = serializers.SerializerMethodField()
    can = CanField({"reveal": studio_rules.may_write, "void": studio_rules.may_void})

    class Meta:
        model = Question
        fields = ["uid", "version", "kind", "use", "objective", "lesson", "is_must_know", "question", "can"]

    def get_question(self, question: Question) -> dict[str, Any]:
        """As a learner sees it."""
        return dict(ShownOut(show(question)).data)


class DraftOut(serializers.ModelSerializer[QuestionDraft]):
    """A draft."""

    author = serializers.CharField(source="author.display_name", read_only=True)
    can = CanField({"change": studio_rules.may_change_draft, "publish": studio_rules.may_publish_draft})

    class Meta:
        model = QuestionDraft
        fields = ["id", "uid", "note", "state", "author", "remark", "created_at", "can"]


class PublicationOut(serializers.ModelSerializer[Publication]):
    """A publication with its entries."""

    entries = serializers.SerializerMethodField()
    can = CanField({"revert": studio_rules.may_revert})

    class Meta:
        model = Publication
        fields = ["id", "note", "created_at", "entries", "can"]

    def get_entries(self, publication: Publication) -> list[dict[str, Any]]:
        """Kind, name, version before and after."""
        return [
            {"kind": each.kind, "name": each.name, "old": each.old, "new": each.new}
            for each in publication.entries.all()
        ]


class AssignmentOut(serializers.ModelSerializer[Assignment]):
    """An assignment."""

    person = serializers.CharField(source="user.display_name", read_only=True)
    path = serializers.CharField(source="path.code", read_only=True)
    can = CanField({"withdraw": studio_rules.may_withdraw})

    class Meta:
        model = Assignment
        fields = ["id", "person", "path", "due_on", "note", "withdrawn_at", "can"]


class QuestionViewSet(ReadViewSet):
    """The bank, for authors and auditors."""

    model = Question
    serializer_class = QuestionOut
    filterset_class = QuestionFilter
    lookup_field = "uid"

    @extend_schema(request=NothingIn, responses={200: OBJECT})
    @action(detail=True, methods=["post"])
    def reveal(self, request: Request, uid: str) -> Response:
        """The answer, for an author whose exams never ask this question again."""
        question = self.get_object()
        self.taken(NothingIn, request)
        drafts.see_keys([question], by=request.user)
        return Response(
            {
                "right": right_words(question.kind, question.content, question.answer),
                "text": question.explanation,
            }
        )

    @extend_schema(responses={200: OBJECT})
    @action(detail=True)
    def figures(self, request: Request, uid: str) -> Response:
        """How it behaves in first attempts."""
        found = Figures([question := self.get_object()]).of(question)
        return Response(
            {
                "attempts": found.attempts,
                "facility": found.facility,
                "discrimination": found.discrimination,
                "flaws": found.flaws,
            }
        )

    @extend_schema(request=ReasonIn, responses={200: OBJECT})
    @action(detail=True, methods=["post"])
    def void(self, request: Request, uid: str) -> Response:
        """Take it out of all results; nobody loses a pass."""
        question, given = self.get_object(), self.taken(ReasonIn, request)
        return Response({"newly_passed": marking.void(question, reason=given["reason"], by=request.user)})

    @extend_schema(request=ExportIn, responses={200: OBJECT})
    @action(detail=False, methods=["post"], url_path="take-out")
    def take_out(self, request: Request) -> Response:
        """The questions of a course with their keys, as text."""
        require(studio_rules.may_write(request.user))
        given = self.taken(ExportIn, request)
        rows = list(self.get_queryset().filter(objective__course__code=given["course"]))
        text, left = drafts.take_out(rows, form=given["form"], by=request.user)
        return Response({"text": text, "left_out": left})


class DraftViewSet(ReadViewSet):
    """Drafts of questions, for community leads."""

    model = QuestionDraft
    serializer_class = DraftOut
    filterset_class = DraftFilter

    @extend_schema(request=DraftIn, responses={201: DraftOut})
    def create(self, request: Request) -> Response:
        """Begin a draft."""
        require(studio_rules.may_write(request.user))
        draft = drafts.begin(**self.taken(DraftIn, request), by=request.user)
        return Response(self.get_serializer(draft).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=ImportIn, responses={200: OBJECT})
    @action(detail=False, methods=["post"], url_path="bring-in")
    def bring_in(self, request: Request) -> Response:
        """Questions from YAML or Moodle XML become drafts."""
        require(studio_rules.may_write(request.user))
        made, left = drafts.bring_in(**self.taken(ImportIn, request), by=request.user)
        return Response({"drafts": self.get_serializer(made, many=True).data, "left_out": left})

    @extend_schema(request=DraftIn, responses={200: DraftOut})
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Keep a changed text."""
        draft, given = self.get_object(), self.taken(DraftIn, request)
        return Response(self.get_serializer(drafts.change(draft, **given, by=request.user)).data)

    @extend_schema(request=NothingIn, responses={200: DraftOut})
    @action(detail=True, methods=["post"], url_path="hand-in")
    def hand_in(self, request: Request, pk: str) -> Response:
        """Ask a second reader."""
        return self.done(request, drafts.hand_in)

    @extend_schema(request=RemarkIn, responses={200: DraftOut})
    @action(detail=True, methods=["post"], url_path="send-back")
    def send_back(self, request: Request, pk: str) -> Response:
        """Return it to its author."""
        draft, given = self.get_object(), self.taken(RemarkIn, request)
        return Response(self.get_serializer(drafts.send_back(draft, **given, by=request.user)).data)

    @extend_schema(request=NothingIn, responses={200: DraftOut})
    @action(detail=True, methods=["post"])
    def drop(self, request: Request, pk: str) -> Response:
        """Put it aside."""
        return self.done(request, drafts.drop)

    @extend_schema(request=NothingIn, responses={200: QuestionOut})
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str) -> Response:
        """Make it the present version."""
        draft = self.get_object()
        self.taken(NothingIn, request)
        question = drafts.publish(draft, by=request.user)
        return Response(QuestionOut(question, context=self.get_serializer_context()).data)

    def done(self, request: Request, act: Any) -> Response:
        """An act without a body."""
        draft = self.get_object()
        self.taken(NothingIn, request)
        return Response(self.get_serializer(act(draft, by=request.user)).data)


class PublicationViewSet(ReadViewSet):
    """The log of publications."""

    model = Publication
    serializer_class = PublicationOut
    filterset_class = PublicationFilter

    @extend_schema(request=NothingIn, responses={200: OBJECT})
    @action(detail=True, methods=["post"])
    def revert(self, request: Request, pk: str) -> Response:
        """Make the versions before it the present ones again."""
        publication = self.get_object()
        self.taken(NothingIn, request)
        done = publications.revert(publication, by=request.user)
        return Response({"entries": done.entries.count() if done else 0})


class AssignmentViewSet(ReadViewSet):
    """Who was asked to learn what until when: one's own, all for community leads."""

    model = Assignment
    serializer_class = AssignmentOut
    filterset_class = AssignmentFilter

    @extend_schema(request=AssignIn, responses={201: AssignmentOut(many=True)})
    def create(self, request: Request) -> Response:
        """Ask people to follow a path."""
        require(studio_rules.may_assign(request.user))
        made = assignments.assign(**self.taken(AssignIn, request), by=request.user)
        return Response(self.get_serializer(made, many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=NothingIn, responses={200: AssignmentOut})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Take it back."""
        assignment = self.get_object()
        self.taken(NothingIn, request)
        return Response(self.get_serializer(assignments.withdraw(assignment, by=request.user)).data)

    @extend_schema(request=TimeIn, responses={200: OBJECT})
    @action(detail=False, methods=["post"], url_path="exam-time")
    def exam_time(self, request: Request) -> Response:
        """More time in exams for one person; no reason is asked."""
        require(studio_rules.may_assign(request.user))
        given = self.taken(TimeIn, request)
        allowance = allowances.allow_time(
            given["person"], extra_percent=given["extra_percent"], by=request.user
        )
        return Response({"extra_percent": allowance.extra_percent})


class LiteracyViewSet(ReadsBodies):
    """The AI-literacy register."""

    @extend_schema(responses={200: OBJECT})
    def list(self, request: Request) -> Response:
        """For each system who works on it and what was done for their literacy."""
        refuse_unknown(request, set())
        require(studio_rules.may_see_cohort(request.user))
        head, *rows = registers.as_csv_rows(registers.literacy(request.user))
        return Response({"columns": head, "rows": rows})


class RuleIn(StrictSerializer):
    """One rule of the graph."""

    node = serializers.CharField(max_length=80)
    kind = serializers.CharField(max_length=10)
    of = serializers.ListField(child=serializers.CharField(max_length=80), max_length=100)
    least = serializers.IntegerField(min_value=0, max_value=100, required=False, default=0)


class PrerequisitesIn(StrictSerializer):
    """The whole graph, and the edition it was made from."""

    base = serializers.IntegerField(min_value=0)
    rules = RuleIn(many=True)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class PrerequisiteViewSet(ReadsBodies):
    """What stands before what."""

    @extend_schema(responses={200: OBJECT})
    def list(self, request: Request) -> Response:
        """The rules that count and the number of their edition."""
        refuse_unknown(request, set())
        require(studio_rules.may_enter_studio(request.user))
        rules = [prerequisites.as_row(row.rule) for row in Prerequisite.objects.all()]
        return Response({"base": prerequisites.newest(), "rules": rules})

    @extend_schema(request=PrerequisitesIn, responses={201: OBJECT})
    def create(self, request: Request) -> Response:
        """Put a whole new graph in its place; a circle is refused with its path."""
        require(studio_rules.may_write(request.user))
        asked = PrerequisitesIn(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        rules = [graph.Rule(r["node"], r["kind"], tuple(r["of"]), r["least"]) for r in given["rules"]]
        made = prerequisites.publish(rules, base=given["base"], note=given["note"], by=request.user)
        return Response({"base": made.number, "rules": made.rules}, status=status.HTTP_201_CREATED)


routes: list[tuple[str, Any, str]] = [
    ("questions", QuestionViewSet, "question"),
    ("question-drafts", DraftViewSet, "question-draft"),
    ("publications", PublicationViewSet, "publication"),
    ("assignments", AssignmentViewSet, "assignment"),
    ("prerequisites", PrerequisiteViewSet, "prerequisite"),
    ("ai-literacy", LiteracyViewSet, "ai-literacy"),
]
