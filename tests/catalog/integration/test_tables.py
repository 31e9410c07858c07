"""Tables in texts whose values come from the catalogue: what is stored, and what readers get."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from articles.feeds import feed_of
from articles.models import Article
from catalog.documents import read
from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel, Evidence, Source
from catalog.rules.choices import Confidence, Existence
from publishing.content.reference import Reference
from publishing.content.retarget_links import retarget_texts
from publishing.importing.conversion import convert_fragment
from publishing.quality.preflight.checking import preflight
from publishing.quality.staleness import Impact, passages_of
from publishing.quality.where_used import Use, where_used
from publishing.rendering.tables.sources import parse_table_definition
from publishing.rendering.texts import Texts
from publishing.revisions import snapshot
from publishing.revisions.diff import marked
from publishing.richtext.allowlist import clean
from publishing.richtext.document import parse, without_fact_words
from publishing.richtext.portable import portable_html
from publishing.richtext.table_element import MOST_FACTS, MOST_RECORDS, InvalidTableError
from publishing.workflow.starter import with_primary_keys
from tests import factories
from tests.catalog import factories as catalog
from tests.catalog.admin.test_impact import form_of
from tests.factories import comparison as table

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 25)


@pytest.fixture(autouse=True)
def today(monkeypatch):
    """A function that moves the clock to another day."""
    days = [DAY]
    monkeypatch.setattr(timezone, "localdate", lambda *_: days[-1])
    return days.append


def grid(html) -> list[list[str]]:
    return [[" ".join(cell.text_content().split()) for cell in row] for row in parse(html).iter("tr")]


def rendered(body, **options):
    return Texts(body, **options).html(body)


def test_what_is_stored_are_facts_in_rows_that_begin_with_their_record():
    model = catalog.model(name="Sample", context_tokens=128_000, licence="")
    article = factories.article(body=table(model, facts=("context_tokens", "licence")))
    address = f"catalog.aimodel/{model.pk}"
    assert article.body == (
        f'<table data-table="catalog.aimodel?record={model.pk}&amp;fact=context_tokens&amp;fact=licence'
        '&amp;as_of=2026-11-25"><caption>What they read</caption><tbody>'
        "<tr><th><p>Model</p></th><th><p>Context window, tokens</p></th><th><p>Licence</p></th></tr>"
        f'<tr><th><p><a href="ref:{address}">Sample</a></p></th>'
        f'<td><p><a href="fact:{address}/context_tokens?%7Bnumber%7D">128,000</a></p></td>'
        f'<td><p><a href="fact:{address}/licence">unknown</a></p></td></tr></tbody></table>'
    )
    assert clean(article.body) == article.body
    assert where_used(model) == [Use(article, "“Sample”")]
    named = Reference.objects.filter(source_id=article.pk).values_list("target_id", "fact")
    assert sorted(named) == [(model.pk, ""), (model.pk, "context_tokens"), (model.pk, "licence")]


def test_readers_get_the_values_of_today_with_day_scopes_and_sources(today):
    one, other = catalog.model(name="One", context_tokens=128_000), catalog.model(name="Other")
    source = Source.objects.create(title="Overview", url="https://example.com/x", read_on=date(2026, 11, 3))
    Evidence.objects.create(
        model=one, source=source, fact="context_tokens", confidence=Confidence.DISPUTED, is_checked=True
    )
    body = factories.article(body=table(other, one)).body
    AIModel.objects.filter(pk=one.pk).update(context_tokens=200_000, name="New name")
    today(date(2026, 11, 26))
    html = rendered(body)
    assert grid(html) == [
        ["Model", "Context window, tokens"],
        ["Other", "unknown"],
        ["New name", "200,000 (doubtful)1"],
    ]
    assert 'What they read <span class="table-day">(as of 26 November 2026)</span></caption>' in html
    assert '<th scope="col"><p>Context window, tokens</p></th>' in html
    assert f'<th scope="row"><p><a href="{one.get_absolute_url()}">New name</a></p></th>' in html
    assert '<em class="unknown">unknown</em>' in html
    assert 'role="region" tabindex="0" aria-label="What they read (as of 26 November 2026)"' in html
    assert '<td><p><span class="fact">200,000 (doubtful)</span><sup' in html
    assert "Overview</a>, read on 3 November 2026; disputed" in html
    assert "From the catalogue, with current values." in html
    assert "data-table" not in html


def test_tags_status_and_prices_can_be_compared():
    model = catalog.model(name="Sample")
    offered = catalog.price(amount="0.5", offering=catalog.offering(model=model)).offering
    for name in ("Zeta", "Alpha"):
        model.vendors.add(catalog.vendor(name=name, reference_provider=offered.provider))
    model.events.create(kind="released", date="2025-01-01")
    html = rendered(table(model, facts=("vendors", "output_modalities", "status", "input_price")))
    assert grid(html) == [
        ["Model", "Vendor", "Output", "Status", "Input price, USD per 1,000,000 tokens"],
        ["Sample", "Alpha, Zeta", "unknown", "available", "0.50"],
    ]


def test_what_costs_nothing_stands_beside_numbers_with_their_unit_in_the_head():
    free, dear = (catalog.model(name=name) for name in ("Free", "Dear"))
    for model, amount in ((free, "0"), (dear, "2")):
        offering = catalog.offering(model=model, checked_on=date(2026, 11, 1))
        catalog.price(amount=amount, offering=catalog.at_reference(offering))
    assert grid(rendered(table(free, dear, facts=("input_price",)))) == [
        ["Model", "Input price, USD per 1,000,000 tokens"],
        ["Free", "no charge"],
        ["Dear", "2.00"],
    ]


def test_what_readers_may_not_see_has_no_row_and_is_kept_for_its_editor():
    shown, hidden, retired = (catalog.model(name=name, context_tokens=1_000) for name in ("Shown", "Hidden", "Old"))
    doubtful = catalog.unverified(name="Rumour", context_tokens=5)
    retired.events.create(kind="retired", date="2026-01-01")
    article = factories.article(
        body=table(hidden, shown, retired, doubtful), authors=[factories.author()], topics=[factories.topic()]
    )
    assert [row[0] for row in grid(article.body)] == ["Model", "Hidden", "Shown", "Old (retired)"]
    AIModel.objects.filter(pk=hidden.pk).update(state="draft")
    assert [row[0] for row in grid(rendered(article.body))] == ["Model", "Shown", "Old (retired)"]
    article.save()
    assert [row[0] for row in grid(article.body)] == ["Model", "Hidden", "Shown", "Old (retired)"]
    assert [finding.words for finding in preflight(article, snapshot.read(article))] == [
        "“Old”, whose facts are used here, is retired since 1 January 2026: a notice above the text says so.",
        "Row “Hidden” of the table “What they read” is left out: the record is unpublished or unverified.",
        f"Row “number {doubtful.pk}” of the table “What they read” is left out: the record is "
        "unpublished or unverified.",
    ]
    AIModel.objects.filter(pk=shown.pk).update(existence=Existence.UNVERIFIED, notice="Nobody says so.")
    assert [row[0] for row in grid(rendered(article.body))] == ["Model", "Old (retired)"]


def test_words_remain_when_everything_is_gone(today):
    model = catalog.model(name="Gone", context_tokens=1_000)
    article = factories.article(body=table(model), authors=[factories.author()], topics=[factories.topic()])
    model.delete()
    today(date(2026, 12, 1))
    html = rendered(article.body)
    assert grid(html) == [["Model", "Context window, tokens"], ["Gone", "1,000"]]
    assert "(last known on 25 November 2026)" in html
    assert "which no longer lists these records" in html
    assert [finding.rule for finding in preflight(article, snapshot.read(article))] == ["compared_empty"]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("catalog.aimodel?record=1&fact=nothing", "There is no column “nothing”."),
        ("catalog.vendor?record=1&fact=name", "Records of type “catalog.vendor” cannot be compared."),
        ("catalog.aimodel?fact=licence", "Choose what to compare: a table has one row at least."),
        ("catalog.aimodel?record=1", "Choose what to compare: a table has one column at least."),
        ("catalog.aimodel?record=one&fact=licence", "A record is named by its number."),
        ("catalog.aimodel?record=1&fact=licence&as_of=tomorrow", "“as_of” is no day such as 2026-11-25."),
        ("catalog.aimodel?record=1&fact=licence&colour=red", "There is no “colour” of a table."),
        ("catalog.aimodel?record=1&fact=licence&as_of=2026-01-01&as_of=2026-01-02", "“as_of” is said more than once."),
        ("catalog.aimodel?record=1&fact=%C3%28", "What it is of is not written as the parameters"),
        (
            "catalog.aimodel?fact=licence&" + "&".join(f"record={key}" for key in range(1, MOST_RECORDS + 2)),
            f"A table holds {MOST_RECORDS} rows at most; these are {MOST_RECORDS + 1}.",
        ),
        (
            "catalog.aimodel?record=1&" + "&".join(f"fact=name_{number}" for number in range(MOST_FACTS + 1)),
            f"A table has {MOST_FACTS} columns at most; these are {MOST_FACTS + 1}.",
        ),
    ],
)
def test_what_makes_no_sense_is_said_and_leaves_the_table_as_it_stands(text, problem):
    with pytest.raises(InvalidTableError) as error:
        parse_table_definition(text)
    assert str(error.value).startswith(problem)
    body = clean(f'<table data-table="{text.replace("&", "&amp;")}"><caption>Broken</caption><tr><th>By hand</table>')
    article = factories.article(body=body)
    assert article.body == body
    html = rendered(body)
    assert grid(html) == [["By hand"]]
    assert "From the catalogue" not in html
    [finding] = [finding for finding in preflight(article) if finding.rule == "compared_unreadable"]
    assert problem in finding.words


def test_a_table_that_only_looks_like_one_is_by_hand():
    body = '<table data-table="javascript:alert(1)"><caption>By hand</caption><tr><th>A</th></tr></table>'
    assert "data-table" not in clean(body)
    stored = factories.article(body=table(catalog.model())).body
    for copied in (rendered(stored), stored):
        pasted = convert_fragment(copied, factories.user("Author")).html
        assert "<table>" in pasted
        assert "data-table" not in pasted
        assert "From the catalogue" not in pasted


@pytest.fixture
def request_of_a_reader():
    read.check_once_per_request({"REQUEST_METHOD": "GET"})
    yield
    read.check_each_time()


@pytest.mark.usefixtures("request_of_a_reader")
def test_many_tables_cost_two_queries(django_assert_num_queries):
    models = [catalog.model(name=f"Model {number}", checked_on=DAY) for number in range(6)]
    names = ("context_tokens", "licence", "vendors", "status", "input_price", "output_price")
    tables = [table(*models[number:], facts=names, caption=f"Table {number}") for number in range(3)]
    body = "".join(tables)
    stamp()
    with django_assert_num_queries(2):
        html = rendered(body)
    assert html.count("(as of 25 November 2026)</span>") == 3
    with django_assert_num_queries(1):
        Texts("<p>Without a table</p>")


def test_the_same_table_on_another_day_is_no_change():
    one, other = (catalog.model(name=name, context_tokens=1_000) for name in ("One", "Other"))
    before = factories.article(body=table(one)).body
    AIModel.objects.filter(pk=one.pk).update(context_tokens=5_000, name="New")
    after = factories.article(body=table(one)).body
    assert before != after
    assert without_fact_words(before) == without_fact_words(after)
    others = factories.article(body=table(one, other)).body
    assert without_fact_words(after) != without_fact_words(others)


def test_impact_and_review_name_the_table_and_its_row():
    model = catalog.model(name="Sample", context_tokens=128_000)
    article = factories.article(body=table(model))
    impact = Impact(AIModel, [model.pk])
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    for [passage] in (impact.passages(), passages_of(article)):
        assert passage.sentence == "Table “What they read”, row Sample"
        assert passage.table == "What they read"
        [change] = passage.changes
        assert (change.label, change.before, change.after) == ("Context window", "128,000 tokens", "200,000 tokens")


def test_a_change_of_the_catalogue_counts_tables_apart(client):
    model = catalog.model(name="Sample", context_tokens=128_000)
    factories.article(body=table(model) + table(model, caption="Again"))
    factories.question(answer=f'<p>See <a href="ref:catalog.aimodel/{model.pk}">it</a>.</p>')
    client.force_login(factories.user("Catalogue manager"))
    page = client.post(
        reverse("admin:catalog_aimodel_change", args=[model.pk]), form_of(model, context_tokens=200_000)
    ).text
    assert "This change affects 1 article, 2 tables." in page
    assert "Table “Again”, row Sample" in page


def test_versions_side_by_side_say_what_a_table_is_and_mark_its_values():
    model = catalog.model(name="Sample", context_tokens=128_000)
    one = factories.article(body=table(model)).body
    left, right = marked(one, one.replace(">128,000<", ">200,000<"))
    assert "[Table from the catalogue]" in left
    assert "<del>128,000</del>" in left
    assert "<ins>200,000</ins>" in right
    assert right.count("<ins>") == 1


def test_merged_records_are_one_row():
    one, other = (catalog.model(name=name) for name in ("One", "Other"))
    article = factories.article(body=table(one, other))
    retarget_texts(other, one)
    article.refresh_from_db()
    assert f"record={one.pk}&amp;fact" in article.body
    assert f"record={other.pk}&" not in article.body


def test_markdown_feed_api_and_partners_get_the_table(client):
    model = catalog.model(name="Sample", context_tokens=128_000)
    article = factories.article(body=table(model))
    markdown = client.get(article.markdown_url).text
    assert "What they read (as of 25 November 2026)" in markdown
    assert "| Model | Context window, tokens |\n| --- | --- |\n| [Sample](" in markdown
    [item] = feed_of("", "", ("/feed", "/"), Article.objects.all()).items
    api = client.get(f"/api/v1/articles/{article.slug}/").json()["body_html"]
    for html in (item.html, api):
        assert grid(html)[1] == ["Sample", "128,000"]
    portable = portable_html(article.body)
    assert "data-table" not in portable
    assert grid(portable)[1] == ["Sample", "128,000"]
    assert "<caption>What they read (as of 25 November 2026)</caption>" in portable


def test_starter_files_name_rows_by_their_slugs():
    model = catalog.model(slug="sample")
    of = "catalog.aimodel?record=sample&amp;fact=licence"
    html = f'<table data-table="{of}"><caption>A</caption></table>'
    assert f'catalog.aimodel?record={model.pk}&amp;fact=licence"' in with_primary_keys(html)


def test_the_dialog_is_answered_with_a_table_or_a_sentence(client):
    model = catalog.model(name="Sample", context_tokens=1_000)
    rumour = catalog.unverified(name="Sample rumour")
    client.force_login(factories.user("Author"))
    ask = {"kind": "catalog.aimodel", "caption": "What they <b>", "record": [model.pk], "fact": ["context_tokens"]}
    url = reverse("admin:publishing_table")
    answer = client.get(url, ask).json()
    assert grid(answer["html"])[1] == ["Sample", "1,000"]
    assert "What they &lt;b&gt;" in answer["html"]
    assert answer["left_out"] == ""
    answer = client.get(url, ask | {"record": [model.pk, rumour.pk]}).json()
    assert answer["left_out"] == "1 records are left out because they are unpublished or unverified."
    assert "Choose what to compare" in client.get(url, ask | {"fact": []}).json()["problem"]
    assert "Describe the table" in client.get(url, ask | {"caption": " "}).json()["problem"]
    assert "None of these" in client.get(url, ask | {"record": [rumour.pk]}).json()["problem"]
    assert client.get(url, ask | {"kind": "catalog.vendor"}).status_code == 404
    found = client.get(reverse("admin:publishing_find"), {"q": "Sample", "kind": "catalog.aimodel", "for": "table"})
    assert [item["title"] for item in found.json()["results"]] == ["Sample"]
