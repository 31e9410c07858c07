"""Records shown with articles: their authors, topics and questions, and related texts."""

from collections import defaultdict
from collections.abc import Iterable
from typing import cast

from django.db.models import Count

from articles.models import Article, ArticleAuthor, ArticleKind, ArticleTopic, Author, PlacedQuestion, Topic
from ops.db.prepared import NOW, Param, Params, Prepared
from publishing.content.publishable import Publishable
from publishing.images.models import images_by_key
from publishing.site.call_to_action import CALL_COLUMNS

MOST = 4
# In the order of the tables.
AUTHOR_COLUMNS = ("id", "slug", "name", "role", "picture_id")
TOPIC_COLUMNS = ("id", "slug", "name", *CALL_COLUMNS)
Question = cast(type[Publishable], PlacedQuestion._meta.get_field("question").related_model)
CARDS = Article.objects.only("title", "summary", "first_published_at", "cover", *Article.address_fields)


@Prepared
def _authors():
    links = ArticleAuthor.objects.filter(**Author.published_lookups("author__"), article__in=Params("articles"))
    return links.values_list("article", *(f"author__{name}" for name in AUTHOR_COLUMNS))


@Prepared
def _topics():
    links = ArticleTopic.objects.filter(**Topic.published_lookups("tag__"), content_object__in=Params("articles"))
    return links.order_by("pk").values_list("content_object", *(f"tag__{name}" for name in TOPIC_COLUMNS))


def fetch_bylines_and_topics(articles: list[Article]) -> None:
    """Set `byline` and `topic_list` of these articles: public authors and topics in order, without their texts.

    One query each. A plain page has no topics.
    """
    bylines = defaultdict(list)
    for key, *values in _authors.rows(articles=[article.pk for article in articles]):
        bylines[key].append(Author.from_db(None, AUTHOR_COLUMNS, values))
    for article in articles:
        article.byline = bylines[article.pk]
    _fetch_topics(articles)


def _fetch_topics(articles):
    topics = defaultdict(list)
    with_topics = [article.pk for article in articles if article.kind != ArticleKind.PAGE]
    for key, *values in _topics.rows(articles=with_topics) if with_topics else ():
        topics[key].append(Topic.from_db(None, TOPIC_COLUMNS, values))
    for article in articles:
        article.topic_list = topics[article.pk]


def fetch_for_cards(articles: Iterable[Article]) -> list[Article]:
    """Fetch the covers and the topics of articles from CARDS. One query, or two with covers."""
    articles = list(articles)
    covers = images_by_key(article.cover_id for article in articles)
    for article in articles:
        if cover := covers.get(article.cover_id):
            article.cover = cover
    _fetch_topics(articles)
    return articles


def questions_of(article: Article) -> list:
    """Return the public questions shown below its text, in order."""
    return _questions.rows(article=article.pk)


@Prepared
def _questions():
    questions = Question.objects.only("question", "answer", "slug").published(at=NOW)
    placed = questions.filter(article_links__article=Param("article"))
    return placed.order_by("article_links__position", "article_links__pk")


def related_to(article: Article) -> list[Article]:
    """Return at most four other public texts. Two queries, or one if the editor chose as many.

    Chosen ones come first, then those with the most topics in common, newer first. A plain page has only chosen ones.
    """
    found = _chosen.rows(article=article.pk)
    if article.topic_list and len(found) < MOST:
        others = _similar.rows(topics=[topic.pk for topic in article.topic_list])
        found += [other for other in others if other not in [article, *found]]
    return found[:MOST]


@Prepared
def _chosen():
    chosen = CARDS.published(at=NOW).filter(recommended_by_links__article=Param("article"))
    return chosen.order_by("recommended_by_links__position", "recommended_by_links__pk")[:MOST]


@Prepared
def _similar():
    similar = CARDS.published(at=NOW).exclude(kind=ArticleKind.PAGE).annotate(in_common=Count("pk"))
    similar = similar.filter(topic_links__tag__in=Params("topics"))
    return similar.order_by("-in_common", "-first_published_at", "-pk")[: MOST + 1]
