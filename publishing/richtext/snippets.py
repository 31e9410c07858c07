"""Snippets in a body: `<figure data-snippet="ref:publishing.snippet/5"></figure>` shows the text of that record."""

from django.apps import apps

from publishing.richtext.document import mention, parse, serialize
from publishing.richtext.schema import SNIPPET

MODEL = "publishing.snippet"
_MARK = f'{SNIPPET}="'


def has_snippet(html: str | None) -> bool:
    return _MARK in (html or "")


def with_snippets(html: str) -> str:
    """Return a cleaned body with the present text of each snippet inside its element. One query if there are any.

    A snippet within a snippet stays empty.
    """
    if not has_snippet(html):
        return html
    tree = parse(html)
    snippets = [(figure, item.pk) for figure in tree.iter("figure") if (item := mention(figure.get(SNIPPET)))]
    keys = {pk for _, pk in snippets}
    texts = dict(apps.get_model(MODEL).objects.filter(pk__in=keys).values_list("pk", "body"))
    for figure, pk in snippets:
        inner = parse(texts.get(pk, ""))
        figure.text = inner.text
        figure.extend(list(inner))
    return serialize(tree)
