"""Pagination of long lists."""

from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from ops.http import query_params as parameters
from ops.http.urls import absolute
from publishing.api.filters import checked, given_once, parameter

DEFAULT_LIMIT = 50
MAX_LIMIT = 200
MAX_KEY = 2**53 - 1  # the largest integer that all JSON readers represent exactly


class KeysetPagination(BasePagination):
    """Pages by primary key: `?after=` is the last one seen, so no row is skipped or repeated while others change.

    The body is `{"items": [...], "next": address or null}`; the address is also in the `Link` header (RFC 8288).
    """

    parameters = ("after", "limit")

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: Any = None) -> list:
        self.request = request
        after = whole_number(request, "after", 0, least=0, most=MAX_KEY)
        limit = whole_number(request, "limit", DEFAULT_LIMIT, least=1, most=MAX_LIMIT)
        rows = list(queryset.filter(**{f"{view.key_field}__gt": after}).order_by(view.key_field)[: limit + 1])
        is_last = len(rows) <= limit
        self.next_address = None if is_last else self._address(getattr(rows[limit - 1], view.key_field), limit)
        return rows[:limit]

    @property
    def headers(self) -> dict[str, str]:
        return {"Link": f'<{self.next_address}>; rel="next"'} if self.next_address else {}

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "next": self.next_address}, headers=self.headers)

    def get_paginated_response_schema(self, schema):
        return {
            "type": "object",
            "required": ["items", "next"],
            "properties": {"items": schema, "next": {"type": ["string", "null"], "format": "uri"}},
        }

    def get_schema_operation_parameters(self, view: object) -> list[dict[str, Any]]:
        after = {"type": "integer", "minimum": 0, "maximum": MAX_KEY, "default": 0}
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return [
            parameter("after", "Start of the page, from `next`.", after),
            parameter("limit", "Maximum number of items.", limit),
        ]

    def _address(self, after: int, limit: int) -> str:
        other_params = {
            name: values for name, values in self.request.query_params.lists() if name not in self.parameters
        }
        return (
            f"{absolute(self.request.path)}?{urlencode({**other_params, 'after': after, 'limit': limit}, doseq=True)}"
        )


def whole_number(request: Request, name: str, default: int, least: int, most: int) -> int:
    """Return the query parameter `name` as a number. Raises ValidationError outside of `least` to `most`."""
    text = given_once(request, name)
    return default if text is None else checked(name, lambda: parameters.whole_number(text, name, least, most))
