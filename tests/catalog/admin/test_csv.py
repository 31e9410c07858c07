"""CSV files of models and prices: export, and imports that the worker compares, then writes."""

import csv
import html
import re
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.importers import tables
from catalog.importers.table_rows import TableResource
from catalog.importers.tables import forget_old_tables, go_on, resume_tables
from catalog.models import AIModel, FieldChange, Price, TableImport
from tests import factories as people
from tests.catalog import factories

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path / "imports"


@pytest.fixture
def manager(client):
    person = people.user("Catalogue manager")
    client.force_login(person)
    return person


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(tables, "BATCH", 2)


def rows_out(client, name) -> list[dict]:
    response = client.get(reverse(f"admin:catalog_{name}_export"))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/csv"
    return list(csv.DictReader(StringIO(response.content.decode())))


def as_csv(rows) -> bytes:
    text = StringIO()
    writer = csv.DictWriter(text, rows[0].keys())
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def upload(client, name, content: bytes):
    file = SimpleUploadedFile("rows.csv", content, content_type="text/csv")
    return client.post(reverse(f"admin:catalog_{name}_import"), {"import_file": file}, follow=True)


def preview(client, name, rows):
    """Upload these rows and let the worker compare them; return the page of the import."""
    upload(client, name, as_csv(rows))
    run = TableImport.objects.first()
    go_on.call(run.pk)
    return client.get(address(run))


def address(run) -> str:
    return reverse(f"admin:catalog_{run.table}_import_file", args=[run.pk])


def step(client, name) -> str:
    return client.post(address(TableImport.objects.first()), {"step": name}, follow=True).text


def confirm(client):
    """Agree to the newest import, and let the worker write it; return its page."""
    step(client, "write")
    run = TableImport.objects.first()
    go_on.call(run.pk)
    return client.get(address(run))


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
    assert ">Apply<" in text
    assert "Done." in confirm(client).text
    model.refresh_from_db()
    assert (model.context_tokens, model.reasoning) == (2000, None)
    change = FieldChange.objects.get()
    assert (change.field, change.old, change.new, change.user) == ("context_tokens", 1000, 2000, manager)
    assert "Imported from a CSV file." in client.get(reverse("admin:catalog_aimodel_history", args=[model.pk])).text


def test_a_file_that_says_the_same_changes_nothing(client, manager):
    factories.model()
    factories.price()
    for name in ("aimodel", "price"):
        text = preview(client, name, rows_out(client, name)).text
        assert "The file says the same as the catalogue." in text
        assert ">Apply<" not in text
    assert not FieldChange.objects.exists()


def test_prices_come_in_and_belong_to_their_offering_in_the_log(client, manager):
    price = factories.price(amount=Decimal("1.5"))
    [row] = rows_out(client, "price")
    new = row | {"id": "", "offering": "", "meter": "output", "amount": "6"}
    preview(client, "price", [row | {"amount": "2.5"}, new])
    confirm(client)
    amounts = dict(Price.objects.values_list("meter", "amount"))
    assert amounts == {"input": Decimal("2.5"), "output": Decimal(6)}
    changes = FieldChange.objects.order_by("action")
    assert [(change.record, change.action, change.part) for change in changes] == [
        (price.offering, "added", "price"),
        (price.offering, "changed", "price"),
    ]


