import pytest

from articles.models import ArticleKind
from publishing.quality.preflight.checking import preflight
from publishing.revisions.snapshot import read
from tests import factories

pytestmark = pytest.mark.django_db


def rules(article) -> set[str]:
    return {finding.rule for finding in preflight(article, read(article))}


def test_an_article_without_author_or_topic_gives_warnings():
    assert rules(factories.article()) == {"author_missing", "topic_missing"}
    assert rules(factories.article(authors=[factories.author()])) == {"topic_missing"}
    assert rules(factories.article(authors=[factories.author()], topics=[factories.topic()])) == set()


def test_texts_of_other_kinds_need_neither():
    assert rules(factories.article(kind=ArticleKind.SERVICE)) == set()
