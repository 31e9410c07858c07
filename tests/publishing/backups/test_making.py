import gzip
import shutil
from collections import namedtuple
from pathlib import Path

import pytest
from django.conf import settings as live
from django.core.management import CommandError, call_command
from django.db import connection

from publishing.backups import archive, making, postgresql, uploads
from publishing.backups.making import make_backup, workplace
from publishing.backups.manifest import manifest_of
from publishing.backups.problems import BackupError
from publishing.backups.registry import left_out_tables
from publishing.drawings import sharing
from publishing.models import Image
from tests import factories
from tests.publishing.backups.sites import silent, some_content

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def everything_in(path: Path, folder: Path) -> bytes:
    """All that a backup holds, unpacked."""
    held = b""
    for entry, file in archive.members(path):
        data = file.read()
        if entry.name.endswith(".gz"):
            data = gzip.decompress(data)
        elif entry.name == postgresql.MEMBER:
            (folder / "dump").write_bytes(data)
            command = ["pg_restore", "--file=-", str(folder / "dump")]
            data = postgresql.subprocess.run(command, capture_output=True, check=True).stdout
        held += data
    return held


def test_it_holds_rows_and_files_and_no_secrets_of_the_site(tmp_path, settings):
    session_key = some_content()
    settings.EMAIL_URL = "smtp://desk:sesame@mail.example.com"
    path, manifest = make_backup(silent)
    held = everything_in(path, tmp_path)
    assert b"Of lighthouses" in held
    assert b"marie" in held
    assert Image.objects.get().file.read() in held
    for secret in (session_key, live.SECRET_KEY, "sesame", str(connection.settings_dict["PASSWORD"] or "sesame")):
        assert secret.encode() not in held
    assert (manifest.files, manifest.tables["publishing_image"]) == (1, 1)
    assert {manifest.tables[table] for table in left_out_tables()} == {0}
    assert path.stat().st_mode & 0o777 == 0o600


def test_drawings_are_left_out_and_typefaces_of_the_site_are_not(settings):
    for name in (f"media/{sharing.FOLDER}/card.png", "fonts/own.ttf"):
        path = settings.DATA_DIR / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"bytes")
    path, _ = make_backup(silent)
    names = [entry.name for entry, _ in archive.members(path)]
    assert "fonts/own.ttf" in names
    assert not any(sharing.FOLDER in name for name in names)


def test_what_a_killed_one_left_is_swept_and_a_good_one_stays(settings):
    good, _ = make_backup(silent)
    left = settings.BACKUP_DIR / ".unfinished-1"
    left.mkdir()
    (left / "backup").write_bytes(b"half")
    make_backup(silent)
    assert not left.exists()
    assert good.exists()


def test_two_at_once_do_not_get_in_each_others_way():
    with workplace(), pytest.raises(BackupError, match="Another backup"):
        make_backup(silent)


def test_one_that_fails_leaves_nothing_but_the_earlier_ones(settings, monkeypatch):
    good, _ = make_backup(silent)
    monkeypatch.setattr(making, "check", lambda *_: (_ for _ in ()).throw(BackupError("The disk tells lies.")))
    with pytest.raises(BackupError, match="lies"):
        make_backup(silent)
    assert sorted(path.name for path in settings.BACKUP_DIR.iterdir()) == [".lock", good.name]


def test_what_was_written_wrongly_gets_no_name(settings, monkeypatch):
    monkeypatch.setattr(archive, "_last_block", lambda whole, was=archive._last_block: was(whole)[:-1] + b"\1")
    finished = archive.Writer._finish

    def finish_badly(writer):
        finished(writer)
        writer.raw.seek(700)
        writer.raw.write(b"bad sector")

    monkeypatch.setattr(archive.Writer, "_finish", finish_badly)
    with pytest.raises(BackupError, match="damaged"):
        make_backup(silent)
    assert [path.name for path in settings.BACKUP_DIR.iterdir()] == [".lock"]


