"""The index of names: written with the texts, and searched again when names change."""

import pytest
from django.core.management import call_command

from articles.models import Article
from catalog.models import AIModel, Alias, Family, Vendor
from publishing.content.reference import Reference
from publishing.quality import text_sweep
from publishing.quality.names.index import find_in_all_texts, sync_names
from publishing.quality.names.name_rule import NameRule
from publishing.quality.where_used import named_without_link
from tests import factories

pytestmark = pytest.mark.django_db
CERTAIN, LINK = Reference.Status.CERTAIN, Reference.Status.LINK


@pytest.fixture
def model():
    return AIModel.objects.create(name="GPT-4")


def rows(source=None):
    found = Reference.objects.order_by("pk")
    found = found.filter(source_id=source.pk) if source else found
    return [(row.target, row.status, row.words, row.sentence) for row in found]


def text_with(words, **fields):
    return factories.article(body=f"<p>First. {words} Last.</p>", **fields)


def test_each_way_of_writing_a_text_indexes_it(model):
    expected = [(model, CERTAIN, "GPT-4", "It is GPT-4.")]
    text = text_with("It is GPT-4.")
    assert rows(text) == expected
    text.body = f'<p>It is <a href="ref:catalog.aimodel/{model.pk}">that one</a>.</p>'
    text.save()
    assert rows(text) == [(model, LINK, "that one", "It is that one.")]
    Article.objects.update(body="<p>Nothing.</p>")
    assert rows() == []
    text.body = "<p>It is GPT-4.</p>"
    Article.objects.bulk_update([text], ["body"])
    assert rows(text) == expected
    other = Article.objects.bulk_create([Article(title="Other", slug="other", body=text.body)])[0]
    assert rows(Article.objects.get(slug=other.slug)) == expected
    Family.objects.create(name="Line", body="<p>It is GPT-4.</p>")
    factories.question(answer="<p>It is GPT-4.</p>")
    factories.topic(introduction="<p>It is GPT-4.</p>")
    assert len(rows()) == 5


def test_what_texts_say_under_a_new_name_is_found_by_the_job(model, monkeypatch):
    monkeypatch.setattr(text_sweep, "BATCH", 1)
    old, new = text_with("It is GPT-4."), text_with("It is QuadroGPT.")
    assert find_in_all_texts(60)
    assert rows(new) == []
    Alias.objects.create(model=model, text="QuadroGPT")
    model.name = "Tetra"
    model.save()
    # Interrupted after each text, like a timeout or a killed worker, it continues where it stopped.
    assert [find_in_all_texts(0) for _ in range(2)] == [False, False]
    assert find_in_all_texts(60)
    assert rows(new) == [(model, CERTAIN, "QuadroGPT", "It is QuadroGPT.")]
    assert rows(old) == [(model, CERTAIN, "GPT-4", "It is GPT-4.")], "a former name, for review"
    Alias.objects.all().delete()
    AIModel.objects.update(name="GPT-4")
    assert find_in_all_texts(60)
    assert rows(old) == [(model, CERTAIN, "GPT-4", "It is GPT-4.")]


def test_nothing_is_done_twice(model, django_assert_num_queries):
    for _ in range(3):
        text_with("It is GPT-4.")
    assert find_in_all_texts(60)
    with django_assert_num_queries(3):  # names, rules, progress
        assert find_in_all_texts(60)


def test_names_of_what_readers_do_not_see_are_none(model):
    AIModel.objects.filter(pk=model.pk).update(state="draft")
    assert rows(text_with("It is GPT-4.")) == []


def test_reindex_sets_the_index_right_and_drops_what_is_gone(model):
    text, gone = text_with("It is GPT-4."), text_with("It is GPT-4.")
    Article.objects.filter(pk=gone.pk)._raw_delete("default")
    Reference.objects.filter(source_id=text.pk).delete()
    call_command("reindex", verbosity=0)
    assert rows() == [(model, CERTAIN, "GPT-4", "It is GPT-4.")]


def test_a_record_names_the_sentences_that_name_it(admin_page, model):
    family = Family.objects.create(name="GPT")
    text = text_with("It is GPT-4. Then GPT-9 came.", title="One of them")
    linked = f'<a href="ref:catalog.aimodel/{model.pk}">GPT-4</a>'
    text_with(f"It is {linked}.")
    assert [(use.source, use.how) for use in named_without_link(model)] == [(text, "“It is GPT-4.”")]
    [use] = named_without_link(family)
    assert use.how == "“Then GPT-9 came.” (as a version that the catalogue does not have)"
    page = admin_page.get(f"/admin/catalog/aimodel/{model.pk}/change/").content.decode()
    assert "Named without a link: 1 sentence<" in page
    assert f'href="/admin/articles/article/{text.pk}/change/">One of them</a>: “It is GPT-4.”' in page


def test_what_is_ignored_is_no_mention(model):
    text_with("It is GPT-4.")
    NameRule.objects.create(words="GPT 4")
    assert find_in_all_texts(60)
    assert rows() == []


def test_saving_costs_four_queries_more_however_many_names_there_are(django_assert_max_num_queries):
    vendors = [Vendor.objects.create(name=f"Maker{number}AI") for number in range(20)]
    text = text_with("".join(f"By {vendor}. " for vendor in vendors))
    assert len(rows()) == 20
    text.body = f"{text.body}<p>More.</p>"
    with django_assert_max_num_queries(4):
        sync_names([text])
