from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.environment import (
    backup_dir,
    data_dir,
    https_addresses,
    mail_from,
    mail_server,
    networks,
    secret_key,
    site_url,
    time_zone,
)
from tests.config.running import manage


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


def test_backups_do_not_lie_where_everybody_may_read_them(tmp_path):
    assert backup_dir("", tmp_path) == tmp_path / "backups"
    assert backup_dir("/srv/copies", tmp_path) == Path("/srv/copies")
    with pytest.raises(ImproperlyConfigured, match="which is public"):
        backup_dir(str(tmp_path / "media" / "backups"), tmp_path)


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("smtp://mail.example.com", {"host": "mail.example.com", "port": None, "use_tls": False, "use_ssl": False}),
        ("smtp://u:p%40ss@mail.example.com:587?tls=1", {"username": "u", "password": "p@ss", "port": 587}),
        ("smtp://u:p@mail.example.com:587?tls=1", {"use_tls": True, "use_ssl": False}),
        ("smtps://u:p@mail.example.com", {"use_ssl": True, "use_tls": False}),
        ("smtp://u%40example.com:p@[::1]:25/", {"username": "u@example.com", "host": "::1", "port": 25}),
    ],
)
def test_mail_server_is_read_from_its_address(address, options):
    found = mail_server(address)
    assert {name: found[name] for name in options} == options
    assert found["timeout"] > 0


@pytest.mark.parametrize(
    "address",
    [
        "mail.example.com",
        "http://u:hunter2@mail.example.com",
        "smtp://",
        "smtp://u:hunter2@mail.example.com:port",
        "smtp://u:hunter2@mail.example.com:0",
        "smtp://u:hunter2@mail.example.com/path",
        "smtp://u:hunter2@mail.example.com?tls=yes",
        "smtp://u:hunter2@mail.example.com?tls=1&ssl=1",
        "smtp://u:hunter2@mail.example.com?tls",
        "smtp://u:hunter2@mail.example.com#x",
        "smtps://u:hunter2@mail.example.com?tls=1",
        "smtp://[",
    ],
)
def test_what_is_no_mail_server_is_said_without_its_password(address):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL is not a mail server") as problem:
        mail_server(address)
    assert "hunter2" not in str(problem.value)


def test_mails_have_a_sender_where_there_is_a_server():
    assert mail_from("", "")
    assert mail_from("Halden <site@example.com>", "smtp://x") == "Halden <site@example.com>"
    for value in ("", "site", "Halden <site>", "a@example.com\nBcc: b@example.com"):
        with pytest.raises(ImproperlyConfigured, match="MAIL_FROM is"):
            mail_from(value, "smtp://x")


@pytest.mark.parametrize(
    "values",
    [{"EMAIL_URL": "mail.example.com"}, {"EMAIL_URL": "smtp://x"}, {"ENQUIRY_DAYS": "0"}, {"SPAM_DAYS": "x"}],
)
def test_broken_value_ends_the_start_with_a_sentence(values, tmp_path):
    answer = manage("check", DATA_DIR=tmp_path, **values)
    assert answer.returncode != 0
    assert "Traceback" not in answer.stderr
    assert any(name in answer.stderr for name in (*values, "MAIL_FROM"))


def test_addresses_to_import_from_are_https_ones():
    assert https_addresses("NAME", [" https://example.com/a.json", ""]) == ["https://example.com/a.json"]


@pytest.mark.parametrize(
    "value", ["http://example.com/a.json", "file:///etc/passwd", "https://", "a.json", "https://["]
)
def test_other_addresses_to_import_from_are_said_in_a_sentence(value):
    with pytest.raises(ImproperlyConfigured, match="NAME lists"):
        https_addresses("NAME", [value])
