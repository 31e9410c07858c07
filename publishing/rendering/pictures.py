"""The HTML of an image, within a text or elsewhere."""

from collections.abc import Callable
from html import escape

from publishing.images.models import Image
from publishing.images.renditions import srcset


def picture_html(
    image: Image,
    shape: str,
    sizes: str,
    *,
    alt: str,
    css_class: str = "",
    is_lead: bool = False,
    is_lazy: bool = True,
    address: Callable[[str], str] = str,
) -> str:
    """Return an Image in one of the shapes `whole`, `wide`, `square`; `sizes` is the attribute's value.

    `address` can make URLs absolute. There are no line breaks, which would become spaces beside an image in a text.
    """
    rendition = image.shown(shape)
    has_size = rendition["width"] and rendition["height"]
    attributes = {
        **({"class": css_class} if css_class else {}),
        "src": address(rendition["url"]),
        **({"width": rendition["width"], "height": rendition["height"]} if has_size else {}),
        "alt": alt,
        **({"fetchpriority": "high"} if is_lead else {"loading": "lazy"} if is_lazy else {}),
        "decoding": "async",
    }
    sources = ""
    for source in image.sources(shape):
        pairs = [(address(url), width) for url, width in source["srcset"]]
        sources += f"<source{_written(type=source['type'], srcset=srcset(pairs), sizes=sizes)}>"
    written = f"<img{_written(**attributes)}>"
    return f"<picture>{sources}{written}</picture>" if sources else written


def _written(**attributes) -> str:
    return "".join(f' {name}="{escape(str(value))}"' for name, value in attributes.items())
