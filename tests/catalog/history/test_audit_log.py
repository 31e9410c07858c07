from decimal import Decimal

import pytest

from catalog.history.audit_log import CannotRevertError, log_changes, revert_change, take_snapshot
from catalog.models import AIModel, Evidence, FieldChange, ImportRun, LifecycleEvent, Offering, Price
from tests import factories as people
from tests.catalog import factories
from tests.catalog.feeds import SMALL, small, take_over

pytestmark = [pytest.mark.django_db, pytest.mark.database]


def run(feed="models_dev"):
    return ImportRun.objects.create(feed=feed, address="file.json")


def changing(model, pk, change, **who):
    """Run `change` and return the log entries that it made."""
    before = take_snapshot(model, [pk])
    change()
    log_changes(model, before, take_snapshot(model, [pk]), **who)
    return list(FieldChange.objects.order_by("pk"))


def set_fields(record, **fields):
    def change():
        for name, value in fields.items():
            setattr(record, name, value)
        record.save()

    return change


def test_a_change_names_field_values_and_person():
    model, person = factories.model(context_tokens=1000), people.user()
    [change] = changing(AIModel, model.pk, set_fields(model, context_tokens=2000), user=person)
    assert (change.record, change.field, change.old, change.new) == (model, "context_tokens", 1000, 2000)
    assert (change.user, change.run, change.holds) == (person, None, True)


def test_saving_without_a_change_is_no_change():
    offering = factories.price().offering
    assert changing(Offering, offering.pk, offering.save, user=people.user()) == []


def test_what_an_import_changes_is_not_kept_from_imports():
    model, by = factories.model(), run()
    [change] = changing(AIModel, model.pk, set_fields(model, name="Other"), run=by)
    assert (change.run, change.user, change.holds) == (by, None, False)


def test_prices_belong_to_their_offering():
    price = factories.price(amount=Decimal("1.5"))
    [change] = changing(Offering, price.offering_id, set_fields(price, amount=Decimal("2.50")), user=people.user())
    assert (change.record, change.part, change.part_id) == (price.offering, "price", price.pk)
    assert (change.field, change.old, change.new) == ("amount", "1.5", "2.5")


def test_an_import_does_not_vouch_for_what_a_person_wrote_instead():
    price = factories.price()
    feed, page = factories.source(feed="models_dev"), factories.source()
    for source in (feed, page):
        factories.evidence(price=price, source=source)
        factories.evidence(model=price.offering.model, source=source, fact="name")
    changing(Offering, price.offering_id, set_fields(price, amount=Decimal(9)), user=people.user())
    changing(AIModel, price.offering.model_id, set_fields(price.offering.model, name="New"), user=people.user())
    assert {evidence.source for evidence in Evidence.objects.all()} == {page}


def test_a_field_is_taken_back_and_that_is_in_the_log_too():
    model, person = factories.model(released_on="2025-01"), people.user()
    [change] = changing(AIModel, model.pk, set_fields(model, released_on=""), run=run())
    revert_change(change, person)
    model.refresh_from_db()
    assert model.released_on == "2025-01"
    change.refresh_from_db()
    assert change.taken_back_by == person
    again = FieldChange.objects.first()
    assert (again.old, again.new, again.user, again.holds) == ("", "2025-01", person, True)


def test_what_a_person_set_and_took_back_is_open_to_imports():
    model, person = factories.model(), people.user()
    [change] = changing(AIModel, model.pk, set_fields(model, name="Other"), user=person)
    revert_change(change, person)
    assert not FieldChange.objects.by_hand().exists()


def test_a_change_is_not_taken_back_twice():
    model = factories.model()
    [change] = changing(AIModel, model.pk, set_fields(model, name="Other"), user=people.user())
    revert_change(change, people.user())
    with pytest.raises(CannotRevertError, match="already"):
        revert_change(change, people.user())


def test_a_field_that_was_changed_again_is_not_taken_back():
    model = factories.model(name="One")
    [change] = changing(AIModel, model.pk, set_fields(model, name="Two"), user=people.user())
    set_fields(model, name="Three")()
    with pytest.raises(CannotRevertError, match="changed again"):
        revert_change(change, people.user())
    model.refresh_from_db()
    assert model.name == "Three"


def test_tags_are_taken_back():
    text, image = factories.modality(), factories.modality()
    model = factories.model(input_modalities=[text])
    [change] = changing(AIModel, model.pk, lambda: model.input_modalities.set([image]), user=people.user())
    assert (change.field, change.old, change.new) == ("input_modalities", [text.pk], [image.pk])
    revert_change(change, people.user())
    assert list(model.input_modalities.all()) == [text]


def test_a_deleted_offering_comes_back_with_prices_and_events():
    price = factories.price(valid_from="2026", above_tokens=200_000)
    factories.event(offering=price.offering)
    offering = price.offering
    pk = offering.pk
    [change] = changing(Offering, pk, offering.delete, user=people.user())
    assert not Price.objects.exists()
    revert_change(change, people.user())
    back = Offering.objects.get(pk=pk)
    assert [row.amount for row in back.prices.all()] == [Decimal("1.5")]
    assert back.prices.get().above_tokens == 200_000
    assert LifecycleEvent.objects.get().offering == back


def test_what_was_added_is_deleted_unless_it_was_changed_since():
    offering = factories.offering()
    [change] = changing(Offering, offering.pk, lambda: factories.price(offering=offering), user=people.user())
    price = Price.objects.get()
    set_fields(price, amount=Decimal(7))()
    with pytest.raises(CannotRevertError, match="changed since"):
        revert_change(change, people.user())
    set_fields(price, amount=Decimal("1.5"))()
    revert_change(change, people.user())
    assert not Price.objects.exists()


def test_what_the_database_refuses_is_said_in_words():
    offering = factories.offering(api_id="one")
    [change] = changing(Offering, offering.pk, set_fields(offering, api_id="two"), user=people.user())
    factories.offering(provider=offering.provider, api_id="one")
    with pytest.raises(CannotRevertError, match="rejected"):
        revert_change(change, people.user())


def test_looking_costs_as_many_queries_for_many_as_for_few(django_assert_num_queries):
    pks = [factories.whole_model().pk for _ in range(5)]
    with django_assert_num_queries(8):  # the record, three kinds of tags, four tables
        take_snapshot(AIModel, pks)


def test_what_code_does_is_kept_from_imports_where_it_takes_note_of_it():
    take_over(SMALL)
    model = AIModel.objects.get(slug="alpha-1")
    before = take_snapshot(AIModel, [model.pk])
    model.context_tokens = 5
    model.save()
    log_changes(AIModel, before, take_snapshot(AIModel, [model.pk]))
    change = FieldChange.objects.of(AIModel, [model.pk]).by_hand().get()
    assert (change.field, change.new, change.user) == ("context_tokens", 5, None)
    take_over(small(**{"models__acme/alpha-1__limit__context": 200_000}))
    model.refresh_from_db()
    assert model.context_tokens == 5
