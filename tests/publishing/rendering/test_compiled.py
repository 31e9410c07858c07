"""Compiled texts: written on every write path, never out of date, read without a parser."""

import hashlib
from datetime import timedelta

import nh3
import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from articles.models import Article
from publishing.rendering import compiler
from publishing.rendering.compiled_text import CompiledText
from publishing.rendering.compiler import compiled, key_of
from publishing.rendering.texts import Texts
from publishing.richtext.allowlist import UNSTORABLE
from publishing.richtext.schema import ATTRIBUTES, TAGS
from tests import factories
from tests.catalog import factories as catalog
from tests.proportion import assert_time_in_proportion
from tests.publishing.richtext.xss_payloads import PAYLOADS

pytestmark = pytest.mark.django_db

EVERYTHING = (
    '<h2 id="a">A <em>b</em></h2><p>1<small>Note.</small> <a href="https://example.com/">two</a> <a href="/faq/">x</a>'
    ' <a href="ref:catalog.aimodel/1">r</a> <a href="fact:catalog.aimodel/1/context_tokens?up%20to%20{}">f</a></p>'
    '<ol start="2"><li><p>a</p></li></ol><blockquote><p>q<br>r</p></blockquote><pre><code>x</code></pre><hr>'
    '<figure><img src="ref:publishing.image/1" alt="A"><figcaption>C</figcaption></figure>'
    '<figure data-width="full"><img src="ref:publishing.image/1" alt="A"></figure>'
    '<aside data-kind="warning"><p>W</p></aside><figure data-embed="vimeo:76979871"><figcaption>V</figcaption></figure>'
    '<table data-table="catalog.aimodel?record=1&amp;fact=context_tokens"><caption>T</caption><tbody><tr><th><p>M</p>'
    '</th><td colspan="2"><p><strong>1</strong></p></td></tr></tbody></table>'
)
# Everything that a page may have of a text.
FINISHED = nh3.Cleaner(
    tags={*TAGS, "thead", "div", "section", "span", "sup", "wbr", "picture", "source"},
    attributes={
        "*": set(),
        **ATTRIBUTES,
        "table": set(),
        "aside": {"class", "role", "data-kind"},
        "figure": {"class", "data-width", "data-frame", "data-provider", "data-title"},
        "em": {"class"},
        "a": {"href", "rel", "id", "class", "role", "aria-label"},
        "img": {"src", "alt", "width", "height", "loading", "decoding"},
        "source": {"type", "srcset", "sizes"},
        "div": {"class", "role", "tabindex", "aria-label"},
        "pre": {"role", "tabindex", "aria-label"},
        "section": {"class", "role", "aria-label"},
        "p": {"id", "class", "role"},
        "span": {"class"},
        "sup": {"class"},
    },
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
)


@pytest.fixture
def forbidden(monkeypatch):
    """A function that forbids parsing and sanitising from then on."""

    def refuse(*args, **kwargs):
        raise AssertionError("parsed")

    def forbid():
        compiled.cache_clear()
        for name in ("publishing.rendering.compiled_text.compiled", "publishing.richtext.document.parse"):
            monkeypatch.setattr(name, refuse)
        monkeypatch.setattr(nh3, "clean", refuse)
        monkeypatch.setattr("lxml.html.fragment_fromstring", refuse)

    return forbid


def shown(article) -> str:
    return Texts(article.body).html(article.body)


@pytest.mark.parametrize("way", ["save", "update", "bulk_create", "bulk_update"])
def test_a_text_is_compiled_on_every_way_into_the_database_and_read_without_a_parser(way, forbidden):
    article = factories.article()
    body = "<h2>Why</h2><p>Said so<small>a note</small>.</p>"
    if way == "save":
        article.body = body
        article.save()
    elif way == "update":
        Article.objects.filter(pk=article.pk).update(body=body)
    elif way == "bulk_create":
        Article.objects.bulk_create([Article(title="Two", slug="two", body=body)])
    else:
        article.body = body
        Article.objects.bulk_update([article], ["body"])
    stored = Article.objects.get(body__contains="Said so").body
    forbidden()
    texts = Texts(stored)
    assert texts.html(stored).startswith('<h2 id="why">Why</h2><p>Said so<sup')
    assert texts.plain_text(stored) == "Why Said so. a note"


def test_the_page_of_an_article_parses_nothing(client, forbidden):
    model = catalog.model(context_tokens=200_000)
    fact = f'<a href="fact:catalog.aimodel/{model.pk}/context_tokens">x</a>'
    table = factories.comparison(model)
    article = factories.article(slug="a", body=f"<h2>Why</h2><p>It reads {fact}.</p>{table}")
    forbidden()
    for path in (article.get_absolute_url(), "/articles/feed.rss", "/api/v1/articles/a/"):
        assert b"200,000" in client.get(path).content, path


def test_a_text_that_came_past_the_field_is_sanitised_and_shown_at_once():
    article = factories.article(body="<p>Old.</p>")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE articles_article SET body = %s", ['<p onclick="x()">New.</p><script>x()</script>'])
    article.refresh_from_db()
    assert shown(article) == "<p>New.</p>"


