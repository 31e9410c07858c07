"""Serve drawings: covers as SVG, and link previews as PNG. The name of a drawing contains all of its parameters."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.csp import CSP

from ops.http.decorators import safe_only
from publishing.images.illustrations.drawing import NAME, Drawing, as_png, as_svg
from publishing.pages.views import cache_for_a_year


@safe_only
def drawing(request: HttpRequest, name: str) -> HttpResponseBase:
    """Serve a cover. Drawing it is cheaper than a page, so it is not stored."""
    svg = HttpResponse(as_svg(*_named(name)), content_type="image/svg+xml")
    response = cache_for_a_year(svg, is_as_stored=False)  # generated for each request, so it may be compressed
    # Its colours for dark mode are in a style element.
    policy = getattr(response, "_csp_config", {})
    response._csp_config = {**policy, "style-src": [CSP.UNSAFE_INLINE]}  # pyright: ignore[reportAttributeAccessIssue] Django's
    return response


@safe_only
def share_image(request: HttpRequest, name: str) -> HttpResponseBase:
    return cache_for_a_year(HttpResponse(as_png(*_named(name)), content_type="image/png"))


def _named(name: str) -> tuple[Drawing, str]:
    """Return a drawing and its shape. Raises Http404 for any other name."""
    found = NAME.fullmatch(name)
    if found is None:
        raise Http404
    return Drawing(found["motif"], found["seed"]), found["shape"]
