"""Every form of a text agrees: each is read by itself, then facts, links, dates, title and authors are compared.

The catalogue is changed first, so that a form with the stored words would fail.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.db.models import F
from django.utils import timezone
from lxml import html as lxml_html
from markdown_it import MarkdownIt

from articles import api as article_api
from articles import feeds as article_feeds
from articles.models import Article, ArticleKind
from catalog.models import AIModel, LifecycleEvent, Offering, Price
from catalog.rules.status import Status
from faq.models import Question
from publishing.content.facts import facts_of as current_facts
from publishing.quality.staleness import compare_due
from publishing.rendering.parts import as_stored
from publishing.rendering.texts import Texts
from publishing.richtext.reading import mentions
from publishing.richtext.sentences import shorten
from tests.catalog.factories import status_of
from tests.publishing.pages.test_metadata import graph_of

pytestmark = pytest.mark.django_db
READER = MarkdownIt("commonmark").enable("table")
ATOM = {"a": "http://www.w3.org/2005/Atom"}


@dataclass
class Form:
    """The content of one form of a text; None for values that it does not have. Links are pairs of words and absolute
    URL.
    """

    title: str | None = None
    published: datetime | None = None
    changed: datetime | None = None
    content_changed: datetime | None = None  # last change of its content, including cited facts
    authors: list | None = None
    links: Counter | None = None
    words: list | None = None
    tables: list | None = None
    others: set = field(default_factory=set)  # the page's other links: notice, questions, read also


def tree_of(html: str):
    return lxml_html.fragment_fromstring(html, create_parent="div")


def line(element) -> str:
    return " ".join(element.text_content().split())


def links_in(*elements) -> Counter:
    """Return the links that lead away from the text, without the numbers of notes and the addresses of open answers."""
    found = Counter()
    for element in elements:
        for link in element.iter("a"):
            if not re.search(r"#(?:fn|answer_)", link.get("href")):
                found[line(link), urljoin(f"{settings.SITE_URL}/", link.get("href"))] += 1
    return found


def words_in(element) -> list[str]:
    return re.findall(r"\w+", " ".join(element.itertext()))


def tables_in(element) -> list[list[list[str]]]:
    """Return the cells of each table, by row, without note numbers: cells from the catalogue have facts, not links."""
    found = []
    for table in element.iter("table"):
        rows = [[cell_of(cell) for cell in row.iter("th", "td")] for row in table.iter("tr")]
        found.append([row for row in rows if any(row)])  # without a header, Markdown has an empty one
    return found


def cell_of(element) -> str:
    # Paragraphs of a cell are lines of its text in Markdown, which has no scale of the bars in rows either.
    read = "not(ancestor::a[contains(@href, '#fn')] or ancestor::*[@aria-hidden])"
    own = element.xpath(f".//text()[{read}]|./p|.//br")
    return " ".join("".join(part if isinstance(part, str) else " " for part in own).split())


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(microsecond=0)


def drop_drawings(prose):
    """Leave of each chart what its other forms have: its table with the caption, and the source."""
    for figure in prose.xpath('.//figure[@class="chart-figure"]'):
        caption, source, frame = figure.find("figcaption"), figure.find("p"), figure.find("details")[-1]
        frame.xpath("descendant-or-self::table")[0].insert(0, caption)
        figure[:] = [frame, source]


def page_of(text: str) -> Form:
    """Return what a person sees; of times that is only the day."""
    tree = lxml_html.fromstring(text)
    prose, *answers = tree.xpath('//main//div[@class="prose"]')
    drop_drawings(prose)
    others = [*answers, *tree.xpath('//aside[@aria-label="Retired models"]|//p[@class="question__more"]')]
    others += tree.xpath('//section[@aria-labelledby="read-also"]')
    return Form(
        title=line(tree.xpath("//h1")[0]),
        authors=[line(link) for link in tree.xpath('//dl[@class="about"]//a[@rel="author"]')],
        links=links_in(prose),
        words=words_in(prose),
        tables=tables_in(prose),
        others={address for _, address in links_in(*others)},
    )


def days_of(text: str) -> list[date]:
    times = lxml_html.fromstring(text).xpath('//dl[@class="about"]//time')
    return [date.fromisoformat(time.get("datetime")) for time in times]


def markdown_of(text: str) -> Form:
    _, front, body = text.split("---\n", 2)
    about = {name: json.loads(value) for name, value in re.findall(r"^(\w+): (.*)$", front, re.MULTILINE)}
    return Form(
        title=about["title"],
        published=day(about["published"]) if "published" in about else None,
        changed=day(about["updated"]) if "updated" in about else None,
        authors=about.get("authors", []),
        links=links_in(tree_of(READER.render(body))),
        tables=tables_in(tree_of(READER.render(body))),
    )


def json_ld_of(text: str) -> tuple[Form, dict]:
    nodes = {node["@type"]: node for node in graph_of(text)["@graph"]}
    page = nodes.get("WebPage") or nodes["FAQPage"]
    node = nodes.get("Article") or nodes.get("Service") or page
    [question] = page.get("mainEntity") if "FAQPage" in nodes else [{}]
    form = Form(
        title=node.get("headline") or question.get("name") or (node["name"] if node is not page else None),
        published=day(page["datePublished"]) if "datePublished" in page else None,
        changed=day(page["dateModified"]) if "dateModified" in page else None,
        authors=[author["name"] for author in node["author"]] if "headline" in node else None,
        others={thing["url"] for thing in node.get("mentions", [])},
    )
    assert node.get("datePublished", page.get("datePublished")) == page.get("datePublished")
    return form, question


def api_of(data: dict) -> Form:
    tree = tree_of(data.get("body_html") or data["answer_html"])
    return Form(
        title=data.get("title") or data["question"],
        published=day(data["published_at"]),
        changed=day(data["last_changed_at"]),
        content_changed=day(data["content_changed_at"]),
        authors=[author["name"] for author in data.get("authors", [])],
        links=links_in(tree),
        words=words_in(tree),
        tables=tables_in(tree),
    )


def feed_entries(client) -> dict[str, list[Form]]:
    """Return the entries of Atom and JSON Feed, by the address of the text. RSS has the same items."""
    found = {}
    for entry in ElementTree.fromstring(client.get("/articles/feed.atom").content).findall("a:entry", ATOM):
        tree = tree_of(entry.findtext("a:content", namespaces=ATOM))
        form = Form(
            title=entry.findtext("a:title", namespaces=ATOM),
            published=day(entry.findtext("a:published", namespaces=ATOM)),
            content_changed=day(entry.findtext("a:updated", namespaces=ATOM)),
            authors=[author.findtext("a:name", namespaces=ATOM) for author in entry.findall("a:author", ATOM)],
            links=links_in(tree),
            words=words_in(tree),
            tables=tables_in(tree),
        )
        found.setdefault(entry.find("a:link", ATOM).get("href"), []).append(form)
    for item in client.get("/articles/feed.json").json()["items"]:
        tree = tree_of(item["content_html"])
        form = Form(
            title=item["title"],
            published=day(item["date_published"]),
            content_changed=day(item["date_modified"]),
            authors=[author["name"] for author in item.get("authors", [])],
            links=links_in(tree),
            words=words_in(tree),
            tables=tables_in(tree),
        )
        found.setdefault(item["url"], []).append(form)
    return found


def disagreements(client, record, feeds) -> list[str]:
    """Return a sentence for each difference between the forms of a text."""
    is_article = isinstance(record, Article)
    body = record.body if is_article else record.answer
    html, markdown = (client.get(path).text for path in (record.get_absolute_url(), record.markdown_url))
    page, (json_ld, question) = page_of(html), json_ld_of(html)
    api = api_of(client.get(f"/api/v1/{'articles' if is_article else 'questions'}/{record.slug}/").json())
    forms = {"Markdown": markdown_of(markdown), "JSON-LD": json_ld, "API": api}
    forms |= {
        f"feed {place}": form for place, form in enumerate(feeds.get(settings.SITE_URL + record.get_absolute_url(), []))
    }
    problems = []

    def compare(what, name, one, other):
        if one != other:
            problems.append(f"{record}: {what} of {name}: {one} is not {other}")

    facts, tabled = facts_of(body)
    for name, form in {"page": page, **forms}.items():
        if form.title is not None:
            compare("title", name, form.title, shorten(page.title, 110) if name == "JSON-LD" else page.title)
        if is_article and form.authors is not None:
            compare("authors", name, form.authors, page.authors)
        if form.published is not None:
            compare("date", name, form.published, api.published)
            if form.changed is not None:
                compare("change", name, form.changed, api.changed)
            if form.content_changed is not None:
                compare("change of content", name, form.content_changed, api.content_changed)
        if form.links is not None:
            compare("facts", name, facts - form.links, Counter())
        if form.tables is not None:
            cells = Counter(cell for table in form.tables for row in table for cell in row)
            compare("facts in tables", name, tabled - cells, Counter())
            compare("tables", name, [table for table in page.tables if table not in form.tables], [])
        if form.words is not None:
            compare("words", name, form.words, page.words)
        if form.links is not None and name not in ("page", "Markdown"):
            compare("links", name, form.links, page.links)
    compare("links", "Markdown", page.links - forms["Markdown"].links, Counter())
    elsewhere = {address for _, address in forms["Markdown"].links - page.links}
    compare("other links", "Markdown", elsewhere, page.others)
    if is_article:
        days = days_of(html)
        compare("day", "page", days[:1], [api.published.date()] if record.is_dated else [])
        compare("day of change", "page", api.changed.date() in days, record.is_dated)
        if record.kind == ArticleKind.ARTICLE:
            compare("feed", "entries", sum(name.startswith("feed") for name in forms), 2)
    if json_ld.authors is not None:
        records = {
            address
            for _, address in page.links
            if re.match(rf"{settings.SITE_URL}/(?!contact/|tables/|api/|catalog/(?:cost|check)/)", address)
        }
        compare("mentions", "JSON-LD", json_ld.others, records)
    if not is_article:
        compare("answer", "JSON-LD", re.findall(r"\w+", question["acceptedAnswer"]["text"]), own_words(html))
    return problems


def facts_of(body: str) -> tuple[Counter, Counter]:
    """Return today's values of all facts that a stored body cites: as links, and as cells of its tables."""
    tree = tree_of(body)
    tables = "".join(lxml_html.tostring(table, encoding="unicode") for table in tree.xpath(".//table[@data-table]"))
    named, compared = ([item for item in mentions(text) if item.fact] for text in (body, tables))
    known = current_facts(named)
    priced = priced_by_vendors()

    def is_known(item) -> bool:
        return item.fact != "input_price" or item.pk in priced

    def links(items):
        found = ((known[item.label, item.pk, item.fact], item.wording) for item in items if is_known(item))
        return Counter((fact.worded(wording), settings.SITE_URL + fact.url) for fact, wording in found)

    cells = (known[item.label, item.pk, item.fact] for item in compared if is_known(item))
    # A table has the unit above its column.
    numbers = (fact.worded("{number}") for fact in cells)
    return links(named) - links(compared), Counter(numbers)