@pytest.mark.database
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"amount": "-1"}, "of 0 or more"),
        ({"amount": "much"}, "amount: “much” is not a number."),
        ({"valid_from": "2026-02-31"}, "Enter a valid date"),
        ({"id": "first"}, "“first” is not a number."),
        ({"id": str(10**40)}, "id: "),
        ({"offering": str(10**40)}, "offering"),
        ({"offering": "123456"}, "offering: offering instance with id 123456"),
        ({"meter": "a\0b"}, "meter contains an invalid character."),
        ({"api_id": "a\0b"}, "api_id contains an invalid character."),
        ({"id": "a\0b"}, "id contains an invalid character."),
        ({"id": "", "offering": "", "provider": "nobody"}, "There is no offering"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_and_nothing_is_written(client, manager, changes, reason):
    factories.price()
    [row] = rows_out(client, "price")
    good = row | {"id": "", "meter": "output"}
    text = preview(client, "price", [good, row | changes]).text
    assert "1 row is wrong." in text
    assert reason in html.unescape(text)
    assert "<td>3</td>" in text, "the row of a spreadsheet"
    assert ">Apply<" not in text
    confirm(client)
    assert Price.objects.get().amount == Decimal("1.5")


def test_the_form_needs_no_script(client, manager):
    text = client.get(reverse("admin:catalog_aimodel_import")).content.decode()
    scripts = [part for part in text.split("<script")[1:] if "nonce=" not in part.split(">")[0]]
    assert scripts == []


def test_the_form_looks_like_the_rest_of_the_admin(client, manager):
    styles = re.compile(r'href="[^"]*css/admin[^"]*\.css"')
    elsewhere = client.get(reverse("admin:index")).content.decode()
    here = client.get(reverse("admin:catalog_aimodel_import")).content.decode()
    assert set(styles.findall(elsewhere)) <= set(styles.findall(here))


def test_authors_may_take_it_out_but_not_in(client, manager):
    factories.model()
    preview(client, "aimodel", [{"slug": "new", "name": "Unannounced"}])
    run = TableImport.objects.get()
    client.force_login(people.user("Author"))
    assert len(rows_out(client, "aimodel")) == 1
    for path in (reverse("admin:catalog_aimodel_import"), address(run)):
        assert client.get(path).status_code == 403
    for name in ("write", "compare", "stop"):
        assert client.post(address(run), {"step": name}).status_code == 403
    run.refresh_from_db()
    assert run.state == "held"


def test_a_file_is_found_only_below_its_own_list(client, manager):
    preview(client, "aimodel", [{"slug": "new", "name": "New"}])
    run = TableImport.objects.get()
    assert client.get(reverse("admin:catalog_price_import_file", args=[run.pk])).status_code == 404
    assert address(run) in client.get(reverse("admin:catalog_aimodel_import")).text
    assert address(run) not in client.get(reverse("admin:catalog_price_import")).text


@pytest.mark.parametrize("name", ["=1+1", "-5 degrees", "@home", "+1", "'=1", "''-1", "'quoted'"])
def test_a_cell_is_no_formula_and_comes_in_as_it_was(client, manager, name):
    AIModel.objects.create(name=name, slug="odd")
    rows = rows_out(client, "aimodel")
    assert rows[0]["name"][0] not in "=-@+"
    preview(client, "aimodel", [rows[0] | {"licence": "MIT"}])
    confirm(client)
    model = AIModel.objects.get()
    assert (model.name, model.licence) == (name, "MIT")


UNREADABLE = "This file cannot be read; CSV in UTF-8 is needed."
NO_COLUMN = "The file has no column “slug”. Its columns must be separated by commas."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("slug,name\nodd,Modèle\n".encode("cp1252"), UNREADABLE),
        ("slug,name\nodd,Modèle\n".encode("utf-16"), UNREADABLE),
        (b"slug;name\nodd;Other\n", NO_COLUMN),
        (b"\x00\x01\x02", NO_COLUMN),
        (b"\n", NO_COLUMN),
        (b"", "The submitted file is empty."),
        (b"slug,name\n", "The file has no rows below the names of its columns."),
        (b"slug,name\nodd,Other,more\n", UNREADABLE),
        (b"slug,name\nodd," + b"a" * 300_000 + b"\n", UNREADABLE),
        (b'{"models": {}}', "This is JSON; CSV is needed."),
        (b"slug\n" + b"a\n" * 50_001, "The file has more than 50,000 rows."),
        (b"slug\n" + b"a" * 10 * 1024**2, "The file is larger than 10.0\N{NO-BREAK SPACE}MB."),
    ],
    ids=[
        "cp1252",
        "utf-16",
        "semicolons",
        "binary",
        "line",
        "empty",
        "header",
        "wide",
        "huge-cell",
        "JSON",
        "long",
        "large",
    ],
)
def test_a_file_that_is_no_such_table_is_refused_beside_the_field(client, manager, folder, content, words):
    page = upload(client, "aimodel", content)
    assert page.status_code == 200
    assert words in html.unescape(page.text)
    assert 'class="errorlist"' in page.text
    assert "context_tokens" in page.text, "the columns are still named"
    assert not TableImport.objects.exists()
    assert not folder.exists()


