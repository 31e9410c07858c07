import re
import shutil
import subprocess
import tomllib
import urllib.error
import urllib.request

import pytest
import yaml
from django.core.management import get_commands

from tests.config.proxy import DEPLOY, PROGRAM, Proxy, in_namespace
from tests.config.running import PROJECT, Site, free_port, manage
from tests.guide import __main__ as guide
from tests.waiting import wait_until

FOLDER = DEPLOY.parent
# Headers that depend on the single response, its sender or its compression.
OF_EACH_ANSWER = {
    *("server", "date", "connection", "x-request-id", "etag", "last-modified", "accept-ranges", "vary"),
    *("content-length", "content-encoding"),
}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("deploy") / "var"


@pytest.fixture(scope="module")
def site(data_dir):
    with Site(data_dir) as running:
        yield running


@pytest.fixture
def proxy(site, data_dir, tmp_path):
    with Proxy(tmp_path, data_dir, site.port) as running:
        yield running


def ask(port: int, path: str, method: str = "GET", data: bytes | None = None, **headers):
    """Return the response, its body as `body`; errors are responses too."""
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=data, headers=given, method=method)
    try:
        response = urllib.request.urlopen(request, timeout=20)
    except urllib.error.HTTPError as error:
        response = error
    response.body = response.read()
    return response


