"""Images in a browser: dropped into a text, picked from a grid, focal point set by a click, file replaced."""

import base64

import pytest
from PIL import Image as PILImage

from articles.models import Article
from publishing.images.models import Image
from tests import factories
from tests.browser.chromium import wait_until
from tests.browser.test_editor_journey import EDITOR, press_button

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DROP = """
({ selector, files, isPaste }) => {
  const target = document.querySelector(selector);
  const transfer = new DataTransfer();
  for (const { name, type, content } of files) {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type }));
  }
  const { left, bottom } = target.getBoundingClientRect();
  const where = { clientX: left + 5, clientY: bottom - 5, bubbles: true, cancelable: true };
  if (isPaste) target.dispatchEvent(new ClipboardEvent("paste", { clipboardData: transfer, ...where }));
  else for (const name of ["dragenter", "dragover", "drop"])
    target.dispatchEvent(new DragEvent(name, { dataTransfer: transfer, ...where }));
}
"""


def as_file(name="tower.png", **how):
    upload = factories.picture_file(name, **how)
    return {"name": name, "type": upload.content_type, "content": base64.b64encode(upload.read()).decode()}


def drop(page, *files, selector=f"{EDITOR} > p", is_paste=False):
    page.locator(selector).first.wait_for()
    page.evaluate(DROP, {"selector": selector, "files": list(files), "isPaste": is_paste})


def open_form(page, article):
    page.goto(f"/admin/articles/article/{article.pk}/change/")
    page.locator(EDITOR).wait_for()


def dialog(page):
    return page.get_by_role("dialog", name="New image")


@pytest.mark.journey
def test_a_picture_is_dropped_into_a_text_described_and_seen_by_readers(editor_page):
    article = factories.article(slug="tower", body="<p>It stands.</p><p>It goes on.</p>")
    page = editor_page
    open_form(page, article)
    drop(page, as_file(size=(120, 90)))
    dialog(page).get_by_role("button", name="Upload and insert").click()
    assert "Describe what the image shows" in dialog(page).get_by_role("alert").inner_text()
    assert not Image.objects.exists()
    dialog(page).get_by_label("What the image shows").fill("A tower by the sea")
    dialog(page).get_by_label("Credit").fill("Ada")
    page.keyboard.press("Enter")
    page.locator(f"{EDITOR} figure img").wait_for()
    page.keyboard.type("At noon")
    press_button(page, "Publish")
    image = Image.objects.get()
    assert (image.alt, image.credit, image.width_px) == ("A tower by the sea", "Ada", 120)
    assert Article.objects.get().body == (
        f'<p>It stands.</p><figure><img src="ref:publishing.image/{image.pk}" alt="A tower by the sea">'
        "<figcaption>At noon</figcaption></figure><p>It goes on.</p>"
    )
    page.goto("/articles/tower/")
    picture = page.get_by_role("img", name="A tower by the sea")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 120


def test_several_are_pasted_one_after_the_other_in_their_order(editor_page):
    article = factories.article(body="<p>It stands.</p>")
    page = editor_page
    open_form(page, article)
    page.locator(f"{EDITOR} > p").click()
    drop(page, as_file("one.png"), as_file("two.png", colour="navy"), is_paste=True)
    for number, words in enumerate(["The first", "The second"], start=1):
        dialog(page).get_by_text(f"({number} of 2)").wait_for()
        dialog(page).get_by_label("What the image shows").fill(words)
        page.keyboard.press("Enter")
        page.locator(f'{EDITOR} figure img[alt="{words}"]').wait_for()
    assert page.locator(f"{EDITOR} figure img").evaluate_all("all => all.map((one) => one.alt)") == [
        "The first",
        "The second",
    ]


