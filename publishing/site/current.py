"""The site settings for views and templates."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from ops.http.errors import page_context
from publishing.site.models import SiteSettings

_last_known = []


def site_of(request: HttpRequest) -> SiteSettings:
    """Return the site settings, or those of a preview. One query per request."""
    if not (site := getattr(request, "site_settings", None)):
        site = request.site_settings = SiteSettings.objects.current()  # pyright: ignore[reportAttributeAccessIssue]
        _last_known[:] = [site]
    return site


def last_known_site() -> SiteSettings:
    """Return the settings as this process last read them, without a query: for error pages."""
    if not _last_known:
        site = SiteSettings()
        site.is_known = False
        return site
    return _last_known[0]


page_context["site"] = last_known_site


def context_processor(request: HttpRequest) -> dict:
    fetched = getattr(request, "site_settings", None)  # settings that a view has already fetched need no lazy wrapper
    return {"site": fetched or SimpleLazyObject(lambda: site_of(request))}
