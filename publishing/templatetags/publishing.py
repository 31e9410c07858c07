"""Tags for the templates of all apps."""

from datetime import date, datetime
from functools import lru_cache

import orjson
from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from publishing.rendering.pictures import picture_html
from publishing.rendering.texts import Texts
from publishing.site import menus
from publishing.site.call_to_action import Call, call_on

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


@register.simple_tag
def picture(image, shape: str, sizes: str, **options) -> SafeString:
    """Show an Image or a Drawing as `picture_html` writes it, all escaped; `alt` is its own, unless told."""
    return SafeString(picture_html(image, shape, sizes, **{"alt": image.spoken_alt} | options))  # nosec B703


@register.filter(expects_localtime=True)
def dated(moment, css_class: str = "") -> SafeString:
    """Write a date or a moment as an element `time`: 20 November 2026. Nothing for None."""
    return _dated(moment.date() if isinstance(moment, datetime) else moment, css_class) if moment else SafeString("")


@lru_cache(maxsize=10_000)
def _dated(day: date, css_class: str) -> SafeString:
    style = format_html(' class="{}"', css_class) if css_class else ""
    return format_html('<time{} datetime="{}">{}</time>', style, day.isoformat(), date_format(day, "j F Y"))
