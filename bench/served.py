"""Compare the running site with the least that the same work could cost: `make bench-served`, a table of ratios.

Every row names a limit: nginx with the same bytes as a file, or the database driver alone. All have the same workers
and threads, no access log, 16 connections, and take turns, for ROUNDS rounds of SECONDS seconds; the table has medians.
A ratio of requests says how close the site is to the limit, a ratio of processor time says what a request costs.
WORKERS=2; the site has ARTICLES=100 and MODELS=1000 besides the starter content. It is a separate site, on SQLite or in
a separate database on the server of DATABASE_URL, and is deleted afterwards.
"""

import os
import re
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from bench.load.stage import SIGN_IN, in_project
from bench.load.traffic import Editor
from bench.servers import (
    Client,
    LargeFile,
    Missing,
    Page,
    Subject,
    Work,
    database_of_its_own,
    memory_bytes,
    program,
)
from tests.config.proxy import Proxy
from tests.config.running import PROJECT, Site, descendants, environment, manage

ROUNDS = int(os.environ.get("ROUNDS", "5"))
SECONDS = int(os.environ.get("SECONDS", "2"))
WORKERS = int(os.environ.get("WORKERS", "2"))
ARTICLES = int(os.environ.get("ARTICLES", "100"))
MODELS = int(os.environ.get("MODELS", "1000"))
EXPORT = "/api/v1/export/"
ARTICLES_TO_SAVE = """
found = Article.objects.published().filter(kind="article").order_by("-pk").values_list("pk", flat=True)[:2]
print(json.dumps({"cookie": cookie, "articles": list(found)}))
"""
PACKED = {"plain": {}, "gzip": {"Accept-Encoding": "gzip"}}


def say(sentence: str):
    print(sentence, file=sys.stderr, flush=True)


def answer(port: int, path: str, **headers):
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=60) as response:
        response.bytes = response.read()
        return response


def articles_by_length(site) -> list[str]:
    """Return their paths, beginning with the one whose page is nearest to 20 kB."""
    sitemap = answer(site.port, "/sitemap.xml?kind=articles.article").bytes.decode()
    paths = [urllib.parse.urlsplit(address).path for address in re.findall(r"<loc>([^<]+)</loc>", sitemap)]
    paths = [path for path in paths if re.fullmatch(r"/articles/[^/]+/", path)][:60]
    return sorted(paths, key=lambda path: abs(len(answer(site.port, path).bytes) - 20_000))


def headers_of(page) -> str:
    """Return nginx directives that add the page's headers to its file, except those that nginx sends on its own."""
    by_nginx = {"content-type", "content-length", "etag", "date", "server", "vary", "connection", "last-modified"}
    headers = [(name, value) for name, value in page.headers.items() if name.lower() not in by_nginx]
    return " ".join(f'add_header {name} "{value}";' for name, value in headers)


def measure(title: str, pairs: list[tuple[Subject, Subject, str]]):
    """Let all take turns, and print each beside its limit. `pairs` has subject, limit and aim."""
    subjects = list({id(subject): subject for ours, limit, _ in pairs for subject in (ours, limit)}.values())
    for number in range(ROUNDS):
        # Each round has another order, so that none always follows the same one.
        for subject in subjects[number % len(subjects) :] + subjects[: number % len(subjects)]:
            subject.load(SECONDS)
        say(f"{title}: round {number + 1} of {ROUNDS}")
    print(f"\n{title:34}{'requests/s':>11}{'us CPU':>8}   {'limit':30}{'requests/s':>11}{'us CPU':>8}   requests   CPU")
    for ours, limit, aim in pairs:
        print(
            f"{ours.name:34}{ours.rate:>11,.0f}{ours.cost * 1e6:>8.0f}   "
            f"{limit.name:30}{limit.rate:>11,.0f}{limit.cost * 1e6:>8.0f}   "
            f"{ours.rate / limit.rate:>8.2f}{ours.cost / limit.cost:>6.1f}   {aim}",
            flush=True,
        )


def warm_pages(site, proxy, files, path: str, folder: Path):
    """Compare a cached page (plain, compressed, revalidated, and through nginx) with the same bytes as a file."""
    pairs = []
    for name, headers in PACKED.items():
        page = answer(site.port, path, **headers)
        if name == "plain":
            (folder / "page.html").write_bytes(page.bytes)
        else:
            (folder / "page.html.gz").write_bytes(page.bytes)
        file = Page(f"nginx, file, {name}", files.port, "/page.html", files.process.pid, headers)
        warm = Page(f"page, {name}", site.port, path, site.process.pid, headers)
        by_nginx = Page(f"page by nginx, {name}", proxy.port, path, proxy.process.pid, headers)
        pairs += [(warm, file, "at least 0.6, at most 2.2"), (by_nginx, file, "at least 0.8")]
    tags = {
        port: answer(port, where).headers["ETag"] for port, where in ((site.port, path), (files.port, "/page.html"))
    }
    again = Page("page, 304", site.port, path, site.process.pid, {"If-None-Match": tags[site.port]})
    file_again = Page(
        "nginx, file, 304", files.port, "/page.html", files.process.pid, {"If-None-Match": tags[files.port]}
    )
    measure("Finished pages", [*pairs, (again, file_again, "")])


