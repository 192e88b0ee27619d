"""What the view set of use cases gives to its parts."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.request import Request

KEY = r"(?P<part>[0-9a-f-]{36})"


class Part:
    """A group of acts on one use case."""

    get_object: Any
    taken: Any
    request: Request

    def part(self, queryset: Any, key: str) -> Any:
        """A row that belongs to the use case of the address, or 404."""
        use_case = self.get_object()
        found = get_object_or_404(queryset, use_case=use_case, pk=key)
        found.use_case = use_case
        return found
