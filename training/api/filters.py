"""What the lists of the training API can be narrowed by; everything else in the address is a 400."""

from typing import Any

import django_filters
from django.db.models import Exists, OuterRef, Q, QuerySet

from portal.core import clock
from portal.core.models.credentials import Right
from training.models import (
    Assignment,
    Attempt,
    Exam,
    Exercise,
    Lesson,
    LessonProblem,
    LessonProgress,
    OfficeHour,
    Path,
    PathLesson,
    Placement,
    Practice,
    Publication,
    PublicationEntry,
    QuestionDraft,
    RecallCard,
    Review,
    Thanks,
)
from training.question_files import LANGUAGES


class Written(django_filters.FilterSet):
    """Finds words in what is written in each language; `written` names the fields."""

    written: tuple[str, ...] = ("titles",)

    def by_words(self, rows: QuerySet[Any], _name: str, value: str) -> Any:
        """Part of a text, in any language."""
        found = Q()
        for field in self.written:
            for language in LANGUAGES:
                found |= Q(**{f"{field}__{language}__icontains": value})
        return rows.filter(found)


class PathFilter(Written):
    """By words of title and description, level, the right a path leads to, and a lesson it holds."""

    written = ("titles", "descriptions")
    search = django_filters.CharFilter(method="by_words")
    level = django_filters.NumberFilter()
    right = django_filters.ChoiceFilter(field_name="template__right", choices=Right.choices)
    lesson = django_filters.CharFilter(method="by_lesson")

    class Meta:
        model = Path
        fields: list[str] = []

    def by_lesson(self, rows: QuerySet[Path], _name: str, value: str) -> Any:
        """Paths on which this lesson stands."""
        return rows.filter(pk__in=PathLesson.objects.filter(lesson__code=value).values("path"))


class LessonFilter(Written):
    """By words of title and objective, course, path, and whether the caller has finished it."""

    written = ("version__titles", "version__objectives")
    search = django_filters.CharFilter(method="by_words")
    course = django_filters.CharFilter(field_name="course__code")
    path = django_filters.CharFilter(method="by_path")
    finished = django_filters.BooleanFilter(method="by_finished")

    class Meta:
        model = Lesson
        fields: list[str] = []

    def by_path(self, rows: QuerySet[Lesson], _name: str, value: str) -> Any:
        """Lessons of one path."""
        return rows.filter(pk__in=PathLesson.objects.filter(path__code=value).values("lesson"))

    def by_finished(self, rows: QuerySet[Lesson], _name: str, value: Any) -> Any:
        """Finished by whoever asks, or not yet."""
        done = LessonProgress.objects.filter(lesson=OuterRef("pk"), user=self.request.user)
        return rows.filter(Exists(done) if value else ~Exists(done))


class ExamFilter(django_filters.FilterSet):
    """By path and level."""

    path = django_filters.CharFilter(field_name="path__code")
    level = django_filters.NumberFilter(field_name="path__level")

    class Meta:
        model = Exam
        fields: list[str] = []


class AttemptFilter(django_filters.FilterSet):
    """By exam, state and result."""

    exam = django_filters.CharFilter(field_name="exam__code")
    state = django_filters.ChoiceFilter(choices=Attempt.State.choices)
    passed = django_filters.BooleanFilter()

    class Meta:
        model = Attempt
        fields: list[str] = []


class ExerciseFilter(Written):
    """By words of title and goal, level, lesson, and whether people mark it."""

    written = ("version__titles", "version__goals")
    search = django_filters.CharFilter(method="by_words")
    level = django_filters.NumberFilter()
    lesson = django_filters.CharFilter(field_name="lesson__code")
    assessed = django_filters.BooleanFilter(method="by_assessed")

    class Meta:
        model = Exercise
        fields: list[str] = []

    def by_assessed(self, rows: QuerySet[Exercise], _name: str, value: Any) -> Any:
        """With or without a rubric."""
        return rows.exclude(version__rubric={}) if value else rows.filter(version__rubric={})


class ReviewFilter(django_filters.FilterSet):
    """By kind, state, exercise, result, and whether it is one's own or was contested."""

    mode = django_filters.ChoiceFilter(choices=Review.Mode.choices)
    state = django_filters.ChoiceFilter(choices=Review.State.choices)
    exercise = django_filters.CharFilter(field_name="work__exercise__code")
    passed = django_filters.BooleanFilter()
    contested = django_filters.BooleanFilter(field_name="contested_at", lookup_expr="isnull", exclude=True)
    mine = django_filters.BooleanFilter(method="by_mine")

    class Meta:
        model = Review
        fields: list[str] = []

    def by_mine(self, rows: QuerySet[Review], _name: str, value: Any) -> Any:
        """Asked by the caller, or by others."""
        own = Q(work__user=self.request.user)
        return rows.filter(own if value else ~own)


