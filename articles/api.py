from pathlib import Path

from django.db.models import QuerySet

from articles.models import Article, ArticleKind, Author, Topic
from articles.related import with_parts
from articles.sections.page import for_api
from articles.sections.schema import TYPES
from ops.http.urls import absolute
from publishing.api import schemas
from publishing.api.filters import ChoiceParameter, RecordParameter
from publishing.api.schemas import examples_in
from publishing.api.viewsets import PublishableViewSet
from publishing.content.publishable import fetch_content_changed_at
from publishing.rendering.texts import Texts

DATES = ("first_published_at", "last_changed_at", "facts_checked_on")
COLUMNS = ("slug", "title", "summary", *Article.stated_fields, *DATES)
EXAMPLES = examples_in(Path(__file__).with_name("api_examples.json"))


SUMMARY = {
    "id": schemas.ID,
    "slug": schemas.SLUG,
    "title": schemas.TEXT,
    "summary": schemas.column(Article, "summary"),
    **{name: schemas.column(Article, name) for name in Article.stated_fields},
    "url": schemas.ADDRESS,
    "authors": schemas.several(schemas.ref("Author"), "In the order of the byline."),
    "topics": schemas.several(schemas.ref("Topic"), "Topics of the text."),
    **schemas.MOMENTS,
}
BODY = {
    "body_html": schemas.HTML,
    "sections": schemas.several(
        {"type": "object", "required": ["type"], "properties": {"type": {**schemas.TEXT, "enum": [*TYPES]}}},
        "The sections from which the body of a page is composed: type and fields. Rich texts are HTML with absolute "
        "links, images are addresses, other records are slugs. Empty for other texts.",
    ),
    "details": schemas.several(
        schemas.an_object("A line of the table.", {"label": schemas.TEXT, "value": schemas.TEXT}),
        "The table of details of a service or a case study, in order.",
    ),
    "questions": schemas.several(
        schemas.TEXT, "The addresses (slugs) of the questions that the article places, in order."
    ),
}
AUTHOR_KIND = schemas.column(Author, "kind")
ROLE = schemas.described("Role, in a few words.", schemas.TEXT)
SCHEMAS = {
    "Article": schemas.an_object("A text with its body.", SUMMARY | BODY),
    "ArticleSummary": schemas.an_object("A text in lists.", SUMMARY),
    "Author": schemas.an_object(
        "Author of a text.",
        {"slug": schemas.SLUG, "name": schemas.TEXT, "role": ROLE, "kind": AUTHOR_KIND, "url": schemas.ADDRESS},
    ),
    "Topic": schemas.short_reference("Topic of texts."),
}


class ArticleViewSet(PublishableViewSet):
    """Articles and the other texts: services, case studies, plain pages. The list leaves out bodies."""

    components, example = SCHEMAS, EXAMPLES["article"]
    filters = (
        ChoiceParameter("kind", "kind", {kind.value: str(kind.label) for kind in ArticleKind}, "Kind of text."),
        RecordParameter("topic", "topic_links__tag", Topic, "About a topic, by its slug or id."),
        RecordParameter("author", "author_links__author", Author, "By an author, by the slug or id."),
    )

    def get_queryset(self) -> QuerySet[Article]:
        articles = with_parts(Article.objects.published())
        return articles.only(*COLUMNS) if self.action == "list" else articles

    def documents(self, articles: list[Article]) -> list[dict]:
        fetch_content_changed_at(articles)
        return [_summary(article) if self.action == "list" else _document(article) for article in articles]

    @property
    def record_schema(self) -> dict:
        return schemas.ref("ArticleSummary" if self.action == "list" else "Article")

    def addresses(self, slug: str) -> list[str]:
        return [Article.address_of(slug, kind) for kind in ArticleKind]


def _summary(article) -> dict:
    return {
        "id": str(article.pk),
        "slug": article.slug,
        "title": article.title,
        "summary": article.summary,
        **{name: getattr(article, name) for name in Article.stated_fields},
        "url": absolute(article.get_absolute_url()),
        "authors": [
            schemas.named_value(author) | {"role": author.role, "kind": author.kind} for author in article.byline
        ],
        "topics": list(map(schemas.named_value, article.topic_list)),
        **schemas.moments_of(article),
    }


def _document(article) -> dict:
    return _summary(article) | {
        "body_html": Texts(article.body, is_absolute=True).html(article.body),
        "sections": for_api(article.sections),
        "details": [{"label": detail.label, "value": detail.value} for detail in article.detail_list],
        "questions": [question.slug for question in article.question_list],
    }
