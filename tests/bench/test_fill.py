import fcntl

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction

from articles.models import Article
from bench.fill import catalog
from bench.fill.__main__ import fill, main
from catalog.models import AIModel, FeedEntry, FeedMark, LifecycleEvent, ModelVendor, Offering, Price
from faq.models import Question
from ops.server.data_dir_lock import LOCK
from publishing.content.reference import Reference
from publishing.search.entry import SearchEntry
from tests import factories
from tests.catalog import factories as catalog_factories

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def a_few_at_a_time(monkeypatch):
    monkeypatch.setattr(catalog, "AT_ONCE", 10)


def make(models, **options):
    fill(models, **{"articles_count": 3, "questions": 3, "say": lambda sentence: None, **options})


def rows() -> dict:
    """Return the rows that were created, without the keys that the database gave."""
    return {
        Article: list(Article.objects.order_by("slug").values_list("slug", "title", "body", "first_published_at")),
        Question: list(Question.objects.order_by("slug").values_list("slug", "question", "answer", "topic__name")),
        AIModel: list(
            AIModel.objects.order_by("slug").values_list(
                "slug", "public_id", "name", "family__slug", "released_on", "checked_on", "reasoning", "openness"
            )
        ),
        ModelVendor: sorted(ModelVendor.objects.values_list("content_object__slug", "tag__slug")),
        LifecycleEvent: sorted(LifecycleEvent.objects.values_list("model__slug", "kind", "date", "bound")),
        Offering: sorted(Offering.objects.values_list("provider__slug", "api_id", "listing")),
        Price: sorted(Price.objects.values_list("offering__api_id", "offering__provider", "meter", "amount")),
    }


def without_keys(made: dict) -> dict:
    return {**made, Price: sorted((api_id, meter, amount) for api_id, _, meter, amount in made[Price])}


def test_the_same_seed_makes_the_same_rows_at_once_or_bit_by_bit():
    with transaction.atomic():
        make(35)
        at_once = without_keys(rows())
        transaction.set_rollback(True)
    make(10)
    make(25)
    make(35)
    assert without_keys(rows()) == at_once
    assert len(at_once[AIModel]) == 35
    assert at_once[Price]


def test_another_seed_makes_other_rows():
    with transaction.atomic():
        make(5)
        first = rows()[AIModel]
        transaction.set_rollback(True)
    make(5, seed=7)
    assert rows()[AIModel] != first


def interrupt(sentence: str):
    if sentence.startswith("20 of"):
        raise KeyboardInterrupt


def test_an_interrupted_run_continues_where_it_stopped():
    with pytest.raises(KeyboardInterrupt):
        make(30, say=interrupt)
    assert AIModel.objects.count() == 20
    make(30)
    assert AIModel.objects.count() == 30


def test_what_is_made_is_found_and_listed_and_told_to_partners(client):
    make(12)
    assert SearchEntry.objects.filter(kind="catalog.aimodel").count() == 12
    assert FeedEntry.objects.filter(type="model").count() == 12
    assert not FeedMark.objects.exists()
    listed = client.get("/catalog/")
    unverified = AIModel.objects.unverified().count()
    assert listed.context["total"] == 12 - unverified
    for record in (AIModel.objects.first(), Article.objects.first(), Question.objects.first()):
        assert client.get(record.get_absolute_url()).status_code == 200


def test_a_site_with_content_of_its_own_is_left_alone_without_yes():
    article = factories.article(title="Ours")
    LogEntry.objects.log_actions(factories.user().pk, [article], CHANGE, "Saved.", single_object=True)
    assert "content of its own, such as “Ours”" in main(["3", "--articles=0", "--questions=0"])
    assert not AIModel.objects.exists()
    assert main(["3", "--articles=0", "--questions=0", "--yes"]) is None
    assert AIModel.objects.count() == 3


def test_a_running_site_is_left_alone(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    with (tmp_path / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        assert "is running" in main(["3", "--articles=0", "--questions=0"])
    assert not AIModel.objects.exists()


def test_an_article_cites_forty_facts_of_the_catalogue():
    for _ in range(11):
        model = catalog_factories.model(context_tokens=1_000, released_on="2026-01-01")
        catalog_factories.price(offering=catalog_factories.offering(model=model))
    make(0, articles_count=1)
    cited = Reference.objects.filter(source_id=Article.objects.get().pk).exclude(fact="")
    assert cited.count() == 40
    assert cited.values("target_id").distinct().count() == 10
