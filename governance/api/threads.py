"""Discussion at the review desk."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from governance.models import ApprovalRequest, DeskThread
from governance.selectors import threads as selectors
from governance.services import threads
from portal.core.api.kit import StrictSerializer, spoken


class ThreadIn(StrictSerializer):
    """A question about one item."""

    anchor = serializers.CharField(max_length=60)
    text = serializers.CharField(max_length=4000)


class ReplyIn(StrictSerializer):
    """An act on one thread: words for a reply."""

    thread = serializers.UUIDField()
    text = serializers.CharField(max_length=4000)


class ThreadKeyIn(StrictSerializer):
    """Which thread."""

    thread = serializers.UUIDField()


class ThreadActs:
    """Mixed into the view set of approvals."""

    get_object: Any
    taken: Any

    @extend_schema(responses={200: dict[str, Any]})
    @action(detail=True, methods=["get"])
    def desk(self, request: Request, pk: str) -> Response:
        """Waiting times of each step, what may be talked about, and the threads."""
        return Response(self.shown(self.get_object(), request))

    def shown(self, found: ApprovalRequest, request: Request) -> dict[str, Any]:
        """The talk of a request."""
        talks = [
            {
                "id": str(each.thread.pk),
                "anchor": each.thread.anchor,
                "about": each.about,
                "settled_at": each.thread.settled_at,
                "remarks": [
                    {"said_by": remark.said_by_id, "said_at": remark.said_at, "text": remark.text}
                    for remark in each.remarks
                ],
                "can": {"settle": spoken(each.may_settle), "reopen": spoken(each.may_reopen)},
            }
            for each in selectors.talks(found, request.user)  # type: ignore[arg-type]
        ]
        waits = [
            {"label": each.label, "days": each.days, "is_running": each.is_running}
            for each in selectors.waits(found)
        ]
        return {"waits": waits, "anchors": selectors.anchors(found), "threads": talks}

    def thread(self, key: Any) -> tuple[ApprovalRequest, DeskThread]:
        """A thread of this request, or 404."""
        found = self.get_object()
        return found, get_object_or_404(DeskThread, pk=key, request=found)

    @extend_schema(request=ThreadIn, responses={201: dict[str, Any]})
    @action(detail=True, methods=["post"])
    def ask(self, request: Request, pk: str) -> Response:
        """Ask something about one item."""
        found = self.get_object()
        threads.begin(found, **self.taken(ThreadIn, request), by=request.user)  # type: ignore[arg-type]
        return Response(self.shown(found, request), status=status.HTTP_201_CREATED)

    @extend_schema(request=ReplyIn, responses={200: dict[str, Any]})
    @action(detail=True, methods=["post"])
    def reply(self, request: Request, pk: str) -> Response:
        """Answer in a thread."""
        given = self.taken(ReplyIn, request)
        found, thread = self.thread(given["thread"])
        threads.reply(thread, text=given["text"], by=request.user)  # type: ignore[arg-type]
        return Response(self.shown(found, request))

    @extend_schema(request=ThreadKeyIn, responses={200: dict[str, Any]})
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, pk: str) -> Response:
        """It is answered."""
        found, thread = self.thread(self.taken(ThreadKeyIn, request)["thread"])
        threads.settle(thread, by=request.user)  # type: ignore[arg-type]
        return Response(self.shown(found, request))

    @extend_schema(request=ThreadKeyIn, responses={200: dict[str, Any]})
    @action(detail=True, methods=["post"])
    def unsettle(self, request: Request, pk: str) -> Response:
        """It is not answered after all."""
        found, thread = self.thread(self.taken(ThreadKeyIn, request)["thread"])
        threads.reopen(thread, by=request.user)  # type: ignore[arg-type]
        return Response(self.shown(found, request))
