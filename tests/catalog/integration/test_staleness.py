"""Passages of published texts that need a review after a change of the catalogue."""

import re
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from articles.models import Article
from catalog.documents.sync.stamping import stamp
from catalog.documents.sync.triggers import mark_all_documents
from catalog.models import AIModel, Price, Vendor
from ops.jobs.scheduler import jobs
from publishing.content.publishable import fetch_content_changed_at
from publishing.content.reference import Reference
from publishing.quality.names.index import find_in_all_texts
from publishing.quality.staleness import FactChange, compare_due, mark_reviewed, passages_by_record, passages_of
from publishing.revisions.models import Action
from publishing.search.entry import SearchText
from publishing.workflow.actions import ActionRequest, latest_content, perform_action
from publishing.workflow.starter import confirm_facts
from tests import factories
from tests.catalog import factories as catalog
from tests.catalog.feeds import SMALL, take_over
from tests.stale import stale_passages

pytestmark = pytest.mark.django_db


def text(model, sentence="It reads {} at once.", name="context_tokens", words="128,000 tokens"):
    fact = f'<a href="fact:catalog.aimodel/{model.pk}/{name}">{words}</a>'
    return f"<p>Before it. {sentence.format(fact)} After it.</p>"


def naming(model):
    return f'<p>We like <a href="ref:catalog.aimodel/{model.pk}">it</a>.</p>'


def test_nothing_is_to_be_looked_at_before_anything_changes():
    model = catalog.model(context_tokens=128_000)
    factories.article(body=text(model) + naming(model))
    assert stale_passages() == {}


def test_a_changed_fact_brings_the_very_sentence():
    model = catalog.model(name="Sample", context_tokens=128_000)
    article = factories.article(body=text(model) + naming(model))
    factories.article(body=naming(model))
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    [passage] = passages_of(article)
    assert passage.sentence == "It reads 128,000 tokens at once."
    assert passage.changes == (FactChange("Context window", "128,000 tokens", "200,000 tokens"),)
    assert list(stale_passages()) == [article]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda model: AIModel.objects.filter(pk=model.pk).update(name="Other"), FactChange("Name", "Sample", "Other")),
        (
            lambda model: model.events.create(kind="retired", date="2026-01-01"),
            FactChange("Status", "available", "retired"),
        ),
        (lambda model: AIModel.objects.filter(pk=model.pk).update(state="draft"), FactChange("Name", "Sample", "")),
        (lambda model: model.delete(), FactChange("Name", "Sample", "")),
    ],
)
def test_a_text_that_only_names_a_model_leans_on_its_name_and_status(change, expected):
    model = catalog.model(name="Sample")
    model.events.create(kind="released", date="2025-01-01")
    article = factories.article(body=naming(model))
    change(model)
    [passage] = passages_of(article)
    assert passage.sentence == "We like it."
    assert passage.target in {"Sample", "Other"}
    assert expected in passage.changes


