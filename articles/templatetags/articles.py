from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from articles.models import Article
from articles.related import contact_people
from publishing.rendering.names import whole_names

register = template.Library()
register.simple_tag(contact_people)

FACTS = '<dl class="rows__facts">{}{}</dl>'
FACT = "<div{}><dt>{}</dt><dd>{}{}</dd></div>\n"
OTHER = '<div><dt>{}</dt><dd><a href="{}">{}</a></dd></div>\n'
KICKER = '<p class="card__kicker cluster fine">{}{}{}</p>'
MOST_FACTS = 6
CONDITIONS = {"Start here if", "Relevant if"}  # their lines form a sentence
LEFT_OUT_IF_BRIEF = {"Start here if", "Meant for"}
STYLES = {
    **dict.fromkeys(CONDITIONS, SafeString(' class="rows__start"')),
    "Result": SafeString(' class="rows__result"'),
    "You get": SafeString(' class="rows__get"'),
    "Effort and price": SafeString(' class="rows__price"'),
}
# By the beginning of the detail “Basis of the result”.
BASES = {"Measured": "Measured", "Calculated": "Calculated, not measured"}


@register.simple_tag
def row_facts(article: Article, is_compared: bool = False, is_brief: bool = False) -> str:
    """Render the facts of a service or case study in a list, "" if it has none."""
    if not (details := article.card_details[:MOST_FACTS]):
        return ""
    rows = (
        (
            STYLES.get(detail.label, ""),
            detail.label,
            _lines(detail.lines, is_compared),
            "." if detail.label in CONDITIONS else "",
        )
        for detail in details
        if not (is_brief and detail.label in LEFT_OUT_IF_BRIEF)
    )
    others = getattr(article, "shown_with", ())[:1]
    links = ((other.kind_name, other.get_absolute_url(), whole_names(other.title)) for other in others)
    return format_html(FACTS, format_html_join("", FACT, rows), format_html_join("", OTHER, links))


def _lines(lines: list[str], is_compared: bool) -> str:
    """Return the lines of a detail: below each other, the first of several in bold, or else in one line."""
    words = [whole_names(line) for line in lines]
    if is_compared and len(words) > 1:
        words[0] = format_html("<strong>{}</strong>", words[0])
    return format_html_join(SafeString("<br>") if is_compared else "; ", "{}", zip(words))


@register.simple_tag
def row_kicker(article: Article, hides_kind: object = False) -> str:
    """Render what stands above the title of a worked example: its task, its kind, and what its result is based on."""
    if not article.is_worked_example:
        return ""
    tasks = ([detail.value] for detail in article.detail_list if detail.label == "Task")
    based = (detail.value for detail in article.detail_list if detail.label == "Basis of the result")
    bases = ([words] for value in based for beginning, words in BASES.items() if value.startswith(beginning))
    return format_html(
        KICKER,
        format_html_join("", '<span class="card__topic">{}</span> ', tasks),
        "" if hides_kind else format_html("<span>{}</span> ", article.kicker),
        format_html_join("", "<span>{}</span> ", bases),
    )
