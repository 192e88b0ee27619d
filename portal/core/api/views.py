"""The API of the floor: oneself, colleagues, jobs, notices, tokens."""

from typing import Any

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import status, views
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from portal.core.api.kit import ReadViewSet
from portal.core.api.serializers import (
    JobOut,
    MeOut,
    NoticeOut,
    NoticePreferenceIn,
    NoticePreferenceOut,
    PersonOut,
    TokenIn,
    TokenMade,
    TokenOut,
)
from portal.core.choosing import EitherOrFilter
from portal.core.models import ApiToken, Job, Notice, User
from portal.core.services import digests, jobs, notices, tokens


class JobFilter(django_filters.FilterSet):
    """Jobs by state and kind."""

    class Meta:
        model = Job
        fields = ["state", "kind", "queue"]


class NoticeFilter(django_filters.FilterSet):
    """Notices not read yet."""

    unread = EitherOrFilter(field_name="read_at", lookup_expr="isnull")


class PersonFilter(django_filters.FilterSet):
    """Colleagues by part of their name, or by duty."""

    name = django_filters.CharFilter(field_name="display_name", lookup_expr="icontains")
    duty = django_filters.CharFilter(field_name="groups__name")


class MeView(views.APIView):
    """Who the caller is and what they may do."""

    @extend_schema(responses=MeOut)
    def get(self, request: Request) -> Response:
        return Response(MeOut(request.user).data)


class PersonViewSet(ReadViewSet):
    """The directory."""

    model = User
    queryset = User.objects.none()
    serializer_class = PersonOut
    filterset_class = PersonFilter


class JobViewSet(ReadViewSet):
    """Background work of the caller (all of it for those who watch over the system)."""

    model = Job
    queryset = Job.objects.none()
    serializer_class = JobOut
    filterset_class = JobFilter

    @extend_schema(request=None, responses=JobOut)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        """Ask the job to stop."""
        job = self.get_object()
        jobs.cancel(job, by=request.user)
        return Response(self.get_serializer(job).data)


class NoticeViewSet(ReadViewSet):
    """The caller's notices."""

    model = Notice
    queryset = Notice.objects.none()
    serializer_class = NoticeOut
    filterset_class = NoticeFilter

    @extend_schema(request=None, responses=NoticeOut)
    @action(detail=True, methods=["post"])
    def read(self, request: Request, pk: str) -> Response:
        """Mark one as read."""
        notice = self.get_object()
        notices.mark_read(notice, by=request.user)
        notice.refresh_from_db()
        return Response(self.get_serializer(notice).data)

    @extend_schema(
        request=None, responses={200: {"type": "object", "properties": {"read": {"type": "integer"}}}}
    )
    @action(detail=False, methods=["post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark all as read."""
        return Response({"read": notices.mark_all_read(by=request.user)})


class NoticePreferenceView(views.APIView):
    """How the caller wants to hear."""

    @extend_schema(responses=NoticePreferenceOut)
    def get(self, request: Request) -> Response:
        """A channel for each kind."""
        return Response(NoticePreferenceOut(digests.preference_of(request.user)).data)

    @extend_schema(request=NoticePreferenceIn, responses=NoticePreferenceOut)
    def patch(self, request: Request) -> Response:
        """Choose channels and the hour of the digest."""
        asked = NoticePreferenceIn(data=request.data)
        asked.is_valid(raise_exception=True)
        now = {"channels": {}, "digest_hour": digests.preference_of(request.user).digest_hour}
        made = digests.set_preferences(**(now | asked.validated_data), by=request.user)
        return Response(NoticePreferenceOut(made).data)


class TokenViewSet(ReadViewSet):
    """The caller's keys for programs."""

    model = ApiToken
    queryset = ApiToken.objects.none()
    serializer_class = TokenOut

    @extend_schema(request=TokenIn, responses={201: TokenMade})
    def create(self, request: Request) -> Response:
        """Make a token; its secret is in this answer and nowhere else."""
        token, secret = tokens.create(**self.taken(TokenIn, request), by=request.user)
        shown: dict[str, Any] = {**TokenOut(token).data, "secret": secret}
        return Response(shown, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=TokenOut)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, pk: str) -> Response:
        """End a token at once."""
        token = self.get_object()
        tokens.revoke(token, by=request.user)
        token.refresh_from_db()
        return Response(self.get_serializer(token).data)
