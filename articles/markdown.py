"""An article, a service, a case study or a plain page as Markdown."""

from django.http import HttpResponse

from articles.models import Article
from articles.related import related_to
from ops.http.urls import absolute
from publishing.rendering.markdown import ended_block, heading, link, markdown_document, markdown_response, plain, table
from publishing.rendering.texts import Texts

DATES = {"published": "first_published_at", "updated": "last_changed_at", "facts_checked": "facts_checked_on"}


def article_as_markdown(article: Article) -> HttpResponse:
    """Return the response for an article that was read with its parts."""
    url = absolute(article.get_absolute_url())
    questions = [] if article.sections else article.question_list
    answers = [question.answer for question in questions]
    texts = Texts(article.body, *answers, is_absolute=True, ends_in=[article.body])
    body = texts.markdown(article.body, url)
    answers = [_answer(question, texts, url) for question in questions]
    others = [f"- {link(other, absolute(other.get_absolute_url()))}" for other in related_to(article)]
    text = markdown_document(
        {
            "title": article.title,
            "url": article.canonical_url or url,
            "description": article.summary,
            **{name: getattr(article, name) for name in Article.stated_fields},
            "authors": [author.name for author in article.byline],
            **({name: getattr(article, field) for name, field in DATES.items()} if article.is_dated else {}),
            "topics": [topic.name for topic in article.topic_list],
        },
        heading(plain(article.title), 1),
        "**Worked example**, not a client project." if article.is_worked_example else "",
        plain(article.summary),
        _cover(article.cover, article.spoken_cover_alt),
        ended_block(texts.ended),
        _details(article.detail_list),
        body,
        *(["## Questions", *answers] if answers else []),
        *(["## Related", "\n".join(others)] if others else []),
    )
    return markdown_response(text, article.canonical_url or url)


def _cover(picture, alt: str) -> str:
    if picture is None:
        return ""
    image = f"!{link(alt, absolute(picture.file.url))}"
    return "\n\n".join(filter(None, [image, plain(picture.credit)]))


def _details(details) -> str:
    rows = [[plain(detail.label), plain("; ".join(detail.lines))] for detail in details]
    return table(["", ""], rows) if rows else ""


def _answer(question, texts, url) -> str:
    title = heading(link(question.question, absolute(question.get_absolute_url())), 3)
    return f"{title}\n\n{texts.markdown(question.answer, url)}"
