"""Serve illustrations: covers as SVG, and share images of pages as PNG."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.csp import CSP

from ops.http.decorators import safe_only
from ops.page_cache.decorator import cacheable
from publishing.content.registry import publishable_model
from publishing.images.illustrations.drawing import NAME, Drawing, as_svg
from publishing.images.illustrations.share_card import share_picture, share_url
from publishing.pages.views import cache_for_a_year
from publishing.site.current import site_of

BIGINT_LIMIT = 2**63


@safe_only
def drawing(request, name):
    """Serve a cover. Its name contains all parameters; drawing it is cheaper than a page, so it is not stored."""
    found = NAME.fullmatch(name)
    if found is None:
        raise Http404
    svg = as_svg(Drawing(found["motif"], found["seed"]), found["shape"])
    response = cache_for_a_year(HttpResponse(svg, content_type="image/svg+xml"))
    response.is_as_stored = False  # generated for each request, so it may be compressed
    # Its colours for dark mode are in a style element.
    response._csp_config = {**response._csp_config, "style-src": [CSP.UNSAFE_INLINE]}
    return response


@cacheable()
@safe_only
def share_image(request, label, pk, digest):
    """Serve the share image of a public record at the address of its current title; older addresses redirect there.
    This limits the images to one per public record."""
    model = publishable_model(label)
    # Published records only, even for editors, because the response is cached for all.
    records = model.objects.published() if model and pk < BIGINT_LIMIT else None
    record = records.filter(pk=pk).first() if records is not None else None
    if record is None:
        raise Http404
    site_name = site_of(request).shown_name
    address = share_url(record, site_name)
    if request.path_info != address:  # also redirects primary keys with leading zeros
        return redirect(address)
    return cache_for_a_year(HttpResponse(share_picture(record, site_name), content_type="image/png"))
