"""Names of other models from lists of models. Stage: test."""

from zipfile import ZipFile

import pytest

from catalog.check import name_lists

LIST = """
[[sources]]
files = ["prices.json", "code.whl"]
pattern = '"(?:id|checkpoint)": "([^"]+)"'
[words]
file = "words"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "name_sources.toml").write_text(LIST)
    monkeypatch.setattr(name_lists, "SOURCES", tmp_path / "name_sources.toml")
    names = (
        "AlephAlpha/luminous-supreme",
        "bigcode/StarCoder2_7B",
        "text-to-image",
        "elevenlabs/eleven_multilingual_v2",
        "us.cohere.command-r",
    )
    others = ("image-to-text", "to-image-edit", "edit-to-image-text", "video-image-text", "code-to-text")
    (tmp_path / "prices.json").write_text("".join(f'{{"id": "{name}"}}' for name in (*names, *others)))
    (tmp_path / "words").write_text("Luminous\nsupreme\ntext\nto\nimage\nedit\nvideo\ncode\neleven\ncommand\n")
    with ZipFile(tmp_path / "code.whl", "w") as wheel:
        wheel.writestr("models.py", 'x = {"checkpoint": "google/gemma-7b"}')
        wheel.writestr("models.txt", 'x = {"checkpoint": "google/no-7b"}')
    return tmp_path


def test_names_come_without_owner_and_those_of_words_of_many_families_are_left_out(folder):
    names, english = name_lists.made_from(folder)
    assert {"luminous-supreme", "starcoder-2-7b", "gemma-7b", "command-r", "elevenlabs-multilingual-2"} <= {*names}
    assert {"text-to-image", "no-7b"}.isdisjoint(names)
    assert {"luminous", "command"} <= {*english}
    assert "starcoder" not in english
