import fcntl
import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from articles.models import Article
from catalog.feed.head import current_head
from publishing import in_use
from publishing.backups import archive, restoring
from publishing.backups.making import make_backup
from publishing.backups.manifest import KINDS
from publishing.backups.problems import BackupError
from publishing.backups.restoring import restore
from publishing.models import Image, ShareLink
from publishing.search.results import answer
from tests import factories
from tests.publishing.backups.sites import always, drop_aside, rows, silent, some_content, uploads

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.database]


def remade(path, **changes):
    """The same backup with another manifest, whole."""
    other = path.with_name("other.tar")
    with archive.Writer(other) as writer:
        for entry, file in archive.members(path):
            if entry.name == archive.MANIFEST:
                said = json.loads(file.read())
                writer.add_text(archive.MANIFEST, json.dumps({**said, **changes}), entry.mtime)
            elif entry.name != archive.SUMS:
                (piece := path.with_name("piece")).write_bytes(file.read())
                writer.add(entry.name, piece)
    return other


@pytest.fixture
def backup():
    some_content()
    path, _ = make_backup(silent)
    connection.close()
    return path


@pytest.fixture
def restored():
    """A function that restores; what it set aside is taken away after the test."""
    done = []

    def run(path):
        done.append(restore(path, silent, always))
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
    path, _ = make_backup(silent)
    link.revoked_at = timezone.now()
    link.save()
    restored(path)
    assert ShareLink.objects.count() == 1
    assert ShareLink.objects.opened_by(link.token) is None


def test_what_was_there_before_is_kept_aside(backup, restored):
    factories.article(title="Written since")
    done = restored(backup)
    assert not Article.objects.filter(title="Written since").exists()
    with restoring.standing_in(done.aside):
        assert Article.objects.filter(title="Written since").exists()


REFUSED = {
    "a newer schema": ({"migrations": [["publishing", "9999_from_the_future"]]}, "made by a newer Vitrine"),
    "a newer format": ({"format": 2}, "another version of Vitrine"),
    "other numbers of rows": ({"tables": {"auth_user": 7}}, "numbers of rows"),
    "other numbers of files": ({"files": 7}, "is not whole"),
    "no sense": ({"made_at": "yesterday"}, "makes no sense"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_does_not_fit_is_refused_before_anything_is_touched(backup, case, settings):
    changes, words = REFUSED[case]
    path = remade(backup, **changes)
    factories.article(title="Written since")
    before = rows()
    with pytest.raises(BackupError, match=words):
        restore(path, silent, always)
    assert rows() == before
    assert list(settings.BACKUP_DIR.glob(".unfinished*")) == []


def test_a_database_of_another_kind_is_refused(backup):
    other = next(kind for kind in KINDS if kind != connection.vendor)
    with pytest.raises(BackupError, match=f"holds a database of {KINDS[other]}"):
        restore(remade(backup, database=other), silent, always)


def test_a_failure_on_the_way_leaves_all_as_it_was(backup, monkeypatch, settings):
    factories.article(title="Written since")
    before = rows()

    def fail():
        raise BackupError("No way.")

    monkeypatch.setattr(restoring, "after_restore", [fail])
    with pytest.raises(BackupError, match="No way"):
        restore(backup, silent, always)
    assert rows() == before
    with pytest.raises(OperationalError), restoring.standing_in(half_made()):
        connection.ensure_connection()


def half_made() -> str:
    """Where a database lies while it is made ready; on SQLite in a form that opens what is there and makes nothing."""
    if connection.vendor == "postgresql":
        return f"{connection.settings_dict['NAME']}_restoring"
    return f"file:{connection.settings_dict['NAME']}.restoring?mode=rw"


def test_nothing_is_restored_under_a_server_that_runs(backup, settings):
    with (settings.DATA_DIR / in_use.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        with pytest.raises(BackupError, match="A server or a worker is running"):
            restore(backup, silent, always)


def test_nothing_is_restored_while_another_program_has_the_database(backup):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM auth_user")
        with pytest.raises(BackupError, match=r"has .* open|connected to the database"):
            restore(backup, silent, always)
    other.close()


def test_nobody_starts_during_a_restore(monkeypatch):
    monkeypatch.setattr(in_use, "held", [])
    with in_use.only_here(), pytest.raises(in_use.InUseError, match="being restored"):
        in_use.work_here()
    assert in_use.held == []


def test_without_a_yes_nothing_happens(backup, monkeypatch, capsys):
    before = rows()
    with pytest.raises(CommandError, match="Say --yes"):
        call_command("restore", backup)
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda _: "no")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("restore", backup)
    assert rows() == before
    with pytest.raises(CommandError, match="There is no file"):
        call_command("restore", backup.with_name("none.tar"))