@pytest.mark.database
@pytest.mark.parametrize("content", [b"slug,name\nodd\n", b"slug,name\nodd,a\x00b\n"], ids=["ragged", "nul"])
def test_a_row_that_is_no_model_is_wrong(client, manager, content):
    AIModel.objects.create(name="Odd", slug="odd")
    upload(client, "aimodel", content)
    go_on.call(TableImport.objects.get().pk)
    assert "1 row is wrong." in client.get(address(TableImport.objects.get())).text
    assert AIModel.objects.get().name == "Odd"


def test_the_mark_of_utf8_before_the_first_name_is_no_part_of_it(client, manager):
    AIModel.objects.create(name="Odd", slug="odd")
    upload(client, "aimodel", b"\xef\xbb\xbfslug,name\r\nodd,Even\r\n")
    go_on.call(TableImport.objects.get().pk)
    confirm(client)
    assert AIModel.objects.get().name == "Even"


def test_a_new_row_that_stands_there_twice_is_said(client, manager, small_batches):
    rows = [{"slug": "new", "name": "One"}, {"slug": "other", "name": "Other"}, {"slug": "new", "name": "Two"}]
    assert "This file has another row with the same key." in preview(client, "aimodel", rows).text
    factories.price()
    [row] = rows_out(client, "price")
    new = row | {"id": "", "meter": "output"}
    text = preview(client, "price", [new, new | {"amount": "7"}]).text
    assert "This file has another row with the same key." in text


def test_an_upload_only_stores_the_file(client, manager, folder):
    factories.model(slug="one", name="One")
    page = upload(client, "aimodel", as_csv([{"slug": "one", "name": "Uno"}, {"slug": "two", "name": "Two"}])).text
    run = TableImport.objects.get()
    assert (run.state, run.requested_by, run.file_name, run.total_count) == ("queued", manager, "rows.csv", 2)
    assert "Waiting for the worker" in page
    assert 'data-progress="under way"' in page
    assert "progress.js" in page
    go_on.call(run.pk)
    page = client.get(address(run)).text
    assert "<del>One</del> → <ins>Uno</ins>" in page
    assert "1 new, 1 changed" in page
    assert "progress.js" not in page
    assert len(list(folder.iterdir())) == 2
    confirm(client)
    assert not list(folder.iterdir())


def test_the_first_differences_are_shown_and_all_counted(client, manager, monkeypatch):
    monkeypatch.setattr(tables, "ROWS_SHOWN", 2)
    page = preview(client, "aimodel", [{"slug": f"new-{number}", "name": f"New {number}"} for number in range(5)]).text
    assert "5 new, 0 changed" in page
    assert page.count('<th scope="row">') == 2
    assert "… and 3 more." in page


def new_prices(client, count) -> list[dict]:
    factories.price()
    [row] = rows_out(client, "price")
    return [row | {"id": "", "meter": "output", "valid_from": f"20{number}"} for number in range(21, 21 + count)]


@pytest.mark.database
def test_a_killed_worker_goes_on_and_adds_no_price_twice(client, manager, small_batches, monkeypatch):
    preview(client, "price", new_prices(client, 5))
    step(client, "write")
    run = TableImport.objects.get()
    write = TableResource.write

    def killed_in_the_second_batch(resource, rows, user):
        write(resource, rows, user)
        if Price.objects.count() > 4:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(TableResource, "write", killed_in_the_second_batch)
        with pytest.raises(KeyboardInterrupt):
            go_on.call(run.pk)
    run.refresh_from_db()
    assert (run.state, run.last_written, Price.objects.count()) == ("applying", 3, 3)
    assert "Written up to row 3 of 6." in client.get(address(run)).text
    assert resume_tables() == 0
    TableImport.objects.update(active_at=timezone.now() - timedelta(hours=1))
    assert resume_tables() == 1
    assert resume_tables() == 0
    go_on.call(run.pk)
    run.refresh_from_db()
    assert (run.state, Price.objects.count()) == ("done", 6)
    assert FieldChange.objects.filter(action="added", user=manager).count() == 5
    go_on.call(run.pk)
    assert Price.objects.count() == 6


@pytest.mark.database
def test_two_workers_add_no_price_twice(client, manager, small_batches, monkeypatch):
    preview(client, "price", new_prices(client, 5))
    step(client, "write")
    run = TableImport.objects.get()
    compare = TableResource.compare

    def compared_while_the_other_writes(resource, rows):
        found = compare(resource, rows)
        patch.undo()
        go_on.call(run.pk)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(TableResource, "compare", compared_while_the_other_writes)
        go_on.call(run.pk)
    run.refresh_from_db()
    assert (run.state, run.problem, Price.objects.count()) == ("done", "", 6)


