"""What a model's page says of the model to machines (schema.org). An unverified name is not claimed to be a product."""

from publishing.addresses import absolute


def model_node(model) -> dict:
    url = absolute(model.get_absolute_url())
    if model.is_unverified:
        return {
            "@type": "WebPage",
            "@id": f"{url}#page",
            "url": url,
            "name": f"“{model.name}”",
            "description": model.notice,
        }
    node = {
        "@type": "SoftwareApplication",
        "@id": f"{url}#model",
        "url": url,
        "name": model.name,
        "applicationCategory": "AI model",
        "description": model.summary,
        "datePublished": model.released_on,
        "license": model.licence_url,
        "creator": [{"@type": "Organization", "name": vendor.name} for vendor in model.public_vendors],
    }
    return {name: value for name, value in node.items() if value}