def told(response) -> dict[str, str]:
    """Return the headers that belong to the page and not to this single response."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    if "content-type" in headers:
        headers["content-type"] = headers["content-type"].replace('"', "").replace("application/java", "text/java")
    return {name: value for name, value in headers.items() if name not in OF_EACH_ANSWER}


@pytest.mark.whole
def test_nginx_says_of_its_files_what_the_site_says(site, proxy, data_dir):
    style = re.search(r'href="(/static/[^"]+\.css)"', site.get("/").body.decode())[1]
    for name, content in {"a.png": b"\x89PNG", "a.svg": b"<svg/>", "a.html": b"<p>", "a.pdf": b"%PDF"}.items():
        (data_dir / "media" / name).write_bytes(content)
    paths = [style, re.sub(r"\.[0-9a-f]{12}\.", ".", style), "/static/js/copy.js", "/static/img/icon.svg"]
    paths = [path for path in paths if site.status(path) == 200]
    assert len(paths) >= 2
    for path in [*paths, "/media/a.png", "/media/a.svg", "/media/a.html", "/media/a.pdf"]:
        ours, nginx = ask(site.port, path), ask(proxy.port, path)
        assert (nginx.status, nginx.body) == (200, ours.body), path
        assert told(nginx) == told(ours), path
        assert nginx.headers["Server"] == "nginx"
    assert ask(proxy.port, style, Accept_Encoding="gzip").headers["Content-Encoding"] == "gzip"


@pytest.mark.whole
def test_nginx_lets_nobody_out_of_its_folders(proxy, data_dir):
    for path in (
        "/media/../secret-key",
        "/media/%2e%2e/secret-key",
        "/static/..%2fvitrine.sqlite3",
        "/media../secret-key",
    ):
        assert ask(proxy.port, path).status in {400, 404}


@pytest.mark.whole
def test_pages_come_through_nginx_as_the_site_made_them(site, proxy):
    for path in ("/", "/articles/", "/catalog/", "/sitemap.xml", "/nowhere/", "/api/v1/models/", "/admin/login/"):
        ours, nginx = ask(site.port, path), ask(proxy.port, path)
        assert nginx.status == ours.status
        differing = {"set-cookie", "ratelimit", "content-security-policy", "expires"}
        assert {n: v for n, v in told(nginx).items() if n not in differing} == {
            n: v for n, v in told(ours).items() if n not in differing
        }
    ids = {ask(proxy.port, "/").headers["X-Request-ID"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.whole
def test_partners_may_ask_for_parts_and_for_changes_through_nginx(proxy):
    export = ask(proxy.port, "/api/v1/export/")
    tag = export.headers["ETag"]
    assert ask(proxy.port, "/api/v1/export/", If_None_Match=tag).status == 304
    part = ask(proxy.port, "/api/v1/export/", Range="bytes=0-9")
    assert (part.status, part.body) == (206, export.body[:10])


@pytest.mark.whole
def test_a_check_and_scripts_of_other_sites_are_answered_through_nginx(proxy):
    checked = ask(proxy.port, "/api/v1/check/", method="POST", data=b"gpt-4o", Content_Type="text/plain")
    assert (checked.status, checked.headers["Access-Control-Allow-Origin"]) == (200, "*")
    preflight = ask(proxy.port, "/api/v1/models/", method="OPTIONS", Origin="https://elsewhere.example")
    assert (preflight.status, preflight.headers["Access-Control-Allow-Origin"]) == (204, "*")
    for _ in range(2):  # the second one from the cache of nginx
        feed = ask(proxy.port, "/articles/feed.json", Origin="https://elsewhere.example")
        assert (feed.status, feed.headers["Access-Control-Allow-Origin"]) == (200, "*")


def test_long_addresses_and_large_bodies_are_answered_by_the_site(proxy):
    for length in (2_900, 3_000, 3_200, 3_400, 6_000):
        assert ask(proxy.port, f"/?utm={'a' * length}").status == 200, length
    for _ in range(10):
        assert ask(proxy.port, "/api/v1/models/", method="POST", data=b"a" * 3_000_000).status == 405


@pytest.mark.whole
@pytest.mark.parametrize("path", ["/contact/", "/search/?q=gpt"])
def test_pages_that_nginx_does_not_cache_are_asked_about_by_etag(proxy, path):
    assert ask(proxy.port, path, If_None_Match=ask(proxy.port, path).headers["ETag"]).status == 304


@pytest.mark.whole
def test_nginx_keeps_pages_for_a_moment_and_never_a_session_s(site, proxy):
    anybody = ask(proxy.port, "/faq/")
    assert "s-maxage" in anybody.headers["Cache-Control"]
    private = ask(proxy.port, "/faq/", Cookie="session=a")
    assert "no-store" in private.headers["Cache-Control"]
    assert private.headers["ETag"] is None
    assert ask(proxy.port, "/faq/").headers["ETag"] == anybody.headers["ETag"]
    assert ask(proxy.port, "/faq/", If_None_Match=anybody.headers["ETag"]).status == 304
    kept = [path for path in (proxy.folder / "cache").rglob("*") if path.is_file()]
    assert kept
    assert not [path for path in kept if b"no-store" in path.read_bytes()]


@pytest.mark.whole
def test_pages_are_still_there_while_the_site_is_away(data_dir, tmp_path):
    with Site(data_dir) as running, Proxy(tmp_path, data_dir, running.port) as proxy:
        page = ask(proxy.port, "/")
        running.stop()
        assert ask(proxy.port, "/").body == page.body
        assert ask(proxy.port, "/admin/login/").status == 502


@pytest.mark.whole
def test_a_page_that_is_changed_or_withdrawn_is_so_for_readers_behind_nginx_after_seconds(data_dir, tmp_path):
    def write(path: str, **values):
        slug = path.strip("/").rpartition("/")[2]
        code = f"from articles.models import Article; print(Article.objects.filter(slug={slug!r}).update(**{values!r}))"
        assert manage("shell", "--verbosity=0", "--command", code, DATA_DIR=data_dir).stdout.strip() == "1"

    with Site(data_dir) as running, Proxy(tmp_path, data_dir, running.port) as proxy:
        listed = re.findall(r'href="(/articles/(?!\d)[\w-]+/)"', running.get("/articles/").body.decode())
        edited, archived, unpublished = list(dict.fromkeys(listed))[:3]
        assert {ask(proxy.port, path).status for path in (edited, archived, unpublished)} == {200}
        write(edited, title="Another title")
        write(archived, state="archived")
        write(unpublished, state="draft")
        # After s-maxage and stale-while-revalidate, a second each.
        wait_until(lambda: b"Another title" in ask(proxy.port, edited).body)
        wait_until(lambda: [ask(proxy.port, path).status for path in (archived, unpublished)] == [410, 404])
        running.stop()
        assert [ask(proxy.port, path).status for path in (edited, archived, unpublished)] == [200, 410, 404]


@pytest.mark.whole
def test_nginx_logs_times_and_the_request_id_and_no_query(site, proxy):
    for path in ("/search/?q=secret", "/catalog/check/?models=secret", "/catalog/cost/?input=secret", "/?a=secret"):
        ask(proxy.port, path, Referer=f"https://www.example.com{path}")
    page = ask(proxy.port, "/faq/")
    pattern = rf'"GET /faq/" 200 \d+ {page.headers["X-Request-ID"]} \d+\.\d+ \d+\.\d+ (?:MISS|EXPIRED) '
    wait_until(lambda: re.search(pattern, log_of(proxy, "access")))
    assert '"GET /search/" 200' in log_of(proxy, "access")
    assert "secret" not in log_of(proxy, "access")


@pytest.mark.whole
def test_no_log_has_what_was_asked_while_the_site_is_away(data_dir, tmp_path):
    with Proxy(tmp_path, data_dir, free_port()) as proxy:
        for path in ("/search/", "/catalog/check/", "/catalog/cost/", "/api/v1/check/"):
            assert ask(proxy.port, f"{path}?q=secret").status == 502
        assert ask(proxy.port, "/contact/").status == 502
    assert "/contact/" in (tmp_path / "error.log").read_text()
    assert "secret" not in (tmp_path / "error.log").read_text() + log_of(proxy, "error") + log_of(proxy, "access")


@pytest.mark.whole
def test_only_private_networks_learn_how_the_site_is(site, data_dir, tmp_path):
    behind_another = "real_ip_header X-Forwarded-For; set_real_ip_from 127.0.0.1; include vitrine/locations.conf;"
    with Proxy(tmp_path, data_dir, site.port, behind_another) as proxy:
        for address, status in {"10.1.2.3": 200, "203.0.113.7": 403, "fd00::1": 200, "2001:db8::1": 403}.items():
            assert ask(proxy.port, "/readyz", X_Forwarded_For=address).status == status
        assert ask(proxy.port, "/healthz", X_Forwarded_For="203.0.113.7").status == 200


def log_of(proxy: Proxy, name: str) -> str:
    path = proxy.folder / "log" / f"{name}.log"
    return path.read_text() if path.exists() else ""


@pytest.mark.whole
def test_debian_s_nginx_takes_the_files_as_they_are(tmp_path):
    """Nothing in them is replaced, and the folders are those of a new machine."""
    etc = tmp_path / "etc"
    shutil.copytree("/etc/nginx", etc, symlinks=True)
    for entry in (etc / "sites-enabled").iterdir():
        entry.unlink()
    shutil.copytree(DEPLOY, etc / "vitrine")
    shutil.copy(DEPLOY / "site.conf", etc / "sites-enabled")
    (etc / "tls").mkdir()
    subprocess.run(
        [
            *(shutil.which("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
            *("-subj", "/CN=www.example.com", "-keyout", etc / "tls/key.pem", "-out", etc / "tls/certificate.pem"),
        ],
        check=True,
        capture_output=True,
    )
    assert_is_taken(tmp_path, [PROGRAM, "-t"])


@pytest.mark.whole
def test_nginx_takes_the_configuration_for_containers(tmp_path):
    shutil.copytree(DEPLOY, tmp_path / "vitrine")
    text = f"pid nginx.pid; events {{}} http {{ {(DEPLOY / 'container.conf').read_text()} }}"
    (tmp_path / "nginx.conf").write_text(text)
    assert_is_taken(tmp_path, [PROGRAM, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")])


def assert_is_taken(folder, command):
    tried = subprocess.run(in_namespace(folder, folder, command), capture_output=True, text=True)
    assert tried.returncode == 0, tried.stderr
    assert "warn" not in tried.stderr


def commands_in(text: str) -> set[str]:
    return set(re.findall(r"manage\.py[\"', ]+(\w+)", text))


def known_settings() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` \|", (PROJECT / "docs" / "configuration.md").read_text(), re.MULTILINE))


def test_units_run_commands_and_settings_that_there_are():
    for unit in (FOLDER / "systemd").glob("*.service"):
        assert commands_in(unit.read_text()) <= set(get_commands())
        assert commands_in(unit.read_text())
    given = set(re.findall(r"^#?([A-Z_]+)=", (FOLDER / "systemd" / "vitrine.env").read_text(), re.MULTILINE))
    assert given <= known_settings()
    assert {"SITE_URL", "DATA_DIR", "DATABASE_URL"} <= given


def test_the_worker_may_write_backups_where_the_example_and_the_guide_put_them():
    (folder,) = re.findall(r"^BACKUP_DIR=(.+)$", (FOLDER / "systemd" / "vitrine.env").read_text(), re.MULTILINE)
    assert f"\nReadWritePaths=-{folder}\n" in (FOLDER / "systemd" / "vitrine-worker.service").read_text()
    assert f"chown vitrine:vitrine {folder}" in guide.commands()


def test_the_guide_names_files_that_there_are():
    named = re.findall(r"/srv/vitrine/(config/\S+)", "\n".join(guide.commands()))
    assert len(named) >= 5
    for name in named:
        assert list(PROJECT.glob(name)), name


def test_containers_run_commands_and_settings_that_there_are():
    compose = yaml.safe_load((FOLDER / "compose.yaml").read_text())
    for name in ("site", "worker"):
        # The file passes every setting; of those with a value here, all but the folders can be given too.
        assert compose["services"][name]["env_file"] == ".env"
        own = compose["services"][name]["environment"]
        assert set(own) <= known_settings()
        assert {given for given, value in own.items() if f"${{{given}:" not in value} == {"DATA_DIR", "BACKUP_DIR"}
    given = set(re.findall(r"^#?([A-Z_]+)=", (FOLDER / "containers.env").read_text(), re.MULTILINE))
    assert given - known_settings() == {"POSTGRES_PASSWORD", "PUBLISH", "BACKUPS"}
    site = compose["services"]["site"]
    assert site["network_mode"] == "service:nginx"
    assert site["depends_on"]["nginx"]["restart"] is True
    assert {"nginx", "postgres", "redis"} <= set(compose["services"])
    dockerfile = (FOLDER / "Dockerfile").read_text()
    assert commands_in(dockerfile) == {"serve"}
    assert "HEALTHCHECK" in dockerfile
    assert commands_in(str(compose["services"]["worker"]["command"])) == {"worker"}
    assert "--without-worker" in dockerfile
    requires = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert re.search(r"python:3\.1[234]\b", dockerfile), requires