def test_a_comparison_whose_worker_was_killed_begins_again(client, manager):
    upload(client, "aimodel", as_csv([{"slug": "new", "name": "New"}]))
    an_hour_ago = timezone.now() - timedelta(hours=1)
    TableImport.objects.update(state="running", done_count=1, active_at=an_hour_ago)
    assert resume_tables() == 1
    go_on.call(TableImport.objects.get().pk)
    assert TableImport.objects.get().state == "held"


def test_a_comparison_shows_its_progress_and_is_stopped(client, manager, small_batches, monkeypatch):
    upload(client, "aimodel", as_csv([{"slug": f"new-{number}", "name": "New"} for number in range(5)]))
    compare, pages = TableResource.compare, []

    def stopped_in_the_second_batch(resource, rows):
        run = TableImport.objects.get()
        pages.append(client.get(address(run)).text)
        if run.done_count:
            pages.append(step(client, "stop"))
        return compare(resource, rows)

    with monkeypatch.context() as patch:
        patch.setattr(TableResource, "compare", stopped_in_the_second_batch)
        go_on.call(TableImport.objects.get().pk)
    assert "0 of 5 rows compared." in pages[0]
    assert '<progress max="5" value="2"' in pages[1]
    assert "Interrupted." in pages[2]
    run = TableImport.objects.get()
    assert (run.state, run.rows) == ("interrupted", [])
    assert "Waiting for the worker" in step(client, "compare")
    go_on.call(run.pk)
    assert "5 new" in client.get(address(run)).text


def test_writing_is_stopped_and_goes_on_with_the_rest(client, manager, small_batches, monkeypatch):
    preview(client, "aimodel", [{"slug": f"new-{number}", "name": "New"} for number in range(5)])
    compare = TableResource.compare

    def stopped_after_the_first_batch(resource, rows):
        if AIModel.objects.exists():
            step(client, "stop")
        return compare(resource, rows)

    step(client, "write")
    with monkeypatch.context() as patch:
        patch.setattr(TableResource, "compare", stopped_after_the_first_batch)
        go_on.call(TableImport.objects.get().pk)
    run = TableImport.objects.get()
    assert (run.state, run.last_written, AIModel.objects.count()) == ("held", 3, 2)
    assert "The rows up to 3 are written" in client.get(address(run)).text
    confirm(client)
    assert AIModel.objects.count() == 5


def test_a_name_that_somebody_takes_meanwhile_ends_the_import_at_its_row(client, manager, small_batches):
    preview(client, "aimodel", [{"slug": f"new-{number}", "name": "New"} for number in range(4)])
    factories.model(slug="new-3", name="Of another user")
    page = confirm(client).text
    assert "Row 5 was not written, nor any row below it: Another user or an import has changed" in page
    assert "The rows before it are written." in page
    assert AIModel.objects.count() == 4
    assert AIModel.objects.get(slug="new-3").name == "Of another user"
    step(client, "compare")
    go_on.call(TableImport.objects.get().pk)
    assert "<del>Of another user</del> → <ins>New</ins>" in client.get(address(TableImport.objects.get())).text
    confirm(client)
    assert AIModel.objects.filter(name="New").count() == 4


@pytest.mark.database
def test_a_name_that_somebody_takes_in_the_last_moment_does_so_too(client, manager, small_batches, monkeypatch):
    preview(client, "aimodel", [{"slug": f"new-{number}", "name": "New"} for number in range(4)])
    compare = TableResource.compare

    def taken_after_the_comparison(resource, rows):
        found = compare(resource, rows)
        if 5 in rows:
            AIModel.objects.get_or_create(slug="new-3", defaults={"name": "Of another user"})
        return found

    monkeypatch.setattr(TableResource, "compare", taken_after_the_comparison)
    page = confirm(client).text
    assert "Row 5 was not written, nor any row below it: Another user or an import has changed" in page
    assert AIModel.objects.filter(name="New").count() == 3