def writing_and_exporting(site, files, database: str, settings: dict, static: Path):
    """Compare an export and a save of an article with what the database driver alone needs for the same rows."""
    signed_in = in_project(SIGN_IN + ARTICLES_TO_SAVE, settings)
    ours, theirs = (
        Editor({"port": site.port, "cookie": signed_in["cookie"]}, pk, f"Saved {pk}") for pk in signed_in["articles"]
    )
    exports = Path(settings["DATA_DIR"]) / "exports"

    def send(editor=ours):
        if editor.send().status != 302:
            raise RuntimeError(f"The article was not saved: {editor.refused}")

    def forget():
        for file in exports.glob("*.ndjson*"):
            file.unlink()

    theirs.open()
    send(theirs)  # so that there are a revision and an entry of the log
    manage("audit_feed", **settings)  # so that all documents are there
    finished = answer(site.port, EXPORT).bytes
    (static / "export").write_bytes(finished)
    say(f"The export has {finished.count(b'\n') - 2:,} documents, {len(finished):,} bytes.")
    with Client(database, signed_in["articles"][1]) as client:
        driver, numbers = client.process.pid, count(1)
        measure(
            "Writing and exporting",
            [
                (
                    Work("export, made anew", site.process.pid, lambda: answer(site.port, EXPORT), forget),
                    Work("driver, the same rows to a file", driver, lambda: client.do(f"export {static / 'rows'}")),
                    "at least 0.5",
                ),
                (
                    LargeFile("export, made before", site.port, EXPORT, site.process.pid),
                    LargeFile("nginx, file", files.port, "/export", files.process.pid),
                    "",
                ),
                (
                    Work("save of an article", site.process.pid, send, ours.open),
                    Work("driver, the same rows", driver, lambda: client.do(f"save {next(numbers)}")),
                    "",
                ),
            ],
        )


def start_up_and_memory(site, data_dir: Path, settings: dict):
    """Measure how long a second start takes, and how much memory each process holds after all these requests."""
    for pid in sorted({site.process.pid} | descendants(site.process.pid)):
        line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        what = next((word for word in ("granian", "worker", "serve", "spawn_main") if word in line), line[:40])
        print(f"memory of {pid} ({what}): {memory_bytes(pid) / 2**20:,.0f} MiB")
    site.stop()
    with Site(data_dir, **settings) as again:
        print(f"second start: {again.start_seconds:.1f} s until the front page was answered", flush=True)


def run(folder: Path):
    data_dir, static = folder / "var", folder / "files"
    static.mkdir()
    settings = {"WORKERS": WORKERS, "API_QUOTA_ADDRESS": 0}
    database = str(data_dir / "vitrine.sqlite3")
    with ExitStack() as running:
        start = running.enter_context
        if address := os.environ.get("DATABASE_URL"):
            database = settings["DATABASE_URL"] = start(database_of_its_own(address))
        say("Starting the site.")
        Site(data_dir, **settings).stop()  # which creates the tables and the starter content
        if ARTICLES:
            command = [sys.executable, "-m", "bench.fill", str(MODELS), "--articles", str(ARTICLES)]
            subprocess.run(command, cwd=PROJECT, env=environment(DATA_DIR=data_dir, **settings), check=True)
        site = start(Site(data_dir, **settings))
        proxy = start(Proxy(new(folder, "proxy"), data_dir, site.port, workers=WORKERS))
        path = articles_by_length(site)[0]
        size = len(answer(site.port, path).bytes)
        print(f"{'PostgreSQL' if address else 'SQLite'}; the page is {path}, {size:,} bytes.")
        served = f"root {static}; location / {{ gzip_static on; {headers_of(answer(site.port, path))} }}"
        files = start(Proxy(new(folder, "file"), data_dir, site.port, served, workers=WORKERS))
        warm_pages(site, proxy, files, path, static)
        writing_and_exporting(site, files, database, settings | {"DATA_DIR": data_dir}, static)
        start_up_and_memory(site, data_dir, settings)


def new(folder: Path, name: str) -> Path:
    subfolder = folder / name
    subfolder.mkdir()
    return subfolder


def main():
    try:
        for name in ("nginx", "wrk"):
            program(name)
        with tempfile.TemporaryDirectory() as folder:
            Path(folder).chmod(0o755)
            run(Path(folder))
    except Missing as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
