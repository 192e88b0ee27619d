"""The search as a page, as the answer of the command palette, and over the API."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, views
from rest_framework.request import Request
from rest_framework.response import Response

from portal import search
from portal.core.api.filtering import refuse_unknown


@require_safe
@login_required
def find(request: HttpRequest) -> HttpResponse:
    """What the reader may see under these words; a fragment for the palette."""
    text = request.GET.get("q", "").replace("\x00", "")[: search.LONGEST]
    is_palette = request.headers.get("HX-Request") == "true"
    limit = search.FEW if is_palette else search.MANY
    groups = search.search(request, text, limit=limit) if text.strip() or is_palette else []
    template = "core/search_hits.html" if is_palette else "core/search.html"
    return render(request, template, {"groups": groups, "text": text})


class HitOut(serializers.Serializer[Any]):
    """One thing found."""

    title = serializers.CharField()
    note = serializers.CharField()
    url = serializers.CharField()
    icon = serializers.CharField()


class SearchGroupOut(serializers.Serializer[Any]):
    """Things of one kind."""

    code = serializers.CharField()
    label = serializers.CharField()
    hits = HitOut(many=True)


class SearchView(views.APIView):
    """Search across use cases, data, experiments, models, views and people."""

    @extend_schema(
        parameters=[OpenApiParameter("q", required=True, description="Words of a name.")],
        responses=SearchGroupOut(many=True),
    )
    def get(self, request: Request) -> Response:
        """Groups with what was found; nothing for fewer than two letters."""
        refuse_unknown(request, {"q", "format"})
        text = request.query_params.get("q", "").replace("\x00", "")
        found = (
            search.search(request._request, text, limit=search.MANY, user=request.user)
            if text.strip()
            else []
        )
        return Response(SearchGroupOut(found, many=True).data)
