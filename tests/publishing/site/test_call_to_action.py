"""The call to action at the end of each page: the source of its words, and its link."""

import pytest
from django.core.exceptions import ValidationError
from lxml import html

from publishing.site.call_to_action import CallToActionLink, call_to_action
from publishing.site.models import SiteSettings
from tests import factories
from tests.surfaces import paths_that_answer

pytestmark = pytest.mark.django_db
WITHOUT = {"/contact/", "/contact/thanks/", "/search/"}


def calls_on(client, path):
    page = html.document_fromstring(client.get(path).content.decode())
    return [" ".join(call.text_content().split()) for call in page.xpath("//aside[@class='call wrap']")]


def address_on(client, path):
    return html.document_fromstring(client.get(path).content.decode()).xpath("//aside[@class='call wrap']//a/@href")


def test_every_page_has_one_call_but_those_that_it_leads_to(client):
    for path in paths_that_answer(client, factories.world()):
        if client.get(path).headers["Content-Type"].startswith("text/html"):
            assert len(calls_on(client, path)) == (path not in WITHOUT), path


@pytest.mark.parametrize("path", ["/nothing-here/", "/articles/?page=x"])
def test_error_pages_have_none(client, path):
    assert calls_on(client, path) == []


def test_call_leads_to_the_form_and_says_from_where(client):
    article = factories.article()
    (address,) = address_on(client, article.get_absolute_url())
    assert address == f"/contact/?from={article.get_absolute_url()}"
    assert client.get(address).status_code == 200


def test_words_are_those_of_the_article_else_of_a_topic_else_of_the_site(client):
    plain, topic = factories.topic(), factories.topic(call_title="Topic asks", call_text="Topic text")
    article = factories.article(topics=[plain, topic], call_title="Article asks", call_address="/services/")
    SiteSettings(call_title="Site asks", call_text="Site text", call_label="Site label").save()
    assert calls_on(client, article.get_absolute_url()) == ["Article asks Topic text Site label"]
    assert address_on(client, article.get_absolute_url()) == ["/services/"]
    assert calls_on(client, topic.get_absolute_url()) == ["Topic asks Topic text Site label"]
    assert calls_on(client, plain.get_absolute_url()) == ["Site asks Site text Site label"]


def test_hidden_topic_has_no_say(client):
    article = factories.article(topics=[factories.topic(call_title="Hidden asks", state="draft")])
    assert "Hidden asks" not in calls_on(client, article.get_absolute_url())[0]


def test_words_of_an_editor_are_text(client):
    article = factories.article(call_title="<b>Bold</b>")
    assert "<b>Bold</b>" in calls_on(client, article.get_absolute_url())[0]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//elsewhere.example", "services"])
def test_call_leads_to_no_address_that_is_none(address):
    with pytest.raises(ValidationError):
        factories.article(call_address=address).full_clean()


def test_call_costs_no_query(django_assert_num_queries):
    record = factories.article(call_title="Article asks")
    with django_assert_num_queries(0):
        assert call_to_action(SiteSettings(), "/a/", [record, CallToActionLink("", "", "Label", "")]).label == "Label"


def test_editor_finds_the_words_in_the_form(admin_page):
    for path in ("articles/article", "articles/topic"):
        text = admin_page.get(f"/admin/{path}/add/").content.decode()
        assert "Call to action" in text
        assert 'name="call_address"' in text
