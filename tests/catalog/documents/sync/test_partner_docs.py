"""The examples of partners.md work when pasted, against the running site, and its statements hold."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from catalog.rules.facts import SHARED_FACTS
from tests.catalog import factories
from tests.catalog.documents.sync.mirroring import MIRROR, FaultyServer, digest, mirror, served

DOCS = MIRROR.parent
TEXT = (DOCS / "partners.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SITE = "https://www.example.com"


def paste(language: str, block: str, address: str, folder: Path) -> subprocess.CompletedProcess:
    """Run a code block unchanged except for the site's address and, in a shell, the name of this Python."""
    command = {"sh": ["sh", "-ec"], "python": [sys.executable, "-c"]}[language]
    block = block.replace(SITE, address).replace("python3 ", f"{sys.executable} ")
    return subprocess.run([*command, block], cwd=folder, capture_output=True, text=True, timeout=60)


def test_pasted_blocks_work(live_server, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    for _ in range(3):
        factories.whole_model()
    shutil.copy(MIRROR, tmp_path)
    assert [language for language, _ in BLOCKS] == ["sh", "python", "sh"]
    said = []
    for language, block in BLOCKS:
        assert SITE in block
        done = paste(language, block, live_server.url, tmp_path)
        assert done.returncode == 0, done.stderr
        said.append(done.stdout + done.stderr)
    whole, records, copied = said
    count = len((tmp_path / "catalogue.ndjson").read_text().splitlines()) - 2
    assert "The catalogue is whole." in whole
    assert f"{count} records" in records
    assert copied.endswith("equal\n")
    assert f"{count} changes" in copied


@pytest.mark.parametrize("kept", [-1, 2, 0])
def test_pasted_python_takes_no_export_that_was_cut_short(kept, tmp_path):
    lines = (DOCS / "fixtures" / "export.ndjson").read_bytes().splitlines(keepends=True)
    catalogue = FaultyServer()
    catalogue.export = b"".join(lines[:kept])
    with served(catalogue) as address:
        done = paste("python", BLOCKS[1][1], address, tmp_path)
    assert done.returncode == 1
    assert "cut short" in done.stderr


def test_every_value_that_can_be_inherited_is_named():
    section = TEXT.partition("## Values of an offering")[2].partition("\n## ")[0]
    names = [*(fact.name for fact in SHARED_FACTS), "open_weights"]
    assert [name for name in names if f"`{name}`" not in section] == []


def test_hashes_and_digests_of_the_test_vectors_are_those_of_the_client(tmp_path):
    vectors = json.loads((DOCS / "feed-vectors.json").read_text())
    for vector in vectors["documents"]:
        assert mirror.canonical(vector["data"]) == vector["canonical"], vector["about"]
        assert digest(vector["canonical"]) == vector["hash"], vector["about"]
    for vector in vectors["digests"]:
        lines = sorted("\t".join(record).encode() + b"\n" for record in vector["records"])
        assert digest(b"".join(lines).decode()) == vector["digest"]


def test_it_names_every_problem_that_the_client_may_meet():
    named = set(re.findall(r"`([a-z]+-[a-z-]+)`", TEXT[TEXT.index("## Errors") : TEXT.index("## Keys")]))
    assert named >= {"cursor-invalid", "cursor-expired", "cursor-foreign", "manifest-moved", "rate-limit-exceeded"}
    assert named >= {"key-invalid", "key-expired", "unknown-parameter"}


def test_links_lead_to_files():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", TEXT):
        assert (DOCS / target).exists(), target
