"""The site's own settings in reach of views and templates, read once for many requests."""

from django.db.models import Subquery
from django.utils.functional import SimpleLazyObject

from publishing.menus import footer_pages
from publishing.models import SiteSettings
from publishing.page_cache.known import known_while_content_stays
from publishing.prepared import Prepared

_last_known = []


def current_site() -> SiteSettings:
    """Return the settings as they are saved, with the pages in the footer. One query, where the row is there."""
    site = SiteSettings.objects.current(_rows())
    if site.pk is None:
        site.footer_pages = next((row["lines"] for row in footer_pages()), "")
    return site


@Prepared
def _rows():
    return SiteSettings.objects.annotate(footer_pages=Subquery(footer_pages())).with_links()


def site_of(request) -> SiteSettings:
    """Return the settings, those of a preview where one is shown. Others have them too: nothing may be set on them."""
    if not hasattr(request, "site_settings"):
        request.site_settings = _site_for_readers()
        _last_known[:] = [request.site_settings]
    return request.site_settings


@known_while_content_stays
def _site_for_readers() -> SiteSettings:
    return current_site()


def last_known_site() -> SiteSettings:
    """Return the settings as this process last read them, without a query: for pages about what is broken."""
    return _last_known[0] if _last_known else SiteSettings()


def context_processor(request) -> dict:
    known = getattr(request, "site_settings", None)  # what a view asked for already is spared the lazy wrapping
    return {"site": known or SimpleLazyObject(lambda: site_of(request))}