def test_what_fails_is_said_and_nothing_is_lost(editor_page):
    article = factories.article(body="<p>It stands.</p>")
    page = editor_page
    open_form(page, article)
    broken = {"name": "torn.png", "type": "image/png", "content": base64.b64encode(b"no picture").decode()}
    drop(page, broken)
    dialog(page).get_by_label("What the image shows").fill("Torn")
    page.keyboard.press("Enter")
    dialog(page).get_by_text("The image was not uploaded.").wait_for()
    assert dialog(page).get_by_label("What the image shows").input_value() == "Torn"
    page.keyboard.press("Escape")

    drop(page, as_file())
    dialog(page).get_by_label("What the image shows").fill("Whole")
    page.route("**/admin/publishing/image/upload/", lambda route: route.abort())
    page.keyboard.press("Enter")
    dialog(page).get_by_text("The server does not respond.").wait_for()
    page.unroute("**/admin/publishing/image/upload/")
    page.keyboard.press("Enter")
    page.locator(f'{EDITOR} figure img[alt="Whole"]').wait_for()
    assert Image.objects.get().alt == "Whole"
    assert page.locator(f"{EDITOR} > p").first.inner_text() == "It stands."


def test_a_file_that_misses_the_editor_does_not_take_the_place_of_the_form(editor_page):
    article = factories.article()
    page = editor_page
    open_form(page, article)
    is_held = page.evaluate(
        """() => {
          const transfer = new DataTransfer();
          transfer.items.add(new File(["x"], "x.png", { type: "image/png" }));
          const event = new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true });
          document.querySelector("#id_title").dispatchEvent(event);
          return event.defaultPrevented;
        }"""
    )
    assert is_held
    assert not page.get_by_role("dialog").count()


def test_a_picture_is_picked_from_the_grid_by_search_and_keyboard_with_words_for_this_place(editor_page):
    for name in ("A lighthouse", "A harbour", "A pier", "A bridge", "A dam", "A canal"):
        factories.image(alt=name, credit="Ada" if name == "A pier" else "Ben")
    article = factories.article(slug="coast", body="<p>It stands.</p>")
    page = editor_page
    open_form(page, article)
    page.locator(f"{EDITOR} > p").click()
    page.keyboard.press("End")
    page.get_by_role("button", name="Image", exact=True).click()
    grid = page.locator(".richtext-finder--grid")
    grid.get_by_role("button").nth(5).wait_for()
    first, second = (grid.get_by_role("button").nth(place).bounding_box() for place in (0, 1))
    assert second["y"] == first["y"]
    assert second["x"] > first["x"]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.textContent") == grid.get_by_role("button").nth(1).text_content()
    page.get_by_label("Find an image by description, credit, file or tag").fill("Ada")
    page.get_by_text("1 found.").wait_for()
    grid.get_by_role("button").click()
    page.get_by_label("Alternative text for this place").fill("The pier in winter")
    page.keyboard.press("Enter")
    press_button(page, "Publish")
    page.goto("/articles/coast/")
    assert page.get_by_role("img", name="The pier in winter").count() == 1


@pytest.mark.journey
def test_cover_is_chosen_among_thumbnails_or_dropped_and_described_in_place(editor_page):
    for number in range(6):
        factories.image(alt=f"View {number}")
    article = factories.article(body="<p>It stands.</p>")
    page = editor_page
    open_form(page, article)
    page.get_by_role("tab", name="Settings").click()
    cover = page.get_by_role("button", name="Cover: Choose an image…")
    cover.press("Enter")
    page.keyboard.type("view 3")
    page.get_by_text("1 found.").wait_for()
    page.keyboard.press("Enter")
    cover = page.get_by_role("button", name="Cover: View 3")
    assert cover.evaluate("button => button === document.activeElement")
    page.get_by_role("button", name="Details…").first.click()
    details = page.get_by_role("dialog", name="Image details")
    details.get_by_label("Alternative text").fill("The third view")
    details.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Cover: The third view").wait_for()
    page.get_by_role("tab", name="Search").click()
    drop(page, as_file(colour="navy"), selector=".field-share_image .image-choice")
    dialog(page).get_by_label("What the image shows").fill("A tower")
    page.keyboard.press("Enter")
    press_button(page, "Publish")
    article.refresh_from_db()
    assert (article.cover.alt, article.share_image.alt) == ("The third view", "A tower")


