import csv
import re
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from catalog.admin import csv as csv_admin
from catalog.models import AIModel, FieldChange, Price
from tests import factories as people
from tests.catalog import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    person = people.user("Catalogue manager")
    client.force_login(person)
    return person


def rows_out(client, name) -> list[dict]:
    response = client.get(reverse(f"admin:catalog_{name}_export"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv"
    return list(csv.DictReader(StringIO(response.content.decode())))


def preview(client, name, rows):
    text = StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    file = SimpleUploadedFile("rows.csv", text.getvalue().encode(), content_type="text/csv")
    return client.post(reverse(f"admin:catalog_{name}_import"), {"import_file": file, "format": "0", "resource": ""})


def confirm(client, name, response):
    form = response.context["confirm_form"]
    return client.post(reverse(f"admin:catalog_{name}_process_import"), form.initial, follow=True)


def test_models_go_out_and_come_in_with_a_preview_of_what_differs(client, manager):
    model = factories.model(name="One", slug="one", context_tokens=1000, reasoning=None)
    [row] = rows_out(client, "aimodel")
    assert (row["slug"], row["context_tokens"], row["reasoning"]) == ("one", "1000", "")
    response = preview(client, "aimodel", [row | {"context_tokens": "2000"}])
    text = response.content.decode()
    assert "<ins" in text
    assert "<del" in text
    model.refresh_from_db()
    assert model.context_tokens == 1000, "nothing is written before it is confirmed"
    confirm(client, "aimodel", response)
    model.refresh_from_db()
    assert (model.context_tokens, model.reasoning) == (2000, None)
    change = FieldChange.objects.get()
    assert (change.field, change.old, change.new, change.user) == ("context_tokens", 1000, 2000, manager)


def test_a_file_that_says_the_same_changes_nothing(client, manager):
    factories.model()
    factories.price()
    for name in ("aimodel", "price"):
        confirm(client, name, preview(client, name, rows_out(client, name)))
    assert not FieldChange.objects.exists()


def test_prices_come_in_and_belong_to_their_offering_in_the_log(client, manager):
    price = factories.price(amount=Decimal("1.5"))
    [row] = rows_out(client, "price")
    new = row | {"id": "", "offering": "", "meter": "output", "amount": "6"}
    response = preview(client, "price", [row | {"amount": "2.5"}, new])
    confirm(client, "price", response)
    amounts = dict(Price.objects.values_list("meter", "amount"))
    assert amounts == {"input": Decimal("2.5"), "output": Decimal(6)}
    changes = FieldChange.objects.order_by("action")
    assert [(change.record, change.action, change.part) for change in changes] == [
        (price.offering, "added", "price"),
        (price.offering, "changed", "price"),
    ]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "-1"}, "of 0 or more"),
        ({"amount": "much"}, "amount"),
        ({"valid_from": "2026-02-31"}, "Enter a valid date"),
        ({"id": "", "offering": "", "provider": "nobody"}, "There is no offering"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_and_nothing_is_written(client, manager, changes, reason):
    price = factories.price()
    [row] = rows_out(client, "price")
    response = preview(client, "price", [row | changes])
    assert "confirm_form" not in response.context
    assert reason in response.content.decode()
    price.refresh_from_db()
    assert price.amount == Decimal("1.5")


def test_the_form_needs_no_script(client, manager):
    text = client.get(reverse("admin:catalog_aimodel_import")).content.decode()
    scripts = [part for part in text.split("<script")[1:] if "nonce=" not in part.split(">")[0]]
    assert scripts == []


def test_the_form_looks_like_the_rest_of_the_admin(client, manager):
    styles = re.compile(r'href="[^"]*css/admin[^"]*\.css"')
    elsewhere = client.get(reverse("admin:index")).content.decode()
    here = client.get(reverse("admin:catalog_aimodel_import")).content.decode()
    assert set(styles.findall(elsewhere)) <= set(styles.findall(here))


def test_authors_may_take_it_out_but_not_in(client):
    factories.model()
    client.force_login(people.user("Author"))
    assert len(rows_out(client, "aimodel")) == 1
    assert client.get(reverse("admin:catalog_aimodel_import")).status_code == 403


@pytest.mark.parametrize("name", ["=1+1", "-5 degrees", "@home", "+1", "'=1", "''-1", "'quoted'"])
def test_a_cell_is_no_formula_and_comes_in_as_it_was(client, manager, name):
    AIModel.objects.create(name=name, slug="odd")
    rows = rows_out(client, "aimodel")
    assert rows[0]["name"][0] not in "=-@+"
    response = preview(client, "aimodel", [rows[0] | {"licence": "MIT"}])
    confirm(client, "aimodel", response)
    model = AIModel.objects.get()
    assert (model.name, model.licence) == (name, "MIT")


@pytest.mark.parametrize(
    "content",
    [
        "slug,name\nodd,Modèle\n".encode("cp1252"),
        "slug,name\nodd,Modèle\n".encode("utf-16"),
        b"slug;name\nodd;Other\n",
        b"\x00\x01\x02",
        b"",
        b"slug,name\nodd\n",
        b"slug,name\nodd,a\x00b\n",
        b"slug,name\nodd," + b"a" * 300_000 + b"\n",
    ],
    ids=["cp1252", "utf-16", "semicolons", "binary", "empty", "ragged", "nul", "huge cell"],
)
def test_a_file_that_is_no_such_table_is_refused_in_words(client, manager, content):
    AIModel.objects.create(name="Odd", slug="odd")
    file = SimpleUploadedFile("rows.csv", content, content_type="text/csv")
    address = reverse("admin:catalog_aimodel_import")
    response = client.post(address, {"import_file": file, "format": "0", "resource": ""})
    assert response.status_code == 200
    assert "confirm_form" not in response.context
    assert AIModel.objects.get().name == "Odd"
    assert "error" in response.content.decode().lower()


def test_the_mark_of_utf8_before_the_first_name_is_no_part_of_it(client, manager):
    AIModel.objects.create(name="Odd", slug="odd")
    file = SimpleUploadedFile("rows.csv", b"\xef\xbb\xbfslug,name\r\nodd,Even\r\n", content_type="text/csv")
    address = reverse("admin:catalog_aimodel_import")
    confirm(client, "aimodel", client.post(address, {"import_file": file, "format": "0", "resource": ""}))
    assert AIModel.objects.get().name == "Even"


def test_a_new_row_that_stands_there_twice_is_said(client, manager):
    rows = [{"slug": "new", "name": "One"}, {"slug": "new", "name": "Two"}]
    response = preview(client, "aimodel", rows)
    assert "confirm_form" not in response.context
    assert "another new row with the same key" in response.content.decode()


def test_an_address_that_somebody_takes_meanwhile_is_said(client, manager):
    response = preview(client, "aimodel", [{"slug": "new", "name": "One"}])
    writes = csv_admin.LoggedResource._write

    def write_later(resource, changes, user):
        factories.model(slug="new")
        writes(resource, changes, user)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_admin.LoggedResource, "_write", write_later)
        answer = confirm(client, "aimodel", response)
    assert "another user changed the same records" in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_rows_are_compared_outside_of_a_transaction_and_written_some_at_a_time(client, monkeypatch):
    client.force_login(people.administrator())
    models = [factories.model(slug=f"model-{number}", context_tokens=1) for number in range(5)]
    rows = [{"slug": model.slug, "name": model.name, "context_tokens": "2"} for model in models]
    rows.append({"slug": "brand-new", "name": "Brand new", "context_tokens": "3"})
    places, batches = [], []
    validate, write = csv_admin.LoggedResource.validate_instance, csv_admin.LoggedResource._write

    def validated(resource, *args, **kwargs):
        places.append(connection.in_atomic_block)
        return validate(resource, *args, **kwargs)

    def written(resource, changes, user):
        batches.append(len(changes))
        write(resource, changes, user)

    monkeypatch.setattr(csv_admin, "BATCH", 2)
    monkeypatch.setattr(csv_admin.LoggedResource, "validate_instance", validated)
    monkeypatch.setattr(csv_admin.LoggedResource, "_write", written)
    response = preview(client, "aimodel", rows)
    assert (places, batches) == ([False] * 6, [])
    confirm(client, "aimodel", response)
    assert (places, batches) == ([False] * 12, [2, 2, 2])
    assert sorted(AIModel.objects.values_list("context_tokens", flat=True)) == [2, 2, 2, 2, 2, 3]
    assert FieldChange.objects.filter(field="context_tokens").count() == 5
