from io import StringIO

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command

from articles.models import Article, Author
from faq.models import Question
from publishing.admin.checklist import checklist_for
from publishing.content.facts import citable
from publishing.content.publishable import Publishable
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.quality.preflight.checking import preflight
from publishing.revisions.snapshot import read
from publishing.richtext import rich_text_fields
from publishing.site.models import SiteSettings
from publishing.workflow.actions import draft_of
from publishing.workflow.starter import with_primary_keys
from tests import factories
from tests.stale import stale_passages


def load():
    call_command("load_starter", stdout=StringIO())


def test_site_with_content_or_an_account_is_left_alone(db):
    factories.user()
    load()
    assert not Article.objects.exists()


def test_every_app_with_a_starter_brings_content_that_readers_see(starter_content):
    for model in (Article, Author, Question):
        assert model.objects.published().exists(), model._meta.label


def test_a_term_of_the_owner_waits_on_the_checklist_for_the_name_of_the_company(starter_content):
    def is_confirmed() -> bool:
        return next(task.is_done for task in checklist_for(person) if task.words == "Answer time")

    person = factories.administrator()
    assert SiteSettings.objects.current().answer_days == 2
    assert not is_confirmed()
    SiteSettings.objects.update(name="Acme")
    assert is_confirmed()


def test_every_fact_in_the_texts_can_be_cited(starter_content):
    cited = Reference.objects.exclude(fact="").values_list("target_type", "fact").distinct()
    assert cited
    for kind, fact in cited:
        assert citable[ContentType.objects.get_for_id(kind).model_class()._meta.label_lower].has(fact)


def test_no_text_of_the_starter_content_has_a_placeholder_or_lacks_what_buyers_look_for(starter_content):
    for article in Article.objects.all():
        rules = {finding.rule for finding in preflight(article, read(article))}
        assert not rules & {"placeholder", "details_missing"}, article
        assert "operator of this site" not in article.body
        assert not draft_of(article)
    assert {author.kind for author in Author.objects.all()} == {"desk"}


def test_articles_of_the_starter_content_do_not_say_that_they_changed_when_it_was_loaded(starter_content, client):
    assert "Last updated" not in client.get("/articles/what-a-token-costs/").text


def test_every_reference_of_the_starter_content_is_found(starter_content):
    assert Reference.objects.exists()
    for reference in Reference.objects.prefetch_related("target", "source"):
        assert reference.target is not None, f"{reference.source} mentions nothing by {reference.words!r}"
    for model in publishable_models():
        for name in rich_text_fields(model):
            assert not model._base_manager.filter(**{f"{name}__regex": r'"(ref|fact):[^"]*/0[/"]'}).exists()


def test_no_text_of_the_starter_content_begins_stale(starter_content):
    assert stale_passages() == {}


def test_every_record_of_the_starter_content_is_valid(starter_content):
    for model in publishable_models():
        for record in model._base_manager.all():
            assert isinstance(record, Publishable)
            record.full_clean()


@pytest.mark.whole
def test_failure_leaves_nothing_half_loaded(db, monkeypatch):
    monkeypatch.setattr("faq.starter.OtherWording.objects.create", lambda **fields: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        load()
    assert not Question._base_manager.exists()
    monkeypatch.undo()
    load()
    assert Question.objects.published().exists()


def test_address_in_a_reference_becomes_a_primary_key(db):
    article = factories.article(slug="one")
    html = '<a href="ref:articles.article/one">a</a>'
    assert with_primary_keys(html) == f'<a href="ref:articles.article/{article.pk}">a</a>'
    with pytest.raises(Article.DoesNotExist):
        with_primary_keys('<a href="ref:articles.article/none">b</a>')


def test_kind_that_does_not_exist_is_an_error_of_the_content(db):
    with pytest.raises(LookupError, match="nowhere"):
        with_primary_keys('<a href="ref:nowhere.nothing/one">a</a>')
