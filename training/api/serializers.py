"""What the API of training tells and takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from portal.core.api.kit import CanField, StrictSerializer
from training import answers, rules
from training.figure_lint import PLACED
from training.figures import shelf
from training.figures.shelf import Figure
from training.models import Attempt, AttemptAnswer, Certificate, Exam, Lesson, Path, Question
from training.showing import Shown, show


class LessonOut(serializers.ModelSerializer[Lesson]):
    """A lesson with its present text."""

    title = serializers.CharField(read_only=True)
    objective = serializers.CharField(source="version.objective", read_only=True)
    minutes = serializers.IntegerField(source="version.minutes", read_only=True)
    version = serializers.IntegerField(source="version.number", read_only=True)
    course = serializers.CharField(source="course.code", read_only=True)

    class Meta:
        model = Lesson
        fields = ["code", "slug", "title", "objective", "minutes", "version", "course", "topics"]


class PartOut(serializers.Serializer[Any]):
    """An option, item or target."""

    key = serializers.CharField()
    text = serializers.CharField()


class GapOut(serializers.Serializer[Any]):
    """A gap after the words before it; the last one has no key."""

    before = serializers.CharField()
    key = serializers.CharField()
    is_number = serializers.BooleanField()
    options = PartOut(many=True)


class RowOut(serializers.Serializer[Any]):
    """A line of a table."""

    label = serializers.CharField()
    cells = PartOut(many=True)


class ValueOut(serializers.Serializer[Any]):
    """A number that a data exercise asks for."""

    key = serializers.CharField()
    text = serializers.CharField()
    unit = serializers.CharField()


class ShownOut(serializers.Serializer[Shown]):
    """A question without its key."""

    kind = serializers.CharField()
    stem = serializers.CharField()
    unit = serializers.CharField()
    options = PartOut(many=True)
    items = PartOut(many=True)
    targets = PartOut(many=True)
    gaps = GapOut(many=True)
    columns = serializers.ListField(child=serializers.CharField())
    rows = RowOut(many=True)
    values = ValueOut(many=True)
    parts = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_parts(self, shown: Shown) -> list[dict[str, Any]]:
        """The questions of a case; answer each under its key, which is `key`."""
        return [{"key": each.prefix.removesuffix("_"), **ShownOut(each).data} for each in shown.parts]


class CheckOut(serializers.Serializer[Question]):
    """An inline check of a lesson."""

    uid = serializers.CharField()
    question = serializers.SerializerMethodField()
    example = serializers.SerializerMethodField()

    def get_question(self, check: Question) -> dict[str, Any]:
        """What the reader sees."""
        return dict(ShownOut(show(check)).data)

    def get_example(self, check: Question) -> str:
        """The shape of an answer."""
        return answers.EXAMPLES[check.kind]


class FigureOut(serializers.Serializer[Figure]):
    """A figure of a lesson: what one sees, its numbers, and the drawing."""

    name = serializers.CharField()
    title = serializers.CharField()
    says = serializers.CharField()
    axis = serializers.CharField()
    across = serializers.CharField()
    unit = serializers.CharField()
    table = serializers.CharField()
    rows = serializers.IntegerField()
    labels = serializers.ListField(child=serializers.CharField())
    series = serializers.SerializerMethodField()
    low = serializers.ListField(child=serializers.FloatField())
    high = serializers.ListField(child=serializers.FloatField())
    counts = serializers.ListField(child=serializers.IntegerField())
    svg = serializers.SerializerMethodField()

    @extend_schema_field({"type": "array", "items": {"type": "object"}})
    def get_series(self, figure: Figure) -> list[dict[str, Any]]:
        """Each series with its name."""
        names = figure.names or figure.columns
        return [{"name": name, "values": values} for name, values in zip(names, figure.series, strict=False)]

    def get_svg(self, figure: Figure) -> str:
        """The drawing; its colours are those of the page it stands in."""
        return shelf.read(figure.name, figure.language)[1]


class LessonDetailOut(LessonOut):
    """With the Markdown, its figures and the checks."""

    body = serializers.CharField(source="version.body", read_only=True)
    figures = serializers.SerializerMethodField()
    checks = serializers.SerializerMethodField()
    can = CanField({"complete": rules.may_complete})

    class Meta(LessonOut.Meta):
        fields = [*LessonOut.Meta.fields, "body", "figures", "checks", "can"]

    @extend_schema_field(FigureOut(many=True))
    def get_figures(self, lesson: Lesson) -> list[dict[str, Any]]:
        """Those the Markdown places, in their order."""
        placed = PLACED.findall(lesson.version.body)
        shown = [
            shelf.read(name, language)[0]
            for _says, language, name in placed
            if shelf.is_there(name, language)
        ]
        return list(FigureOut(shown, many=True).data)

    def get_checks(self, lesson: Lesson) -> list[dict[str, Any]]:
        """Inline questions in the order of their names."""
        rows = Question.objects.checks_visible_to(self.context["request"].user).filter(lesson=lesson)
        return list(CheckOut(rows, many=True).data)


class PathOut(serializers.ModelSerializer[Path]):
    """A path with its lessons and what it leads to."""

    title = serializers.CharField(read_only=True)
    audience = serializers.CharField(read_only=True)
    description = serializers.CharField(read_only=True)
    lessons = serializers.SerializerMethodField()
    exam = serializers.CharField(source="exam.code", read_only=True)
    certificate = serializers.CharField(source="template.title", read_only=True)
    right = serializers.CharField(source="template.right", read_only=True)
    validity_days = serializers.IntegerField(source="template.validity_days", read_only=True)
    can = CanField({"enrol": rules.may_learn})

    class Meta:
        model = Path
        fields = [
            "code", "level", "title", "audience", "description", "lessons", "exam", "certificate", "right",
            "validity_days", "can",
        ]  # fmt: skip

    def get_lessons(self, path: Path) -> list[str]:
        """Codes in order."""
        return [item.lesson.code for item in path.items.all()]


class ExamOut(serializers.ModelSerializer[Exam]):
    """The conditions of an exam."""

    title = serializers.CharField(source="path.title", read_only=True)
    questions = serializers.IntegerField(source="size", read_only=True)

    class Meta:
        model = Exam
        fields = [
            "code", "title", "questions", "minutes", "pass_percent", "critical_percent", "attempts_per_window",
            "window_days", "wait_hours",
        ]  # fmt: skip


class ExamDetailOut(ExamOut):
    """With whether the caller may start, and from when."""

    next_at = serializers.SerializerMethodField()
    can = CanField({"start": rules.may_start, "start_short": rules.may_start_short})

    class Meta(ExamOut.Meta):
        fields = [*ExamOut.Meta.fields, "next_at", "can"]

    def get_next_at(self, exam: Exam) -> Any:
        """The exact moment the next attempt may begin, or nothing."""
        return rules.attempts_outlook(self.context["request"].user, exam).next_at


class AnswerOut(serializers.ModelSerializer[AttemptAnswer]):
    """A question of an attempt and what was saved; nothing about right or wrong."""

    question = serializers.SerializerMethodField()
    example = serializers.SerializerMethodField()
    is_complete = serializers.SerializerMethodField()

    class Meta:
        model = AttemptAnswer
        fields = ["position", "question", "response", "is_complete", "is_flagged", "example"]

    def get_question(self, row: AttemptAnswer) -> dict[str, Any]:
        """In the order of this attempt."""
        return dict(ShownOut(show(row.question, order=row.order)).data)

    def get_example(self, row: AttemptAnswer) -> str:
        """The shape of an answer."""
        return answers.EXAMPLES[row.question.kind]

    def get_is_complete(self, row: AttemptAnswer) -> bool:
        """Whether nothing is open."""
        return answers.is_complete(row.question, row.response)


class AttemptOut(serializers.ModelSerializer[Attempt]):
    """An attempt in a list."""

    exam = serializers.CharField(source="exam.code", read_only=True)

    class Meta:
        model = Attempt
        fields = [
            "id",
            "exam",
            "is_short",
            "state",
            "started_at",
            "deadline",
            "submitted_at",
            "percent",
            "passed",
        ]


class AttemptDetailOut(AttemptOut):
    """With its questions while it is open; graded ones show their result."""

    questions = serializers.SerializerMethodField()
    can = CanField({"answer": rules.may_answer, "submit": rules.may_submit})

    class Meta(AttemptOut.Meta):
        fields = [*AttemptOut.Meta.fields, "questions", "can"]

    def get_questions(self, attempt: Attempt) -> list[dict[str, Any]]:
        """None once graded: the bank is not handed out."""
        if attempt.state != Attempt.State.OPEN:
            return []
        return list(AnswerOut(attempt.answers.select_related("question"), many=True).data)


class CertificateOut(serializers.ModelSerializer[Certificate]):
    """A certificate; the public id only once it is public, or to its holder."""

    holder = serializers.CharField(source="user.display_name", read_only=True)
    title = serializers.CharField(read_only=True)
    template = serializers.CharField(source="template.code", read_only=True)
    right = serializers.CharField(source="template.right", read_only=True)
    status = serializers.CharField(read_only=True)
    public_id = serializers.SerializerMethodField()
    can = CanField({"share": rules.may_share, "revoke": rules.may_revoke})

    class Meta:
        model = Certificate
        fields = [
            "id", "holder", "template", "template_version", "spell", "title", "right", "status", "valid_from",
            "valid_until", "is_public", "name_shown", "public_id", "superseded_at", "revoked_at", "revoked_reason",
            "can",
        ]  # fmt: skip

    def get_public_id(self, certificate: Certificate) -> str:
        """The address of verification."""
        is_mine = certificate.user_id == self.context["request"].user.pk
        return certificate.public_id if certificate.is_public or is_mine else ""


class CertificateDetailOut(CertificateOut):
    """With what it rests on and how far spaced review carries its renewal."""

    recall = serializers.SerializerMethodField()
    can = CanField({"share": rules.may_share, "revoke": rules.may_revoke, "renew": rules.may_renew})

    class Meta(CertificateOut.Meta):
        fields = [*CertificateOut.Meta.fields, "evidence", "recall"]

    def get_recall(self, certificate: Certificate) -> dict[str, int]:
        """Figures of the second half of the validity."""
        found = rules.recall_standing(certificate)
        return {
            "cards": found.cards,
            "answers": found.answers,
            "on_time_percent": found.on_time_percent,
            "accuracy_percent": found.accuracy_percent,
        }


class ResponseIn(StrictSerializer):
    """The answer to a check."""

    question = serializers.CharField(max_length=60)
    response = serializers.JSONField()


class AttemptAnswerIn(StrictSerializer):
    """The answer to a question of an attempt."""

    position = serializers.IntegerField(min_value=1, max_value=500)
    response = serializers.JSONField()
    is_flagged = serializers.BooleanField(required=False, allow_null=True, default=None)


class ExamStartIn(StrictSerializer):
    """The whole exam, or the short one that renews a certificate."""

    short = serializers.BooleanField(required=False, default=False)


class CertificateShareIn(StrictSerializer):
    """Who may verify."""

    is_public = serializers.BooleanField()
    name_shown = serializers.ChoiceField(choices=Certificate.NameShown.choices, required=False)


class RevokeIn(StrictSerializer):
    """Why."""

    reason = serializers.CharField(max_length=200)