class PracticeFilter(django_filters.FilterSet):
    """By path and lesson."""

    path = django_filters.CharFilter(field_name="path__code")
    lesson = django_filters.CharFilter(field_name="lesson__code")

    class Meta:
        model = Practice
        fields: list[str] = []


class ProblemFilter(django_filters.FilterSet):
    """By words, lesson and state."""

    search = django_filters.CharFilter(field_name="text", lookup_expr="icontains")
    lesson = django_filters.CharFilter(field_name="lesson__code")
    state = django_filters.ChoiceFilter(choices=LessonProblem.State.choices)

    class Meta:
        model = LessonProblem
        fields: list[str] = []


class RecallCardFilter(django_filters.FilterSet):
    """By lesson, and whether it is to be asked now."""

    lesson = django_filters.CharFilter(field_name="question__lesson__code")
    due = django_filters.BooleanFilter(method="by_due")

    class Meta:
        model = RecallCard
        fields: list[str] = []

    def by_due(self, rows: QuerySet[RecallCard], _name: str, value: Any) -> Any:
        """Due, or later."""
        return rows.filter(due_at__lte=clock.now()) if value else rows.filter(due_at__gt=clock.now())


class PlacementFilter(django_filters.FilterSet):
    """By course, state and result."""

    course = django_filters.CharFilter(field_name="course__code")
    state = django_filters.ChoiceFilter(choices=Placement.State.choices)
    passed = django_filters.BooleanFilter()

    class Meta:
        model = Placement
        fields: list[str] = []


class DraftFilter(django_filters.FilterSet):
    """By name of the question, its state and author."""

    uid = django_filters.CharFilter(lookup_expr="icontains")
    state = django_filters.ChoiceFilter(choices=QuestionDraft.State.choices)
    author = django_filters.CharFilter(field_name="author__display_name", lookup_expr="icontains")

    class Meta:
        model = QuestionDraft
        fields: list[str] = []


class PublicationFilter(django_filters.FilterSet):
    """By words of the note, and by what was published."""

    search = django_filters.CharFilter(field_name="note", lookup_expr="icontains")
    kind = django_filters.ChoiceFilter(choices=PublicationEntry.Kind.choices, method="by_entry")
    name = django_filters.CharFilter(method="by_entry")

    class Meta:
        model = Publication
        fields: list[str] = []

    def by_entry(self, rows: QuerySet[Publication], name: str, value: str) -> Any:
        """Publications with such an entry."""
        return rows.filter(pk__in=PublicationEntry.objects.filter(**{name: value}).values("publication"))


class AssignmentFilter(django_filters.FilterSet):
    """By path, person, the day it is due, and whether it still stands."""

    path = django_filters.CharFilter(field_name="path__code")
    person = django_filters.CharFilter(field_name="user__display_name", lookup_expr="icontains")
    due_before = django_filters.DateFilter(field_name="due_on", lookup_expr="lte")
    withdrawn = django_filters.BooleanFilter(field_name="withdrawn_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = Assignment
        fields: list[str] = []


class OfficeHourFilter(django_filters.FilterSet):
    """By words, host, time, and whether it takes place."""

    search = django_filters.CharFilter(method="by_words")
    host = django_filters.CharFilter(field_name="host__display_name", lookup_expr="icontains")
    past = django_filters.BooleanFilter(method="by_past")
    cancelled = django_filters.BooleanFilter(field_name="cancelled_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = OfficeHour
        fields: list[str] = []

    def by_words(self, rows: QuerySet[OfficeHour], _name: str, value: str) -> Any:
        """In the title or the text."""
        return rows.filter(Q(title__icontains=value) | Q(text__icontains=value))

    def by_past(self, rows: QuerySet[OfficeHour], _name: str, value: Any) -> Any:
        """Over, or still to come."""
        return rows.filter(ends_at__lte=clock.now()) if value else rows.filter(ends_at__gt=clock.now())


class ThanksFilter(django_filters.FilterSet):
    """Received or given."""

    received = django_filters.BooleanFilter(method="by_received")

    class Meta:
        model = Thanks
        fields: list[str] = []

    def by_received(self, rows: QuerySet[Thanks], _name: str, value: Any) -> Any:
        """By the caller, or by the other one."""
        return rows.filter(**{"receiver" if value else "giver": self.request.user})
