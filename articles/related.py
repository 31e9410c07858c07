"""Records shown with articles: their authors, topics and questions, and related texts."""

from collections import defaultdict
from collections.abc import Iterable
from typing import cast

from django.db.models import Count, prefetch_related_objects

from articles.models import (
    USUAL_DETAILS,
    Article,
    ArticleAuthor,
    ArticleKind,
    ArticleTopic,
    Author,
    PlacedQuestion,
    Topic,
)
from publishing.content.publishable import Publishable
from publishing.site.call_to_action import CALL_COLUMNS

MOST = 4
MOST_CONTACTS = 6
# Built once, because the page of every article runs these queries. The columns are in the order of the tables.
AUTHOR_COLUMNS = ("id", "slug", "name", "role", "picture_id", "kind", "links")
AUTHORS = ArticleAuthor.objects.filter(**Author.published_lookups("author__")).values_list(
    "article", *(f"author__{name}" for name in AUTHOR_COLUMNS)
)
TOPIC_COLUMNS = ("id", "slug", "name", *CALL_COLUMNS)
TOPICS = ArticleTopic.objects.filter(**Topic.published_lookups("tag__")).order_by("pk")
TOPICS = TOPICS.values_list("content_object", *(f"tag__{name}" for name in TOPIC_COLUMNS))
Question = cast(type[Publishable], PlacedQuestion._meta.get_field("question").related_model)
QUESTIONS = Question.objects.only("question", "answer", "slug")
QUESTIONS = QUESTIONS.order_by("article_links__position", "article_links__pk")
CARD_COLUMNS = ("title", "summary", "first_published_at", "facts_checked_on", "cover", "drawn", "is_worked_example")
CARDS = Article.objects.only(*CARD_COLUMNS, *Article.address_fields)
CHOSEN = CARDS.order_by("recommended_by_links__position", "recommended_by_links__pk")
SIMILAR = CARDS.exclude(kind=ArticleKind.PAGE).annotate(in_common=Count("pk"))
SIMILAR = SIMILAR.order_by("-in_common", "-first_published_at", "-pk")


def fetch_bylines_and_topics(articles: list[Article]) -> None:
    """Set `byline` and `topic_list` of these articles: public authors and topics in order, without their texts.

    One query each. A plain page has no topics.
    """
    bylines = defaultdict(list)
    for key, *values in AUTHORS.filter(article__in=articles):
        bylines[key].append(Author.from_db(None, AUTHOR_COLUMNS, values))
    for article in articles:
        article.byline = bylines[article.pk]
    _fetch_topics(articles)


def _fetch_topics(articles):
    topics = defaultdict(list)
    for key, *values in TOPICS.filter(
        content_object__in=[article for article in articles if article.kind != ArticleKind.PAGE]
    ):
        topics[key].append(Topic.from_db(None, TOPIC_COLUMNS, values))
    for article in articles:
        article.topic_list = topics[article.pk]


def fetch_for_cards(articles: Iterable[Article]) -> list[Article]:
    """Fetch covers, topics and details of articles from CARDS. One query, one more with covers, one with details."""
    articles = list(articles)
    prefetch_related_objects(articles, "cover")
    prefetch_related_objects([article for article in articles if article.kind in USUAL_DETAILS], "details")
    _fetch_topics(articles)
    return articles


def questions_of(article: Article) -> list:
    """Return the public questions shown below its text, in order."""
    return list(QUESTIONS.published().filter(article_links__article=article))


def related_to(article: Article) -> list[Article]:
    """Return at most four other public texts. Two queries, or one if the editor chose as many.

    Chosen ones come first, then those with the most topics in common, newer first. A plain page has only chosen ones.
    """
    chosen = list(CHOSEN.published().filter(recommended_by_links__article=article)[:MOST])
    if article.kind == ArticleKind.PAGE or len(chosen) == MOST:
        return chosen
    similar = SIMILAR.published().filter(topic_links__tag__in=article.topic_list)[: MOST + 1]
    return [*chosen, *(other for other in similar if other not in [article, *chosen])][:MOST]


def contact_people() -> list[Author]:
    """Return the authors who answer enquiries, with their pictures. One query, one more with pictures."""
    return list(Author.objects.published().answering().prefetch_related("picture")[:MOST_CONTACTS])
