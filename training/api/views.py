"""The API of training: the same acts as on the pages, through the same services."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import ReadViewSet, StrictSerializer
from training import remedies, rules, ways
from training.api import practice, serializers as out
from training.api.filters import AttemptFilter, ExamFilter, LessonFilter, PathFilter
from training.filters import CertificateFilter
from training.models import Attempt, Certificate, Exam, Lesson, Path, Question
from training.services import attempts, certificates, enrolments, lessons


class NothingIn(StrictSerializer):
    """An act that needs no body."""


class ShowsMore(ReadViewSet):
    """A detail answer is richer than a row of a list."""

    detail_serializer: Any

    def get_serializer_class(self) -> Any:
        """The list's or the detail's."""
        return self.detail_serializer if self.action == "retrieve" else self.serializer_class

    def shown(self, thing: Any) -> dict[str, Any]:
        """The detail answer after an act."""
        return dict(self.detail_serializer(thing, context=self.get_serializer_context()).data)


def node_of(spot: ways.Spot) -> dict[str, Any]:
    """A node of the map in words."""

    def lacks(rows: list[ways.Lack]) -> list[dict[str, str]]:
        return [{"text": row.text, "url": row.url, "kind": row.kind} for row in rows]

    told = {"name": spot.name, "title": spot.title, "state": spot.state, "url": spot.url}
    return {**told, "missing": lacks(spot.missing), "recommended": lacks(spot.advised)}


class PathViewSet(practice.Practises, ReadViewSet):
    """Paths and taking one up."""

    model = Path
    serializer_class = out.PathOut
    filterset_class = PathFilter
    lookup_field = "code"

    def get_queryset(self) -> Any:
        """With the lessons' codes."""
        return super().get_queryset().prefetch_related("items__lesson")

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=True, url_path="map")
    def graph(self, request: Request, code: str) -> Response:
        """Each lesson and the exam: locked, available, learnt, waived or mastered, and exactly what is missing."""
        found = ways.path_map(self.get_object(), request.user)
        return Response({"nodes": [node_of(spot) for spot in found.spots]})

    @extend_schema(request=NothingIn, responses={200: out.PathOut})
    @action(detail=True, methods=["post"])
    def enrol(self, request: Request, code: str) -> Response:
        """Take the path up. Safe to repeat."""
        path = self.get_object()
        self.taken(NothingIn, request)
        enrolments.enrol(path, by=request.user)
        return Response(self.get_serializer(path).data)


