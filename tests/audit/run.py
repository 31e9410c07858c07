"""Audit the site with its starter content by the Nu HTML checker and Lighthouse. `make audit` runs it.

Usage: python -m tests.audit.run TOOLS, the folder in which npm has installed vnu-jar and lighthouse. The exit status is
1 if the checker reports an error or a Lighthouse score is below LEAST.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from lxml import html

from tests.browser.chromium import chromium_path
from tests.config.running import Site
from tests.example_firm import fill_in

RUNS = 3
MOST_QUERIES = 20  # of one path, checked as HTML
ATTEMPTS = 3  # Chromium sometimes records no result
LEAST = {"performance": 100, "accessibility": 100, "best-practices": 100, "seo": 100}
JUDGED = [  # one of each type of page
    *("/", "/services/", "/services/custom-ai-systems/", "/articles/", "/articles/how-long-models-live/"),
    *("/catalog/", "/catalog/models/gpt-4/", "/catalog/retiring/", "/faq/", "/search/", "/contact/"),
]
FLAGS = "--headless=new --no-sandbox --disable-gpu"


def main(tools: Path) -> int:
    with tempfile.TemporaryDirectory() as folder, Site(Path(folder) / "var") as site:
        fill_in(Path(folder) / "var")
        return max(check_html(site, tools, Path(folder)), judge(site, tools))


def pages_of(site) -> dict[str, bytes]:
    """Return every page that the front page links to, by its address, and the page for a missing address."""
    waiting, pages, asked = {"/", "/no-such-page/", "/search/?q=model"}, {}, Counter()
    while waiting:
        path = waiting.pop()
        asked[urlsplit(path).path] += 1
        if asked[urlsplit(path).path] > MOST_QUERIES:  # comparisons lead to more comparisons
            continue
        answer = site.get(path)
        pages[path] = b""
        if not answer.body or answer.headers.get_content_type() != "text/html":  # a redirect has no body
            continue
        pages[path] = answer.body
        document = html.document_fromstring(answer.body, base_url=f"http://127.0.0.1:{site.port}{path}")
        document.make_links_absolute()
        for link in document.xpath("//a/@href"):
            parts = urlsplit(link)
            if parts.port == site.port and not parts.path.startswith(("/static/", "/media/")):
                waiting |= {parts._replace(scheme="", netloc="", fragment="").geturl()} - set(pages)
    return {path: body for path, body in pages.items() if body}


def check_html(site, tools: Path, folder: Path) -> int:
    pages = pages_of(site)
    files = {}
    for number, (path, body) in enumerate(sorted(pages.items())):
        file = folder / f"{number}.html"
        file.write_bytes(body)
        files[file.name] = path
    jar = tools / "node_modules/vnu-jar/build/dist/vnu.jar"
    names = [str(folder / name) for name in files]
    run = subprocess.run(["java", "-jar", jar, "--errors-only", *names], capture_output=True, text=True)
    words = run.stderr
    for name, path in files.items():
        words = words.replace(f"file:{folder / name}", path)
    print(f"Nu HTML checker: {len(pages)} pages, {'errors' if run.returncode else 'no error'}.", words, sep="\n")
    return run.returncode


def judge(site, tools: Path) -> int:
    print(f"Lighthouse, on a simulated phone, the median of {RUNS} runs:")
    print(f"{'':40}", *(f"{name:>15}" for name in LEAST))
    too_low = 0
    for path in JUDGED:
        runs = [scores(f"http://127.0.0.1:{site.port}{path}", tools) for _ in range(RUNS)]
        found = {name: median(run[name] for run in runs) for name in LEAST}
        too_low += sum(found[name] < least for name, least in LEAST.items())
        print(f"{path:40}", *(f"{found[name]:15.0f}" for name in LEAST), flush=True)
    return 1 if too_low else 0


def scores(address: str, tools: Path) -> dict[str, float]:
    command = [tools / "node_modules/.bin/lighthouse", address, "--quiet", "--output=json", f"--chrome-flags={FLAGS}"]
    chromium = chromium_path()
    assert chromium, "Chromium is not on the path, and CHROMIUM does not name it."
    for _ in range(ATTEMPTS):
        run = subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium}, capture_output=True, text=True)
        if run.returncode == 0:
            break
    else:
        sys.exit(f"Lighthouse did not finish with {address}: {run.stderr[-1000:]}")
    return {
        name: 100 * category["score"]
        for name, category in json.loads(run.stdout)["categories"].items()
        if name in LEAST
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
