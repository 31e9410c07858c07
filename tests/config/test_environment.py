from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import data_dir, https_addresses, networks, secret_key, site_url, time_zone


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("https://www.example.com", "https://www.example.com"),
        ("https://www.example.com/", "https://www.example.com"),
        ("HTTPS://WWW.Example.com", "https://www.example.com"),
        ("http://localhost:8080", "http://localhost:8080"),
    ],
)
def test_public_address_has_one_spelling(value, address):
    assert site_url(value, "127.0.0.1", 8000) == address


@pytest.mark.parametrize(
    "value",
    [
        "www.example.com",
        "ftp://example.com",
        "https://",
        "https://example.com/blog",
        "https://example.com/?x=1",
        "https://example.com/#x",
        "https://user:secret@example.com",
        "https://example.com:99999",
        "https://example.com:port",
        "http://[",
    ],
)
def test_what_is_no_public_address_is_said_in_a_sentence(value):
    with pytest.raises(ImproperlyConfigured, match="SITE_URL is"):
        site_url(value, "127.0.0.1", 8000)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://localhost:8000"),
        ("::", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
    ],
)
def test_public_address_is_the_one_served_unless_told(host, address):
    assert site_url("", host, 8000) == address


def test_time_zone_must_exist():
    assert time_zone("Europe/London") == "Europe/London"
    for name in ("Mars/Base", "", "../etc/passwd", "/etc/passwd"):
        with pytest.raises(ImproperlyConfigured, match="TIME_ZONE is"):
            time_zone(name)


def test_networks_are_addresses_or_ranges():
    assert [str(network) for network in networks("X", ["10.0.0.0/8", " 192.0.2.1 ", "::1", ""])] == [
        "10.0.0.0/8",
        "192.0.2.1/32",
        "::1/128",
    ]
    with pytest.raises(ImproperlyConfigured, match="TRUSTED_PROXIES"):
        networks("TRUSTED_PROXIES", ["proxy.example"])


def test_secret_key_is_made_once_and_kept_for_nobody_else_to_read(tmp_path):
    key = secret_key("", tmp_path)
    assert len(key) >= 64
    assert secret_key("", tmp_path) == key
    assert secret_key("given", tmp_path) == "given"
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0


def test_damaged_secret_key_is_said_in_a_sentence(tmp_path):
    Path(tmp_path, "secret-key").write_text("short")
    with pytest.raises(ImproperlyConfigured, match="is damaged"):
        secret_key("", tmp_path)


def test_folder_that_cannot_be_made_is_said_in_a_sentence(tmp_path):
    Path(tmp_path, "file").write_text("")
    with pytest.raises(ImproperlyConfigured, match="cannot be used"):
        data_dir(str(tmp_path / "file" / "folder"), tmp_path)
    assert data_dir(str(tmp_path / "new"), tmp_path).is_dir()


def test_addresses_to_import_from_are_https_ones():
    assert https_addresses("NAME", [" https://example.com/a.json", ""]) == ["https://example.com/a.json"]


@pytest.mark.parametrize(
    "value", ["http://example.com/a.json", "file:///etc/passwd", "https://", "a.json", "https://["]
)
def test_other_addresses_to_import_from_are_said_in_a_sentence(value):
    with pytest.raises(ImproperlyConfigured, match="NAME lists"):
        https_addresses("NAME", [value])
