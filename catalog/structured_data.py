"""What catalogue pages say of models and makers to machines (schema.org). An unverified name is not claimed to be a
product."""

from publishing.addresses import absolute
from publishing.structured_data import known, named, node_id


def model_nodes(model, aliases) -> list[dict]:
    if model.is_unverified:
        return []
    url = absolute(model.get_absolute_url())
    node = {
        "@type": "SoftwareApplication",
        "@id": node_id(model),
        "url": url,
        "mainEntityOfPage": {"@id": f"{url}#page"},
        "name": model.name,
        "alternateName": [alias.text for alias in aliases],
        "applicationCategory": "AI model",
        "description": model.summary,
        "datePublished": model.released_on,
        "license": model.licence_url,
        "creator": [named(vendor, "Organization") for vendor in model.public_vendors],
    }
    return [known(node)]


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
