import fcntl
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from articles.models import Article
from catalog.documents.sync.head import current_head
from ops.backups import making, restoring
from ops.backups.databases import KINDS, connected_to
from ops.backups.making import make_backup
from ops.backups.restoring import restore
from ops.server import data_dir_lock
from publishing.images.models import Image
from publishing.search.results import answer
from publishing.workflow.share_link import ShareLink
from tests import factories
from tests.ops.backups.sites import drop_aside, rows, some_content, uploads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def remade(path, folder, **changes):
    """Return the same backup with another manifest."""
    making.unpack(path, folder)
    manifest = folder / making.MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | changes))
    files = {making.MANIFEST: manifest}
    files |= {str(file.relative_to(folder)): file for file in folder.rglob("*") if file.is_file()}
    making.write(path.with_name("other.tar.gz"), files)
    return path.with_name("other.tar.gz")


@pytest.fixture
def backup():
    some_content()
    path = make_backup()
    connection.close()
    return path


@pytest.fixture
def restored():
    """A function that restores; the data that it sets aside is removed after the test."""
    done = []

    def run(path):
        done.append(restore(path)[1])
        return done[-1]

    yield run
    for each in done:
        drop_aside(each)


def test_all_is_there_again_and_nothing_else(backup, restored):
    before, files, epoch = rows(), uploads(), current_head().epoch
    Article.objects.all().delete()
    factories.article(title="Written since")
    for image in Image.objects.all():
        image.file.delete()
    restored(backup)
    assert rows() == before
    assert uploads() == files
    assert answer("lighthouses", "", 0, 20).total == 1
    head = current_head()
    assert head.epoch != epoch
    assert head.number > 0


def test_share_links_do_not_come_back(restored):
    article = factories.article(state="draft")
    link = ShareLink.objects.create(record=article, expires_at=timezone.now() + timedelta(days=3))
    path = make_backup()
    link.delete()
    restored(path)
    assert not ShareLink.objects.exists()


def test_what_was_there_before_is_kept_aside(backup, restored):
    factories.article(title="Written since")
    aside = restored(backup)
    assert not Article.objects.filter(title="Written since").exists()
    with connected_to(aside):
        assert Article.objects.filter(title="Written since").exists()


def test_a_backup_of_a_newer_schema_is_refused_before_anything_is_touched(backup, tmp_path):
    path = remade(backup, tmp_path / "out", migrations=[["publishing", "9999_from_the_future"]])
    factories.article(title="Written since")
    before = rows()
    with pytest.raises(CommandError, match="made by a newer Vitrine, with publishing"):
        restore(path)
    assert rows() == before


def test_a_damaged_backup_is_refused_before_anything_is_touched(backup):
    before = rows()
    data = bytearray(backup.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 64] = bytes(64)  # a single changed bit may give the same contents
    backup.write_bytes(data)
    with pytest.raises(CommandError, match="is damaged"):
        restore(backup)
    assert rows() == before


def test_a_database_of_another_kind_is_refused(backup, tmp_path):
    other = next(vendor for vendor in KINDS if vendor != connection.vendor)
    with pytest.raises(CommandError, match=f"holds a database of {other}"):
        restore(remade(backup, tmp_path / "out", database=other))


def test_a_failure_on_the_way_leaves_all_as_it_was(backup, monkeypatch, settings):
    factories.article(title="Written since")
    before = rows()

    def fail():
        raise CommandError("No way.")

    monkeypatch.setattr(restoring, "after_restore", [fail])
    with pytest.raises(CommandError, match="No way"):
        restore(backup)
    assert rows() == before
    assert not (settings.DATA_DIR / ".unfinished").exists()
    if connection.vendor == "postgresql":
        with pytest.raises(OperationalError), connected_to(f"{connection.settings_dict['NAME']}_restoring"):
            pass


def test_nothing_is_restored_under_a_server_that_runs(backup, settings):
    with (settings.DATA_DIR / data_dir_lock.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(CommandError, match="A server or a worker is running"):
            restore(backup)


def test_nothing_is_restored_while_another_program_has_the_database(backup):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_user")
        with pytest.raises((CommandError, OperationalError), match=r"has .* open|accessed by other users"):
            restore(backup)
    other.close()
    assert Article.objects.exists()


@pytest.mark.only_on("sqlite")
def test_a_running_site_with_another_folder_and_the_same_database_is_noticed(backup, settings):
    with data_dir_lock.ExitStack() as site:
        for name in data_dir_lock.lock_names():
            site.enter_context(data_dir_lock.locked(name, fcntl.LOCK_SH))
        settings.DATA_DIR = settings.DATA_DIR.with_name("elsewhere")
        settings.DATA_DIR.mkdir()
        with pytest.raises(CommandError, match="A server or a worker is running"):
            restore(backup)


@pytest.mark.only_on("postgresql")
def test_a_running_site_is_noticed_before_the_backup_is_read(backup):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT 1")
        backup.write_bytes(b"damaged")
        with pytest.raises(CommandError, match=r"A site or another program has the database .* open"):
            restore(backup)
    other.close()


def test_nobody_starts_during_a_restore():
    with data_dir_lock.lock_exclusively(), pytest.raises(CommandError, match="being restored"):
        data_dir_lock.lock_shared()


def test_a_missing_file_is_said(backup):
    before = rows()
    with pytest.raises(CommandError, match="No such file"):
        call_command("restore", backup.with_name("none.tar"))
    assert rows() == before
