"""The content of documents: only public data, only declared fields, the same bytes from every database."""

import hashlib
import re
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import orjson
import pytest
import rfc8785
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.test.utils import CaptureQueriesContext, override_settings

from catalog.documents.compose import documents as build
from catalog.documents.sync.canonical import canonical, digest_of, hash_of
from catalog.documents.sync.declaration import CAPTURED, TYPES
from catalog.documents.sync.stamping import stamp
from catalog.models import AIModel, Evidence, FeedEntry, FeedMark, MergedRecord, Offering, Price
from publishing.content.publishable import State
from publishing.richtext.portable import portable_html
from tests.catalog import factories
from tests.catalog.documents.sync.mirror import fresh, plain

pytestmark = [pytest.mark.django_db, pytest.mark.database]
VECTORS = orjson.loads((Path(__file__).parents[4] / "docs" / "feed-vectors.json").read_bytes())
TABLE = re.compile(r'(?:FROM|JOIN) "(\w+)"(?: (?!WHERE|INNER|LEFT|ON|ORDER|GROUP|LIMIT)"?(\w+)"?)?')
COLUMN = re.compile(r'"?(\w+)"?\."(\w+)"')
DECLARED = {captured.table: {*captured.watched_columns} for captured in CAPTURED}


def of(record) -> dict:
    name = next(name for name, model in TYPES.items() if isinstance(record, model))
    return plain(build(name, [record.pk])[record.pk])


# The declaration -----------------------------------------------------------------------------------


def test_documents_read_no_column_that_is_not_watched(world):
    with CaptureQueriesContext(connection) as captured:
        fresh()
    read = set()
    for query in captured.captured_queries:
        tables = {alias or table: table for table, alias in TABLE.findall(query["sql"])}
        read |= {(tables[name], column) for name, column in COLUMN.findall(query["sql"])}
    assert {table for table, _ in read} == DECLARED.keys() - {"catalog_mergedrecord"}
    assert [(table, column) for table, column in read if column not in DECLARED[table]] == []


@pytest.mark.whole
@pytest.mark.parametrize(
    "model",
    [model for model in apps.get_app_config("catalog").get_models() if not model.__name__.startswith("Feed")],
)
def test_no_change_of_any_column_of_the_catalogue_is_missed(world, model):
    """Each column of each table gets another value, in each row: if documents differ, the feed must contain them."""
    world.offerings.update(input_modalities=[world.input_modalities.get().code])
    stamp()
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    changing = {field.column for field in fields if changes_documents(model, field)}
    watched_columns = {
        column for captured in CAPTURED if captured.model is model for column in captured.watched_columns
    }
    if model is MergedRecord:
        watched_columns = set()
    if model is Price:
        watched_columns -= {"is_withdrawn"}  # which changes only together with the amount
    if model is Evidence:
        watched_columns -= {"checked_on"}  # is in a document only with the person who checked
    assert changing == watched_columns - {"id"}


def changes_documents(model, field) -> bool:
    changes, before = False, fresh()
    for pk in model._base_manager.values_list("pk", flat=True):
        for value in other_values(field, model._base_manager.values_list(field.attname, flat=True).get(pk=pk)):
            mark = transaction.savepoint_create()
            try:
                with transaction.atomic():
                    models.QuerySet(model).filter(pk=pk).update(**{field.attname: value})
                    if field.is_relation:
                        connection.check_constraints()
            except (DatabaseError, ValidationError):
                transaction.savepoint_rollback(mark)
                continue
            now = fresh()
            if now != before:
                changes = True
                stamp()
                assert stored() == now, (model.__name__, field.attname)
            transaction.savepoint_rollback(mark)
    return changes


def stored() -> dict:
    rows = FeedEntry.objects.live().values_list("type", "object_id", "body")
    return {(name, object_id): body.encode() for name, object_id, body in rows}


def other_values(field, value) -> list:
    if field.is_relation:
        others = field.related_model._base_manager.exclude(pk=value).order_by("-pk").values_list("pk", flat=True)
        return [*others[:3], None]
    if field.choices:
        return [choice for choice, _ in field.choices if choice != value][:2]
    kinds = {
        models.SlugField: ["other-slug"],
        models.BooleanField: [value is not True],
        models.UUIDField: [UUID(int=5)],
        models.DecimalField: [Decimal("0.125")],
        models.DateTimeField: [datetime(2020, 2, 2, tzinfo=UTC)],
        models.DateField: [date(2020, 2, 2)],
        models.JSONField: [["limit"]],
        models.IntegerField: [7],
    }
    for kind, values in kinds.items():
        if isinstance(field, kind):
            return values
    return ["2021", "https://example.com/other", "other", "EUR"]


