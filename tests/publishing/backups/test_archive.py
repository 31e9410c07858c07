import random

import pytest

from publishing.backups import archive
from publishing.backups.problems import BackupError, MovedError

NOW = 1_700_000_000


def silent(*_):
    return None


@pytest.fixture
def whole(tmp_path):
    (tmp_path / "picture").write_bytes(random.Random(1).randbytes(3_000))
    path = tmp_path / "backup.tar"
    with archive.Writer(path) as writer:
        writer.add("media/a.png", tmp_path / "picture")
        writer.add_text(archive.MANIFEST, "{}", NOW)
    return path


def test_a_finished_file_is_whole_readable_by_its_owner_alone_and_gives_back_what_it_holds(whole, tmp_path):
    archive.check_whole(whole, silent)
    assert whole.stat().st_mode & 0o777 == 0o600
    held = {entry.name: file.read() for entry, file in archive.members(whole)}
    assert held["media/a.png"] == (tmp_path / "picture").read_bytes()
    assert list(archive.sums_of(whole)) == ["media/a.png", archive.MANIFEST]


def test_cut_off_anywhere_it_is_refused(whole):
    data = whole.read_bytes()
    for length in [*range(0, len(data), 97), len(data) - 512, len(data) - 1]:
        whole.write_bytes(data[:length])
        with pytest.raises(BackupError, match=r"no backup|no end|damaged"):
            archive.check_whole(whole, silent)


def test_with_any_byte_changed_it_is_refused(whole):
    data = bytearray(whole.read_bytes())
    for place in [*range(0, len(data), 61), *range(len(data) - 512, len(data), 5), len(data) - 1]:
        data[place] ^= 1
        whole.write_bytes(data)
        with pytest.raises(BackupError):
            archive.check_whole(whole, silent)
        data[place] ^= 1


@pytest.mark.parametrize("addition", [b"\0", b"x" * 512])
def test_with_something_added_it_is_refused(whole, addition):
    whole.write_bytes(whole.read_bytes() + addition)
    with pytest.raises(BackupError):
        archive.check_whole(whole, silent)


def test_another_program_s_file_is_called_no_backup(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear madam")
    with pytest.raises(BackupError, match=r"letter\.txt is no backup of Vitrine\."):
        archive.check_whole(path, silent)


@pytest.mark.parametrize("name", ["../outside", "/etc/passwd", "media/../../outside"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    with archive.Writer(tmp_path / "backup.tar") as writer:
        writer.add_text(name, "words", NOW)
    with pytest.raises(BackupError, match="no backup"):
        list(archive.members(tmp_path / "backup.tar"))


def test_a_file_that_went_is_told_from_other_faults(tmp_path):
    with pytest.raises(MovedError), archive.Writer(tmp_path / "backup.tar") as writer:
        writer.add("media/gone.png", tmp_path / "gone.png")
