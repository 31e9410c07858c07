"""Where drawings are served: covers as SVG, and the picture with which a page is shared as PNG."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.csp import CSP

from ops.http.decorators import safe_only
from ops.page_cache.decorator import cacheable
from publishing.content.registry import publishable_model
from publishing.images.illustrations.drawing import NAME, Drawing, as_svg
from publishing.images.illustrations.share_card import share_picture, share_url
from publishing.pages.views import kept_for_a_year
from publishing.site.current import site_of

BIGINT_LIMIT = 2**63


@safe_only
def drawing(request, name):
    """A cover. Its name says all that there is to draw; it costs less than a page and is not stored."""
    found = NAME.fullmatch(name)
    if found is None:
        raise Http404
    svg = as_svg(Drawing(found["motif"], found["seed"]), found["shape"])
    response = kept_for_a_year(HttpResponse(svg, content_type="image/svg+xml"))
    response.is_as_stored = False  # made for each request, so it may be compressed
    # Its colours for dark pages stand in a style element.
    response._csp_config = {**response._csp_config, "style-src": [CSP.UNSAFE_INLINE]}
    return response


@cacheable()
@safe_only
def share_image(request, label, pk, digest):
    """The picture of a public record, at the one address that its present words give; older ones lead there. So no
    more is drawn than there are records, and nothing of what is hidden."""
    model = publishable_model(label)
    # As everybody sees it, whoever asks: the answer is kept by caches.
    records = model.objects.published() if model and pk < BIGINT_LIMIT else None
    record = records.filter(pk=pk).first() if records is not None else None
    if record is None:
        raise Http404
    site_name = site_of(request).shown_name
    address = share_url(record, site_name)
    if request.path_info != address:  # the key may have noughts before it, too: more addresses than there are pictures
        return redirect(address)
    return kept_for_a_year(HttpResponse(share_picture(record, site_name), content_type="image/png"))
