import json
import os
import pwd
import subprocess
from types import SimpleNamespace

import pytest
from django.core.management import get_commands
from django.db import connection

from config import command_line
from tests.config.running import PROJECT, environment, manage

SHOW = "import json, os; print(json.dumps(dict(os.environ)))"


@pytest.mark.parametrize("arguments", [["backup"], ["restore", "file.tar.gz"], ["createsuperuser", "--no-input"]])
def test_where_there_is_no_site_a_command_says_so_and_makes_none(tmp_path, arguments):
    folder = tmp_path / "nowhere"
    run = manage(*arguments, DATA_DIR=folder)
    assert run.returncode == 1
    assert f"There is no site in {folder} (DATA_DIR)" in run.stderr
    assert ("--new-site" in run.stderr) == (arguments[0] == "restore")
    assert not folder.exists()


def test_a_folder_without_a_database_is_no_site_and_gets_none(tmp_path):
    assert manage("check", DATA_DIR=tmp_path).returncode == 0  # this makes the key
    before = sorted(tmp_path.iterdir())
    run = manage("backup", DATA_DIR=tmp_path)
    assert run.returncode == 1
    assert f"backup: SQLite database {tmp_path}/vitrine.sqlite3, folder {tmp_path}\n" in run.stderr
    assert "missing or empty" in run.stderr
    assert sorted(tmp_path.iterdir()) == before


def test_a_new_site_is_made_only_where_there_is_none(monkeypatch, capsys):
    arguments = ["restore", "file.tar.gz", "--new-site"]
    monkeypatch.setattr(command_line, "is_database_empty", lambda: True)
    command_line.name_site(arguments)
    assert "restore: " in capsys.readouterr().err
    with pytest.raises(SystemExit, match=r"missing or empty.* add --new-site"):
        command_line.name_site(arguments[:2])
    monkeypatch.setattr(command_line, "is_database_empty", lambda: False)
    command_line.name_site(arguments[:2])
    with pytest.raises(SystemExit, match="There is a site in this database already"):
        command_line.name_site(arguments)


@pytest.mark.django_db(transaction=True)
@pytest.mark.database
def test_a_database_with_tables_is_not_empty():
    assert not command_line.is_database_empty()


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_on("sqlite")
def test_a_damaged_database_is_not_called_empty(tmp_path, monkeypatch):
    """A restore may replace it."""
    path = tmp_path / "damaged.sqlite3"
    path.write_bytes(b"no database at all" * 100)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(path))
    connection.close()
    assert not command_line.is_database_empty()


def test_the_password_of_the_database_is_not_shown(monkeypatch):
    values = {"NAME": "site", "HOST": "10.0.0.5", "PORT": 5432, "USER": "vitrine", "PASSWORD": "sesame"}
    monkeypatch.setattr(command_line, "connection", SimpleNamespace(vendor="postgresql", settings_dict=values))
    assert command_line.named_database() == "PostgreSQL database site at 10.0.0.5:5432 as vitrine"


@pytest.mark.parametrize("arguments", [["serve"], ["worker"], ["backup", "--regular"], ["check"], ["help"], []])
def test_the_log_of_the_site_and_commands_without_a_site_name_none(capsys, monkeypatch, arguments):
    monkeypatch.setattr(command_line, "is_database_empty", lambda: False)
    command_line.name_site(arguments)
    assert capsys.readouterr().err == ""


def test_the_commands_that_are_listed_exist():
    named = {name for name in command_line.UNNAMED if not name.startswith("--")} | command_line.NEEDS_SITE
    assert named <= {*get_commands(), "help"}


def vitrine(settings_file, *arguments, **variables):
    account = pwd.getpwuid(os.geteuid()).pw_name
    return subprocess.run(
        [PROJECT / "config" / "deploy" / "vitrine", *arguments],
        env=environment(VITRINE_SETTINGS=settings_file, VITRINE_ACCOUNT=account, **variables),
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_command_vitrine_has_the_settings_of_the_file_and_none_of_the_shell(tmp_path):
    path = tmp_path / "vitrine.env"
    folder = tmp_path / "data"
    sender = "desk & co <a@b.example>"
    path.write_text(f"# A note\n\n  DATA_DIR=\"{folder}\" \nTIME_ZONE='Europe/London'\nMAIL_FROM={sender}\n")
    shell = {"DATABASE_URL": "postgres://elsewhere/site", "SECRET_KEY": "x"}
    run = vitrine(path, "shell", "--verbosity=0", "--command", SHOW, **shell)
    assert f"shell: SQLite database {folder}/vitrine.sqlite3, folder {folder}" in run.stderr
    values = json.loads(run.stdout)
    assert values["TIME_ZONE"] == "Europe/London"
    assert values["MAIL_FROM"] == sender
    assert not {"DATABASE_URL", "SECRET_KEY"} & set(values)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("DATA_DIR", "neither NAME=value nor a comment: line 2"),
        ("DATA DIR=/tmp", "line 2: DATA DIR is no name"),
        ('SECRET_KEY=a"b', "line 2: SECRET_KEY has a quotation mark"),
        ("SECRET_KEY=a\\", "line 2: SECRET_KEY has a quotation mark or a backslash"),
    ],
)
def test_a_line_that_systemd_reads_differently_is_refused_without_its_value(tmp_path, line, words):
    path = tmp_path / "vitrine.env"
    path.write_text(f"# A note\n{line}\n")
    run = vitrine(path, "check")
    assert run.returncode == 1
    assert words in run.stderr


def test_a_missing_file_of_settings_is_said(tmp_path):
    run = vitrine(tmp_path / "none.env", "backup")
    assert run.returncode == 1
    assert "none.env cannot be read: run this as root, as in: sudo vitrine backup" in run.stderr
