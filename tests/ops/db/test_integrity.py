from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.utils import timezone

from ops.backups.databases import connected_to
from ops.db import integrity
from ops.models import DueJob
from tests import factories

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def test_a_whole_database_is_called_whole(capsys):
    DueJob.objects.create(name="lamp", claimed_at=timezone.now())
    call_command("check_database")
    assert "tables are whole" in capsys.readouterr().out


def test_each_table_is_checked():
    tables = {checked.table for checked in integrity.check_tables()}
    assert set(connection.introspection.table_names()) <= tables
    assert all(not checked.problems for checked in integrity.check_tables())


@contextmanager
def damaged_copy(tmp_path, statements):
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(tmp_path / "copy.sqlite3")])
    with connected_to(str(tmp_path / "copy.sqlite3")) as copy:
        copy.execute("PRAGMA foreign_keys = OFF")
        for statement in statements:
            copy.execute(statement)
        yield


@pytest.mark.only_on("sqlite")
def test_a_missing_row_of_a_foreign_key_is_found(tmp_path, capsys):
    statement = "INSERT INTO auth_user_groups (user_id, group_id) VALUES (77, 88)"
    with damaged_copy(tmp_path, [statement]), pytest.raises(CommandError, match=r"Damaged, of .* auth_user_groups"):
        call_command("check_database")
    assert "auth_user_groups: row 1 names a row of auth_" in capsys.readouterr().out


@pytest.mark.only_on("sqlite")
def test_a_row_that_breaks_a_constraint_with_regexp_is_found(tmp_path, capsys):
    """Other programs cannot check it, since SQLite itself has no REGEXP."""
    factories.publishable(factories.AIModel, "lamp")
    statements = [
        "PRAGMA ignore_check_constraints = ON",
        "UPDATE catalog_aimodel SET released_on = 'in spring'",
        "PRAGMA ignore_check_constraints = OFF",
    ]
    with damaged_copy(tmp_path, statements), pytest.raises(CommandError, match=r"Damaged, of .* catalog_aimodel"):
        call_command("check_database")
    assert "CHECK constraint failed in catalog_aimodel" in capsys.readouterr().out


@pytest.mark.only_on("sqlite")
def test_a_damaged_page_is_found(tmp_path, capsys):
    DueJob.objects.create(name="lamp", claimed_at=timezone.now())
    path = tmp_path / "copy.sqlite3"
    with damaged_copy(tmp_path, []), connection.cursor() as cursor:
        cursor.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'ops_duejob'")
        (page,) = cursor.fetchone()
        cursor.execute("PRAGMA page_size")
        (size,) = cursor.fetchone()
    with path.open("r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with connected_to(str(path)), pytest.raises(CommandError, match=r"Damaged, of .* ops_duejob"):
        call_command("check_database")


@pytest.mark.only_on("postgresql")
def test_a_table_that_cannot_be_read_is_found_and_the_others_are_checked(monkeypatch, capsys):
    def check(table, was=integrity._problems_on_postgresql):
        if table == "auth_group":
            raise DatabaseError("invalid page in block 0")
        return was(table)

    monkeypatch.setattr(integrity, "_problems_on_postgresql", check)
    with pytest.raises(CommandError, match=r"Damaged, of .* tables: auth_group"):
        call_command("check_database")
    assert "auth_group: invalid page in block 0" in capsys.readouterr().out


@pytest.mark.only_on("postgresql")
def test_indexes_are_checked_where_the_extension_is_installed(capsys):
    with connection.cursor() as cursor:
        cursor.execute("DROP EXTENSION IF EXISTS amcheck")
        assert any("amcheck" in sentence for sentence in integrity.unchecked())
        cursor.execute("CREATE EXTENSION amcheck")
        try:
            assert not any("amcheck" in sentence for sentence in integrity.unchecked())
            call_command("check_database")
        finally:
            cursor.execute("DROP EXTENSION amcheck")
    assert "tables are whole" in capsys.readouterr().out
