"""The models of articles, authors and topics."""

from articles.models.article import (
    FRONT,
    LISTS,
    Article,
    ArticleAuthor,
    ArticleKind,
    ArticleQuerySet,
    ArticleTopic,
    Detail,
    PlacedQuestion,
    ReadAlso,
)
from articles.models.author import Author
from articles.models.kinds import CaseStudy, Page, Service
from articles.models.topic import Topic