def test_many_files_are_dropped_on_the_library_and_described_in_one_pass(editor_page):
    page = editor_page
    page.goto("/admin/publishing/image/")
    colours = ("navy", "teal", "olive")
    drop(page, *(as_file(f"{name}.png", colour=name) for name in colours), selector="#content")
    page.wait_for_url("**/texts/?images=*")
    for place, name in enumerate(colours):
        page.locator(f"#id_form-{place}-alt").fill(f"All {name}")
    page.get_by_role("button", name="Save all texts").click()
    page.locator(".messagelist .success").wait_for()
    assert {image.alt for image in Image.objects.all()} == {f"All {name}" for name in colours}


def test_focus_is_set_by_a_click_and_by_keyboard_and_crops_follow(editor_page):
    image = factories.image(file=factories.picture_file(size=(400, 100)))
    page = editor_page
    page.goto(f"/admin/publishing/image/{image.pk}/change/")
    picture = page.locator(".focal__image")
    box = picture.bounding_box()
    picture.click(position={"x": box["width"] * 0.8, "y": box["height"] * 0.5})
    assert page.locator("#id_focal_x").input_value() == "80"
    assert 48 <= int(page.locator("#id_focal_y").input_value()) <= 52
    page.locator("#id_focal_y").fill("50")
    # 100 of 400 pixels around the 320th are visible: from the 270th on, so 300 are cut off.
    crop = page.locator(".focal__frame--square img")
    assert crop.evaluate("image => image.style.objectPosition") == "90% 50%"
    page.locator("#id_focal_x").press("ArrowDown")
    assert page.locator("#id_focal_x").input_value() == "79"
    assert page.locator(".focal__point").evaluate("point => point.style.left") == "79%"
    page.locator("#id_focal_x").fill("100")
    assert crop.evaluate("image => image.style.objectPosition") == "100% 50%"
    page.locator("[name=_continue]").first.click()
    page.locator(".messagelist .success").wait_for()
    image.refresh_from_db()
    assert image.focus == (100, 50)


def test_the_file_is_replaced_where_it_is_used(editor_page, tmp_path):
    image = factories.image(alt="A sign", file=factories.picture_file(size=(40, 30)))
    body = f'<figure><img src="ref:publishing.image/{image.pk}" alt=""></figure>'
    factories.article(slug="sign", body=body, cover=image)
    PILImage.new("RGB", (64, 48), "navy").save(tmp_path / "other.png")
    page = editor_page
    page.goto(f"/admin/publishing/image/{image.pk}/change/")
    page.locator("#id_file").set_input_files(tmp_path / "other.png")
    wait_until(page, "document.querySelector('.focal__image').naturalWidth === 64")  # shown before it is stored
    page.locator("[name=_continue]").first.click()
    page.locator(".messagelist .success").wait_for()
    page.goto("/articles/sign/")
    for place in range(2):
        picture = page.get_by_role("img", name="A sign").nth(place)
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 64


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(editor_page, settings):
    settings.IMAGE_MAX_BYTES = 1024 * 1024
    page, sent = editor_page, []
    page.on("request", lambda request: sent.append(request.method))
    large = {"name": "large.png", "mimeType": "image/png", "buffer": b"x" * (1024 * 1024 + 60_000)}
    page.goto("/admin/publishing/image/")
    page.locator(".image-upload input").set_input_files(large)
    page.get_by_text("Not uploaded: large.png. This file is 1.1 MB; the maximum is 1.0 MB.").wait_for()
    page.goto("/admin/publishing/image/add/")
    page.locator("#id_file").set_input_files(large)
    page.get_by_text("large.png is 1.1 MB; the maximum is 1.0 MB. Choose a smaller file.").wait_for()
    assert page.locator("#id_file").input_value() == ""
    page.locator("#id_file").set_input_files({**large, "buffer": factories.picture_file().read()})
    assert page.locator(".file-problem").count() == 0
    assert "POST" not in sent
