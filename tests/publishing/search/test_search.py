"""Search: results, their order and display, and updates of the index on every write path."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import html

from articles.models import Article, ArticleKind, Detail
from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel, Alias, Vendor
from faq.models import OtherWording, Question
from publishing.content.reference import Reference
from publishing.content.registry import publishable_models
from publishing.search.entry import SearchEntry
from publishing.search.highlight import Highlighter
from publishing.search.query import Query
from publishing.search.results import answer
from publishing.search.vocabulary import SearchWord
from publishing.search.words import fold, key, pieces, stem
from publishing.workflow import reindex as repair
from tests import factories
from tests.catalog import factories as catalog
from tests.test_visibility import HIDDEN, hide, ways_to_hide

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def found(text: str, kind: str = "") -> list[str]:
    """Return the titles of the first page of results."""
    return ["".join(piece for piece, _ in hit.title) for hit in answer(text, kind, 0, 20).hits[0:20]]


def indexed(text: str) -> int:
    """Return how many entries match, whether or not readers see their records."""
    return answer(text, "", 0, 20).total


def marked(segments) -> list[str]:
    return [text for text, is_asked in segments if is_asked]


def model(name: str, **fields) -> AIModel:
    return AIModel.objects.create(name=name, **fields)


# Results ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", ["gpt 3.5", "GPT-3.5", "gpt3.5", "GPT3.5Turbo", "gpt-35-turbo", "Gpt 3.5 turbo"])
def test_a_model_is_first_in_any_spelling_of_its_name(starter_content, spelling):
    assert found(spelling)[0] == "GPT-3.5 Turbo"


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ("dalle", "DALL-E"),
        ("DALL·E 3", "DALL-E 3"),
        ("llama3.1", "Llama 3.1 8B"),
        ("openai", "OpenAI"),
        ("bert", "BERT"),
    ],
)
def test_what_bears_the_name_stands_before_what_mentions_it(starter_content, asked, first):
    assert found(asked)[0] == first


def test_page_without_a_query_names_questions_and_results_have_all_types_and_a_next_step(starter_content, client):
    assert "What does a project cost, and how is it priced?" in client.get("/search/").text
    page = client.get("/search/?q=price").text
    assert page.index("kind=articles.article") < page.index("kind=articles.author") < page.index("Models by price")
    assert page.index("kind=articles.article") < page.index("Other types") < page.index("kind=articles.author")
    assert "Results for “price”" in page
    assert 'id="call"' in page
    assert 'id="call"' not in client.get("/search/?q=qwxyzqwxyz").text


def test_the_first_answer_precedes_topics_and_only_typed_words_are_marked(starter_content):
    first, topic, *others = answer("price", "", 0, 20).hits[0:20]
    assert ("".join(piece for piece, _ in topic.title), topic.kind) == ("Price and time", "Question topic")
    assert "".join(piece for piece, _ in topic.snippet) == "Short answers to questions on price and time."
    assert "".join(piece for piece, _ in first.title) == "What does a project cost, and how is it priced?"
    assert marked(first.title) == ["priced"]
    assert "Each step has a fixed price, quoted before it begins" in "".join(piece for piece, _ in first.snippet)
    assert others[-1].kind in {"Topic", "Question topic", "Family"}
    [service] = [hit for hit in others if hit.url == "/services/custom-ai-systems/"]
    assert service.note == "About €55,000–96,000 · 3–6 months"


def test_misspelt_word_brings_a_proposal(starter_content, client):
    assert answer("difusion", "", 0, 20).suggestion == "diffusion"
    assert answer("stable difusion", "", 0, 20).suggestion == "stable diffusion"
    page = client.get("/search/", {"q": "difusion"}).content.decode()
    assert 'Did you mean <a href="?q=diffusion">diffusion</a>?' in page


def test_two_misspelt_words_bring_a_proposal_although_the_first_begins_a_word(starter_content):
    # On PostgreSQL, which reduces words to stems, "stabl" is a word: the name like the query is proposed instead.
    assert answer("stabl difusion", "", 0, 20).suggestion in {"stable diffusion", "Stable Diffusion 3"}
    assert answer("diffusion stabl", "", 0, 20).suggestion == "", "the last word may be incomplete"


def test_where_no_word_is_found_the_name_that_the_list_of_models_proposes_is_searched(client):
    catalog.model(name="Zebrafish Large 3")
    page = client.get("/search/", {"q": "zebarfishlarge"}).text
    assert 'Did you mean <a href="?q=Zebrafish+Large+3">Zebrafish Large 3</a>?' in page
    assert "1 result" in page
    listed = html.document_fromstring(client.get("/catalog/", {"q": "zebarfishlarge"}).text)
    assert listed.find_class("suggestion")[0].text_content().strip() == "Did you mean Zebrafish Large 3?"
    assert answer("zebarfishlarge 3", "", 0, 20).suggestion == "", "3 is found"


def test_a_search_without_results_leads_to_the_models_too(client):
    page = html.document_fromstring(client.get("/search/?q=qwxyzqwxyz").text)
    [start] = page.xpath("//h2[text()='Start here']/following-sibling::ul")
    assert "/catalog/" in start.xpath(".//a/@href")


def test_two_exchanged_letters_of_a_short_word_bring_a_proposal(starter_content):
    assert answer("gtp-4o", "", 0, 20).suggestion == "gpt-4o"
    assert answer("gpt-4o", "", 0, 20).suggestion == ""


def test_a_misspelt_first_letter_brings_a_proposal(starter_content):
    assert answer("nidjourney", "", 0, 20).suggestion == "midjourney"


def test_a_word_that_is_found_brings_no_proposal(starter_content):
    assert answer("diffusion", "", 0, 20).suggestion == ""


def test_a_proposal_leads_to_something():
    factories.article(title="Diffusion")
    SearchWord.objects.add_missing({"difussion"})
    assert answer("difusssion", "", 0, 20).suggestion in {"", "diffusion"}


def test_title_counts_more_than_name_than_summary_than_body():
    for place in ("body", "summary"):
        factories.article(title=place, **{place: "about zebras and other animals of the plains"})
    factories.article(title="Zebras of the plains, title")
    model("names").aliases.create(text="other zebras and plains")
    assert found("zebras plains") == ["Zebras of the plains, title", "names", "summary", "body"]


def test_a_summary_with_all_words_is_before_a_short_text_that_mentions_them():
    factories.article(title="Okapis", body="<p>The zebra of the gnu.</p>")
    factories.article(title="A year", summary="On the zebra and the gnu.", body=f"<p>{'Many other words. ' * 500}</p>")
    assert found("zebra gnu") == ["A year", "Okapis"]


def test_the_parts_of_a_contraction_are_not_wanted():
    factories.article(title="The okapi")
    assert found("What's an okapi?") == found("okapi, don't explain") == ["The okapi"]


def test_all_words_are_wanted_and_some_will_do_where_nothing_has_them_all():
    factories.article(title="Cats and dogs")
    factories.article(title="Cats")
    assert found("cats dogs") == ["Cats and dogs"]
    few = answer("cats parrots", "", 0, 20)
    assert few.is_partial
    assert few.total == 2


def test_a_title_may_lack_one_word_where_another_text_has_them_all():
    factories.article(title="Zebras", body="<p>A gnu, an okapi and a giraffe have one price.</p>")
    factories.article(title="Okapis beside a giraffe")
    factories.article(title="Gnus without a second word")
    assert found("gnu okapi giraffe") == ["Okapis beside a giraffe", "Zebras"]
    assert answer("okapi giraffe parrot", "", 0, 20).is_partial


def test_a_title_never_lacks_the_version():
    factories.article(title="Zebras", body="<p>An okapi pro 3.</p>")
    factories.article(title="Okapi pro 2")
    assert found("okapi pro 3") == ["Zebras"]


def test_words_that_stand_everywhere_are_not_sought():
    factories.article(title="Tokens")
    assert found("what is a token") == ["Tokens"]


def test_the_last_word_may_be_unfinished():
    factories.article(title="Generative pictures")
    assert found("generat") == ["Generative pictures"]
    assert answer("generat pictures", "", 0, 20).is_partial


def test_singular_and_plural_case_and_accents_are_the_same():
    factories.article(title="Éclairs for Companies")
    for asked in ("eclair", "ÉCLAIRS", "company eclairs", "companies"):
        assert found(asked) == ["Éclairs for Companies"], asked


def test_scripts_without_spaces_are_found_by_what_stands_in_a_row():
    factories.article(title="生成式人工智能简介")
    assert found("人工智能") == ["生成式人工智能简介"]
    assert found("智能人工") == []


def test_other_wordings_and_aliases_lead_to_their_record_and_are_shown():
    question = factories.question(question="What does it cost?")
    question.other_wordings.create(wording="How expensive is a chatbot?")
    hit = answer("expensive chatbot", "", 0, 20).hits[0:20][0]
    assert "".join(piece for piece, _ in hit.also) == "How expensive is a chatbot?"
    assert marked(hit.also) == ["expensive", "chatbot"]


def test_unverified_model_is_found_with_a_note(starter_content, client):
    assert answer("dall-e 4", "", 0, 20).hits[0:20][0].note == "Not verified"
    assert "Not verified" in client.get("/search/?q=dall-e+4").content.decode()


def test_price_of_a_service_counts_like_its_summary_and_is_shown():
    factories.article(title="Notes", body="<p>Each model has a price, which its vendor states.</p>")
    service = factories.article(kind=ArticleKind.SERVICE, title="Building", summary="We build.", body="<p>A table.</p>")
    Detail.objects.create(article=service, label="Effort and price", value="Nine days, about 9,000 euros")
    SearchEntry.objects.sync(Article, [service.pk])
    assert found("price") == ["Building", "Notes"]
    [hit] = answer("price effort", "", 0, 20).hits[0:20]
    assert ("".join(piece for piece, _ in hit.snippet), hit.note) == ("We build.", "Nine days, about 9,000 euros")


def test_a_model_without_a_summary_shows_what_is_on_record():
    record = model("Alpha 4", kind="language", released_on="2026-03", context_tokens=200_000)
    record.vendors.add(Vendor.objects.create(name="Acme"))
    said = "Acme, language model, released March 2026, context window 200,000 tokens"
    assert answer("alpha 4", "", 0, 20).hits[0:20][0].note == said
    model("Beta")
    assert answer("beta", "", 0, 20).hits[0:20][0].note == ""


def test_the_newest_model_is_first_among_equals_and_one_of_that_very_name_before_all():
    days = {"Opus 4": "2025-05-22", "Opus 4.8": "2026-06-10", "Opus 3": "2024-02-29", "Opus 5": "", "Opus 4.9": "2026"}
    for name, day in days.items():
        model(f"Acme {name}", released_on=day)
    factories.question(question="What is Opus?")
    models = ["Acme Opus 4.9", "Acme Opus 4.8", "Acme Opus 4", "Acme Opus 3", "Acme Opus 5"]
    assert [name for name in found("opus") if name in models] == models
    assert found("opus 4", "catalog.aimodel") == ["Acme Opus 4", "Acme Opus 4.9", "Acme Opus 4.8"]
    assert found("acme opus 3", "catalog.aimodel")[0] == "Acme Opus 3"


# Kinds and pages --------------------------------------------------------------------------------------


def test_kinds_are_counted_and_can_be_chosen(client):
    factories.article(title="Tokens")
    factories.topic(name="Tokens")
    factories.question(question="Tokens?")
    result = answer("tokens", "", 0, 20)
    assert {(facet.label, facet.count) for facet in result.facets} == {
        ("Articles", 1),
        ("Topics", 1),
        ("Questions", 1),
    }
    assert result.total == 3
    assert found("tokens", "faq.question") == ["Tokens?"]
    page = client.get("/search/?q=tokens&kind=faq.question").content.decode()
    assert "/faq/tokens/" in page
    assert 'href="/articles/tokens/"' not in page
    assert 'href="?q=tokens&amp;kind=articles.article"' in page


def test_pages_hold_every_result_once(client):
    titles = [f"Zebra {number}" for number in range(30)]
    for title in titles:
        factories.article(title=title)
    factories.article(title="Animals", body="<p>zebra</p>")
    seen = [
        "".join(piece for piece, _ in hit.title)
        for number in (1, 2)
        for hit in client.get("/search/", {"q": "zebra", "page": number}).context["page"].object_list
    ]
    assert sorted(seen) == sorted([*titles, "Animals"])
    assert client.get("/search/?q=zebra&page=3").status_code == 404


@pytest.mark.parametrize("query", ["page=0", "page=x", "kind=nowhere.nothing", "kind=auth.user", "page=99999999999999"])
def test_what_makes_no_sense_is_a_400(client, query):
    assert client.get(f"/search/?q=x&{query}").status_code == 400


def test_a_page_of_results_costs_few_queries_however_many_there_are(client, django_assert_max_num_queries):
    for _ in range(3):
        factories.world()
    client.get("/search/?q=world")
    with django_assert_max_num_queries(16):
        assert len(client.get("/search/", {"q": "world"}).context["page"].object_list) == 20


# Odd queries ------------------------------------------------------------------------------------------

ODD = [
    "\x00",
    "a\x00b",
    '"',
    "'",
    "''\"\"",
    "\\",
    "%",
    "_",
    "*",
    "a* OR b",
    "AND",
    "OR NOT",
    "NEAR(a b)",
    "title:x",
    "-x",
    "^x",
    "(",
    ")(",
    "a & | ! <-> b:*",
    "{a b}:c",
    "'; DROP TABLE publishing_searchentry; --",
    "<script>alert(1)</script>",
    "🤖",
    "🤖 gpt 🤖",
    "人工知能",
    "שלום",
    "a̐éö̲",
    "\ud800",
    "½ ² Ⅷ ﷺ",
    "ß İ ŉ",
    "9" * 5000,
    "x" * 5000,
    "1a" * 2500,
    "a-" * 2500,
    "a b c d e f g h i j k l m n o p q r s t u v w x y z " * 9,
    " ",
    "",
    "\u200b\u202e",
]


@pytest.mark.parametrize("text", ODD, ids=lambda text: ascii(text[:20]))
def test_nothing_that_is_typed_is_an_error(client, text):
    factories.article(title="Plain gpt 人工知能", body="<p>½ ² a b c 999</p>")
    response = client.get("/search/", {"q": text.encode("utf-8", "surrogatepass")})
    assert response.status_code == 200
    assert "<script>alert" not in response.content.decode()
    assert answer(text, "", 0, 20).hits[0:20] is not None


def test_what_is_typed_is_cut_to_200_characters():
    assert len(Query.parse("word " * 5000).text) <= 200
    assert len(Query.parse("".join(f"w{number} " for number in range(500))).terms) <= 12


def test_operators_are_words():
    factories.article(title="Cats")
    factories.article(title="Cats near dogs")
    assert found("cats NEAR dogs") == ["Cats near dogs"]
    assert found("-cats") == found("cats")


@pytest.mark.parametrize(
    "body", ["\u0300" * 50, "x" * 300_000, "a1" * 100_000, "'\\ ' \\' :1A", "🤖" * 1000, "9" * 70_000]
)
def test_nothing_that_is_written_is_an_error(body):
    factories.article(title="Odd", body=f"<p>{body} zebra</p>")
    assert found("odd") == ["Odd"]


def test_a_very_long_text_of_different_words_is_indexed():
    factories.article(title="Long", body=f"<p>{' '.join(f'wört{number}' for number in range(60_000))}</p>")
    assert found("wört77") == ["Long"]


# How it is shown --------------------------------------------------------------------------------------


def test_words_are_marked_and_markup_in_texts_stays_text(client):
    factories.article(
        title="About <b>zebras</b>", body="<p>A &lt;script&gt; of zebra &amp; co.</p>", summary="Stripes."
    )
    page = client.get("/search/?q=zebra").content.decode()
    assert "About &lt;b&gt;<mark>zebras</mark>&lt;/b&gt;" in page
    assert "A &lt;script&gt; of <mark>zebra</mark> &amp; co." in page


def test_a_snippet_shows_where_most_of_the_words_stand():
    sentences = [*["One cat."] * 60, "Here a cat and a dog meet.", *["Nothing."] * 60]
    snippet = Highlighter(Query.parse("dog cat")).snippet(sentences)
    assert marked(snippet) == ["cat", "dog"]
    shown = "".join(piece for piece, _ in snippet)
    assert len(shown) <= 240
    assert shown.startswith("Here a cat and a dog meet. Nothing.")


def test_a_sentence_is_shown_rather_than_a_row_of_a_table():
    table = "<table><tbody><tr><td><p>Zebra</p></td><td><p>4 zebras</p></td></tr></tbody></table>"
    factories.article(title="Animals", summary="Of the plains.", body=table)
    factories.article(title="Stripes", summary="Of the zoo.", body=f"{table}<p>Each zebra has its own stripes.</p>")
    hits = answer("zebra", "", 0, 20).hits[0:20]
    shown = {"".join(piece for piece, _ in hit.title): "".join(piece for piece, _ in hit.snippet) for hit in hits}
    assert shown == {"Animals": "Of the plains.", "Stripes": "Each zebra has its own stripes."}


def test_a_model_shows_its_status_and_price_of_today(client):
    one = catalog.model(name="Zebra 1", released_on="2026-01")
    offering = catalog.at_reference(catalog.offering(model=one, checked_on="2026-01-01"))
    for meter, amount in (("input", "2.5"), ("output", "10")):
        catalog.price(offering=offering, meter=meter, amount=amount)
    catalog.unverified(name="Zebra 2")
    catalog.event(model=one, kind="released", date="2026-01-01")
    stamp()
    hits = {hit.url: hit for hit in answer("zebra", "catalog.aimodel", 0, 20).hits[0:20]}
    assert hits[one.get_absolute_url()].today["price"] == "Input 2.50, output 10.00"
    assert [hit.today for hit in hits.values() if hit.note == "Not verified"] == [{}]
    page = client.get("/search/?q=zebra").text
    assert "status--available" in page
    assert 'Input 2.50, output 10.00 <span class="search-hit__unit">USD per million tokens</span>' in page
    catalog.event(model=one, kind="retired", date="2026-02-01")
    stamp()
    page = client.get("/search/?q=zebra").text
    assert "status--retired" in page
    assert "Input 2.50" not in page, "which is a price elsewhere, if there is one"
    assert "last day 1 February 2026 (not yet checked at the vendor)" in page


def test_a_model_that_ends_shows_its_last_day(client):
    one, other = catalog.model(name="Zebra 1"), catalog.model(name="Zebra 2")
    for date in ("2026-01-01", "2027-01-14", "2027-05-01"):
        event = catalog.event(model=one, kind="retired", date=date)
        catalog.evidence(event=event, confidence="vendor")
    catalog.event(model=one, kind="deprecated", date="2026-06-01")
    catalog.event(model=one, kind="released", date="2026-02-01")
    catalog.event(model=other, kind="retired", date="2030-01-01", bound="not_before")
    stamp()
    with time_machine.travel("2026-11-24 12:00", tick=False):
        page = html.document_fromstring(client.get("/search/?q=zebra").text)
    said = {" ".join(today.text_content().split()) for today in page.find_class("search-hit__today")}
    assert said == {"Deprecated, last day 14 January 2027", "Unknown"}


@pytest.mark.parametrize(
    ("asked", "text", "expected"),
    [
        ("gpt3.5", "GPT-3.5 and GPT-35 and gpt 3", ["GPT-3.5", "GPT-35"]),
        ("cafe", "Le CAFÉ, cafés", ["CAFÉ", "cafés"]),
        ("dalle", "DALL·E", ["DALL·E"]),
        ("company x", "companies", []),
        ("art", "part art artist", ["art", "artist"]),
        ("智能", "人工智能", ["智能"]),
    ],
)
def test_marks_stand_on_whole_words_as_they_are_written(asked, text, expected):
    assert marked(Highlighter(Query.parse(asked)).segments(text)) == expected


def test_page_without_a_question_is_for_search_engines_and_results_are_not(client):
    assert "noindex" not in client.get("/search/").content.decode()
    page = client.get("/search/?q=x").content.decode()
    assert "noindex" in page
    assert '/search/">' in page  # the canonical address has no query


def test_the_question_stays_in_the_field(client):
    page = client.get("/search/", {"q": 'a "quoted" <b>'}).content.decode()
    assert 'value="a &quot;quoted&quot; &lt;b&gt;"' in page


# Hidden records ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("record_model", publishable_models(), ids=lambda model: model._meta.label)
def test_what_is_hidden_is_neither_found_nor_counted_nor_proposed(record_model, client):
    for way in ways_to_hide(record_model):
        record = hide(record_model, way)
        token = f"zyxwhidden{way.replace(' ', '')}"
        for text in (token, token[:-2], f"{token[:-1]}q", "zyxwhidden", record.slug):
            result = answer(text, "", 0, 20)
            assert (result.total, result.hits[0:20], result.suggestion) == (0, [], ""), (way, text)
            assert "/search/" not in client.get("/search/", {"q": text}).headers.get("Location", "")


def test_every_kind_of_record_is_found_when_it_is_published():
    for record_model in publishable_models():
        record = factories.publishable(record_model, "abcdshown")
        assert str(record) in found("abcdshown", record_model._meta.label_lower)


@pytest.mark.parametrize("way", ways_to_hide(Article))
def test_an_entry_that_is_out_of_step_shows_nothing(way):
    article = factories.article(title="Zebra")
    Article._base_manager.filter(pk=article.pk).update(**HIDDEN[way](timezone.now()))
    assert found("zebra") == []


def test_a_record_is_found_from_its_moment_until_its_last(time_machine):
    now = timezone.now()
    factories.article(title="Zebra", publish_at=now + timedelta(hours=1), expire_at=now + timedelta(hours=2))
    for minutes, titles in ((0, []), (61, ["Zebra"]), (121, [])):
        time_machine.move_to(now + timedelta(minutes=minutes), tick=False)
        assert found("zebra") == titles
        assert indexed("zebra") == len(titles)


def test_a_hidden_vendor_is_no_word_of_its_models():
    vendor = Vendor.objects.create(name="Zebracorp")
    record = model("Striped")
    record.vendors.add(vendor)
    assert "Striped" in found("zebracorp")
    Vendor.objects.filter(pk=vendor.pk).update(state="draft")
    assert found("zebracorp") == []
    vendor.refresh_from_db()
    vendor.name, vendor.state = "Giraffecorp", "published"
    vendor.save()
    assert found("giraffecorp") == ["Giraffecorp", "Striped"]


# In step ----------------------------------------------------------------------------------------------


def test_saving_keeps_search_in_step():
    article = factories.article(title="Before")
    article.title = "After"
    article.save()
    assert (found("before"), found("after")) == ([], ["After"])
    article.title, article.summary = "Later", "Summary"
    article.save(update_fields=["title"])
    assert (found("later"), found("summary")) == (["Later"], [])


def test_update_keeps_search_in_step():
    factories.article(title="Before")
    Article.objects.filter(title="Before").update(title="After")
    assert (found("before"), found("after")) == ([], ["After"])
    Article.objects.update(state="archived")
    assert found("after") == []
    Article.objects.update(state="published")
    assert found("after") == ["After"]


def test_bulk_methods_keep_search_in_step():
    topic = factories.question_topic()
    fields = {"answer": "<p>A.</p>", "topic": topic, "state": "published"}
    made = Question.objects.bulk_create([Question(question=f"Zebra {number}?", **fields) for number in range(3)])
    assert len(found("zebra")) == 3
    for question in made:
        question.question = question.question.replace("Zebra", "Giraffe")
    Question.objects.bulk_update(made, ["question"])
    assert (found("zebra"), len(found("giraffe"))) == ([], 3)
    again = [Question(question=f"Okapi {number}?", slug=made[number].slug, **fields) for number in range(2)]
    Question.objects.bulk_create(again, update_conflicts=True, unique_fields=["slug"], update_fields=["question"])
    assert (len(found("giraffe")), len(found("okapi"))) == (1, 2)


def test_trash_and_deletion_remove_what_was_found():
    article, *others = (factories.article(title=f"Zebra {number}") for number in range(3))
    Article.objects.filter(pk=article.pk).update(deleted_at=timezone.now())
    assert len(found("zebra")) == indexed("zebra") == 2
    others[0].delete()
    assert len(found("zebra")) == indexed("zebra") == 1
    Article.objects.all().delete()
    assert indexed("zebra") == 0
    assert not SearchEntry.objects.exclude(kind="articles.author").exists()


def test_rows_beside_a_record_keep_search_in_step():
    one, other = model("One"), model("Other")
    alias = one.aliases.create(text="Zebra")
    assert found("zebra") == ["One"]
    alias.model = other
    alias.save()
    assert found("zebra") == ["Other"]
    Alias.objects.filter(text="Zebra").update(text="Okapi")
    assert (found("zebra"), found("okapi")) == ([], ["Other"])
    Alias.objects.update(model=one)
    assert found("okapi") == ["One"]
    Alias.objects.all().delete()
    assert found("okapi") == []
    Alias.objects.bulk_create([Alias(model=one, text="Zebra"), Alias(model=other, text="Okapi")])
    assert (found("zebra"), found("okapi")) == (["One"], ["Other"])
    Alias.objects.get(text="Zebra").delete()
    assert found("zebra") == []


def test_vendors_keep_search_in_step():
    record = model("One")
    record.vendors.add("Zebracorp")
    assert found("zebracorp") == ["Zebracorp", "One"]
    record.vendors.set(["Giraffecorp"])
    assert (found("zebracorp"), found("giraffecorp")) == (["Zebracorp"], ["Giraffecorp", "One"])
    record.vendors.clear()
    assert found("giraffecorp") == ["Giraffecorp"]


def test_other_wordings_of_a_draft_are_not_found():
    question = factories.question(state="draft")
    OtherWording.objects.create(question=question, wording="Zebra?")
    assert indexed("zebra") == 0
    question.state = "published"
    question.save()
    assert len(found("zebra")) == 1


def test_a_transaction_that_is_rolled_back_leaves_no_trace():
    with transaction.atomic():
        factories.article(title="Zebra")
        assert found("zebra") == ["Zebra"]
        transaction.set_rollback(True)
    assert indexed("zebra") == 0


def test_saving_without_a_change_writes_nothing(django_capture_queries):
    article = factories.article(title="Zebra")
    with django_capture_queries() as captured:
        article.save()
    assert not [query for query in captured if "search" in query["sql"] and not query["sql"].startswith("SELECT")]


@pytest.fixture
def django_capture_queries():
    return lambda: CaptureQueriesContext(connection)


# Repair -----------------------------------------------------------------------------------------------


def test_reindex_sets_right_what_was_written_past_the_models():
    question = factories.question(question="Okapi?")
    article = factories.article(title="Before")
    gone = factories.article(title="Gone", body=f'<p><a href="ref:faq.question/{question.pk}">x</a></p>')
    body = f'<p>Zebra <a href="ref:faq.question/{question.pk}">x</a></p>'
    Article._base_manager.filter(pk=article.pk).update(title="After", body=body)
    Article._base_manager.filter(pk=gone.pk)._raw_delete("default")
    SearchEntry.objects.filter(source_id=question.pk, kind="faq.question").delete()
    SearchWord.objects.all().delete()
    SearchWord.objects.create(word="nonsense", initial="n", length=8)
    out = StringIO()
    call_command("reindex", stdout=out)
    assert "1 of 1 articles" in out.getvalue()
    assert (found("before"), found("after"), found("zebra"), found("gone")) == ([], ["After"], ["After"], [])
    assert found("okapi") == ["Okapi?"]
    assert [row.source for row in Reference.objects.all()] == [article]
    assert set(SearchWord.objects.values_list("word", flat=True)) >= {"after", "zebra", "okapi"}
    assert not SearchWord.objects.filter(word="nonsense").exists()


def test_reindex_looks_for_no_record_among_all():
    """PostgreSQL runs NOT IN as a subplan, which it goes through for each row once it has a few hundred thousand."""
    with CaptureQueriesContext(connection) as captured:
        list(repair.repair())
    gone = [query["sql"] for query in captured if "NOT " in query["sql"] and "SELECT" in query["sql"]]
    assert any("NOT EXISTS" in sql or "NOT (EXISTS" in sql for sql in gone)
    assert not [sql for sql in gone if " IN (SELECT U0" in sql]


def test_reindex_rewrites_an_index_that_lost_its_words():
    factories.article(title="Zebra")
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM publishing_searchindex"
            if connection.vendor == "sqlite"
            else "UPDATE publishing_searchentry SET vector = NULL, head = NULL"
        )
    assert found("zebra") == []
    call_command("reindex", stdout=StringIO())
    assert found("zebra") == ["Zebra"]


def test_reindex_can_be_interrupted(monkeypatch):
    factories.article(title="Zebra")

    def interrupt(*arguments, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(SearchEntry.objects, "sync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        call_command("reindex", stdout=StringIO())
    assert found("zebra") == ["Zebra"]


def test_repair_tells_how_far_it_is(monkeypatch):
    monkeypatch.setattr(repair, "BATCH", 2)
    monkeypatch.setattr(repair, "PROGRESS", 2)
    for _ in range(3):
        factories.author()
    sentences = list(repair.repair())
    assert "2 of 3 authors" in sentences
    assert "3 of 3 authors" in sentences


# Words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GPT-3.5 Turbo", [["gpt", "3", "5"], ["turbo"]]),
        ("GPT3.5Turbo", [["gpt", "3", "5", "turbo"]]),
        ("Crème brûlée", [["creme"], ["brulee"]]),
        ("it's state-of-the-art.", [["it", "s"], ["state", "of", "the", "art"]]),
        ("人工", [["人", "工"]]),
        ("", []),
    ],
)
def test_text_is_taken_apart_into_pieces_and_parts(text, expected):
    assert list(pieces(fold(text))) == expected


def test_names_have_one_key_in_every_spelling():
    assert {key(name) for name in ("GPT-3.5 Turbo", "gpt 3.5 turbo", "GPT3.5Turbo", "gpt-35-turbo")} == {"gpt35turbo"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("models", "model"),
        ("companies", "company"),
        ("bus", "bus"),
        ("class", "class"),
        ("gas", "gas"),
        ("uses", "use"),
    ],
)
def test_plurals_lose_their_s(word, expected):
    assert stem(word) == expected
