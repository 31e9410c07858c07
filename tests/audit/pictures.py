"""Screenshots of the site with its starter content, for README and docs. `make pictures` runs it.

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
from tests.example_firm import fill_in

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
}


# Pages of the admin, in the order in which an editor meets them: each screenshot leaves the page in the state that it
# shows.


def the_desk(page):
    page.goto("/admin/")


def a_form(page):
    page.goto("/admin/articles/article/")
    page.locator("#result_list tbody th a").first.click()
    page.locator(EDITOR).wait_for()


def a_draft_and_its_preview(page):
    a_form(page)
    page.set_viewport_size({"width": 1700, "height": 900})
    page.locator(EDITOR).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("Ask these before you sign. ")
    page.get_by_role("button", name="Preview").click()
    page.frame_locator(".preview__window iframe").get_by_text("Ask these before you sign.").wait_for()


def two_versions(page):
    page.locator("[data-preview-close]").click()
    page.set_viewport_size(DESK["viewport"])
    press(page, "Save draft")
    page.get_by_role("link", name="History").click()
    page.get_by_role("button", name="Compare").click()


def before_publishing(page):
    a_form(page)
    page.get_by_role("tab", name="Checks").click()
    page.wait_for_timeout(500)


def a_file_taken_over(page):
    page.goto("/admin/articles/article/import/")
    text = "# What an agent costs\n\nTwo lines.\n\n## Tokens\n\n- first\n- second\n\n<font color=red>loud</font>\n"
    page.locator("input[type=file]").set_input_files(
        {"name": "agents.md", "mimeType": "text/markdown", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Import as draft").click()
    page.locator(".messagelist").wait_for()


def the_pictures(page):
    for words, colours in (("A lighthouse at dusk", "navy orange"), ("Two desks by a window", "teal wheat")):
        page.goto("/admin/publishing/image/add/")
        sky, ground = colours.split()
        picture = Image.new("RGB", (800, 600), sky)
        picture.paste(ground, (0, 380, 800, 600))
        file = BytesIO()
        picture.save(file, "PNG")
        page.locator("input[type=file]").set_input_files(
            {"name": f"{sky}.png", "mimeType": "image/png", "buffer": file.getvalue()}
        )
        page.get_by_label("Alternative text").or_(page.locator("#id_alt")).first.fill(words)
        page.locator("[name=_save]").first.click()
        page.locator(".messagelist").wait_for()
    page.goto("/admin/publishing/image/")


def press(page, words: str):
    page.locator(".submit-row").last.get_by_role("button", name=words, exact=True).click()
    page.locator(".messagelist .success, .messagelist .info").first.wait_for()


EDITOR = ".ProseMirror[contenteditable]"
AT_WORK = {
    "desk": the_desk,
    "editing": a_form,
    "editing-preview": a_draft_and_its_preview,
    "editing-versions": two_versions,
    "editing-before-publishing": before_publishing,
    "editing-import": a_file_taken_over,
    "editing-pictures": the_pictures,
}


def main(folder: Path):
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, Site(Path(data) / "var") as site, sync_playwright() as playwright:
        fill_in(Path(data) / "var")
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        for name, (address, look) in PICTURES.items():
            page = new_page(browser, site, look)
            page.goto(address)
            keep(page, folder / f"{name}.webp")
            page.close()
        page = new_page(browser, site, DESK)
        sign_in(page, site)
        for name, work in AT_WORK.items():
            work(page)
            keep(page, folder / f"{name}.webp")
        browser.close()
    print(
        f"{len(PICTURES) + len(AT_WORK)} pictures, {sum(file.stat().st_size for file in folder.iterdir()) // 1000} kB."
    )


def new_page(browser, site, look):
    return browser.new_page(base_url=f"http://127.0.0.1:{site.port}", locale="en-GB", timezone_id="UTC", **look)


def keep(page, file: Path):
    page.evaluate("document.fonts.ready")
    picture = Image.open(BytesIO(page.screenshot(animations="disabled")))
    picture.convert("RGB").save(file, quality=80, method=6)


def sign_in(page, site):
    user, password = re.search(r"user name (\S+), password (\S+)", site.said()).groups()
    page.goto("/admin/login/")
    page.get_by_label("Username").fill(user)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
