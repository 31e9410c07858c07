"""Pictures of the site with its starter content, for README and docs. `make pictures` runs it.

Usage: python -m tests.audit.pictures FOLDER
"""

import re
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser.chromium import FLAGS, chromium_path
from tests.config.running import Site

DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
DARK = {"color_scheme": "dark"}
ARTICLE, MODEL = "/articles/generative-ai-and-llms/", "/catalog/models/claude-haiku-4-5/"
PICTURES = {
    "front-page": ("/", DESK),
    "front-page-phone": ("/", PHONE),
    "article": (ARTICLE, DESK),
    "article-dark-phone": (ARTICLE, PHONE | DARK),
    "models": ("/catalog/", DESK),
    "model": (MODEL, DESK),
    "model-dark": (MODEL, DESK | DARK),
    "questions": ("/faq/", DESK),
    "search": ("/search/?q=token", DESK),
    "editing": ("/admin/articles/article/", DESK),
}


def main(folder: Path):
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, Site(Path(data) / "var") as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        for name, (address, look) in PICTURES.items():
            page = browser.new_page(base_url=f"http://127.0.0.1:{site.port}", locale="en-GB", timezone_id="UTC", **look)
            if address.startswith("/admin/"):
                open_a_form(page, site, address)
            else:
                page.goto(address)
            page.evaluate("document.fonts.ready")
            picture = Image.open(BytesIO(page.screenshot(animations="disabled")))
            picture.convert("RGB").save(folder / f"{name}.webp", quality=80, method=6)
            page.close()
        browser.close()
    print(f"{len(PICTURES)} pictures, {sum(file.stat().st_size for file in folder.iterdir()) // 1000} kB.")


def open_a_form(page, site, address: str):
    """The form of the first record of an admin list, with its editor at work."""
    user, password = re.search(r"user name (\S+), password (\S+)", site.said()).groups()
    page.goto(f"/admin/login/?next={address}")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.locator("#result_list tbody th a").first.click()
    page.locator(".ProseMirror[contenteditable]").first.wait_for()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
