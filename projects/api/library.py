"""The library and its lineage for programs."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from portal.core.api.filtering import refuse_unknown
from portal.core.api.kit import ReadsBodies
from projects import shelves
from projects.forms.artifacts import LibraryForm
from projects.selectors.library import Row, found
from projects.selectors.lineage import lineage, node, reuse

PARAMETERS = ("q", "kind", "classification", "tag", "use_case", "owner", "sort", "away", "shared")
MOST_PER_PAGE = 200


class PagingIn(serializers.Serializer[Any]):
    """Which page, and how many things are on it."""

    page = serializers.IntegerField(min_value=1, max_value=100_000, default=1)
    page_size = serializers.IntegerField(min_value=1, max_value=MOST_PER_PAGE, default=50)


def row_out(row: Row) -> dict[str, Any]:
    """One thing of the library; its use case only where the caller sees it."""
    return {
        "id": row.key,
        "kind": row.kind,
        "title": row.title,
        "words": row.words,
        "classification": row.classification,
        "use_case": str(row.use_case.pk) if row.use_case else None,
        "owner": str(row.owner.pk) if row.owner else None,
        "at": row.at,
        **({} if row.uses is None else {"uses": row.uses}),
        "url": row.url,
    }


class LibraryViewSet(ReadsBodies):
    """Everything one may build on, of every kind."""

    @extend_schema(parameters=[OpenApiParameter(name) for name in PARAMETERS], responses={200: dict})
    def list(self, request: Request) -> Response:
        """One page of what the caller sees, with the facets and how much each of their values leaves."""
        refuse_unknown(request, {*PARAMETERS, "page", "page_size", "format"})
        form = LibraryForm(request.query_params, user=request.user)  # type: ignore[arg-type]
        paging = PagingIn(
            data={n: request.query_params[n] for n in ("page", "page_size") if n in request.query_params}
        )
        paging.is_valid(raise_exception=True)
        if not form.is_valid():
            raise ValidationError({name: list(map(str, texts)) for name, texts in form.errors.items()})
        page, size = paging.validated_data["page"], paging.validated_data["page_size"]
        answer = found(request.user, form.asked, page=page, per_page=size)  # type: ignore[arg-type]
        facets = {
            facet.name: [
                {"value": each.value, "label": each.label, "count": each.count} for each in facet.chips
            ]
            for facet in answer.facets
        }
        here = request.build_absolute_uri()
        following = replace_query_param(here, "page", page + 1) if page * size < answer.total else None
        rows = [row_out(each) for each in answer.rows]
        return Response({"count": answer.total, "next": following, "results": rows, "facets": facets})

    @extend_schema(responses={200: dict})
    @action(
        detail=False,
        url_path=r"(?P<kind>[a-z]{1,20})/(?P<key>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/lineage",
    )
    def lineage(self, request: Request, kind: str, key: str) -> Response:
        """What it was made from and what was made from it, three steps each way; only what the caller sees."""
        refuse_unknown(request, {"format"})
        place = shelves.kind(kind)
        if place is None:
            raise Http404
        thing = get_object_or_404(place.seen(request.user), pk=UUID(key))
        line = lineage(kind, thing.pk, request.user, steps=3)  # type: ignore[arg-type]
        count = reuse(kind, thing.pk, request.user)  # type: ignore[arg-type]
        return Response({"thing": asdict(node(place, thing)), **asdict(line), "reuse": count})