# Their content -------------------------------------------------------------------------------------


def test_nothing_hidden_is_in_the_feed(world, mirror):
    hidden = {"state": State.DRAFT}
    secret = factories.model(name="Secret model", **hidden)
    vendor, modality = (
        factories.vendor(name="Secret vendor", **hidden),
        factories.modality(name="Secret kind", **hidden),
    )
    family = factories.family(name="Secret family", **hidden)
    model = factories.model(vendors=[vendor], input_modalities=[modality], family=family, replaced_by=secret)
    factories.event(model=model, replaced_by=secret)
    factories.family(vendor=factories.vendor(name="Secret maker", **hidden))
    factories.offering(model=model, provider=factories.provider(name="Secret provider", **hidden))
    factories.offering(model=None)
    factories.price(offering=factories.offering(model=secret))
    mirror.sync()
    assert mirror.records[("model", str(model.public_id))]["replaced_by"] is None
    assert "ecret" not in str(list(mirror.records.values()))
    assert "ecret" not in str(mirror.items)


def test_an_offering_is_in_the_feed_where_the_site_shows_it(world):
    states = [State.DRAFT, State.PUBLISHED]
    for of_model in states:
        for of_provider in states:
            factories.offering(model=factories.model(state=of_model), provider=factories.provider(state=of_provider))
    factories.offering(model=None)
    every = Offering.objects.values_list("pk", flat=True)
    assert build("offering", every).keys() == {*Offering.objects.published().values_list("pk", flat=True)}


def test_documents_say_nothing_of_where_the_site_is_nor_of_the_moment_of_a_save(world):
    before = fresh()
    with override_settings(SITE_URL="https://elsewhere.example", TIME_ZONE="Asia/Tokyo"):
        AIModel.objects.get(pk=world.pk).save()
        assert fresh() == before
    assert b"last_changed" not in b"".join(before.values())
    assert b"127.0.0.1" not in b"".join(before.values())


def test_unknown_is_null_and_amounts_are_the_shortest_text():
    price = factories.price(amount=Decimal("0.175000000"))
    factories.price(offering=price.offering, meter="output", amount=None, is_withdrawn=True)
    factories.price(offering=price.offering, meter="request", amount=20)
    document = of(price.offering)
    assert [row["amount"] for row in document["prices"]] == ["0.175", None, "20"]
    assert [document[name] for name in ("retention_days", "trains_on_input", "regions", "listing")] == [None] * 4


def test_a_number_that_not_every_reader_can_hold_is_unknown():
    model = factories.model(parameters=2**53, context_tokens=2**53 - 1)
    document = of(model)
    assert (document["parameters"], document["context_tokens"]) == (None, 2**53 - 1)


def test_nor_is_a_number_that_only_sqlite_can_hold():
    if connection.vendor == "postgresql":
        with pytest.raises(DatabaseError), transaction.atomic():
            factories.price(per_quantity=2**53)
        return
    price = factories.price(per_quantity=2**53)
    Offering.objects.filter(pk=price.offering_id).update(retention_days=2**53)
    document = of(price.offering)
    assert (document["retention_days"], document["prices"][0]["per_quantity"]) == (None, None)


def test_a_record_whose_address_no_page_can_have_keeps_the_others_from_nothing():
    model = factories.model()
    models.QuerySet(AIModel).filter(pk=model.pk).update(slug="no address")
    assert of(model)["path"] is None


def test_modalities_that_are_no_list_of_names_are_unknown():
    offering = factories.offering(input_modalities={"é": 1.5}, output_modalities=["text"])
    document = of(offering)
    named = {"id": None, "slug": None, "name": "text"}
    assert (document["input_modalities"], document["output_modalities"]) == (None, [named])


def test_modalities_that_no_document_can_hold_are_unknown():
    if connection.vendor == "postgresql":  # whose JSON rejects half of a surrogate pair
        with pytest.raises(DatabaseError), transaction.atomic():
            factories.offering(input_modalities=["\ud800"])
        return
    offering = factories.offering(input_modalities=["\ud800"], output_modalities=["😀"])
    document = of(offering)
    named = {"id": None, "slug": None, "name": "😀"}
    assert (document["input_modalities"], document["output_modalities"]) == (None, [named])


@pytest.mark.parametrize(
    ("stored", "given"),
    [
        ('<p>A <a href="ref:catalog.vendor/1">maker</a>.</p>', "<p>A maker.</p>"),
        ('<p><a href="fact:catalog.aimodel/1/name">So</a> <a href="/about/">here</a>.</p>', "<p>So here.</p>"),
        (
            '<p><a href="https://example.com/">Away</a></p>',
            '<p><a href="https://example.com/">Away</a></p>',
        ),
        ('<figure><img src="ref:publishing.image/1" alt="x"><figcaption>y</figcaption></figure><p>z</p>', "<p>z</p>"),
        ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
        ("", ""),
    ],
)
def test_texts_depend_on_no_other_record(stored, given):
    assert portable_html(stored) == given


