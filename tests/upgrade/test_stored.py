"""Databases of version 0.2 are upgraded, by `restore` and by `serve` in place: nothing that people made is lost."""

import hashlib
import http.cookiejar
import json
import re
import shutil
import urllib.parse
import urllib.request

import pytest
from django.db import connection

from ops.backups.making import left_out
from tests.config.running import Site, manage
from tests.upgrade.databases import columns_by_table, connect, empty_database, load, rows
from tests.upgrade.released import FACTS, SECRET_KEY, backup_of, site_of, unpack

pytestmark = pytest.mark.whole

PAGES = [
    "/",
    "/articles/",
    "/catalog/",
    "/faq/",
    "/services/",
    "/search/?q=light",
    "/api/",
    "/readyz",
    "/articles/feed.atom",
]
# Not made by people: derived from the rest, and noted anew by each version or run of its jobs.
DERIVED = {
    *(model._meta.db_table for model in left_out),
    *("django_migrations", "django_content_type", "auth_permission", "auth_group_permissions", "ops_duejob"),
    *("sqlite_sequence", "publishing_searchentry", "publishing_reference"),
}


@pytest.fixture(scope="module")
def facts() -> dict:
    return json.loads(FACTS.read_text())[connection.vendor]


class Copy:
    """A folder of data and the settings of the site with it; on PostgreSQL also a database of its own."""

    def __init__(self, data_dir, address: str):
        self.data_dir, self.address = data_dir, address
        database = {"DATABASE_URL": address} if address else {}
        self.settings = {"SECRET_KEY": SECRET_KEY, "BACKUP_KEEP": 0, **database}

    def rows(self, columns: dict | None = None) -> tuple[dict, dict]:
        """Return the columns of each table that people fill, or the given ones, and the rows of these tables."""
        with connect(self.address, self.data_dir) as database:
            columns = columns or {
                table: names
                for table, names in columns_by_table(database).items()
                if table not in DERIVED and not table.startswith("publishing_searchindex")
            }
            return columns, rows(database, columns)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """The site as version 0.2 left it."""
    data_dir = tmp_path_factory.mktemp("stored") / "data"
    unpack(site_of(connection.vendor), data_dir)
    with empty_database("stored") as address:
        load(address, data_dir)
        yield Copy(data_dir, address)


@pytest.fixture(scope="module")
def before(stored):
    return stored.rows()


@pytest.fixture(scope="module", params=["restore", "serve"])
def upgraded(request, stored, before, tmp_path_factory):
    """The same site, upgraded, and running without its worker."""
    data_dir = tmp_path_factory.mktemp(request.param) / "data"
    with empty_database(request.param) as address:
        copy = Copy(data_dir, address)
        if request.param == "restore":
            # A site to restore into: without one the command asks first.
            for arguments in (["migrate", "--verbosity=0"], ["restore", str(backup_of(connection.vendor))]):
                run = manage(*arguments, DATA_DIR=data_dir, **copy.settings)
                assert run.returncode == 0, run.stdout + run.stderr
        else:
            shutil.copytree(stored.data_dir, data_dir)
            load(address, data_dir)
        with Site(data_dir, "--without-worker", **copy.settings) as site:
            site.copy = copy
            yield site


class Browser:
    def __init__(self, site: Site):
        self.address = f"http://127.0.0.1:{site.port}"
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def page(self, path: str, form: dict | None = None) -> str:
        data = urllib.parse.urlencode(form).encode() if form else None
        with self.opener.open(self.address + path, data) as response:
            return response.read().decode()

    def sign_in(self, name: str, password: str) -> str:
        path = "/admin/login/?next=/admin/"
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', self.page(path))[1]
        return self.page(path, {"csrfmiddlewaretoken": token, "username": name, "password": password})


def test_every_row_that_people_made_is_there_as_it_was(upgraded, before):
    columns, rows_before = before
    rows_after = upgraded.copy.rows(columns)[1]
    assert sum(map(len, rows_before.values())) > 1_000
    assert {table for table in columns if rows_before[table] != rows_after[table]} == set()


@pytest.mark.parametrize("path", PAGES)
def test_pages_answer(upgraded, path):
    assert upgraded.status(path) == 200


def test_what_is_published_is_shown_and_drafts_are_not(upgraded, facts):
    page = upgraded.get(facts["draft"]["path"]).body
    assert b"First words on lighthouses." in page
    assert b"Second words" not in page
    assert upgraded.status(facts["unseen"]["path"]) == 404
    assert b"A keeper." in upgraded.get(facts["question"]["path"]).body
    assert b"Checked by Ada." in upgraded.get(facts["model"]["path"]).body


def test_passwords_open_the_admin_and_drafts_are_in_it(upgraded, facts):
    for name, password in facts["passwords"].items():
        browser = Browser(upgraded)
        assert "logout" in browser.sign_in(name, password)
        assert "Second words on lighthouses." in browser.page(f"/admin/articles/article/{facts['draft']['id']}/change/")
        assert "First words on harbours." in browser.page(f"/admin/articles/article/{facts['unseen']['id']}/change/")
    assert "logout" not in Browser(upgraded).sign_in("marie", "another password")


def test_media_are_served(upgraded, facts):
    for name, digest in facts["media"].items():
        response = upgraded.get(f"/media/{name}")
        assert response.status == 200
        assert hashlib.sha256(response.body).hexdigest() == digest


def test_the_key_opens_the_api(upgraded, facts):
    assert upgraded.get("/api/v1/models/", Authorization=f"Bearer {facts['key']}").status == 200
    assert upgraded.get("/api/v1/models/", Authorization="Bearer of.nobody").status == 401


def test_the_feed_is_complete_and_agrees_with_the_tables(upgraded, facts):
    page = json.loads(upgraded.get("/api/v1/changes/?limit=1000").body)
    assert any(item["type"] == "model" and "Checked by Ada." in json.dumps(item) for item in page["items"])
    run = manage("audit_feed", DATA_DIR=upgraded.copy.data_dir, **upgraded.copy.settings)
    assert run.stdout.startswith("0 "), run.stdout + run.stderr


def test_an_update_goes_live_when_it_is_due_and_a_later_one_waits(upgraded, facts):
    run = manage("run_due", DATA_DIR=upgraded.copy.data_dir, **upgraded.copy.settings)
    assert run.returncode == 0, run.stderr
    assert b"The tide has turned." in upgraded.get(facts["due"]["path"]).body
    assert b"First words on currents." in upgraded.get(facts["later"]["path"]).body
    browser = Browser(upgraded)
    browser.sign_in("marie", facts["passwords"]["marie"])
    assert "2100" in browser.page(f"/admin/articles/article/{facts['later']['id']}/change/")
