"""The models of articles, authors and topics."""

from articles.models.article import (
    AUTHOR_COLUMNS,
    DETAIL_COLUMNS,
    FRONT,
    LISTS,
    QUESTION_COLUMNS,
    TOPIC_COLUMNS,
    USUAL_DETAILS,
    Article,
    ArticleAuthor,
    ArticleKind,
    ArticleQuerySet,
    ArticleTopic,
    Detail,
    PlacedQuestion,
    ReadAlso,
)
from articles.models.author import Author, AuthorKind
from articles.models.kinds import CaseStudy, Page, Service
from articles.models.topic import Topic
