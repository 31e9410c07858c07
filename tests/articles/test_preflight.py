import pytest

from articles.models import ArticleKind, Detail
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
    assert rules(factories.article(kind=ArticleKind.PAGE)) == set()


def test_services_and_case_studies_are_asked_for_what_buyers_look_for():
    def missing(text):
        (finding,) = [one for one in preflight(text, read(text)) if one.rule == "details_missing"]
        return finding.words

    service = factories.article(kind=ArticleKind.SERVICE)
    assert missing(service).endswith(": Start here if, Meant for, You get, Effort and price, Duration.")
    Detail.objects.create(article=service, label="Effort and price", value="Fixed after the first step")
    assert missing(service).endswith(": Start here if, Meant for, You get, Duration.")
    assert "Client" in missing(factories.article(kind=ArticleKind.CASE_STUDY))
    assert "Client" not in missing(factories.article(kind=ArticleKind.CASE_STUDY, is_worked_example=True))