def test_the_same_records_give_the_same_bytes_whatever_the_order_of_their_rows(world):
    before = build("model", [world.pk])
    for relation in ("aliases", "benchmarks", "weights"):
        factory = {"aliases": factories.alias, "benchmarks": factories.benchmark, "weights": factories.weights}[
            relation
        ]
        for name in ("b", "a"):
            factory(model=world, **({"text": name} if relation == "aliases" else {}))
    document = build("model", [world.pk])[world.pk]
    assert document != before[world.pk]
    for relation, name in (("aliases", "text"), ("benchmarks", "name"), ("weights", "url")):
        values = [row[name] for row in document[relation]]
        assert len(values) == 3
        assert values == sorted(values)


@pytest.mark.parametrize("name", TYPES)
def test_twenty_documents_cost_as_many_queries_as_two(name, world):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            build(name, TYPES[name]._base_manager.values_list("pk", flat=True))
        return len(captured)

    few = queries()
    for _ in range(18):
        factories.whole_model()
    assert queries() == few


# Hashes --------------------------------------------------------------------------------------------


def test_documents_are_in_the_canonical_json_of_the_rfc(world):
    AIModel.objects.filter(pk=world.pk).update(summary='“Ünïcödé” \x7f \u2028 \U0001f600 </script> \\ "\t\n', name="é")
    Price.objects.update(amount=Decimal("0.000000001"))
    stamp()
    for entry in FeedEntry.objects.live():
        assert entry.body.encode() == rfc8785.dumps(orjson.loads(entry.body))
        assert entry.hash == hashlib.sha256(entry.body.encode()).hexdigest()


@pytest.mark.parametrize("text", ["".join(map(chr, range(0x00, 0x300))), "\ud7ff\ue000\uffff\U00010000\U0010ffff"])
def test_any_text_is_written_as_the_rfc_says(text):
    document = {"text": text, "list": [text, None, True, False, 0, -1, 2**53 - 1]}
    assert canonical(document) == rfc8785.dumps(document)


@pytest.mark.parametrize("vector", VECTORS["documents"], ids=lambda vector: vector["about"])
def test_the_published_vectors_hold(vector):
    for write in (canonical, rfc8785.dumps):
        assert write(vector["data"]).decode() == vector["canonical"]
    assert hash_of(vector["canonical"].encode()) == vector["hash"]


def test_the_published_digests_hold():
    for vector in VECTORS["digests"]:
        rows = [tuple(row) for row in vector["records"]]
        lines = sorted(f"{name}\t{record_id}\t{hash_}\n".encode() for name, record_id, hash_ in rows)
        assert hashlib.sha256(b"".join(lines)).hexdigest() == vector["digest"]
        assert digest_of(sorted(rows)) == (vector["digest"], len(rows))


def fixed_world():
    """Records with all fields given, keys included."""
    vendor = factories.vendor(pk=7001, name="Acme", description="<p>Makers.</p>")
    source = factories.source(pk=7002, title="Page", read_on=date(2026, 1, 2))
    model = factories.model(
        pk=7003,
        public_id=UUID(int=7),
        name="Ünit",
        vendors=[vendor],
        first_published_at=datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=UTC),
        parameters=8_000_000_000,
        reasoning=True,
        reviewed_on=date(2026, 1, 3),
        body='<h2 id="a">A</h2><p>Müch &amp; more.</p>',
    )
    factories.benchmark(model=model, name="Test", score=Decimal("71.50"))
    provider = factories.provider(pk=7004, name="Host")
    offering = factories.offering(pk=7005, model=model, provider=provider, api_id="u", input_modalities=["text"])
    for meter, amount in (("input", "0.1"), ("output", "1234.000000001"), ("request", "0")):
        price = factories.price(offering=offering, meter=meter, amount=Decimal(amount))
        factories.evidence(price=price, source=source)
    factories.event(offering=offering, replaced_by=model)


def test_both_databases_give_the_same_bytes():
    """The test runs on each database; the digest is in the file of vectors."""
    fixed_world()
    stamp()
    rows = sorted(FeedEntry.objects.live().values_list("type", "object_id", "hash"))
    assert len(rows) == 5
    assert digest_of(rows)[0] == VECTORS["of the tests' own records"]


def test_nothing_is_left_in_the_log(world):
    stamp()
    assert not FeedMark.objects.exists()
