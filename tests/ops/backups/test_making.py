import tarfile
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from ops.backups import databases, making
from ops.backups.databases import KINDS, PostgreSQL, connected_to
from ops.backups.making import left_out, make_backup, workplace
from publishing.images.models import Image
from tests import factories
from tests.ops.backups.sites import some_content

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def names_in(path: Path) -> list[str]:
    with tarfile.open(path) as tar:
        return tar.getnames()


def everything_in(path: Path, folder: Path) -> bytes:
    """Return the content of a backup, unpacked."""
    making.unpack(path, folder)
    if (dump := folder / PostgreSQL.member).exists():
        databases.subprocess.run(["pg_restore", f"--file={folder / 'plain'}", str(dump)], check=True)
    return b"".join(file.read_bytes() for file in folder.rglob("*") if file.is_file())


def test_it_holds_rows_and_files_and_no_secrets_of_the_site(tmp_path, settings):
    session_key = some_content()
    settings.EMAIL_URL = "smtp://desk:sesame@mail.example.com"
    path = make_backup()
    held = everything_in(path, tmp_path / "out")
    assert b"Of lighthouses" in held
    assert b"marie" in held
    assert Image.objects.get().file.read() in held
    for secret in (session_key, live.SECRET_KEY, "sesame", str(connection.settings_dict["PASSWORD"] or "sesame")):
        assert secret.encode() not in held
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.only_on("sqlite")
def test_tables_that_are_left_out_are_there_and_empty(tmp_path):
    some_content()
    making.unpack(make_backup(), tmp_path / "out")
    with connected_to(str(tmp_path / "out" / "database.sqlite3")) as copy:
        for model in left_out:
            assert copy.execute(f"SELECT count(*) FROM {model._meta.db_table}").fetchone() == (0,)
        assert copy.execute("SELECT count(*) FROM publishing_image").fetchone() == (1,)


def test_what_a_killed_one_left_is_deleted_and_a_good_one_stays(settings):
    good = make_backup()
    left = settings.BACKUP_DIR / ".unfinished"
    left.mkdir()
    (left / "backup").write_bytes(b"half")
    with time_machine.travel(timezone.now() + timedelta(seconds=2)):
        make_backup()
    assert not left.exists()
    assert good.exists()


def test_two_at_once_do_not_get_in_each_others_way():
    with workplace(live.BACKUP_DIR), pytest.raises(CommandError, match="Another backup"):
        make_backup()


def test_one_that_fails_leaves_nothing_but_the_earlier_ones(settings, monkeypatch):
    good = make_backup()
    monkeypatch.setattr(making, "check", lambda *_: (_ for _ in ()).throw(CommandError("The disk tells lies.")))
    with pytest.raises(CommandError, match="lies"):
        make_backup()
    assert set(settings.BACKUP_DIR.iterdir()) == {settings.BACKUP_DIR / ".backup.lock", good}


def test_what_was_written_wrongly_gets_no_name(settings, monkeypatch):
    def write_badly(path, files, say, was=making.write):
        was(path, files, say)
        with path.open("r+b") as file:
            file.seek(700)
            file.write(b"bad sector")

    monkeypatch.setattr(making, "write", write_badly)
    with pytest.raises(CommandError, match="damaged"):
        make_backup()
    assert list(settings.BACKUP_DIR.glob("*")) == [settings.BACKUP_DIR / ".backup.lock"]


def test_a_damaged_database_in_a_whole_file_is_refused(monkeypatch):
    tools = KINDS[connection.vendor]

    def dump_badly(target, left_out, was=tools.dump):
        was(target, left_out)
        data = target.read_bytes()
        target.write_bytes(data[: len(data) // 2])

    monkeypatch.setattr(tools, "dump", dump_badly)
    with pytest.raises(CommandError, match=r"damaged|malformed|pg_restore failed"):
        call_command("backup")


def test_a_full_disk_is_said(settings, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(making, "write", full)
    with pytest.raises(CommandError, match="No space left"):
        call_command("backup")
    assert list(settings.BACKUP_DIR.glob("*")) == [settings.BACKUP_DIR / ".backup.lock"]


def test_a_picture_that_is_deleted_while_the_copy_is_made_has_all_copied_again(monkeypatch):
    image = factories.image()
    tools, tries = KINDS[connection.vendor], []

    def dump(*arguments, was=tools.dump):
        was(*arguments)
        tries.append(Image.objects.count())
        if len(tries) == 1:
            path = Path(image.file.path)
            image.delete()
            path.unlink()

    monkeypatch.setattr(tools, "dump", dump)
    path = make_backup()
    assert tries == [1, 0]
    assert names_in(path) == [making.MANIFEST, tools.member]


def test_of_the_regular_ones_so_many_are_kept_and_those_by_hand_stay(settings):
    settings.BACKUP_KEEP = 2
    by_hand, made = make_backup(), []
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(4):
            made.append(make_backup(is_regular=True))
            clock.shift(timedelta(days=1))
    assert sorted(settings.BACKUP_DIR.glob("*.tar.gz")) == sorted([by_hand, *made[2:]])


def test_the_command_says_what_it_made_and_checks_it_again(capsys, settings):
    some_content()
    call_command("backup")
    (path,) = settings.BACKUP_DIR.glob("*.tar.gz")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["Copying", "Packing", "Reading", "Checking", "Made"]
    assert str(path) in lines[-1]
    call_command("backup", check=path)
    assert "is whole" in capsys.readouterr().out
    path.write_bytes(path.read_bytes()[:-1_000])
    with pytest.raises(CommandError, match="is damaged"):
        call_command("backup", check=path)
    with pytest.raises(CommandError, match="No such file"):
        call_command("backup", check=path.with_name("other.tar.gz"))


def test_ctrl_c_leaves_nothing(settings, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(making, "write", interrupted)
    with pytest.raises(KeyboardInterrupt):
        call_command("backup")
    assert list(settings.BACKUP_DIR.glob("*")) == [settings.BACKUP_DIR / ".backup.lock"]


def test_the_manifest_tells_of_the_site_and_its_migrations(settings, tmp_path):
    manifest = making.unpack(make_backup(), tmp_path / "out")
    assert (manifest["database"], manifest["site"]) == (connection.vendor, settings.SITE_URL)
    assert ["publishing", "0001_initial"] in manifest["migrations"]


@pytest.mark.only_on("postgresql")
def test_a_missing_pg_dump_is_said(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(CommandError, match="No such file or directory: 'pg_dump'"):
        make_backup()
