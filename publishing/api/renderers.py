"""Render responses as JSON, for clients that accept it."""

from collections.abc import Sequence

import orjson
from django.http.request import MediaType
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JSONRenderer(BaseRenderer):
    media_type = "application/json"
    format = "json"
    charset = None

    def render(self, data: object, accepted_media_type: str | None = None, renderer_context: object = None) -> bytes:
        return b"" if data is None else orjson.dumps(data, default=str)


class ContentNegotiation(DefaultContentNegotiation):
    """DRF's, without the media types that a client refuses with q=0, which DRF ignores."""

    def select_renderer(
        self, request: Request, renderers: Sequence[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        ranges = [MediaType(text) for text in self.get_accept_list(request)]
        ranges.sort(key=lambda accepted: accepted.specificity, reverse=True)
        wanted = [renderer for renderer in renderers if not _is_refused(renderer.media_type, ranges)]
        if not wanted:
            raise NotAcceptable(available_renderers=renderers)
        return super().select_renderer(request, wanted, format_suffix)


def _is_refused(media_type: str, ranges: list[MediaType]) -> bool:
    """Return whether the most specific range that matches has the quality 0."""
    produced = MediaType(media_type)
    matching = (accepted for accepted in ranges if produced.match(accepted))  # pyright: ignore[reportArgumentType] (stubs)
    return next((accepted.quality == 0 for accepted in matching), False)