class LessonViewSet(practice.Practises, practice.KeepsNotes, ShowsMore):
    """Lessons, their checks and finishing them."""

    model = Lesson
    serializer_class = out.LessonOut
    filterset_class = LessonFilter
    detail_serializer = out.LessonDetailOut
    lookup_field = "code"
    lookup_value_regex = r"[\w.-]+"

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Read it; the reading time begins with the first opening, here as on the page."""
        lessons.begin_reading(self.get_object(), by=request.user)
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=out.ResponseIn, responses={200: {"type": "object"}})
    @action(detail=True, methods=["post"])
    def check(self, request: Request, code: str) -> Response:
        """Answer an inline check: right or not, with the explanation, at once."""
        lesson, given = self.get_object(), self.taken(out.ResponseIn, request)
        visible = Question.objects.checks_visible_to(request.user).filter(lesson=lesson)
        question = get_object_or_404(visible, uid=given["question"])
        result = lessons.answer_check(lesson, question, response=given["response"], by=request.user)
        return Response(
            {
                "is_right": result.is_right,
                "score": round(float(result.score), 4),
                "tries": result.tries,
                "explanation": result.explanation,
            }
        )

    @extend_schema(request=NothingIn, responses={200: out.LessonDetailOut})
    @action(detail=True, methods=["post"])
    def complete(self, request: Request, code: str) -> Response:
        """Mark as finished. Safe to repeat."""
        lesson = self.get_object()
        self.taken(NothingIn, request)
        progress = lessons.complete(lesson, by=request.user)
        return Response({**self.shown(lesson), "completed_at": progress.created_at})


class ExamViewSet(ShowsMore):
    """Exams: conditions and beginning."""

    model = Exam
    serializer_class = out.ExamOut
    filterset_class = ExamFilter
    detail_serializer = out.ExamDetailOut
    lookup_field = "code"

    @extend_schema(request=out.ExamStartIn, responses={201: out.AttemptDetailOut})
    @action(detail=True, methods=["post"])
    def start(self, request: Request, code: str) -> Response:
        """Begin an attempt, the short one to renew a certificate; refused with the reason and the next time."""
        exam = self.get_object()
        given = self.taken(out.ExamStartIn, request)
        attempt = attempts.start(exam, is_short=given["short"], by=request.user)
        answer = out.AttemptDetailOut(attempt, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_201_CREATED)


class AttemptViewSet(ShowsMore):
    """One's own attempts: questions without answers, saving, handing in, the result."""

    model = Attempt
    serializer_class = out.AttemptOut
    filterset_class = AttemptFilter
    detail_serializer = out.AttemptDetailOut

    @extend_schema(request=out.AttemptAnswerIn, responses={200: out.AnswerOut})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Save one answer."""
        attempt, given = self.get_object(), self.taken(out.AttemptAnswerIn, request)
        row = attempts.answer(attempt, **given, by=request.user)
        return Response(out.AnswerOut(row).data)

    @extend_schema(request=NothingIn, responses={200: out.AttemptDetailOut})
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, pk: str) -> Response:
        """Hand in; graded once however often it is called."""
        attempt = self.get_object()
        self.taken(NothingIn, request)
        return Response(result_of(attempts.submit(attempt, by=request.user)))

    @extend_schema(responses={200: {"type": "object"}})
    @action(detail=True)
    def result(self, request: Request, pk: str) -> Response:
        """The result by objective; empty while the attempt is open."""
        return Response(result_of(self.get_object()))


def result_of(attempt: Attempt) -> dict[str, Any]:
    """What a learner may know of a graded attempt."""
    outlook = rules.attempts_outlook(attempt.user, attempt.exam)
    certificate = getattr(attempt, "certificate", None)
    return {
        **out.AttemptOut(attempt).data,
        "terms": attempt.terms,
        "per_objective": attempt.per_objective,
        "must_know_missed": attempt.must_know_missed,
        "certificate": str(certificate.pk) if certificate else None,
        "attempts_left": outlook.left,
        "next_at": outlook.next_at,
        "practise_again": practise_again(attempt) if outlook.needs_remedy else [],
    }


def practise_again(attempt: Attempt) -> list[dict[str, Any]]:
    """The lessons to practise before the next attempt, weakest first."""
    found = remedies.remedy(attempt.user, attempt.exam)
    return [
        {
            "lesson": each.lesson.code,
            "objective": each.label,
            "percent": each.percent,
            "is_done": each.is_done,
        }
        for each in (found.chapters if found else [])
    ]


class CertificateViewSet(ShowsMore):
    """One's own certificates; all of them for community leads and auditors."""

    model = Certificate
    serializer_class = out.CertificateOut
    detail_serializer = out.CertificateDetailOut
    filterset_class = CertificateFilter

    @extend_schema(request=NothingIn, responses={200: out.CertificateDetailOut})
    @action(detail=True, methods=["post"])
    def renew(self, request: Request, pk: str) -> Response:
        """Renew by spaced review; answers the new certificate. Safe to repeat."""
        certificate = self.get_object()
        self.taken(NothingIn, request)
        return Response(self.shown(certificates.renew(certificate, by=request.user)))

    @extend_schema(request=out.CertificateShareIn, responses={200: out.CertificateOut})
    @action(detail=True, methods=["post"])
    def share(self, request: Request, pk: str) -> Response:
        """Let outsiders verify it, or stop that."""
        certificate, given = self.get_object(), self.taken(out.CertificateShareIn, request)
        return Response(self.get_serializer(certificates.share(certificate, **given, by=request.user)).data)

    @extend_schema(request=out.RevokeIn, responses={200: out.CertificateOut})
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """Take the certificate and its right back."""
        certificate, given = self.get_object(), self.taken(out.RevokeIn, request)
        return Response(self.get_serializer(certificates.revoke(certificate, **given, by=request.user)).data)
