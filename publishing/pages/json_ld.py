"""The JSON-LD of a page (schema.org): one graph whose nodes refer to each other by `@id`."""

from dataclasses import dataclass

from django.conf import settings

from ops.http.urls import absolute
from publishing.content.publishable import Publishable
from publishing.site.models import SiteSettings

SITE_ID = f"{settings.SITE_URL}/#site"
ORGANIZATION_ID = f"{settings.SITE_URL}/#organization"
SOCIAL = "social"


@dataclass(frozen=True)
class PageNode:
    """The properties of a page's node besides its title: its `type`, and the `@id` of its main node or, for a list, the
    records that it shows."""

    type: str = "WebPage"
    main: str = ""
    items: tuple | None = None
    properties: tuple[tuple[str, object], ...] = ()


def node_id(record: Publishable) -> str:
    """Return the `@id` of the subject of a record, the same on every page that mentions it."""
    return identifier(record._meta.label_lower, record.get_absolute_url())


def identifier(label: str, address: str) -> str:
    return f"{absolute(address)}#{label.split('.')[1]}"


def reference_node(record: Publishable, kind: str) -> dict:
    """Return a short node for a record with a page of its own."""
    url = absolute(record.get_absolute_url())
    return {"@type": kind, "@id": node_id(record), "name": str(record), "url": url}


def without_unknown(node: dict) -> dict:
    """Return the node without unknown or empty values."""
    return {name: value for name, value in node.items() if value not in (None, "", [], {})}


def page_graph(site: SiteSettings, metadata: dict, page: PageNode, nodes: tuple, crumbs: list | tuple) -> dict:
    """Return the graph of the page with this `metadata`: publisher, site, page, `nodes`, its list, its breadcrumbs."""
    canonical, items, trail = metadata["canonical"], None, None
    if page.items:
        records = ((str(record), record.get_absolute_url()) for record in page.items)
        items = _list("ItemList", f"{canonical}#list", "url", records) | {"numberOfItems": len(page.items)}
    if crumbs:
        steps = ((crumb["title"], crumb["url"]) for crumb in crumbs)
        trail = _list("BreadcrumbList", f"{canonical}#breadcrumbs", "item", steps)
    main = page.main or (items["@id"] if items else "")
    page_node = without_unknown(
        {
            "@type": page.type,
            "@id": f"{canonical}#page",
            "url": canonical,
            "name": metadata["title"],
            "description": metadata["description"],
            "inLanguage": settings.LANGUAGE_CODE,
            "isPartOf": {"@id": SITE_ID},
            "datePublished": metadata["published_at"],
            "dateModified": metadata["changed_at"],
            "primaryImageOfPage": metadata["image_url"] and {"@type": "ImageObject", "url": metadata["image_url"]},
            "breadcrumb": {"@id": trail["@id"]} if trail else None,
            "mainEntity": {"@id": main} if main else None,
            **dict(page.properties),
        }
    )
    graph = [organization(site), website(site), page_node, *nodes, *filter(None, [items, trail])]
    return {"@context": "https://schema.org", "@graph": graph}


def organization(site: SiteSettings) -> dict:
    """Return the publisher of the site: what its settings state of the company, once that is confirmed."""
    node = {
        "@type": "Organization",
        "@id": ORGANIZATION_ID,
        "name": site.shown_name,
        "url": f"{settings.SITE_URL}/",
        "description": site.shown_tagline,
        "logo": absolute(site.logo.file.url) if site.logo else "",
    }
    if not site.is_confirmed:  # programs do not see the mark of an example
        return without_unknown(node)
    ways = without_unknown({"email": site.email, "telephone": site.phone, "description": site.answer_promise})
    entry = {"@type": "PropertyValue", "propertyID": site.register, "value": site.register_number}
    return without_unknown(
        node
        | {
            "legalName": site.legal_name,
            "address": " ".join(site.postal_address.split()),
            "vatID": site.vat_number,
            "identifier": without_unknown(entry) if site.register_number else None,
            "contactPoint": ways and {"@type": "ContactPoint", **ways},
            "sameAs": [link.address for link in site.links_at(SOCIAL)],
        }
    )


def website(site: SiteSettings) -> dict:
    return {
        "@type": "WebSite",
        "@id": SITE_ID,
        "name": site.shown_name,
        "url": f"{settings.SITE_URL}/",
        "inLanguage": settings.LANGUAGE_CODE,
        "publisher": {"@id": ORGANIZATION_ID},
    }


def _list(kind: str, identifier: str, place: str, entries) -> dict:
    """Return the node of a list. `entries` are names and paths; `place` is the property for their addresses."""
    elements = [
        {"@type": "ListItem", "position": position, "name": name, place: absolute(path)}
        for position, (name, path) in enumerate(entries, start=1)
    ]
    return {"@type": kind, "@id": identifier, "itemListElement": elements}
