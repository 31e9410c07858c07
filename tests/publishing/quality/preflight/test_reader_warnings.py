"""The checks before publication report what the page tells readers: one rule decides for both."""

import pytest
from django.urls import reverse

from articles.models import Article
from catalog.models import Evidence
from publishing.content.facts import cautions_about
from publishing.content.snippet import Snippet
from publishing.search.record_picker import find
from tests import factories
from tests.catalog import factories as catalog
from tests.catalog.integration.test_retired import naming, notice, retired, said
from tests.publishing.content.test_permissions import sign_in
from tests.publishing.quality.preflight.test_checks import findings

pytestmark = [pytest.mark.django_db, pytest.mark.database]
LABEL = "catalog.aimodel"


@pytest.fixture(autouse=True)
def _on_a_day(time_machine):
    time_machine.move_to("2026-11-24T12:00:00Z")


def current(**fields):
    model = catalog.model(**fields)
    catalog.event(model=model, kind="released", date="2024-01-01")
    return model


def deprecated(**fields):
    model = current(**fields)
    catalog.event(model=model, kind="retired", date="2027-10-01")
    return model


def retired_at_its_host(**fields):
    """A model without an end of its own whose only offering at the vendor's provider has ended."""
    model = current(**fields)
    offering = catalog.at_reference(catalog.offering(model=model))
    catalog.event(offering=offering, kind="retired", date="2026-01-01")
    return model


def reported(record) -> dict[str, list[str]]:
    """Return the words of the findings by rule, without those about author, topic and the words of links."""
    found = {}
    for finding in findings(record):
        if finding.rule not in ("author_missing", "topic_missing", "link_words"):
            found.setdefault(finding.rule, []).append(finding.words)
    return found


def test_a_retired_model_is_reported_where_readers_get_a_notice(client):
    successor = current(name="Next")
    cited, compared, hosted = retired("Cited", replaced_by=successor), retired("Compared"), retired_at_its_host()
    table = factories.comparison(compared, hosted, deprecated(name="Ending"), facts=["kind"], caption="All")
    article = factories.article(body=f"{naming(current(name='Alive'), cited, cited)}{table}")
    assert len(said(notice(client, article))) == 3
    serious = [finding for finding in findings(article) if finding.is_serious]
    assert [(finding.words, finding.tags, finding.index) for finding in serious] == [
        (
            "“Compared”, whose facts are used here, is retired since 1 June 2026: a notice above the text says so.",
            "table",
            0,
        ),
        (f"“{hosted}”, whose facts are used here, is retired: a notice above the text says so.", "table", 0),
        (
            "“Cited”, whose facts are used here, is retired since 1 June 2026: a notice above the text says so. "
            "Its replacement is “Next”.",
            "a",
            1,
        ),
        ("Row “Ending” of the table “All” is marked “deprecated” for readers.", "table", 0),
    ]
    assert reported(article).keys() <= {"facts_ended", "compared_marked", "compared_unknown"}


def test_a_text_that_states_the_end_itself_gets_neither_notice_nor_report(client):
    model = retired("Old")
    table = factories.comparison(model, facts=["status", "retired_on"])
    article = factories.article(body=table)
    assert notice(client, article) is None
    assert reported(article) == {}


@pytest.mark.parametrize("kind", ["sections", "snippet", "question"])
def test_every_place_of_a_fact_counts(client, kind):
    body = naming(retired("Old"))
    if kind == "question":
        record = factories.question(answer=body)
    elif kind == "sections":
        record = factories.article(kind="page", sections=[{"type": "text", "title": "How", "body": body}])
    else:
        snippet = Snippet.objects.create(name="Costs", body=body)
        record = factories.article(body=f'<figure data-snippet="ref:publishing.snippet/{snippet.pk}"></figure>')
    assert said(notice(client, record)) == ["Old, since 1 June 2026"]
    assert [finding.rule for finding in findings(record) if finding.is_serious] == ["facts_ended"]


def test_doubtful_and_unknown_facts_are_reported():
    model = current(name="Sample", context_tokens=1_000)
    Evidence.objects.create(model=model, fact="context_tokens", source=catalog.source(), confidence="disputed")
    address = f"fact:{LABEL}/{model.pk}"
    sentence = f'<p><a href="{address}/context_tokens">1,000</a>, <a href="{address}/max_output_tokens">5</a></p>'
    article = factories.article(body=sentence + factories.comparison(model, facts=["max_output_tokens"]))
    found = reported(article)
    assert found["fact_doubtful"][0].startswith("“1,000” is marked “doubtful” for readers")
    assert len(found["fact_unknown"]) == 1
    assert found["compared_unknown"] == ["The table “What they read” says “unknown” for Sample (Max output)."]


def test_cautions_have_the_status_that_readers_see():
    models = {
        "Retired 1\xa0Jun\xa02026": retired("Old"),
        "Retired 1\xa0Jan\xa02026": retired_at_its_host(),
        "Deprecated, ends 1\xa0Oct\xa02027": deprecated(),
        "Not verified": catalog.unverified(),
        "": current(),
    }
    may_have_ended = current(checked_on="2026-01-01")
    catalog.event(model=may_have_ended, kind="retired", date="2026-03-01", bound="not_before")
    models["May have ended, not before 1\xa0Mar\xa02026"] = may_have_ended
    announced = current()
    catalog.event(model=announced, kind="deprecated", date="2026-10-01")
    models["Deprecated"] = announced
    cautions = cautions_about(LABEL, [model.pk for model in models.values()])
    assert {label: cautions[model.pk].label if model.pk in cautions else "" for label, model in models.items()} == {
        label: label for label in models
    }
    article = factories.article()
    assert cautions_about(Article._meta.label_lower, [article.pk]) == {}


def test_finders_mark_models_before_they_are_inserted(client, django_assert_max_num_queries):
    user = sign_in(client, "Editor")
    old = retired("Sample old")
    for number in range(5):
        retired(f"Sample {number}")
    find(user, "sample")  # stamps the new models
    with django_assert_max_num_queries(20):
        results = {result["title"]: result for result in find(user, "sample")}
    assert results["Sample old"]["caution"] == "Retired 1\xa0Jun\xa02026"
    facts = client.get(reverse("admin:publishing_facts"), {"ref": f"{LABEL}/{old.pk}"}).json()
    assert facts["caution"] == "Retired 1\xa0Jun\xa02026"
    asked = {"app_label": "catalog", "model_name": "offering", "field_name": "model", "term": "Sample old"}
    options = client.get(reverse("admin:autocomplete"), asked).json()["results"]
    assert [option["text"] for option in options] == ["Sample old · Retired 1\xa0Jun\xa02026"]
