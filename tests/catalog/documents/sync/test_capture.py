"""Partners get every write to the catalogue that concerns them, and no other."""

import re
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog.documents.sync import triggers
from catalog.documents.sync.entries import stamp_records
from catalog.documents.sync.keeping import audit
from catalog.documents.sync.stamping import AT_ONCE, stamp
from catalog.history.merge import merge
from catalog.models import (
    AIModel,
    Alias,
    Evidence,
    Family,
    FeedEntry,
    FeedMark,
    MergedRecord,
    Modality,
    Offering,
    Price,
    Provider,
    Source,
    Vendor,
)
from publishing.content.publishable import State
from tests import factories as people
from tests.catalog import factories
from tests.catalog.documents.sync.mirror import Mirror, assert_equal

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def raw(sql, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def set_and_save(record, **fields):
    for name, value in fields.items():
        setattr(record, name, value)
    record.save()


def in_bulk(records, **fields):
    for record in records:
        for name, value in fields.items():
            setattr(record, name, value)
    type(records[0]).objects.bulk_update(records, list(fields))


def offered(model) -> Offering:
    return model.offerings.get()


MODEL, OFFERING = ("model", "upsert"), ("offering", "upsert")
NEW_NAME = [MODEL, OFFERING]
# The write, given a model with all its related rows; and the news that follow from it.
WRITES = {
    "save": (lambda model: set_and_save(model, summary="New."), [MODEL]),
    "save of what others name": (lambda model: set_and_save(model, name="New"), NEW_NAME),
    "update": (lambda model: AIModel.objects.filter(pk=model.pk).update(notice="New."), [MODEL]),
    "bulk_create": (
        lambda model: AIModel.objects.bulk_create([AIModel(name="A", slug="a"), AIModel(name="B", slug="b")]),
        [MODEL, MODEL],
    ),
    "bulk_create of parts": (
        lambda model: Price.objects.bulk_create(
            [Price(offering=offered(model), meter=meter, amount=1) for meter in ("output", "request")]
        ),
        [OFFERING],
    ),
    "bulk_update": (lambda model: in_bulk(list(model.aliases.all()), text="Other"), [MODEL]),
    "update_or_create": (
        lambda model: Price.objects.update_or_create(
            offering=offered(model), meter="input", defaults={"amount": Decimal("0.25")}
        ),
        [OFFERING],
    ),
    "delete of a part": (lambda model: model.weights.get().delete(), [MODEL]),
    "delete of many": (lambda model: Price.objects.filter(offering__model=model).delete(), [OFFERING]),
    "delete of a record": (lambda model: offered(model).delete(), [("offering", "deleted")]),
    "cascade of a model": (
        lambda model: (offered(model).delete(), AIModel.objects.get(pk=model.pk).delete()),
        [("model", "deleted"), ("offering", "deleted")],
    ),
    "tag added": (lambda model: model.vendors.add(factories.vendor()), [("vendor", "upsert"), MODEL]),
    "tag set": (lambda model: model.input_modalities.set([]), [MODEL]),
    "tag renamed": (
        lambda model: set_and_save(model.vendors.get(), name="N"),
        [("vendor", "upsert"), ("family", "upsert"), MODEL],
    ),
    "tag deleted": (
        lambda model: (
            model.output_modalities.clear(),
            model.input_modalities.clear(),
            Modality.objects.exclude(pk__in=AIModel.objects.get(name="Newer").input_modalities.values("pk")).delete(),
        ),
        [("modality", "deleted"), MODEL],
    ),
    "family renamed": (lambda model: set_and_save(model.family, name="New"), [("family", "upsert"), MODEL]),
    "provider renamed": (
        lambda model: set_and_save(offered(model).provider, name="New"),
        [("provider", "upsert"), OFFERING],
    ),
    "vendor unpublished": (
        lambda model: Vendor.objects.filter(model_links__content_object=model).update(state=State.ARCHIVED),
        [("vendor", "unpublished"), ("family", "upsert"), MODEL],
    ),
    "model unpublished": (
        lambda model: set_and_save(model, state=State.DRAFT),
        [("model", "unpublished"), ("offering", "unpublished")],
    ),
    "model in the trash": (
        lambda model: AIModel.objects.filter(pk=model.pk).update(deleted_at=timezone.now()),
        [("model", "deleted"), ("offering", "unpublished")],
    ),
    "provider unpublished": (
        lambda model: set_and_save(offered(model).provider, state=State.DRAFT),
        [("provider", "unpublished"), ("offering", "unpublished")],
    ),
    "offering of another model": (
        lambda model: set_and_save(offered(model), model=AIModel.objects.get(name="Newer")),
        [OFFERING],
    ),
    "part of another model": (
        lambda model: Alias.objects.filter(model=model).update(model=AIModel.objects.get(name="Newer")),
        [MODEL, MODEL],
    ),
    "source read again": (
        lambda model: Source.objects.filter(evidence__price__offering__model=model).update(read_on="2026-11-25"),
        [("source", "upsert")],
    ),
    "source of an event": (
        lambda model: Source.objects.filter(evidence__event__model=model).update(note="New."),
        [("source", "upsert")],
    ),
    "source of a provider": (
        lambda model: Source.objects.filter(evidence__provider__isnull=False).update(note="New."),
        [("source", "upsert")],
    ),
    "evidence of a price": (
        lambda model: Evidence.objects.filter(price__offering__model=model).update(is_checked=True),
        [OFFERING],
    ),
    "evidence gone": (lambda model: Evidence.objects.filter(model=model).delete(), [MODEL]),
    "successor renamed": (
        lambda model: set_and_save(AIModel.objects.get(name="Newer"), name="Newest"),
        [MODEL, MODEL, OFFERING],
    ),
    "raw SQL": (lambda model: raw("UPDATE catalog_aimodel SET licence = %s WHERE id = %s", "MIT", model.pk), [MODEL]),
    "raw delete": (
        lambda model: raw("DELETE FROM catalog_weights WHERE model_id = %s", model.pk),
        [MODEL],
    ),
    "key changed": (
        lambda model: raw("UPDATE catalog_alias SET id = id + 1000, text = 'Z' WHERE model_id = %s", model.pk),
        [MODEL],
    ),
}


@pytest.mark.parametrize("way", WRITES)
def test_every_way_of_writing_is_heard_of(way, world, mirror):
    write, news = WRITES[way]
    write(AIModel.objects.get(pk=world.pk))
    assert mirror.news(with_sources="source" in way) == news
    assert_equal(mirror)


SILENT = {
    "save without a change": lambda model: model.save(),
    "update to the same": lambda model: AIModel.objects.filter(pk=model.pk).update(name=model.name),
    "there and back": lambda model: (set_and_save(model, name="Other"), set_and_save(model, name="Whole")),
    "what partners do not get": lambda model: set_and_save(model, reviewed_by=people.user()),
    "a draft": lambda model: factories.whole_model(state=State.DRAFT).offerings.all().delete(),
    "tags set to the same": lambda model: model.vendors.set(list(model.vendors.all())),
    "a row deleted and made again": lambda model: (
        Alias.objects.filter(model=model).delete(),
        factories.alias(model=model, text="Same", kind="spelling"),
    ),
}


@pytest.mark.parametrize("way", SILENT)
def test_what_changes_nothing_gives_no_number(way, world, client):
    Alias.objects.filter(model=world).update(text="Same")
    mirror = Mirror(client).sync()
    factory_made = {"vendor", "modality", "family", "provider"}
    SILENT[way](AIModel.objects.get(pk=world.pk))
    assert [news for news in mirror.news() if way != "a draft" or news[0] not in factory_made] == []
    assert_equal(mirror)


def test_a_merge_says_into_what(world, mirror, administrator):
    other = factories.model(name="Twin")
    factories.offering(model=other)
    mirror.sync()
    merge(AIModel, world.pk, [other.pk], administrator)
    mirror.sync()
    gone = [item for item in mirror.items if item["op"] == "delete"]
    assert [(item["type"], item["id"], item["reason"], item["merged_into"]) for item in gone] == [
        ("model", str(other.public_id), "merged", str(world.public_id))
    ]
    assert_equal(mirror)


def test_a_merge_into_what_is_hidden_does_not_name_it(world, mirror, administrator):
    draft = factories.model(name="Draft", state=State.DRAFT)
    other = factories.model(name="Twin")
    mirror.sync()
    merge(AIModel, draft.pk, [other.pk], administrator)
    mirror.sync()
    assert [(item["reason"], item["merged_into"]) for item in mirror.items] == [("merged", None)]
    set_and_save(AIModel.objects.get(pk=draft.pk), state=State.PUBLISHED)
    mirror.sync()
    assert [item.get("merged_into") for item in mirror.items if item["op"] == "delete"] == [str(draft.public_id)]
    assert_equal(mirror)


@pytest.mark.parametrize("kind", [Vendor, Family, Provider])
def test_other_records_are_merged_too(kind, world, mirror, administrator):
    one, other = (getattr(factories, kind._meta.model_name)() for _ in range(2))
    mirror.sync()
    merge(kind, one.pk, [other.pk], administrator)
    mirror.sync()
    assert [(item["id"], item["merged_into"]) for item in mirror.items if item["op"] == "delete"] == [
        (str(other.pk), str(one.pk))
    ]


def test_a_merge_that_is_known_no_more_is_not_told_any_longer(world, mirror, administrator):
    twins = [factories.vendor(name=name) for name in ("Twin", "Other twin")]
    kept = factories.vendor(name="Kept")
    mirror.sync()
    merge(Vendor, kept.pk, [twin.pk for twin in twins], administrator)
    mirror.sync()
    MergedRecord.objects.filter(record_id=twins[0].pk).delete()
    MergedRecord.objects.filter(record_id=twins[1].pk).update(record_id=999_999)
    mirror.sync()
    assert [(item["id"], item["reason"], item["merged_into"]) for item in mirror.items] == [
        (str(twin.pk), "deleted", None) for twin in twins
    ]
    assert audit()[0] == 0


def test_the_audit_shows_how_far_it_is(world, monkeypatch):
    monkeypatch.setattr("ops.progress.PAUSE_SECONDS", 0)
    monkeypatch.setitem(AT_ONCE, connection.vendor, 2)
    said = []
    assert audit(said.append) == (0, FeedEntry.objects.live().count())
    shares = [int(re.search(r"(\d+) %", sentence)[1]) for sentence in said]
    assert len(shares) > 2
    assert shares[-1] > 50


def test_what_was_hidden_and_then_deleted_says_so_in_the_end(world, mirror):
    set_and_save(offered(world).provider, state=State.DRAFT)
    assert ("provider", "unpublished") in mirror.news()
    offered(world).delete()
    Provider.objects.filter(state=State.DRAFT).delete()
    assert mirror.news() == [("provider", "deleted"), ("offering", "deleted")]


def test_a_record_that_comes_back_is_there_again(world, mirror):
    set_and_save(world, state=State.DRAFT)
    mirror.sync()
    set_and_save(world, state=State.PUBLISHED)
    assert mirror.news() == [MODEL, OFFERING]
    assert_equal(mirror)


def test_another_public_id_is_another_record(world, mirror):
    AIModel.objects.filter(pk=world.pk).update(public_id="6a4bdb4d-8569-477d-ad86-302fa98b1e79")
    assert ("model", "deleted") in mirror.news()
    assert_equal(mirror)


def test_what_is_rolled_back_is_not_heard_of(world, mirror):
    try:
        with transaction.atomic():
            set_and_save(world, name="Never")
            raise IntegrityError
    except IntegrityError:
        pass
    assert not FeedMark.objects.exists()
    assert mirror.news() == []


def test_what_a_savepoint_keeps_is_heard_of_and_what_it_takes_back_is_not(world, mirror):
    with transaction.atomic():
        kept = transaction.savepoint_create()
        set_and_save(world, summary="Kept.")
        transaction.savepoint_commit(kept)
        lost = transaction.savepoint_create()
        factories.vendor(name="Lost")
        transaction.savepoint_rollback(lost)
    assert mirror.news() == [MODEL]
    assert_equal(mirror)


def name_of(stem: str) -> str:
    return next(trigger.name for trigger in triggers.triggers(connection.vendor) if trigger.stem == stem)


def test_without_a_trigger_a_change_would_be_missed(world, mirror, monkeypatch):
    """The control of the tests above: they pass because of the triggers."""
    monkeypatch.setattr("catalog.documents.sync.stamping.ensure_triggers", lambda: True)
    where = " ON catalog_alias" if connection.vendor == "postgresql" else ""
    raw("SET CONSTRAINTS ALL IMMEDIATE" if connection.vendor == "postgresql" else "SELECT 1")
    raw(f"DROP TRIGGER {name_of('feed_catalog_alias_update')}{where}")
    Alias.objects.filter(model=world).update(text="Unheard")
    assert mirror.news() == []


def test_a_trigger_that_is_missing_is_put_back_and_what_was_missed_is_found(world, mirror):
    where = " ON catalog_alias" if connection.vendor == "postgresql" else ""
    raw("SET CONSTRAINTS ALL IMMEDIATE" if connection.vendor == "postgresql" else "SELECT 1")
    raw(f"DROP TRIGGER {name_of('feed_catalog_alias_update')}{where}")
    Alias.objects.filter(model=world).update(text="Unheard")
    stamp()
    assert triggers.missing() == []
    assert mirror.news() == [MODEL]
    assert_equal(mirror)


def test_too_much_for_one_transaction_is_done_in_several(world, mirror, monkeypatch):
    for _ in range(5):
        factories.offering(model=world)
    mirror.sync()
    monkeypatch.setattr("catalog.documents.sync.stamping.AT_ONCE", {connection.vendor: 2})
    set_and_save(world, name="New")
    assert sorted(mirror.news()) == [MODEL, *[OFFERING] * 6]
    assert not FeedMark.objects.exists()
    assert_equal(mirror)


def test_marks_that_say_the_same_do_not_hide_those_behind_them(world, mirror, monkeypatch):
    monkeypatch.setattr("catalog.documents.sync.stamping.AT_ONCE", {connection.vendor: 3})
    for amount in range(5):
        Price.objects.filter(offering__model=world).update(amount=amount)
    Price.objects.exclude(offering__model=world).update(amount=9)
    assert stamp().is_done
    assert not FeedMark.objects.exists()
    assert mirror.news() == [OFFERING, OFFERING]
    assert_equal(mirror)


def test_a_record_whose_marks_lie_far_apart_is_composed_once(world, mirror, monkeypatch):
    """An import writes records, then their prices, then the evidence: each record leaves several marks."""
    several = [factories.offering(model=world) for _ in range(4)]
    prices, source = [factories.price(offering=offering) for offering in several], Source.objects.first()
    mirror.sync()
    composed = []

    def noting(name, keys, after):
        composed.extend((name, key) for key in keys)
        return stamp_records(name, keys, after)

    monkeypatch.setattr("catalog.documents.sync.stamping.AT_ONCE", {connection.vendor: 2})
    monkeypatch.setattr("catalog.documents.sync.stamping.stamp_records", noting)
    for offering in several:
        set_and_save(offering, note="New")
    for price in prices:
        factories.evidence(price=price, source=source)
    assert stamp().is_done
    assert sorted(key for name, key in composed if name == "offering") == [offering.pk for offering in several]
    assert_equal(mirror)


def test_a_tombstone_keeps_nothing_of_what_it_was(world, mirror):
    set_and_save(world, state=State.DRAFT)
    mirror.sync()
    gone = FeedEntry.objects.get(type="model", row_id=world.pk)
    assert (gone.is_deleted, gone.body, gone.hash) == (True, "", "")
