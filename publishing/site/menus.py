"""The navigation and the footer menu of every page: from the settings, else from the pages that the site has."""

from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from publishing.site.models import IMPRINT, SiteLink, SiteSettings

MOST_PAGES = 12
# Pages that state the legal details of the company.
ABOUT_US, PRIVACY = "/about/", "/privacy/"


@dataclass(frozen=True)
class MenuItem:
    """A menu entry; `current` is the value of aria-current: "page", "true" for a page above the present one, or ""."""

    label: str
    address: str
    current: str = ""


def navigation(site: SiteSettings, path: str = "") -> list[MenuItem]:
    """Return the navigation, with the entry marked that the page at `path` belongs to."""
    entries = _chosen(site, SiteLink.Place.NAVIGATION) or _items(site, settings.MENUS["navigation"])
    above = [place for entry in entries if _is_at_or_above(place := own_path(entry.address), path)]
    nearest = max(above, key=len, default=None)
    return [
        MenuItem(entry.label, entry.address, ("page" if nearest == path else "true"))
        if nearest is not None and own_path(entry.address) == nearest
        else entry
        for entry in entries
    ]


def footer(site: SiteSettings) -> list[tuple[str, list[MenuItem]]]:
    """Return the footer menu as headings with their entries: one group without a heading if editors chose the entries.

    The imprint, which the law requires, is always included if there is such a page.
    """
    pages = {address: MenuItem(title, address) for title, address in site.footer_pages}
    if chosen := _chosen(site, SiteLink.Place.FOOTER):
        is_known = IMPRINT not in pages or IMPRINT in {own_path(entry.address) for entry in chosen}
        return [("", chosen if is_known else [*chosen, pages[IMPRINT]])]
    groups = {
        heading: [pages.pop(item.address, item) for item in _items(site, entries)]
        for heading, entries in settings.MENUS["footer"].items()
    }
    next(iter(groups.values())).extend([*pages.values()][:MOST_PAGES])
    return [group for group in groups.items() if group[1]]


def label_of(site: SiteSettings, address: str, label: str) -> str:
    """Return the name of the list at `address`: `label`, unless another follows from its records."""
    return site.list_labels.get(address, label)


def own_path(address: str) -> str:
    """Return the path of a URL of this site without query and fragment; "" for any other."""
    try:
        parts = urlsplit(address.removeprefix(settings.SITE_URL))
    except ValueError:
        return ""
    return "" if parts.scheme or parts.netloc or parts.query or parts.fragment else parts.path


def _chosen(site: SiteSettings, place: str) -> list[MenuItem]:
    return [MenuItem(link.label, link.address) for link in site.links_at(place)]


def _items(site: SiteSettings, entries: dict[str, str]) -> list[MenuItem]:
    pages = {address for _, address in site.footer_pages}
    present = [(label, address) for label, address in entries.items() if address in pages or is_fixed(address)]
    return [MenuItem(label_of(site, address, label), address) for label, address in present]


@cache
def is_fixed(path: str) -> bool:
    """Return whether the site has a page of its own at `path`, regardless of published records."""
    try:
        return not resolve(path).captured_kwargs  # pyright: ignore[reportAttributeAccessIssue] the stubs lack it
    except Resolver404:
        return False


def _is_at_or_above(place: str, path: str) -> bool:
    return bool(place) and (place == path or (place != "/" and path.startswith(place.rstrip("/") + "/")))
