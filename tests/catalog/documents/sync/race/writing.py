"""Random writes: each function works on records that it finds."""

import time
from uuid import uuid4

from django.db import DatabaseError, connection, transaction
from django.db.models import F, ProtectedError
from django.utils import timezone

from catalog.history.merge import CannotMergeRecordsError, merge
from catalog.models import (
    AIModel,
    Alias,
    BenchmarkResult,
    Evidence,
    Family,
    LifecycleEvent,
    Modality,
    ModelOutputModality,
    Offering,
    Price,
    Provider,
    Source,
    Vendor,
    Weights,
)
from publishing.content.publishable import State
from tests.catalog.documents.sync.race.corners import make_corners

TAGS = {"vendors": Vendor, "input_modalities": Modality, "output_modalities": Modality}
PARTS = (Alias, BenchmarkResult, Weights, LifecycleEvent, Price, Evidence)
RECORDS = (Vendor, Modality, Family, Provider, AIModel)
FEWEST_MODELS = 40  # below this no model is deleted: many writes to few models would hide a missed one
# Errors of the database or the site that are expected with concurrent writers.
REFUSALS = (DatabaseError, ProtectedError, CannotMergeRecordsError, AIModel.DoesNotExist)


class TakenBackError(Exception):
    """Raised in a transaction that is to be rolled back."""


def word() -> str:
    return uuid4().hex[:12]


def some(model, chance, at_most=1):
    keys = list(model._base_manager.order_by("pk").values_list("pk", flat=True))
    return chance.sample(keys, min(len(keys), at_most))


def one(model, chance):
    keys = some(model, chance)
    return model._base_manager.get(pk=keys[0]) if keys else one_made(model)


def one_made(model):
    [corner] = make_corners(1)
    return next(value for value in vars(corner).values() if isinstance(value, model))


def save_model(chance):
    model = one(AIModel, chance)
    model.summary, model.context_tokens = word(), chance.randint(1, 2**40)
    model.family = chance.choice([None, one(Family, chance)])
    model.save()


def save_without_change(chance):
    one(chance.choice(RECORDS), chance).save()


def update_models(chance):
    AIModel.objects.filter(pk__in=some(AIModel, chance, 20)).update(max_output_tokens=chance.randint(1, 9999))


def update_in_sql(chance):
    with connection.cursor() as cursor:
        for key in some(Offering, chance):
            cursor.execute("UPDATE catalog_offering SET note = %s WHERE id = %s", [word(), key])


def add_prices(chance):
    offering = one(Offering, chance)
    Price.objects.bulk_create(
        Price(offering=offering, meter="image", amount=chance.randint(0, 99), conditions=word()) for _ in range(4)
    )


def change_prices(chance):
    prices = list(Price.objects.filter(pk__in=some(Price, chance, 10)))
    for price in prices:
        price.amount = chance.randint(1, 10**6)
    Price.objects.bulk_update(prices, ["amount"])


def raise_prices(chance):
    Price.objects.filter(pk__in=some(Price, chance, 10), is_withdrawn=False).update(amount=F("amount") + 1)


def add_parts(chance):
    model, source = one(AIModel, chance), one(Source, chance)
    Alias.objects.create(model=model, text=word())
    BenchmarkResult.objects.create(model=model, name=word(), score=chance.randint(1, 99))
    Weights.objects.bulk_create([Weights(model=model, label=word(), url=f"https://example.com/{word()}")])
    event = LifecycleEvent.objects.create(model=model, kind="deprecated", date="2026", note=word())
    Evidence.objects.bulk_create(
        [Evidence(source=source, event=event), Evidence(source=source, model=model, fact=word())]
    )


def change_parts(chance):
    Alias.objects.filter(pk__in=some(Alias, chance, 3)).update(kind=chance.choice(["marketing", "spelling"]))
    BenchmarkResult.objects.filter(pk__in=some(BenchmarkResult, chance, 3)).update(score=chance.randint(1, 99))
    Weights.objects.filter(pk__in=some(Weights, chance, 3)).update(format=word())
    LifecycleEvent.objects.filter(pk__in=some(LifecycleEvent, chance, 3)).update(note=word())
    Evidence.objects.filter(pk__in=some(Evidence, chance, 3)).update(note=word())


def rename_source(chance):
    Source.objects.filter(pk__in=some(Source, chance)).update(title=word())


def delete_parts(chance):
    part = chance.choice(PARTS)
    part.objects.filter(pk__in=some(part, chance, 3)).delete()


def delete_offering(chance):
    Offering.objects.filter(pk__in=some(Offering, chance)).delete()


def delete_model(chance):
    if AIModel.objects.count() > FEWEST_MODELS:
        keys = some(AIModel, chance)
        Offering.objects.filter(model__in=keys).delete()
        AIModel.objects.filter(pk__in=keys).delete()


def delete_record(chance):
    one(chance.choice([Vendor, Modality, Family, Provider]), chance).delete()