def test_a_reader_stores_nothing(django_assert_num_queries):
    with django_assert_num_queries(1) as captured:
        Texts("<p>Never saved.</p>")
    assert captured.captured_queries[0]["sql"].startswith("SELECT")


def test_parts_of_another_version_are_not_served(monkeypatch):
    article = factories.article(body="<p>Words.</p>")
    CompiledText.objects.update(parts='{"html": ["old"]}')
    assert shown(article) == "old"
    monkeypatch.setattr(compiler, "VERSION", compiler.VERSION + 1)
    assert shown(article) == "<p>Words.</p>"


def test_what_is_compiled_changes_with_the_version_alone():
    digest = hashlib.sha256(compiled(EVERYTHING).as_json().encode()).hexdigest()
    assert (compiler.VERSION, digest[:16]) == (15, "04bcde044fd271d0"), "Raise VERSION, and write the new digest here."


def test_an_upgrade_compiles_texts_before_the_site_serves(monkeypatch):
    article = factories.article(body="<p>One.</p>")
    monkeypatch.setattr(compiler, "VERSION", compiler.VERSION + 1)
    call_command("migrate", verbosity=0)
    assert CompiledText.objects.filter(pk=key_of(article.body)).exists()


def test_the_job_stores_what_is_missing_and_deletes_what_nobody_used_for_long():
    article = factories.article(body="<p>One.</p>")
    CompiledText.objects.all().delete()
    CompiledText.objects.store(["<p>Unused.</p>", "<p>Of yesterday.</p>"])
    old = timezone.now() - timedelta(days=31)
    CompiledText.objects.filter(pk=key_of("<p>Unused.</p>")).update(stored_at=old)
    CompiledText.objects.follow()
    bodies = [article.body, "<p>Of yesterday.</p>"]
    assert set(CompiledText.objects.values_list("pk", flat=True)) == set(map(key_of, bodies))
    CompiledText.objects.update(stored_at=old)
    CompiledText.objects.follow()
    assert CompiledText.objects.get().pk == key_of(article.body)


@pytest.mark.parametrize(
    "piece", ["<strong>a </strong> <em>b</em>c", '<a href="ref:faq.question/1">x</a> ', "<small>n</small> ", "<br>"]
)
def test_compiling_a_paragraph_takes_time_in_proportion_to_its_length(piece):
    assert_time_in_proportion(lambda count: compiled.__wrapped__(f"<p>{piece * count}</p>"), 8_000)


def test_a_table_of_wide_and_high_cells_is_compiled_at_once():
    row = '<tr><td colspan="100" rowspan="100"><p>a</p></td></tr>'
    assert_time_in_proportion(lambda rows: compiled.__wrapped__(f"<table><tbody>{row * rows}</tbody></table>"), 2_000)


def test_what_fills_a_hole_is_escaped_and_leads_nowhere_unsafe():
    model = catalog.model(name="<b>*A*</b> | x", context_tokens=7)
    source = catalog.source(title="<i>S</i>", url="")
    type(source).objects.filter(pk=source.pk).update(url="javascript:alert(1)")
    catalog.evidence(model=model, fact="context_tokens", source=source)
    names = ("name", "context_tokens")
    body = "".join(f'<p><a href="fact:catalog.aimodel/{model.pk}/{name}?%3Cu%3E{{}}">x</a></p>' for name in names)
    texts = Texts(body)
    html, markdown = texts.html(body), Texts(body).markdown(body)
    assert "&lt;u&gt;&lt;b&gt;*A*&lt;/b&gt; | x" in html
    assert "javascript" not in html + markdown
    assert r"\<u\>\<b\>\*A\*\</b\> \| x" in markdown


@pytest.mark.parametrize("payload", [text for _, text in PAYLOADS] + [EVERYTHING])
def test_the_sanitiser_finds_nothing_in_what_readers_get(payload):
    body = UNSTORABLE.sub("", payload)
    html = Texts(body).html(body)
    assert FINISHED.clean(html).replace("&nbsp;", "\u00a0") == html


@pytest.mark.parametrize(
    ("body", "markdown"),
    [
        ('<p>a</p><figure><img src="ref:publishing.image/999" alt="x"></figure><p>b</p>', "a\n\nb"),
        ('<p>a</p><figure><img src="ref:publishing.image/999" alt="x"></figure>', "a"),
        ('<figure><img src="ref:publishing.image/999" alt="x"></figure><p>b</p>', "b"),
        ('<p>x<strong><a href="ref:faq.question/999">b</a></strong>y</p>', "x**b**y"),
    ],
)
def test_markdown_without_what_is_gone_reads_well(body, markdown):
    assert Texts(body).markdown(body) == markdown


def test_the_credit_of_a_picture_stays_in_its_quotation():
    image = factories.image(alt="One", credit="Ours")
    body = f'<blockquote><figure><img src="ref:publishing.image/{image.pk}" alt=""></figure></blockquote>'
    assert Texts(body).markdown(body) == f"> ![One]({image.file.url})\n>\n> Ours"
