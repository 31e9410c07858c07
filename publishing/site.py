"""The site's own settings in reach of views and templates, read once for each request."""

from django.db.models import Subquery
from django.utils.functional import SimpleLazyObject

from publishing.menus import footer_pages
from publishing.models import SiteSettings

_last_known = []


def current_site() -> SiteSettings:
    """Return the settings as they are saved, with the pages in the footer. One query, where the row is there."""
    site = SiteSettings.objects.annotate(footer_pages=Subquery(footer_pages())).current()
    if site.pk is None:
        site.footer_pages = next((row["lines"] for row in footer_pages()), "")
    return site


def site_of(request) -> SiteSettings:
    """Return the settings, those of a preview where one is shown."""
    if not hasattr(request, "site_settings"):
        request.site_settings = current_site()
        _last_known[:] = [request.site_settings]
    return request.site_settings


def last_known_site() -> SiteSettings:
    """Return the settings as this process last read them, without a query: for pages about what is broken."""
    return _last_known[0] if _last_known else SiteSettings()


def context_processor(request) -> dict:
    return {"site": SimpleLazyObject(lambda: site_of(request))}
