"""Records shown with articles: their authors, topics and questions, and related texts."""

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, prefetch_related_objects
from django.utils import timezone

from articles.models import (
    AUTHOR_COLUMNS,
    DETAIL_COLUMNS,
    QUESTION_COLUMNS,
    TOPIC_COLUMNS,
    Article,
    ArticleAuthor,
    ArticleKind,
    ArticleTopic,
    Author,
    Detail,
    PlacedQuestion,
    ReadAlso,
    Topic,
)
from ops.db.compiled import CompiledQuery, Parameter, keys, moment
from ops.db.json_rows import json_rows
from publishing.content.publishable import Publishable

MOST = 4
MOST_CONTACTS = 6
# Built once, because the page of every article runs these queries.
IN_ORDER = ("position", "pk")
AUTHORS = ArticleAuthor.objects.filter(article=OuterRef("pk"), **Author.published_lookups("author__"))
TOPICS = ArticleTopic.objects.filter(content_object=OuterRef("pk"), **Topic.published_lookups("tag__"))
DETAILS = Detail.objects.filter(article=OuterRef("pk"))
BYLINE = json_rows(AUTHORS, IN_ORDER, [f"author__{name}" for name in AUTHOR_COLUMNS])
TOPIC_LIST = json_rows(TOPICS, ("pk", "tag"), [f"tag__{name}" for name in TOPIC_COLUMNS])
DETAIL_LIST = json_rows(DETAILS, IN_ORDER, DETAIL_COLUMNS)
Question = cast(type[Publishable], PlacedQuestion._meta.get_field("question").related_model)
QUESTIONS = Question.objects.only(*QUESTION_COLUMNS)
CARD_COLUMNS = ("title", "summary", "first_published_at", "facts_checked_on", "cover", "drawn", "is_worked_example")
CARDS = Article.objects.only(*CARD_COLUMNS, *Article.address_fields).annotate(
    topic_rows=TOPIC_LIST, detail_rows=DETAIL_LIST
)


def with_parts(articles: QuerySet[Article], at: Any = None) -> QuerySet[Article]:
    """Read with articles their details, and authors, topics and questions that are public, now or at a moment."""
    is_public = Question.published_lookups("question__", at)
    questions = PlacedQuestion.objects.filter(article=OuterRef("pk"), **is_public)
    columns = [f"question__{name}" for name in QUESTION_COLUMNS]
    return articles.annotate(
        byline_rows=BYLINE,
        topic_rows=TOPIC_LIST,
        detail_rows=DETAIL_LIST,
        question_rows=json_rows(questions, IN_ORDER, columns),
    )


def with_covers(articles: Iterable[Article]) -> list[Article]:
    """Return articles from CARDS with their covers. One query if there are any."""
    articles = list(articles)
    prefetch_related_objects(articles, "cover")
    return articles


def related_to(article: Article) -> list[Article]:
    """Return at most four other public texts. One query.

    Chosen ones come first, then those with the most topics in common, newer first. A plain page has only chosen ones.
    """
    topics = [topic.pk for topic in article.topic_list]
    return with_covers(RELATED.instances(at=timezone.now(), article=article.pk, topics=topics))


def _related() -> QuerySet[Article]:
    article = Parameter("article", BigIntegerField())
    chosen, topics = ReadAlso.objects.filter(article=article), ArticleTopic.objects.filter(tag__in=keys("topics"))
    link = chosen.filter(other=OuterRef("pk"))
    in_common = topics.filter(content_object=OuterRef("pk")).order_by().values("content_object")
    others = CARDS.published(at=moment("at")).exclude(pk=article)
    others = others.annotate(
        place=Subquery(link.values("position")[:1]),
        link=Subquery(link.values("pk")[:1]),
        in_common=Subquery(in_common.values(count=Count("pk"))),
    )
    similar = Q(pk__in=topics.values("content_object")) & ~Q(kind=ArticleKind.PAGE)
    order = F("place").asc(nulls_last=True), "link", F("in_common").desc(nulls_last=True), "-first_published_at", "-pk"
    return others.filter(Q(pk__in=chosen.values("other")) | similar).order_by(*order)[:MOST]


RELATED = CompiledQuery(_related())


def contact_people() -> list[Author]:
    """Return the authors who answer enquiries, with their pictures. One query, one more with pictures."""
    return list(Author.objects.published().answering().prefetch_related("picture")[:MOST_CONTACTS])
