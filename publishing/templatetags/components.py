"""Components that pages repeat dozens of times, written in Python: an included template costs ten times as much."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from publishing.rendering.names import whole_names
from publishing.rendering.texts import Texts
from publishing.richtext.sentences import sentences
from publishing.templatetags.publishing import first_sentence, rich_text

register = template.Library()

PROSE = '<div class="prose">{}</div>{}'
SCRIPT = '<script type="module" src="{}"></script>'
# The scripts that a text needs, by what its HTML has.
SCRIPTS = {
    "js/embeds.js": ('class="embed"',),
    "js/chart.js": ('class="chart-frame"', 'class="lifetimes__rows"'),
}
QUESTION = (
    '<details class="question"><summary class="question__summary"><span>{0}</span>'
    '<span class="question__beginning">{1}</span></summary>'
    # The anchor is inside the fold, so that browsers open it for links to it.
    '<div class="question__answer" id="answer_{2}">{3}<p class="question__more">'
    '<a href="{4}">Open this answer<span class="visually-hidden"> “{0}”</span></a></p></div></details>\n'
)
CARD_WORDS = (
    '<p class="card__kicker cluster fine">{0}{1}{2}</p>\n'
    '<h{3} class="card__title"><a class="card__link" href="{4}">{5}</a></h{3}>\n{6}'
)
KICKER, TIME = '<span class="card__topic">{}</span> ', '<time datetime="{}">{}</time> '
CHECKED = "<span>checked {}</span>"
SUMMARY, SENTENCE = '<p class="card__summary">{}</p>\n', "<span{}>{}</span> "
REST = SafeString(' class="card__rest"')


@register.simple_tag
def prose(texts: Texts, body: str) -> str:
    """Render a body of `texts`, with the scripts that it needs."""
    html = rich_text(texts, body)
    scripts = [[static(path)] for path, marks in SCRIPTS.items() if any(mark in html for mark in marks)]
    return format_html(PROSE, html, format_html_join("", SCRIPT, scripts) if scripts else "")


@register.simple_tag
def questions_with_answers(questions: Iterable[Any], texts: Texts) -> str:
    """Render questions, each folded with the beginning of its answer; `texts` was given the answers."""
    rows = (
        (
            whole_names(question.question),
            whole_names(first_sentence(texts, question.answer)),
            question.slug,
            prose(texts, question.answer),
            question.get_absolute_url(),
        )
        for question in questions
    )
    return format_html('<div class="questions">\n{}</div>', format_html_join("", QUESTION, rows))


@register.simple_tag
def card_words(article: Any, kicker: str = "", level: int | str = 3) -> str:
    """Render the words of a card under a heading of this level; phones show the first sentence of its summary."""
    day, checked_on = article.first_published_at and timezone.localdate(article.first_published_at), None
    if article.is_dated and article.facts_checked_on != day:
        checked_on = article.facts_checked_on
    said = enumerate(sentences(article.summary)) if article.summary else ()
    summary = format_html_join("", SENTENCE, ((REST if place else "", whole_names(words)) for place, words in said))
    return format_html(
        CARD_WORDS,
        format_html(KICKER, kicker) if kicker else "",
        _time(day) if article.is_dated and day else "",
        format_html(CHECKED, _time(checked_on)) if checked_on else "",
        level or 3,
        article.get_absolute_url(),
        whole_names(article.title),
        format_html(SUMMARY, summary) if summary else "",
    )


def _time(day: date) -> str:
    return format_html(TIME, day.isoformat(), date_format(day, "j M Y"))