def move_parts(chance):
    """Move parts to another owner: both documents change."""
    Alias.objects.filter(pk__in=some(Alias, chance)).update(model=one(AIModel, chance))
    Price.objects.filter(pk__in=some(Price, chance)).update(offering=one(Offering, chance), conditions=word())
    events = LifecycleEvent.objects.filter(pk__in=some(LifecycleEvent, chance))
    events.update(model=None, offering=one(Offering, chance), replaced_by=one(AIModel, chance))


def move_offering(chance):
    offering = one(Offering, chance)
    offering.model, offering.provider = one(AIModel, chance), one(Provider, chance)
    offering.save()


def tag(chance):
    name = chance.choice([*TAGS])
    manager, tags = getattr(one(AIModel, chance), name), [one(TAGS[name], chance) for _ in range(2)]
    do = chance.choice(["set", "add", "remove", "clear"])
    if do == "set":
        manager.set(tags)
    elif do == "clear":
        manager.clear()
    else:
        getattr(manager, do)(*tags)


def rename(chance):
    record = one(chance.choice(RECORDS), chance)
    record.name = f"Renamed {word()}"
    record.save()


def publish_or_not(chance):
    """Change the state of a few records, most often to published."""
    state = chance.choice([State.PUBLISHED, State.PUBLISHED, State.ARCHIVED, State.DRAFT])
    model = chance.choice(RECORDS)
    model.objects.filter(pk__in=some(model, chance, 3)).update(state=state)


def to_the_trash_or_back(chance):
    model = chance.choice(RECORDS)
    model.objects.filter(pk__in=some(model, chance)).update(deleted_at=chance.choice([None, None, timezone.now()]))


def replace_model(chance):
    model, other = one(AIModel, chance), one(AIModel, chance)
    if model.pk != other.pk:
        AIModel.objects.filter(pk=model.pk).update(replaced_by=other)


def merge_records(chance):
    model = chance.choice([AIModel, AIModel, Vendor, Family, Provider])
    keys = some(model, chance, 2)
    if len(keys) == 2:
        merge(model, keys[0], keys[1:], None)


def make_more(chance):
    make_corners(1)


def take_back_a_savepoint(chance):
    save_model(chance)
    try:
        with transaction.atomic():
            rename(chance)
            add_parts(chance)
            raise TakenBackError
    except TakenBackError:
        change_prices(chance)


def take_back_all(chance):
    rename(chance)
    add_prices(chance)
    raise TakenBackError


def write_after_commit(chance):
    transaction.on_commit(lambda: update_models(chance))
    rename_source(chance)


def take_long(chance):
    """Hold a transaction open while others commit and are read."""
    rename(chance)
    time.sleep(chance.uniform(0.02, 0.15))
    change_parts(chance)


# Functions of one or two statements, which commit in autocommit mode: the next reader stamps them.


def change_price(chance):
    Price.objects.filter(pk__in=some(Price, chance), is_withdrawn=False).update(amount=chance.randint(1, 10**6))


def add_price(chance):
    for key in some(Offering, chance):
        Price.objects.create(offering_id=key, meter="image", amount=chance.randint(0, 99), conditions=word())


def change_offering(chance):
    for offering in Offering.objects.filter(pk__in=some(Offering, chance)):
        offering.regions = word()
        offering.save()


def change_event(chance):
    LifecycleEvent.objects.filter(pk__in=some(LifecycleEvent, chance)).update(note=word())


def add_evidence(chance):
    for source, model in zip(some(Source, chance), some(AIModel, chance), strict=False):
        Evidence.objects.create(source_id=source, model_id=model, fact=word())


def change_weights(chance):
    Weights.objects.filter(pk__in=some(Weights, chance)).update(quantisation=word())


def change_tag_row(chance):
    for link in some(ModelOutputModality, chance):
        for modality in some(Modality, chance):
            ModelOutputModality.objects.filter(pk=link).update(tag=modality)


def delete_part(chance):
    part = chance.choice([BenchmarkResult, LifecycleEvent, Price, Evidence])
    part.objects.filter(pk__in=some(part, chance)).delete()


LARGE = (
    *(save_model, save_without_change, update_models, add_prices, change_prices, raise_prices, add_parts, change_parts),
    *(rename_source, delete_parts, delete_offering, delete_model, delete_record, move_parts, move_offering, tag, tag),
    *(rename, publish_or_not, to_the_trash_or_back, replace_model, merge_records, make_more, take_back_a_savepoint),
    *(take_back_all, take_back_all, write_after_commit, take_long),
)
SMALL = (
    *(update_in_sql, change_price, add_price, change_offering, change_event, add_evidence, change_weights),
    *(change_tag_row, delete_part),
)


def write(chance, transactions: int, note):
    """Do `transactions` writes; `note` gets "c" after each committed transaction and "r" after each that was rolled
    back.
    """
    for _ in range(transactions):
        is_small = chance.random() < 0.8
        try:
            if is_small:
                chance.choice(SMALL)(chance)
            else:
                with transaction.atomic():
                    chance.choice(LARGE)(chance)
        except (TakenBackError, *REFUSALS):
            note(b"r")
        else:
            note(b"c")
        time.sleep(chance.uniform(0, 0.006))  # without a pause the client would have no turn