def test_a_date_that_passes_is_a_change(time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z")
    model = catalog.model()
    model.events.create(kind="released", date="2025-01-01")
    model.events.create(kind="deprecated", date="2026-02-01")
    model.events.create(kind="retired", date="2026-04-01")
    article = factories.article(body=naming(model))
    assert passages_of(article) == []
    assert stale_passages() == {}
    time_machine.move_to("2026-04-02T12:00:00Z")
    assert passages_of(article)[0].changes == (FactChange("Status", "deprecated", "retired"),)
    assert not Reference.objects.due().exists(), "nothing has to run at midnight"
    assert list(passages_by_record(Reference.objects.stale())) == [article]


def test_a_price_that_holds_for_some_days_is_a_change_for_so_long(time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z")
    model = catalog.model()
    offering = catalog.at_reference(catalog.offering(model=model))
    for since, amount in (("2026-01-01", 5), ("2026-04-01", 4), ("2026-05-01", 5)):
        offering.prices.create(meter="input", amount=amount, valid_from=since)
    article = factories.article(body=text(model, name="input_price", words="5 USD"))
    compare_due(60)
    for day, expected in (("2026-03-31", []), ("2026-04-01", [article]), ("2026-05-01", [])):
        time_machine.move_to(f"{day}T12:00:00Z")
        assert list(stale_passages()) == expected


def test_a_text_that_is_taken_down_at_its_moment_is_missed_from_then_on(time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z")
    other = factories.article(title="The other", expire_at=datetime(2026, 4, 1, 9, tzinfo=UTC))
    article = factories.article(body=f'<p>See <a href="ref:articles.article/{other.pk}">more</a>.</p>')
    assert stale_passages() == {}
    time_machine.move_to("2026-04-01T09:00:00Z")
    assert list(passages_by_record(Reference.objects.stale())) == [article]


@pytest.mark.parametrize(
    "change",
    [
        lambda model: model.events.create(kind="retired", date="2026-01-01"),
        lambda model: Vendor.objects.update(name="Another"),
        lambda model: Price.objects.update(amount=2),
        lambda model: Price.objects.all().delete(),
        lambda model: model.offerings.all().delete(),
        lambda model: (model.offerings.all().delete(), model.delete()),
    ],
)
def test_whatever_changes_a_fact_has_it_compared_again(change):
    model = catalog.model(vendors=[catalog.vendor(name="Maker")])
    model.events.create(kind="released", date="2025-01-01")
    offering = catalog.price(offering=catalog.offering(model=model), amount=1).offering
    facts = {"vendors": "Maker", f"input_price_at_{offering.provider_id}": "1.00"}
    body = "".join(text(model, name=name, words=words) for name, words in facts.items())
    article = factories.article(body=naming(model) + body)
    stamp()
    assert stale_passages() == {}
    change(model)
    stamp()
    assert list(stale_passages()) == [article]


def test_comparing_again_leaves_the_moment_since_when_a_text_is_stale():
    model = catalog.model(context_tokens=128_000)
    factories.article(body=text(model))
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    compare_due(60)
    since = Reference.objects.get().stale_from
    jobs["publishing.workflow.jobs.compare_all_references"].run()
    assert Reference.objects.due().exists()
    compare_due(60)
    assert Reference.objects.get().stale_from == since


def test_standing_by_the_text_ends_it_until_the_next_change():
    model = catalog.model(context_tokens=128_000)
    article = factories.article(body=text(model))
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    mark_reviewed(article)
    assert passages_of(article) == []
    AIModel.objects.filter(pk=model.pk).update(context_tokens=128_000)
    assert passages_of(article)[0].changes == (FactChange("Context window", "200,000 tokens", "128,000 tokens"),)


def test_whoever_publishes_a_text_has_looked_at_it():
    model = catalog.model(context_tokens=128_000)
    article = factories.article(body=text(model))
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    content = latest_content(article)
    content["fields"]["title"] = "Another"
    perform_action(article, ActionRequest(Action.SAVE, content))
    assert passages_of(article)  # a draft has no effect on the published text
    perform_action(article, ActionRequest(Action.PUBLISH, content))
    assert passages_of(article) == []


def test_the_starter_confirms_no_text_that_a_user_has_saved():
    model = catalog.model(context_tokens=128_000)
    own, of_user = factories.article(body=text(model)), factories.article(body=text(model))
    request = ActionRequest(Action.PUBLISH, latest_content(of_user), author=factories.administrator())
    perform_action(of_user, request)
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    confirm_facts()
    assert passages_of(own) == []
    assert passages_of(of_user)


def test_hidden_texts_are_not_asked_about():
    model = catalog.model(context_tokens=128_000)
    factories.article(body=text(model), state="draft")
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    assert stale_passages() == {}


def test_references_from_before_are_not_taken_for_changed():
    model = catalog.model(context_tokens=128_000)
    article = factories.article(body=text(model))
    Reference.objects.update(known=None)
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    assert passages_of(article) == []
    mark_reviewed(article)
    assert Reference.objects.get().known == {"context_tokens": "200,000 tokens"}


def test_sentences_are_cut_where_they_end():
    model = catalog.model(context_tokens=1)
    body = (
        "<p>Version 3.5 of it? Yes! “Quoted.” It costs e.g. "
        f'<a href="fact:catalog.aimodel/{model.pk}/context_tokens">1 tokens</a>, they say. Next.</p>'
        f'<ul><li><p>Only <a href="ref:catalog.aimodel/{model.pk}">this</a></p></li></ul>'
        f'<p>Text<small>A note on <a href="ref:catalog.aimodel/{model.pk}">that</a>.</small></p>'
    )
    article = factories.article(body=body)
    AIModel.objects.filter(pk=model.pk).update(context_tokens=2, name="New")
    sentences = [passage.sentence for passage in passages_of(article)]
    assert sentences == ["It costs e.g. 1 tokens, they say.", "Only this", "A note on that."]


def test_a_page_of_many_references_costs_a_handful_of_queries(django_assert_max_num_queries):
    models = [catalog.model(context_tokens=1_000) for _ in range(20)]
    for model in models:
        factories.article(body=text(model) + naming(model))
    AIModel.objects.update(context_tokens=2_000)
    compare_due(60)
    with django_assert_max_num_queries(6):
        assert len(passages_by_record(Reference.objects.stale())) == 20
    assert Article.objects.count() == 20


def test_a_page_without_facts_is_missed_when_readers_do_not_find_it():
    vendor, other = catalog.vendor(name="Maker"), factories.article(title="The other")
    links = f'<a href="ref:catalog.vendor/{vendor.pk}">Maker</a>, <a href="ref:articles.article/{other.pk}">more</a>'
    article = factories.article(body=f"<p>See {links}.</p>")
    other.title = "Another title"
    other.save()
    assert passages_of(article) == []
    Article.objects.filter(pk=other.pk).update(state="archived")
    vendor.delete()
    found = {(passage.target, passage.changes) for passage in passages_of(article)}
    assert found == {
        ("Maker", (FactChange("Name", "Maker", ""),)),
        ("Another title", (FactChange("Page", "on the site", ""),)),
    }
    mark_reviewed(article)
    Article.objects.filter(pk=other.pk).update(state="published")
    assert passages_of(article) == [], "that readers find more than before is no news"


def test_a_name_that_turns_out_unverified_is_a_change():
    model = catalog.model(name="Sample")
    article = factories.article(body=naming(model))
    AIModel.objects.filter(pk=model.pk).update(existence="unverified", notice="No source.")
    assert passages_of(article)[0].changes == (FactChange("Name", "Sample", "Sample (doubtful)"),)


def test_what_readers_find_later_than_the_text_is_known_from_then_on(time_machine):
    time_machine.move_to("2026-03-01T12:00:00Z")
    coming = factories.article(publish_at=datetime(2026, 3, 2, tzinfo=UTC))
    hidden = factories.article(state="draft")
    links = (f'<a href="ref:articles.article/{record.pk}">it</a>' for record in (coming, hidden))
    article = factories.article(body=f"<p>{' and '.join(links)}</p>")
    compare_due(60)
    hidden.state = "published"
    hidden.save()
    compare_due(60)
    assert Reference.objects.stale().count() == 0
    time_machine.move_to("2026-03-03T12:00:00Z")
    compare_due(60)
    for record in (coming, hidden):
        record.state = "archived"
        record.save()
        compare_due(60)
    assert [passage.changes[0].label for passage in passages_of(article)] == ["Page", "Page"]
    assert Reference.objects.stale().count() == 2


def test_changing_one_mention_does_not_stand_by_the_others():
    one, other = catalog.model(context_tokens=1_000), catalog.model(name="Other")
    article = factories.article(body=text(one))
    AIModel.objects.filter(pk=one.pk).update(context_tokens=2_000)
    Article.objects.filter(pk=article.pk).update(body=text(one) + naming(other))  # as a merge does
    assert [passage.changes[0].before for passage in passages_of(article)] == ["1,000 tokens"]


def test_saving_a_record_of_the_catalogue_stands_by_its_text(client):
    model, family = catalog.model(name="Sample"), catalog.family(name="Series")
    type(family).objects.filter(pk=family.pk).update(body=naming(model))
    AIModel.objects.filter(pk=model.pk).update(name="Other")
    assert passages_of(family)
    client.force_login(factories.administrator())
    path = f"/admin/catalog/family/{family.pk}/change/"
    form = {"name": "Series", "slug": family.slug, "state": "published", "body": naming(model)}
    assert client.post(path, form).status_code == 302
    assert passages_of(family) == []


def test_search_follows_the_facts_of_texts():
    model = catalog.model(context_tokens=128_000)
    article = factories.article(body=text(model))
    AIModel.objects.filter(pk=model.pk).update(context_tokens=200_000)
    texts = SearchText.objects.filter(entry__source_id=article.pk, body__contains="It reads")
    assert "128,000" in texts.get().body
    jobs["publishing.workflow.reindex.follow_facts"].run()
    assert "It reads 200,000 tokens at once." in texts.get().body


# The API and the feeds -----------------------------------------------------------------------------


def answers(client) -> dict[str, tuple[str, str]]:
    """Return ETag and Last-Modified of all lists and feeds of texts."""
    lists = {kind: client.get(f"/api/v1/{kind}/") for kind in ("articles", "questions")}
    feeds = {form: client.get(f"/articles/feed.{form}") for form in ("json", "atom")}
    moments = {kind: answer.json()["items"][0]["content_changed_at"] for kind, answer in lists.items()}
    moments["json"] = feeds["json"].json()["items"][0]["date_modified"]
    moments["atom"] = re.search(r"<entry>.*?<updated>(.*?)</updated>", feeds["atom"].content.decode(), re.DOTALL)[1]
    return {name: (answer.headers["ETag"], moments[name]) for name, answer in (lists | feeds).items()}


def test_each_change_of_a_cited_fact_moves_the_moments_and_etags_of_texts(client, time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False)
    price = catalog.price(amount="1")
    name = f"input_price_at_{price.offering.provider_id}"
    body = text(price.offering.model, name=name, words="1.00")
    article, question = factories.article(body=body), factories.question(answer=body)
    factories.article(title="Of nothing else", publish_at=datetime(2026, 1, 1, tzinfo=UTC))
    stamp()
    seen = [answers(client)]
    for hour, amount in enumerate(("9", "10", "1"), start=13):
        time_machine.move_to(datetime(2026, 11, 24, hour, tzinfo=UTC), tick=False)
        Price.objects.filter(pk=price.pk).update(amount=amount)
        stamp()
        seen.append(answers(client))
        detail = client.get(f"/api/v1/articles/{article.pk}/").json()
        assert f"{int(amount)}.00" in detail["body_html"]
        assert detail["content_changed_at"] == seen[-1]["articles"][1] == f"2026-11-24T{hour}:00:00Z"
        assert detail["last_changed_at"] == "2026-11-24T12:00:00Z"
    for before, after in pairwise(seen):
        for name, (etag, moment) in after.items():
            assert etag != before[name][0], name
            assert moment > before[name][1], name
    assert answers(client) == seen[-1]
    assert client.get(f"/api/v1/questions/{question.pk}/").json()["content_changed_at"] == seen[-1]["questions"][1]


def test_the_passing_of_a_date_moves_the_moments_of_texts(client, time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False)
    model = catalog.model()
    model.events.create(kind="released", date="2025-01-01")
    model.events.create(kind="deprecated", date="2026-11-26")
    factories.article(body=text(model, name="status", words="available"))
    factories.question(answer=text(model, name="status", words="available"))
    stamp()
    compare_due(seconds=5)
    before = answers(client)
    time_machine.move_to(datetime(2026, 11, 27, 12, tzinfo=UTC), tick=False)
    for name, (etag, moment) in answers(client).items():
        assert etag != before[name][0], name
        assert moment > before[name][1], name


def moments() -> dict[str, datetime]:
    """When the content of each article last changed, by title."""
    articles = list(Article.objects.all())
    fetch_content_changed_at(articles)
    return {article.title: article.content_changed_at for article in articles}


def test_composing_everything_anew_moves_no_text_and_a_changed_model_only_those_that_mention_it(time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False)
    price, other = catalog.price(amount="1"), catalog.model(name="Other")
    model = price.offering.model
    factories.article(title="Names it", body=naming(model))
    factories.article(title="Cites its price", body=text(model, name="input_price", words="1.00"))
    factories.article(title="Names another", body=naming(other))
    stamp()
    before = moments()
    changes = [
        lambda: AIModel.objects.filter(pk=model.pk).update(context_tokens=1),
        lambda: model.benchmarks.create(name="Sample", score=1),
        lambda: Price.objects.filter(pk=price.pk).update(amount="2"),
        lambda: catalog.evidence(price=price),
    ]
    for hour, change in enumerate(changes, start=13):
        time_machine.move_to(datetime(2026, 11, 24, hour, tzinfo=UTC), tick=False)
        mark_all_documents()
        stamp()
        assert moments() == before
        change()
        stamp()
        now = datetime(2026, 11, 24, hour, tzinfo=UTC)
        assert moments() == before | {"Names it": now, "Cites its price": now}
        before = moments()


def test_importing_the_same_again_moves_no_text(time_machine):
    time_machine.move_to(datetime(2026, 11, 24, 12, tzinfo=UTC), tick=False)
    take_over(SMALL)
    for model in AIModel.objects.all():
        factories.article(title=model.name, body=text(model) + naming(model))
    stamp()
    before = moments()
    time_machine.move_to(datetime(2026, 11, 25, 12, tzinfo=UTC), tick=False)
    take_over(SMALL)
    assert moments() == before


# Names and values that are typed -------------------------------------------------------------------


def changes_in(record) -> dict[str, list[tuple[str, str, str]]]:
    compare_due(60)
    return {
        passage.sentence: sorted((change.label, change.before, change.after) for change in passage.changes)
        for passage in passages_of(record)
    }


def test_a_sentence_that_names_a_model_without_a_link_is_listed_with_the_change():
    model = catalog.model(name="Sample 4")
    model.events.create(kind="released", date="2025-01-01")
    stamp()
    body = f"<p>Sample 4 is quick. Perhaps Sample 4 Turbo is. “Sample 4” was said.</p>{naming(model)}"
    article = factories.article(body=f"{body}<blockquote><p>Sample 4, they say.</p></blockquote>")
    assert changes_in(article) == {}
    model.events.create(kind="retired", date="2026-01-01")
    stamp()
    found = changes_in(article)
    assert found["Sample 4 is quick."] == [("Status", "available", "retired")]
    assert not [sentence for sentence in found if "they say" in sentence or "Turbo" in sentence]
    mark_reviewed(article)
    assert changes_in(article) == {}


def test_a_renamed_vendor_or_model_lists_the_sentences_with_the_old_name_until_they_change():
    vendor, model = catalog.vendor(name="MakerAI"), catalog.model(name="Sample 4")
    link = f'<a href="ref:catalog.vendor/{vendor.pk}">That maker</a>'
    article = factories.article(body=f"<p>MakerAI made it. {link} did. Sample 4 is quick.</p>")
    assert changes_in(article) == {}
    vendor.name, model.name = "Builder", "Example 4"
    vendor.save()
    model.save()
    expected = {
        "MakerAI made it.": [("Name", "MakerAI", "Builder")],
        "That maker did.": [("Name", "MakerAI", "Builder")],
        "Sample 4 is quick.": [("Name", "Sample 4", "Example 4")],
    }
    assert find_in_all_texts(60)  # the old names are none any more
    assert changes_in(article) == expected
    assert find_in_all_texts(60)
    assert changes_in(article) == expected
    Article.objects.filter(pk=article.pk).update(body="<p>Builder made it. Example 4 is quick.</p>")
    assert changes_in(article) == {}


TYPED = {
    "Sample 4 has a context window of 200K tokens.": [("Context window, as typed", "context window of 200K tokens")],
    "Sample 4, by MakerAI, has a context window of 200K.": [("Context window, as typed", "context window of 200K")],
    "{link} reads 200,000 tokens of context.": [("Context window, as typed", "200,000 tokens of context")],
    "Sample 4 was released in May 2024.": [("Released, as typed", "was released in May 2024")],
    "Sample 4 has a context window of 128K tokens.": [],
    "Sample 4 has a context window of 131K.": [],
    "Sample 4 was released in March 2025.": [],
    "Sample 4 was released in 2025.": [],
    "Sample 4’s successor has a context window of 200K tokens.": [],
    "A version of Sample 4 was released in May 2024.": [],
    "Other 3 and Sample 4 have a context window of 200K tokens.": [],
    "Perhaps Sample 4 Turbo has a context window of 200K tokens.": [],
    "{link} reads {fact} of context.": [],
    "Sample 4: 200K context.": [("Context window, as typed", "200K context")],
    "Sample\u00a04 accepts 200K tokens.": [("Context window, as typed", "accepts 200K tokens")],
    "{link} costs $0.25 per 1K tokens.": [("Input price, as typed", "$0.25 per 1K tokens")],
    "Sample 4 costs 2 dollars per million input tokens and $6 per million output tokens.": [
        ("Input price, as typed", "2 dollars per million input tokens"),
    ],
    "Sample 4 (131K context) costs $1.50/M tokens, and output costs $7 per million tokens.": [
        ("Output price, as typed", "output costs $7 per million tokens"),
    ],
    "Sample 4 costs $0.0015 per 1K tokens.": [],
    "Sample 4 costs 150 cents per 1,000,000 tokens.": [],
    "Sample 4 costs €9 per million tokens.": [],
    "Sample 4 costs $6 per million tokens of output.": [],
    "Sample 4 costs $9 per million cached tokens.": [],
}


@pytest.mark.parametrize("sentence", TYPED)
def test_a_typed_value_that_contradicts_the_catalogue_is_listed(sentence):
    vendor = catalog.vendor(name="MakerAI")
    model = catalog.model(name="Sample 4", context_tokens=131_072, released_on="2025-03-11", vendors=[vendor])
    catalog.model(name="Other 3")
    offered = catalog.at_reference(catalog.offering(model=model))
    catalog.price(offering=offered)
    catalog.price(offering=offered, meter="output", amount=6)
    link = f'<a href="ref:catalog.aimodel/{model.pk}">It</a>'
    fact = f'<a href="fact:catalog.aimodel/{model.pk}/context_tokens">200,000 tokens</a>'
    stamp()
    article = factories.article(body=f"<p>{sentence.format(link=link, fact=fact)}</p>")
    found = [row[:2] for rows in changes_in(article).values() for row in rows]
    assert found == TYPED[sentence]
    mark_reviewed(article)  # as publishing does
    assert [row[:2] for rows in changes_in(article).values() for row in rows] == found
    mark_reviewed(article, with_typed=True)
    assert changes_in(article) == {}


def test_a_typed_value_is_compared_when_the_catalogue_changes():
    model = catalog.model(name="Sample 4", context_tokens=128_000)
    stamp()
    article = factories.article(body="<p>Sample 4 has a context window of 128K.</p>")
    assert changes_in(article) == {}
    AIModel.objects.filter(pk=model.pk).update(context_tokens=256_000)
    [rows] = changes_in(article).values()
    assert rows == [("Context window, as typed", "128,000 tokens", "256,000 tokens")]
    Article.objects.filter(pk=article.pk).update(body="<p>Sample 4 has a context window of 256K.</p>")
    assert changes_in(article) == {}
