"""Tags for the templates of all apps."""

import orjson
from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from publishing import menus
from publishing.calls import Call, call_on
from publishing.rendering.texts import Texts
from publishing.renditions import srcset

register = template.Library()

# As django.utils.html.json_script: nothing in the text can end the script element or begin a comment in it.
JSON_ESCAPES = (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026"))


@register.simple_tag
def rich_text(texts: Texts, body: str) -> SafeString:
    """The one place where a body becomes HTML of the page: sanitised when compiled, what fills it is escaped."""
    return SafeString(texts.html(body))  # nosec B703


@register.simple_tag
def json_ld(graph: dict) -> SafeString:
    """Write structured data for a script element of type application/ld+json."""
    text = orjson.dumps(graph).decode()
    for sign, escaped in JSON_ESCAPES:
        text = text.replace(sign, escaped)
    return SafeString(text)  # nosec B703


@register.filter
def code_words(text: str) -> SafeString:
    """Show what stands between backticks as code."""
    pieces = enumerate(text.split("`"))
    parts = [format_html("<code>{}</code>", words) if number % 2 else words for number, words in pieces]
    return format_html_join("", "{}", ([part] for part in parts))


register.simple_tag(menus.navigation)
register.simple_tag(menus.footer, name="footer_menu")
register.simple_tag(menus.is_fixed, name="site_has")


@register.filter
def is_front(path: str) -> bool:
    return path == "/"


@register.simple_tag
def call_to_action(site, path: str, records=()) -> Call:
    """What the page at `path` asks its reader to do; the first of `records` with words of its own has them."""
    return call_on(path, site, records or ())


@register.inclusion_tag("components/picture.html")
def picture(image, shape: str, sizes: str, **options) -> dict:
    """Show an Image or a Drawing in one of the shapes `whole`, `wide`, `square`; `sizes` says how wide the page shows
    it. Options: `alt` (its own, unless told), `css_class`, `is_lead` (seen at once: loaded eagerly and first)."""
    return {
        "sources": [{**source, "srcset": srcset(source["srcset"])} for source in image.sources(shape)],
        "sizes": sizes,
        "alt": options.get("alt", image.spoken_alt),
        "class": options.get("css_class", ""),
        "is_lead": options.get("is_lead", False),
        **image.shown(shape),
    }
