"""Structured data (schema.org) of models and vendors. Unverified models are not marked up."""

from catalog.models import AIModel, Provider, Vendor
from catalog.pages.model_page import ModelPage
from ops.http.urls import absolute
from publishing.pages.json_ld import identifier, node_id, without_unknown


def model_nodes(model: AIModel, page: ModelPage) -> list[dict]:
    """Return the nodes of a model; `page` is its `ModelPage`."""
    if model.is_unverified:
        return []
    url = absolute(model.get_absolute_url())
    node = {
        "@type": "SoftwareApplication",
        "@id": node_id(model),
        "url": url,
        "mainEntityOfPage": {"@id": f"{url}#page"},
        "name": model.name,
        "alternateName": [alias["text"] for alias in page.aliases],
        "applicationCategory": "AI model",
        "description": model.summary,
        "datePublished": page.released_on,
        "license": model.licence_url,
        "creator": [_organization(vendor) for vendor in page.vendors],
    }
    return [without_unknown(node)]


def _organization(vendor) -> dict:
    """Return the short node of a vendor from a document."""
    key = identifier(Vendor._meta.label_lower, vendor.url)
    return {"@type": "Organization", "@id": key, "name": vendor.name, "url": absolute(vendor.url)}


def organization_node(record: Vendor | Provider) -> dict:
    """Return the node of a vendor or a provider."""
    url = absolute(record.get_absolute_url())
    return without_unknown(
        {
            "@type": "Organization",
            "@id": node_id(record),
            "name": record.name,
            "url": record.website or url,
            "mainEntityOfPage": {"@id": f"{url}#page"},
        }
    )
