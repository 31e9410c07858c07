"""What catalogue pages say of models and makers to machines (schema.org). An unverified name is not claimed to be a
product."""

from catalog.models import Vendor
from ops.http.urls import absolute
from publishing.pages.json_ld import identifier, known, node_id


def model_nodes(model, page) -> list[dict]:
    """Return the node of a model; `page` is its `ModelPage`."""
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
        "datePublished": model.released_on,
        "license": model.licence_url,
        "creator": [_organization(vendor) for vendor in page.vendors],
    }
    return [known(node)]


def _organization(vendor) -> dict:
    """Return the node in short of a vendor that a document names."""
    key = identifier(Vendor._meta.label_lower, vendor.url)
    return {"@type": "Organization", "@id": key, "name": vendor.name, "url": absolute(vendor.url)}


def maker_node(record) -> dict:
    """Return the node of a maker or a provider."""
    url = absolute(record.get_absolute_url())
    return known(
        {
            "@type": "Organization",
            "@id": node_id(record),
            "name": record.name,
            "url": record.website or url,
            "mainEntityOfPage": {"@id": f"{url}#page"},
        }
    )