def test_a_full_disk_is_said_before_and_during(settings, monkeypatch):
    usage = namedtuple("Usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(1_000))
    with pytest.raises(BackupError, match=r"too little room.*1\.0 kB are free"):
        make_backup(silent)
    monkeypatch.undo()
    settings.BACKUP_DIR = live.DATA_DIR / "again"

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.Writer, "add", full)
    with pytest.raises(BackupError, match="The disk is full"):
        make_backup(silent)
    assert [path.name for path in settings.BACKUP_DIR.iterdir()] == [".lock"]


def test_a_picture_that_is_swept_while_the_copy_is_made_has_all_taken_once_more(monkeypatch):
    image = factories.image()
    kind, tries = making.KINDS[connection.vendor], []

    def dump(*arguments, was=kind.dump):
        counts = was(*arguments)
        tries.append(counts["publishing_image"])
        if len(tries) == 1:
            path = Path(image.file.path)
            image.delete()
            path.unlink()
        return counts

    monkeypatch.setattr(kind, "dump", dump)
    _, manifest = make_backup(silent)
    assert tries == [1, 0]
    assert (manifest.files, manifest.tables["publishing_image"]) == (0, 0)


def test_a_file_that_came_and_went_meanwhile_is_nobodys(monkeypatch, settings):
    passing = settings.MEDIA_ROOT / "passing.png"
    real = uploads.listed
    calls = []

    def listed():
        calls.append(1)
        return real() | ({"media/passing.png": passing} if len(calls) > 2 else {})

    monkeypatch.setattr(uploads, "listed", listed)
    _, manifest = make_backup(silent)
    assert manifest.files == 0
    assert len(calls) == 3


def test_of_the_regular_ones_so_many_are_kept_and_those_by_hand_stay(settings):
    settings.BACKUP_KEEP = 2
    by_hand, _ = make_backup(silent)
    made = [make_backup(silent, is_regular=True)[0] for _ in range(4)]
    assert sorted(settings.BACKUP_DIR.glob("*.tar")) == sorted([by_hand, *made[2:]])


def test_the_command_says_what_it_made_and_checks_it_again(capsys, settings):
    some_content()
    call_command("backup")
    (path,) = settings.BACKUP_DIR.glob("*.tar")
    assert str(path) in capsys.readouterr().out
    call_command("backup", check=path)
    assert "is whole" in capsys.readouterr().out
    path.write_bytes(path.read_bytes()[:-1_000])
    with pytest.raises(CommandError, match="no end"):
        call_command("backup", check=path)
    with pytest.raises(CommandError, match="There is no file"):
        call_command("backup", check=path.with_name("other.tar"))


def test_ctrl_c_leaves_nothing(settings, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(archive.Writer, "add_text", interrupted)
    with pytest.raises(CommandError, match="Interrupted"):
        call_command("backup")
    assert [path.name for path in settings.BACKUP_DIR.iterdir()] == [".lock"]


def test_the_manifest_tells_of_the_site_and_its_versions(settings):
    path, _ = make_backup(silent)
    manifest = manifest_of(path)
    assert manifest.database == connection.vendor
    assert ["publishing", "0001_initial"] in manifest.migrations
    assert manifest.settings["SITE_URL"] == settings.SITE_URL


@pytest.mark.only_on("postgresql")
class TestPrograms:
    def test_a_missing_pg_dump_is_said(self, monkeypatch):
        monkeypatch.setenv("PATH", "")
        with pytest.raises(BackupError, match="pg_dump is not on the path"):
            make_backup(silent)

    def test_a_pg_dump_that_is_older_than_the_server_is_said(self, monkeypatch, tmp_path):
        old = tmp_path / "pg_dump"
        old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
        old.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        with pytest.raises(BackupError, match="pg_dump is of PostgreSQL 9 and the server of 1"):
            make_backup(silent)
