"""The endpoints of the feed: changes, records, export and manifest; and its description for the API root."""

import re
from typing import cast
from urllib.parse import urlencode

import orjson
from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.views import APIView

from catalog.documents.compose import SCHEMA
from catalog.documents.sync import openapi
from catalog.documents.sync.declaration import TYPES
from catalog.documents.sync.exporting import export_file
from catalog.documents.sync.head import POLL_SECONDS, Head, current_head, stored_head
from catalog.documents.sync.locking import snapshot_transaction
from catalog.documents.sync.pages import Cursor, CursorError, digest, feed_page, hashes, items_of, parse_cursor
from ops.http.encodings import preferred_encoding
from ops.http.errors import NamedProblem
from ops.http.file_responses import UnsatisfiableError, file_response
from ops.http.urls import absolute
from publishing.api.filters import checked, given_once, listed, refuse_unknown
from publishing.api.pagination import whole_number
from publishing.api.renderers import JSONRenderer

CURSOR_PROBLEMS = {
    "cursor-invalid": (400, "This cursor is invalid."),
    "cursor-foreign": (410, "This cursor is of another database. Start again without a cursor."),
    "cursor-expired": (410, "This cursor is older than the oldest recorded deletion. Start again without a cursor."),
}


class NDJSONRenderer(JSONRenderer):
    media_type = "application/x-ndjson"
    format = "ndjson"


class FeedView(APIView):
    http_method_names = ["get", "head"]
    parameters: tuple[str, ...] = ()

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        super().initial(request, *args, **kwargs)
        refuse_unknown(request, self.parameters)

    @property
    def types(self) -> tuple[str, ...] | None:
        """Return the requested types in their fixed order, or None if none are given. Raises ValidationError."""
        requested = self.request.query_params.getlist("types")
        if not requested:
            return None
        names = checked("types", lambda: listed(requested))
        if set(names) - TYPES.keys():
            raise ValidationError({"types": [f"Name some of {', '.join(TYPES)}."]})
        return tuple(name for name in TYPES if name in names)

    def address(self, types: tuple[str, ...] | None, **parameters: str | int) -> str:
        """Return the URL of this endpoint for these types, or for all types if None."""
        type_parameter = {"types": ",".join(types)} if types and len(types) < len(TYPES) else {}
        query = urlencode({**type_parameter, **parameters}, safe=",")
        return f"{absolute(self.request.path)}{query and f'?{query}'}"


class ChangesView(FeedView):
    parameters = ("cursor", "types", "limit")

    @openapi.describe("changes")
    def get(self, request: Request) -> HttpResponse:
        limit = whole_number(request, "limit", 200, least=1, most=1000)
        types, text, head = self.types, given_once(request, "cursor"), current_head()
        if text is None:
            cursor = Cursor(head.epoch, types or tuple(TYPES), start=head.number)
        else:
            cursor = self.parsed(text, head)
            if types is not None and types != cursor.types:
                raise ValidationError(
                    {"types": ["The cursor is for other types. Omit the types, or start again without a cursor."]}
                )
        body, goes_on, has_more = feed_page(cursor, limit, head)
        if text is not None:
            self.parsed(text, cast(Head, stored_head()))  # tombstones may have been deleted between the two queries
        response = HttpResponse(body, content_type="application/json")
        if has_more:
            response.headers["Link"] = f'<{self.address(self.types, cursor=goes_on.text, limit=limit)}>; rel="next"'
        return response

    def parsed(self, text: str, head: Head) -> Cursor:
        """Return the parsed cursor. Raises NamedProblem with the advice to the client."""
        try:
            return parse_cursor(text, head)
        except CursorError as error:
            status, detail = CURSOR_PROBLEMS[error.problem]
            # The Link header gives the start of the same walk.
            begin = {"Link": f'<{self.address(self.types or error.types)}>; rel="first"'} if status == 410 else {}
            raise NamedProblem(status, error.problem, detail, begin) from error


class RecordsView(FeedView):
    parameters = ("ids", "types")

    @openapi.describe("records")
    def get(self, request: Request) -> HttpResponse:
        ids = checked("ids", lambda: listed(request.query_params.getlist("ids")))
        if not ids or not all(re.fullmatch(openapi.ID_PATTERN, name, re.ASCII) for name in ids):
            raise ValidationError({"ids": ["Name the ids of records, as the feed has them."]})
        current_head()
        return HttpResponse(items_of(self.types or tuple(TYPES), ids), content_type="application/json")


class ExportView(FeedView):
    parameters = ("types",)
    renderer_classes = [NDJSONRenderer, JSONRenderer]

    @openapi.describe("export")
    def get(self, request: Request) -> HttpResponseBase:
        # Ranges refer to the uncompressed file, so a range request is not compressed.
        accepted = request.headers.get("Accept-Encoding", "")
        is_gzip = bool(preferred_encoding(accepted, ("gzip",))) and "Range" not in request.headers
        path = export_file(self.types or tuple(TYPES), current_head(), is_gzip)
        try:
            response = file_response(request, path, f'"{path.name}"', NDJSONRenderer.media_type)
        except UnsatisfiableError as error:
            size = {"Content-Range": f"bytes */{error.args[0]}"}
            raise NamedProblem(416, "", "The export has no such bytes.", size) from error
        response.headers["Accept-Ranges"] = "none" if is_gzip else "bytes"
        if is_gzip and response.status_code == 200:
            response.headers["Content-Encoding"] = "gzip"
        patch_vary_headers(response, ["Accept-Encoding"])
        response.is_as_stored = True  # pyright: ignore[reportAttributeAccessIssue] read by CompressionMiddleware
        return response


class ManifestView(FeedView):
    parameters = ("types", "limit", "after")

    @openapi.describe("manifest")
    def get(self, request: Request) -> HttpResponse:
        limit = whole_number(request, "limit", 1000, least=1, most=10_000)
        types, (asked_head, start) = self.types or tuple(TYPES), self._after()
        current_head()
        with snapshot_transaction():
            head = cast(Head, stored_head())
            if asked_head not in (None, (head.epoch, head.number)):
                raise NamedProblem(
                    409, "manifest-moved", "The catalogue has changed meanwhile. Start again without `after`."
                )
            rows = list(hashes(types)[start : start + limit + 1])
            digest_now, count = digest(types, head)
        body = {
            "epoch": head.epoch,
            "head": head.number,
            "count": count,
            "digest": digest_now,
            "items": [{"type": row[0], "id": row[1], "hash": row[2]} for row in rows[:limit]],
            "next": None,
        }
        headers = {}
        if len(rows) > limit:
            body["next"] = self.address(self.types, after=f"{head.epoch}.{head.number}.{start + limit}", limit=limit)
            headers["Link"] = f'<{body["next"]}>; rel="next"'
        return HttpResponse(orjson.dumps(body), content_type="application/json", headers=headers)

    def _after(self) -> tuple[tuple[str, int] | None, int]:
        """Return the head of the last page and the number of rows up to its end."""
        text = given_once(self.request, "after")
        if text is None:
            return None, 0
        if not re.fullmatch(openapi.PLACE, text, re.ASCII):
            raise ValidationError({"after": ["Use the value from `next` unchanged."]})
        epoch, head, start = text.split(".")
        return (epoch, int(head)), int(start)


def feed_description() -> dict:
    """Return the description of the feed for the API root."""
    head = current_head()
    return {
        "epoch": head.epoch,
        "head": head.number,
        "horizon": head.horizon,
        "schema": SCHEMA,
        "poll_seconds": POLL_SECONDS,
        **{name: absolute(reverse(f"api-{name}")) for name in openapi.ENDPOINTS},
    }