def test_a_value_that_somebody_changes_meanwhile_is_not_overwritten(client, manager):
    changed, same = factories.model(slug="a", context_tokens=1), factories.model(slug="b", context_tokens=5)
    rows = [{"slug": one.slug, "name": one.name, "context_tokens": "5"} for one in (changed, same)]
    preview(client, "aimodel", rows)
    AIModel.objects.filter(pk=same.pk).update(context_tokens=6)
    assert "Done." in confirm(client).text
    same.refresh_from_db()
    assert same.context_tokens == 6, "no difference of it was shown"
    preview(client, "aimodel", rows)
    AIModel.objects.filter(pk=same.pk).update(context_tokens=7)
    assert "Row 3 was not written, nor any row below it" in confirm(client).text
    same.refresh_from_db()
    assert same.context_tokens == 7


def test_only_what_waits_is_written(client, manager):
    upload(client, "aimodel", as_csv([{"slug": "new", "name": "New"}]))
    assert "Nothing waits to be written" in step(client, "write")
    go_on.call(TableImport.objects.get().pk)
    step(client, "write")
    assert "it is being written already" in step(client, "write")
    step(client, "compare")
    assert TableImport.objects.get().state == "applying"
    step(client, "nonsense")
    go_on.call(TableImport.objects.get().pk)
    assert TableImport.objects.get().state == "done"
    step(client, "stop")
    assert TableImport.objects.get().state == "done"


def test_a_file_that_is_lost_is_said(client, manager, folder):
    preview(client, "aimodel", [{"slug": "new", "name": "New"}])
    for file in folder.iterdir():
        file.unlink()
    assert "The file is no longer on the server. Upload it again." in confirm(client).text


def test_a_fault_is_said_and_reported(client, manager, monkeypatch):
    upload(client, "aimodel", as_csv([{"slug": "new", "name": "New"}]))
    monkeypatch.setattr(TableResource, "load", lambda resource, rows: 1 / 0)
    run = TableImport.objects.get()
    with pytest.raises(ZeroDivisionError):
        go_on.call(run.pk)
    assert "It failed: ZeroDivisionError." in client.get(address(run)).text


def test_old_files_are_deleted(client, manager, folder):
    preview(client, "aimodel", [{"slug": "new", "name": "New"}])
    forget_old_tables()
    assert TableImport.objects.exists()
    TableImport.objects.update(started_at=timezone.now() - timedelta(days=31))
    forget_old_tables()
    assert not TableImport.objects.exists()
    assert not list(folder.iterdir())


def queries(work) -> int:
    with CaptureQueriesContext(connection) as found:
        work()
    return len(found)


def test_rows_that_say_the_same_cost_no_queries_of_their_own(client, manager):
    rows = [factories.price() for _ in range(2)]
    two = rows_out(client, "price")
    exported = queries(lambda: rows_out(client, "price"))
    few = queries(lambda: preview(client, "price", two))
    rows += [factories.price() for _ in range(18)]
    assert queries(lambda: rows_out(client, "price")) == exported
    assert queries(lambda: preview(client, "price", [row | {"offering": ""} for row in rows_out(client, "price")])) == (
        few + 1 + exported
    )
    assert TableImport.objects.first().state == "done"


@pytest.mark.django_db(transaction=True)
def test_rows_are_compared_outside_of_a_transaction_and_written_some_at_a_time(client, monkeypatch, small_batches):
    client.force_login(people.administrator())
    models = [factories.model(slug=f"model-{number}", context_tokens=1) for number in range(5)]
    rows = [{"slug": model.slug, "name": model.name, "context_tokens": "2"} for model in models]
    rows.append({"slug": "brand-new", "name": "Brand new", "context_tokens": "3"})
    places, batches = [], []
    validate, write = TableResource.validate_instance, TableResource.write

    def validated(resource, *args, **kwargs):
        places.append(connection.in_atomic_block)
        return validate(resource, *args, **kwargs)

    def written(resource, rows, user):
        batches.append(len(rows))
        write(resource, rows, user)

    monkeypatch.setattr(TableResource, "validate_instance", validated)
    monkeypatch.setattr(TableResource, "write", written)
    preview(client, "aimodel", rows)
    assert (places, batches) == ([False] * 6, [])
    confirm(client)
    assert (places, batches) == ([False] * 12, [2, 2, 2])
    assert sorted(AIModel.objects.values_list("context_tokens", flat=True)) == [2, 2, 2, 2, 2, 3]
    assert FieldChange.objects.filter(field="context_tokens").count() == 5