def priced_by_vendors() -> set[int]:
    """Return the keys of the models that a reference provider of their vendors serves today at a price for input."""
    offered = Offering.objects.filter(prices__meter="input", model__vendors__reference_provider=F("provider"))
    served = (one for one in offered if status_of(one, timezone.localdate()) != Status.RETIRED)
    return {one.model_id for one in served}


def own_words(html: str) -> list[str]:
    """Return the words of a question's answer, without its sources and their numbers."""
    prose = lxml_html.fromstring(html).xpath('//main//div[@class="prose"]')[0]
    for added in prose.xpath('.//section[contains(@class, "notes")]|.//sup[contains(@class, "noteref")]'):
        added.drop_tree()
    return words_in(prose)


@pytest.fixture
def texts(starter_content):
    """All texts of the starter content, after every fact that they cite has changed."""
    for model in AIModel.objects.exclude(context_tokens=None):
        tokens = {name: getattr(model, name) for name in ("context_tokens", "max_input_tokens")}
        changes = {name: value + 1_000 for name, value in tokens.items() if value}
        AIModel.objects.filter(pk=model.pk).update(**changes, licence=model.licence and f"{model.licence} of 2026")
    # A date in an id, as of mistral-medium-2604, would contradict this one.
    released = AIModel.objects.filter(released_on__startswith="20").exclude(slug__regex=r"-2\d{3}$")
    released.update(released_on="2019-05-05")
    LifecycleEvent.objects.filter(kind="retired").update(date="2027-03-03")
    Price.objects.update(amount="7.125")
    compare_due(60)  # so that no reader's request has to do it
    # The front page shows sections instead of its body.
    return [*Article.objects.published().filter(sections=[]), *Question.objects.published()]


