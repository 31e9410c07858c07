"""The recorded responses in docs/fixtures/ equal the site's responses today. `make fixtures` records them again."""

import json
import os
from pathlib import Path

import pytest
import time_machine
from django.core import signing

from catalog.documents.sync import pages
from tests.catalog.documents.sync.mirroring import MIRROR, mirror
from tests.catalog.documents.sync.recording import Recorder, record, record_quota

FOLDER = MIRROR.parent / "fixtures"
NEEDED = {
    "rate-limit-exceeded",
    "changes-delete",
    "changes-merge",
    "cursor-expired",
    "cursor-foreign",
    "cursor-invalid",
    "manifest-moved",
}


@pytest.fixture
def recorded(client, db, settings, tmp_path, monkeypatch) -> dict[str, str]:
    settings.SITE_URL, settings.DATA_DIR = "https://www.example.com", tmp_path
    settings.SECRET_KEY = "of the recordings"
    signer = signing.Signer(key="of the recordings", sep=pages.SIGNER.sep, salt=pages.SIGNER.salt)
    monkeypatch.setattr(pages, "SIGNER", signer)
    with time_machine.travel("2026-11-24T12:00:00Z", tick=False) as clock:
        files = record(client, clock)
        settings.API_QUOTA_ADDRESS, settings.API_QUOTA_SECONDS = 1, 3600
        record_quota(recorder := Recorder(client))
        return files | recorder.files


def on_file() -> dict[str, str]:
    return {path.name: path.read_text() for path in FOLDER.iterdir() if path.name != "README.md"}


def test_recordings_are_current(recorded):
    if os.environ.get("RECORD"):
        FOLDER.mkdir(exist_ok=True)
        for name in on_file().keys() - recorded.keys():
            (FOLDER / name).unlink()
        for name, text in recorded.items():
            (FOLDER / name).write_text(text)
    assert on_file() == recorded


def test_recordings_show_what_they_are_named_for():
    assert {f"{name}.json" for name in NEEDED} <= on_file().keys()
    exchanges = {name.removesuffix(".json"): json.loads(text) for name, text in on_file().items() if ".json" in name}
    answers = {name: exchange["response"] for name, exchange in exchanges.items()}
    for name, answer in answers.items():
        if answer["status"] >= 400:
            assert answer["body"]["type"].endswith(f"#problem-{name}")
    [deletion] = answers["changes-delete"]["body"]["items"]
    assert (deletion["op"], deletion["reason"], deletion["merged_into"]) == ("delete", "deleted", None)
    merged = [item for item in answers["changes-merge"]["body"]["items"] if item.get("reason") == "merged"]
    assert [item["merged_into"] for item in merged] == ["00000000-0000-0000-0000-000000000001"]
    assert answers["cursor-expired"]["status"] == answers["cursor-foreign"]["status"] == 410
    assert answers["changes-not-modified"]["status"] == 304


def test_hashes_in_recordings_are_those_of_the_client():
    pages = [json.loads(text)["response"]["body"] for name, text in on_file().items() if name.startswith("changes-")]
    items = [item for page in pages if page for item in page["items"] if item["op"] == "upsert"]
    assert len(items) > 5
    for item in items:
        assert mirror.sha256(mirror.canonical(item["data"]).encode()) == item["hash"]


def test_readme_names_each_recording():
    words = (FOLDER / "README.md").read_text()
    assert {name for name in on_file() if f"`{name}`" not in words} == set()
    assert Path(FOLDER / "README.md").read_text().count("| `") == len(on_file())
