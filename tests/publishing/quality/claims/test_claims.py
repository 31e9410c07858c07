"""Stored dated claims: what is found, which edits keep the day of a claim, and which texts are searched again."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.contrib.admin.models import LogEntry

from articles.models import Article
from catalog.models import AIModel
from publishing.content.publishable import State
from publishing.quality import text_sweep
from publishing.quality.claims.finding import claims_in, sentences_of_html
from publishing.quality.claims.models import Claim
from publishing.quality.preflight.checking import preflight
from publishing.revisions.snapshot import read
from publishing.richtext.allowlist import clean
from publishing.workflow.confirm_claims import confirm, confirm_record, overdue_for
from publishing.workflow.jobs import search_texts_for_claims
from tests import factories
from tests.proportion import assert_time_in_proportion
from tests.publishing.quality.claims.patterns import pattern_of, using

pytestmark = [pytest.mark.django_db, pytest.mark.database]
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
TODAY = NOON.date()
LATEST = "Sample is the latest model."


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def patterns():
    with using(pattern_of("latest", "currently", "top {number}", "{number} tokens")):
        yield


def words_in(record=None):
    claims = Claim.objects.of(record) if record else Claim.objects.all()
    return sorted(claims.values_list("field", "words"))


def paragraphs(*texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def test_every_kind_of_prose_is_searched_and_catalogue_and_names_are_not():
    article = factories.article(title="The top 3", summary="It is currently so.", body=paragraphs(LATEST))
    question = factories.question(answer=paragraphs("Currently, yes."))
    topic = factories.topic(name="Latest", introduction=paragraphs("The top 5."))
    author = factories.author(name="Currently", role="Currently an editor.", biography=paragraphs(LATEST))
    factories.publishable(AIModel, "latest", summary="The latest.", body=paragraphs(LATEST))
    assert words_in(article) == [("body", "latest"), ("summary", "currently"), ("title", "top 3")]
    assert words_in(question) == [("answer", "Currently")]
    assert words_in(topic) == [("introduction", "top 5")]
    assert words_in(author) == [("biography", "latest"), ("role", "Currently")]
    assert Claim.objects.count() == 7
    row = Claim.objects.of(article).get(field="body")
    assert (row.kind, row.sentence, row.source) == ("articles.article", LATEST, article)
    article.kind = "service"
    article.save(update_fields=["kind"])
    assert Claim.objects.get(pk=row.pk).kind == "articles.service"
    confirm(factories.administrator(), [Claim.objects.get(pk=row.pk)])
    assert LogEntry.objects.get().content_type.model == "service"
    article.delete()
    assert Claim.objects.count() == 4


@pytest.mark.parametrize(
    "body",
    [
        "<p>They say “the latest model” of it.</p>",
        "<p>They say “the latest one. It is currently the top 3. Honestly” of it.</p>",
        '<p>They say "the latest model" of it.</p>',
        "<blockquote><p>The latest model.</p></blockquote>",
        "<pre><code>the latest model</code></pre>",
        "<p>Type <code>pull latest</code> there.</p>",
        "<p>So it is.<small>The latest list, currently of 3.</small></p>",
        "<p>Which is the latest model?</p>",
        '<p>It reads <a href="fact:catalog.aimodel/1/context_tokens">128,000 tokens</a>.</p>',
    ],
)
def test_what_is_quoted_noted_asked_or_bound_claims_nothing(body):
    assert words_in(factories.article(body=body)) == []


def test_what_stands_around_them_does():
    body = (
        "<p>They say “so” of the latest one. The latest is <code>x</code>.</p><ul><li><p>The latest.</p></li></ul>"
        "<h2>Top 3</h2><table><caption>The latest</caption><tbody><tr><td><p>Currently <em>on top</em>.</p></td></tr>"
        '</tbody></table><p>A <a href="ref:catalog.aimodel/1">latest</a> name.</p>'
    )
    found = Claim.objects.of(factories.article(body=body)).values_list("sentence", flat=True)
    assert sorted(found) == [
        "A latest name.",
        "Currently on top.",
        "The latest is x.",
        "The latest.",  # and the caption says the same
        "They say “so” of the latest one.",
        "Top 3",
    ]


def test_texts_that_nobody_writes_are_read_quickly():
    def read(html: str):
        list(claims_in({"body": (clean(html), True)}))

    deep = ("<em>", "<strong>", "<a>", "<blockquote>", "<ul>")
    assert_time_in_proportion(lambda size: read(f"{''.join(tag * size for tag in deep)}the latest"), 80)
    for piece in ("“a. B ", "<p>x</p>", "\"'“"):
        assert_time_in_proportion(lambda size, piece=piece: read(piece * size), 5_000)
    assert words_in(factories.article(body="The <em>latest</em>.")) == [("body", "latest")]


def test_the_rows_of_a_table_from_the_catalogue_claim_nothing():
    table = '<table data-table="catalog.aimodel?record=1&amp;fact=name"><caption>The latest two</caption>'
    rows = "<tbody><tr><td><p>Currently $3 a month.</p></td></tr></tbody></table><p>So far.</p>"
    assert [sentence.text for sentence in sentences_of_html(table + rows)] == ["The latest two", "So far."]


def test_a_sentence_that_moves_keeps_its_day_and_one_that_changes_is_new(clock):
    model = factories.publishable(AIModel, "Sample")
    article = factories.article(body=paragraphs("Before.", f"{LATEST} After."))
    row = Claim.objects.get()
    assert (row.written_on, row.review_by) == (TODAY, TODAY + timedelta(days=90))
    Claim.objects.update(review_by=date(2027, 6, 1), confirmed_on=date(2026, 11, 20))
    clock.shift(timedelta(days=30))
    linked = f'<a href="ref:catalog.aimodel/{model.pk}">Sample</a> is the <em>latest</em> model!'
    for body in (paragraphs(LATEST, "Before. After, more."), f"<h2>New</h2><ul><li><p>{linked}</p></li></ul>"):
        article.body = body
        article.save()
        row.refresh_from_db()
        assert row.review_by == date(2027, 6, 1)
    assert row.sentence == "Sample is the latest model!"
    Article.objects.filter(pk=article.pk).update(body=paragraphs("Sample is still the latest model."))
    new = Claim.objects.get()
    assert (new.pk != row.pk, new.written_on, new.confirmed_on) == (True, TODAY + timedelta(days=30), None)
    Article.objects.filter(pk=article.pk).update(body="<p>Nothing.</p>")
    assert not Claim.objects.exists()


def test_saving_without_a_change_writes_nothing(django_assert_num_queries):
    article = factories.article(body=paragraphs(LATEST))
    with django_assert_num_queries(1):  # rows
        Claim.objects.sync([article])
    assert Claim.objects.count() == 1


def test_a_draft_has_time_until_it_is_published(clock):
    article = factories.article(state=State.DRAFT, body=paragraphs(LATEST))
    assert Claim.objects.get().review_by is None
    clock.shift(timedelta(days=200))
    Article.objects.filter(pk=article.pk).update(state=State.PUBLISHED)
    assert Claim.objects.get().review_by == TODAY + timedelta(days=290)


def test_the_day_of_the_text_counts_where_it_is_earlier():
    factories.article(body=paragraphs(LATEST), review_by=TODAY + timedelta(days=10))
    factories.article(body=paragraphs(LATEST), review_by=TODAY + timedelta(days=400))
    factories.article(body=paragraphs(LATEST), review_by=TODAY - timedelta(days=1))
    days = [(row.review_by - TODAY).days for row in Claim.objects.order_by("pk")]
    assert days == [10, 90, 90]


def test_a_changed_pattern_is_searched_for_in_all_texts_a_few_at_a_time(clock, monkeypatch):
    monkeypatch.setattr(text_sweep, "BATCH", 2)
    old = factories.article(body=paragraphs("The newest model. The latest model."))
    others = [factories.question(answer=paragraphs(f"The newest of {number}.")) for number in range(3)]
    factories.topic(introduction=paragraphs("The newest."), state=State.DRAFT)
    clock.shift(timedelta(days=120))
    rounds = 0
    with using(pattern_of("newest")):
        while not Claim.objects.catch_up(0):
            rounds += 1
            assert rounds < 20
        assert Claim.objects.catch_up(0)
    assert rounds >= len(others)
    assert sorted(Claim.objects.values_list("words", flat=True)) == ["newest"] * 5
    # Its age counts from the last save of that text, not from when the claim was found.
    row = Claim.objects.of(old).get()
    assert (row.written_on, row.is_overdue) == (TODAY, True)


def test_a_pattern_added_while_others_are_searched_for_begins_anew(monkeypatch):
    monkeypatch.setattr(text_sweep, "BATCH", 2)
    for _ in range(3):
        factories.article(body=paragraphs("The newest."))
    assert not Claim.objects.catch_up(0)
    with using(pattern_of("latest"), pattern_of("newest", slug="other")):
        assert not Claim.objects.catch_up(0)
        search_texts_for_claims()
    assert Claim.objects.filter(pattern="other").count() == 3


def test_the_claims_of_a_pattern_that_is_gone_are_hidden_and_then_deleted():
    article = factories.article(body=paragraphs(LATEST))
    with using(pattern_of("latest", slug="other")):
        assert not Claim.objects.standing().exists()
        assert confirm_record(factories.administrator(), article) == (0, None)
        assert Claim.objects.catch_up(60)
        assert Claim.objects.standing().get().pattern == "other"


def test_only_what_readers_see_is_to_be_confirmed():
    for fields in ({"state": State.DRAFT}, {"deleted_at": NOON}, {"publish_at": NOON + timedelta(days=1)}, {}):
        factories.article(body=paragraphs(LATEST), **fields)
    assert Claim.objects.count() == 4
    assert Claim.objects.standing().count() == 1


# Confirming -----------------------------------------------------------------------------------------------


def test_confirming_gives_a_new_day_and_stands_in_the_log(clock):
    article = factories.article(body=paragraphs(LATEST, "Currently so."))
    clock.shift(timedelta(days=100))
    editor = factories.user("Editor")
    assert Claim.objects.overdue().count() == 2
    assert confirm(editor, Claim.objects.filter(words="latest")) == 1
    row = Claim.objects.get(words="latest")
    day = TODAY + timedelta(days=100)
    assert (row.confirmed_on, row.confirmed_by, row.review_by) == (day, editor, day + timedelta(days=90))
    assert "Confirmed a dated claim: “latest”." in LogEntry.objects.latest("pk").get_change_message()
    assert confirm_record(editor, article) == (2, None)
    assert not Claim.objects.overdue().exists()
    assert confirm(factories.user("Author"), Claim.objects.all()) == 0


def test_a_text_whose_day_has_come_gets_another_unless_a_draft_waits(clock):
    editor = factories.user("Editor")
    article = factories.article(review_by=TODAY - timedelta(days=1), owner=editor)
    assert [line.record for line in overdue_for(editor)] == [article]
    assert confirm_record(editor, article) == (0, TODAY + timedelta(days=180))
    article.refresh_from_db()
    assert article.review_by == TODAY + timedelta(days=180)
    assert overdue_for(editor) == []


def test_who_hears_of_what_is_overdue(clock):
    author, editor = factories.user("Author"), factories.user("Editor")
    factories.article(title="Hers", body=paragraphs(LATEST), owner=author)
    factories.article(title="Nobody's", body=paragraphs(LATEST, "Currently."))
    factories.question(question="Also?", review_by=TODAY + timedelta(days=1), owner=editor)
    factories.topic(name="Topic", introduction=paragraphs(LATEST))
    clock.shift(timedelta(days=91))

    def lines(person):
        return [(str(line.record), line.claims, line.is_text, line.is_mine) for line in overdue_for(person)]

    assert lines(author) == [("Hers", 1, False, True)]
    assert lines(editor) == [
        ("Also?", 0, True, True),
        ("Hers", 1, False, False),
        ("Nobody's", 2, False, False),
        ("Topic", 1, False, False),
    ]
    assert lines(factories.user("Catalogue manager")) == []


# Before publishing ----------------------------------------------------------------------------------------


def test_preflight_names_each_claim_and_where_it_stands_until_it_is_confirmed():
    article = factories.article(body=f"<p>One.</p><ul><li>{paragraphs(LATEST)}</li></ul><h2>Top 3</h2>")

    def claims(**fields):
        content = read(article)
        found = preflight(article, content | {"fields": content["fields"] | fields})
        return [
            (item.field, item.tag if hasattr(item, "tag") else item.tags, item.index, item.is_error)
            for item in found
            if item.rule == "claim"
        ]

    assert claims() == [("body", "h2", 0, False), ("body", "p", 1, False)]
    assert claims(summary="Currently so.", body="<p>Two.</p>") == [("summary", "", 0, False)]
    confirm(factories.administrator(), Claim.objects.filter(words="latest"))
    assert claims() == [("body", "h2", 0, False)]
