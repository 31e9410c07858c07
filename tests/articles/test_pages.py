import pytest
from django.utils import timezone

from publishing.content.publishable import State
from tests import factories
from tests.catalog import factories as catalog

pytestmark = pytest.mark.django_db


def html_of(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status
    return response.content.decode()


def test_list_shows_the_newest_first_with_its_topic_and_summary(client):
    topic = factories.topic(name="Costs")
    for day in (1, 3, 2):
        moment = timezone.now() - timezone.timedelta(days=day)
        words = {"title": f"{day} days old", "summary": f"Summary {day}"}
        factories.article(first_published_at=moment, topics=[topic], **words)
    html = html_of(client, "/articles/")
    assert html.index("1 days old") < html.index("2 days old") < html.index("3 days old")
    assert "Summary 2" in html
    assert f'href="{topic.get_absolute_url()}"' in html


def test_list_opens_with_a_story_that_has_a_cover_and_says_when_facts_were_checked(client):
    for number in range(21):
        article = factories.article(title=f"Title {number:02}.", facts_checked_on=f"2026-03-{number + 1:02}")
    assert "card--lead" not in html_of(client, "/articles/")
    article.cover = factories.image()
    article.save()
    html = html_of(client, "/articles/")
    cards = html.split("<article ")[1:]
    assert [number for number, card in enumerate(cards) if "card--lead" in card] == [0]
    assert 'checked <time datetime="2026-03-21">21 Mar 2026</time>' in cards[0]
    assert ["<img" in card for card in cards] == [True] + [False] * 19
    assert "card--lead" not in html_of(client, "/articles/?page=2")


def test_list_opens_with_the_chart_of_its_newest_article(client):
    factories.article(title="Older", first_published_at=timezone.now() - timezone.timedelta(days=2))
    chart = f"catalog.aimodel?record={catalog.model(name='Drawn').pk}&amp;chart=cost"
    body = f'<p>Words of the article</p><table data-table="{chart}"><caption>A year of it</caption></table>'
    factories.article(title="Newest", body=body)
    html = html_of(client, "/articles/")
    cards = html.split("<article ")[1:]
    assert ["card--lead" in card for card in cards] == [True, False]
    assert "A year of it" in cards[0]
    assert "Drawn" in cards[0]
    assert "Words of the article" not in html


def test_phones_show_the_first_sentence_of_a_summary(client):
    factories.article(summary="One sentence. Another of 3.5 words.")
    words = '<span>One sentence.</span> <span class="card__rest">Another of 3.5 words.</span>'
    assert words in html_of(client, "/articles/")


def test_list_has_pages_of_twenty(client):
    for number in range(21):
        factories.article(title=f"Title {number:02}.")
    assert html_of(client, "/articles/").count("card__title") == 20
    second = html_of(client, "/articles/?page=2")
    assert second.count("card__title") == 1
    assert 'rel="prev" href="' in second
    html_of(client, "/articles/?page=3", 404)
    html_of(client, "/articles/?page=x", 400)


def test_list_names_only_topics_that_lead_somewhere(client):
    factories.topic(name="Empty topic")
    hidden = factories.topic(name="Draft topic")
    factories.article(state=State.DRAFT, topics=[hidden])
    used = factories.topic(name="Used topic")
    factories.article(topics=[used])
    factories.article(topics=[used])
    html = html_of(client, "/articles/")
    assert "Empty topic" not in html
    assert "Draft topic" not in html
    assert html.count(f'<a href="{used.get_absolute_url()}">') == 1


def test_empty_list_says_so(client):
    assert "Nothing has been published here yet." in html_of(client, "/articles/")


def test_page_shows_all_that_belongs_to_an_article(client):
    one, two = factories.author(name="Editorial desk"), factories.author(name="Research desk")
    topic, image = factories.topic(name="Costs"), factories.image(credit="Ours, CC0")
    question = factories.question(question="Is it dear?", answer="<p>It <em>depends</em>.</p>")
    other = factories.article(title="Another story")
    article = factories.article(
        title="What a token costs",
        body="<h2>First</h2><p>Words.</p><h3>Second</h3>",
        authors=[two, one],
        topics=[topic],
        cover=image,
        facts_checked_on="2026-11-20",
    )
    article.question_links.create(question=question, position=1)
    article.read_also_links.create(other=other)
    html = html_of(client, article.get_absolute_url())
    assert html.index("Research desk") < html.index("Editorial desk")
    for words in ("What a token costs", "Costs", "Ours, CC0", "20 November 2026", "1 minute"):
        assert words in html, words
    for words in ("Is it dear?", "<em>depends</em>", "Another story"):
        assert words in html, words
    assert '<a href="#first">First</a>' in html
    assert '<h2 id="first">' in html


def test_placed_questions_keep_the_order_of_the_editor(client):
    article = factories.article()
    for position in (3, 1, 2):
        article.question_links.create(question=factories.question(question=f"Number {position}?"), position=position)
    html = html_of(client, article.get_absolute_url())
    assert html.index("Number 1?") < html.index("Number 2?") < html.index("Number 3?")


def test_hidden_neighbours_are_left_out(client):
    author, topic = factories.author(name="Hidden desk"), factories.topic(name="Hidden topic")
    question, other = factories.question(question="Hidden?"), factories.article(title="Hidden article")
    article = factories.article(authors=[author], topics=[topic])
    article.question_links.create(question=question)
    article.read_also_links.create(other=other)
    for record in (author, topic, question, other):
        type(record).objects.filter(pk=record.pk).update(state=State.DRAFT)
    assert "Hidden" not in html_of(client, article.get_absolute_url())
    assert "Hidden" not in html_of(client, "/articles/")


def test_titles_and_names_are_escaped(client):
    evil = "<script>alert(1)</script>"
    author, topic = factories.author(name=evil), factories.topic(name=evil)
    article = factories.article(title=evil, summary=evil, authors=[author], topics=[topic], meta_description=evil)
    for path in ("/", "/articles/", article.get_absolute_url(), author.get_absolute_url(), topic.get_absolute_url()):
        assert evil not in html_of(client, path), path


def test_topic_and_author_have_pages_with_their_articles(client):
    author = factories.author(name="Editorial desk", role="Writes", biography="<p>Since 2020.</p>")
    topic = factories.topic(name="Costs", introduction="<p>About money.</p>")
    factories.article(title="Theirs", authors=[author], topics=[topic])
    factories.article(title="Unrelated")
    for record, words in ((author, "Since 2020."), (topic, "About money.")):
        html = html_of(client, record.get_absolute_url())
        assert words in html
        assert "Theirs" in html
        assert "Unrelated" not in html
        html_of(client, f"{record.get_absolute_url()}?page=2", 404)


def test_colleague_sees_a_draft_with_a_notice_and_readers_do_not(client, admin_page):
    draft = factories.article(title="Half done", state=State.DRAFT)
    html = html_of(admin_page, draft.get_absolute_url())
    assert "This version is not public" in html
    admin_page.logout()
    html_of(client, draft.get_absolute_url(), 404)


def test_untitled_empty_draft_can_be_looked_at(admin_page):
    draft = factories.article(title="", summary="", body="", state=State.DRAFT)
    html_of(admin_page, draft.get_absolute_url())


def test_front_page_shows_the_latest_articles(client):
    factories.article(title="Brand new")
    factories.article(title="Not yet", state=State.DRAFT)
    html = html_of(client, "/")
    assert "Brand new" in html
    assert "Not yet" not in html


def test_one_article_is_reachable_under_every_slug_that_editors_may_type(client):
    for slug in ("UPPER", "with_underscore", "2026", "topics", "authors", "a" * 100):
        factories.article(slug=slug, title=f"Title {slug}")
        assert f"Title {slug}" in html_of(client, f"/articles/{slug}/")


@pytest.mark.parametrize("owner", ["topics", "authors"])
def test_lists_of_a_topic_and_an_author_name_the_kind_of_each_text_and_the_feeds(client, owner):
    record = factories.topic() if owner == "topics" else factories.author()
    factories.article(kind="service", **{owner: [record]})
    page = client.get(record.get_absolute_url()).content.decode()
    assert '<span class="card__topic">Service</span>' in page
    assert f'{record.get_absolute_url()}feed.rss">RSS</a>' in page


def test_an_article_and_the_list_name_their_feeds_and_a_service_names_none(client):
    article, service = factories.article(), factories.article(kind="service")
    for path, is_named in (
        ("/articles/", True),
        (article.get_absolute_url(), True),
        (service.get_absolute_url(), False),
    ):
        assert (">Atom</a>" in client.get(path).content.decode()) is is_named