def test_all_forms_of_all_texts_agree(client, texts):
    feeds = feed_entries(client)
    assert sum(len(facts_of(text.body if isinstance(text, Article) else text.answer)[0]) for text in texts) > 80
    assert not [problem for text in texts for problem in disagreements(client, text, feeds)]


def with_stored_words(monkeypatch):
    monkeypatch.setattr("publishing.rendering.filled_body.escaped", lambda words: "stored")


def with_another_date(monkeypatch):
    made = article_feeds._item
    monkeypatch.setattr(article_feeds, "_item", lambda *args: replace(made(*args), published_at=datetime(2020, 1, 1)))


def without_an_author(monkeypatch):
    made = article_feeds._item
    monkeypatch.setattr(article_feeds, "_item", lambda *args: replace(made(*args), authors=()))


def with_another_address(monkeypatch):
    destination = "publishing.rendering.markdown.inline.destination"
    monkeypatch.setattr(destination, lambda address: address.replace("catalog", "models"))


def with_another_moment(monkeypatch):
    monkeypatch.setattr("articles.structured_data.moment", lambda at: "2020-01-01T00:00:00+00:00")


def with_another_title(monkeypatch):
    made = article_api._document
    monkeypatch.setattr(article_api, "_document", lambda article: {**made(article), "title": article.title.upper()})


@pytest.mark.parametrize(
    ("breaker", "said"),
    [
        (with_stored_words, "facts of page"),
        (with_another_date, "date of feed"),
        (without_an_author, "authors of feed"),
        (with_another_address, "links of Markdown"),
        (with_another_title, "title of API"),
    ],
)
def test_a_form_that_says_something_else_is_found(client, texts, monkeypatch, breaker, said):
    article = Article.objects.get(slug="how-to-read-an-end-of-life-notice")
    breaker(monkeypatch)
    assert any(said in problem for problem in disagreements(client, article, feed_entries(client)))


def test_structured_data_with_stale_words_or_another_moment_is_found(client, texts, monkeypatch):
    question = Question.objects.get(slug="what-is-a-token")
    monkeypatch.setattr(Texts, "plain_text", lambda self, body: as_stored(self.compiled[body].words))
    assert any("answer of JSON-LD" in problem for problem in disagreements(client, question, {}))
    with_another_moment(monkeypatch)
    with pytest.raises(AssertionError):
        disagreements(client, Article.objects.get(slug="what-a-token-costs"), {})
