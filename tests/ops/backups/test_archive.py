import gzip
import random
import tarfile
from pathlib import Path

import pytest
from django.core.management import CommandError

from ops.backups import making


@pytest.fixture
def whole(tmp_path):
    (tmp_path / "picture").write_bytes(random.Random(1).randbytes(3_000))
    (tmp_path / "manifest").write_text('{"site": "here"}')
    path = tmp_path / "backup.tar.gz"
    making.write(path, {making.MANIFEST: tmp_path / "manifest", "media/a.png": tmp_path / "picture"})
    return path


def test_a_backup_is_readable_by_its_owner_alone_and_gives_back_what_it_holds(whole, tmp_path):
    assert making.unpack(whole, tmp_path / "out") == {"site": "here"}
    assert whole.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "out/media/a.png").read_bytes() == (tmp_path / "picture").read_bytes()


def test_cut_off_anywhere_it_is_refused(whole, tmp_path):
    data = whole.read_bytes()
    for length in [*range(0, len(data), 97), len(data) - 1]:
        whole.write_bytes(data[:length])
        with pytest.raises(CommandError, match="is damaged, or no backup"):
            making.unpack(whole, tmp_path / "out")


def test_with_any_byte_changed_it_is_refused_or_holds_the_same(whole, tmp_path):
    """Some bits do not matter: the date in gzip's header, or from which of several zeros a zero is copied."""
    data, refused = bytearray(whole.read_bytes()), 0
    content = gzip.decompress(data)
    places = [*range(0, len(data), 61), *range(len(data) - 20, len(data))]
    for place in places:
        data[place] ^= 1
        whole.write_bytes(data)
        try:
            making.unpack(whole, tmp_path / "out")
        except CommandError:
            refused += 1
        else:
            assert gzip.decompress(data) == content
        data[place] ^= 1
    assert refused > 0.8 * len(places)


def test_another_program_s_file_is_called_no_backup(tmp_path):
    path = tmp_path / "letter.txt"
    path.write_text("Dear madam")
    with pytest.raises(CommandError, match=r"letter\.txt is damaged, or no backup of Vitrine"):
        making.unpack(path, tmp_path / "out")
    with tarfile.open(path, "w:gz") as tar:
        tar.add(__file__, "other.py")
    with pytest.raises(CommandError, match="no backup of Vitrine"):
        making.unpack(path, tmp_path / "out")


@pytest.mark.parametrize("name", ["../outside", "media/../../outside"])
def test_a_name_that_leads_elsewhere_is_refused(tmp_path, name):
    making.write(tmp_path / "backup.tar.gz", {name: Path(__file__)})
    with pytest.raises(CommandError, match="no backup"):
        making.unpack(tmp_path / "backup.tar.gz", tmp_path / "out")
