"""Template tags of all apps."""

from datetime import date, datetime
from functools import lru_cache

import orjson
from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from publishing.rendering.names import whole_names
from publishing.rendering.pictures import picture_html
from publishing.rendering.texts import Texts
from publishing.richtext.sentences import sentences
from publishing.site import menus
from publishing.site.call_to_action import call_to_action

register = template.Library()

SHORT = 40  # characters of a first sentence, which may be just "Yes."

# Like django.utils.html.json_script, so that text can neither end the script element nor begin a comment in it.
JSON_ESCAPES = (("<", "\\u003C"), (">", "\\u003E"), ("&", "\\u0026"))


@register.simple_tag
def rich_text(texts: Texts, body: str) -> SafeString:
    """Render a body as HTML. No other code marks one safe: it was sanitised when compiled, and values are escaped."""
    return SafeString(texts.html(body))  # nosec B703


@register.simple_tag
def first_sentence(texts: Texts, body: str) -> str:
    """Return the first sentence of a body in plain words, and the second after a short one."""
    first, *others = sentences(texts.plain_text(body)) or [""]
    return " ".join([first, *others[: len(first) < SHORT]])


@register.simple_tag
def json_ld(graph: dict) -> SafeString:
    """Render structured data for a script element of type application/ld+json."""
    text = orjson.dumps(graph).decode()
    for sign, escaped in JSON_ESCAPES:
        text = text.replace(sign, escaped)
    return SafeString(text)  # nosec B703


@register.filter
def code_words(text: str) -> SafeString:
    """Render text between backticks as code."""
    pieces = enumerate(text.split("`"))
    parts = [format_html("<code>{}</code>", piece) if number % 2 else piece for number, piece in pieces]
    return format_html_join("", "{}", ([part] for part in parts))


register.filter(whole_names)
register.filter(sentences)
register.simple_tag(menus.navigation)
register.simple_tag(menus.footer, name="footer_menu")
register.simple_tag(menus.is_fixed, name="site_has")
register.simple_tag(menus.label_of)
register.simple_tag(call_to_action)


@register.simple_tag
def picture(image, shape: str, sizes: str, **options) -> SafeString:
    """Render an Image by `picture_html`, which escapes everything; `alt` defaults to the image's own."""
    return SafeString(picture_html(image, shape, sizes, **{"alt": image.spoken_alt} | options))  # nosec B703


@register.filter(expects_localtime=True)
def dated(moment: datetime, css_class: str = "") -> SafeString:
    """Render a date or datetime as a `time` element: 20 November 2026; "" for None."""
    return _dated(moment.date() if isinstance(moment, datetime) else moment, css_class) if moment else SafeString("")


@lru_cache(maxsize=10_000)
def _dated(day: date, css_class: str) -> SafeString:
    style = format_html(' class="{}"', css_class) if css_class else ""
    return format_html('<time{} datetime="{}">{}</time>', style, day.isoformat(), date_format(day, "j F Y"))
