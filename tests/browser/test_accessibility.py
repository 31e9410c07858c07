"""Accessibility of every kind of page: screen readers, keyboard, dark mode, zoom and small screens."""

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image, ImageChops

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WIDE = {"width": 1280, "height": 900}
NARROW = {"width": 320, "height": 640}
STILL = {"reduced_motion": "reduce"}
AXE = {"rules": {"target-size": {"enabled": True}}}  # of WCAG 2.2; axe leaves it out by default

CONTROLS = """[...document.querySelectorAll(`a[href], button, input:not([type=hidden]), select, textarea, summary,
  [tabindex="0"]`)].filter(control => control.checkVisibility({ visibilityProperty: true }) && control.tabIndex >= 0)"""
# Controls with the same key have the same style: the key is made of the names and classes of the control and its
# ancestors.
KIND = """control => [control, control.parentElement, control.parentElement.parentElement].map(
  element => [element.localName, ...element.classList].join(".")).reverse().join(" > ")"""
# The beginnings of texts that are off the screen or cut off, except inside boxes that can be scrolled to them.
LOST_WORDS = """(() => {
  const lost = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const words = texts.currentNode.data.trim();
    const around = texts.currentNode.parentElement;
    if (!words || !around.checkVisibility() || around.closest(".skip, script")) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const box = range.getBoundingClientRect();
    let left = 0, right = innerWidth, scrolls = false, forEars = false;
    for (let frame = around; frame !== document.documentElement; frame = frame.parentElement) {
      const { overflowX: overflow, clipPath } = getComputedStyle(frame);
      if (clipPath === "inset(50%)") forEars = true;
      if (overflow === "auto" || overflow === "scroll") scrolls = true;
      if (overflow === "hidden" || overflow === "clip") {
        const edge = frame.getBoundingClientRect();
        left = Math.max(left, edge.left);
        right = Math.min(right, edge.right);
      }
    }
    if (!scrolls && !forEars && (box.left < left - 1 || box.right > right + 1)) lost.push(words.slice(0, 40));
  }
  return lost;
})()"""


@pytest.mark.parametrize(
    "look",
    [
        pytest.param({"viewport": WIDE, "color_scheme": "light"}, id="light", marks=pytest.mark.journey),
        pytest.param({"viewport": WIDE, "color_scheme": "dark"}, id="dark"),
        pytest.param({"viewport": NARROW, "color_scheme": "light"}, id="narrow"),
    ],
)
def test_axe_finds_nothing_on_any_kind_of_page(look, open_page, paths):
    page = open_page(**look, **STILL)
    problems = []
    for path in paths:
        page.goto(path)
        found = Axe().run(page, options=AXE)
        if found.violations_count:
            problems.append(f"{path}\n{found.generate_report()}")
    assert not problems, "\n".join(problems)


def test_the_first_tab_stop_leads_past_the_menu(open_page, paths):
    page = open_page(viewport=WIDE)
    for path in paths:
        page.goto(path)
        page.keyboard.press("Tab")
        skip = page.locator(":focus")
        assert skip.inner_text() == "Skip to content", path
        box = skip.bounding_box()
        assert box["x"] >= 0, path
        assert box["y"] >= 0, path
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main", path
        page.keyboard.press("Tab")
        assert page.evaluate("!document.activeElement.closest('.masthead, .breadcrumbs')"), path


@pytest.mark.parametrize("width", [320, 1280])
def test_tab_visits_every_control_once_in_the_order_of_the_document(width, open_page):
    page = open_page(viewport={"width": width, "height": 900})
    for path in ("/", "/search/?q=context+window"):
        page.goto(path)
        page.evaluate(f"window.controls = {CONTROLS}")
        count = page.evaluate("controls.length")
        assert count > 15
        visited = []
        for _ in range(count):
            page.keyboard.press("Tab")
            visited.append(page.evaluate("controls.indexOf(document.activeElement)"))
        assert visited == list(range(count)), path


@pytest.mark.parametrize(
    "look",
    [{"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}],
    ids=["light", "dark", "forced"],
)
def test_focus_is_painted_around_every_kind_of_control(look, open_page, paths):
    """Screenshots are compared, because an outline from the stylesheet may be cut off by surrounding elements."""
    page = open_page(viewport=WIDE, **look, **STILL)
    seen, problems = set(), []
    for path in paths:
        page.goto(path)
        page.keyboard.press("Tab")  # from here on the browser treats focus as coming from the keyboard
        page.evaluate(f"window.controls = {CONTROLS}")
        for number, kind in enumerate(page.evaluate(f"controls.map({KIND})")):
            if kind in seen:
                continue
            seen.add(kind)
            if missing := sides_without_ring(page, number):
                problems.append(f"{path}: {kind} shows no ring {', '.join(missing)}")
    assert len(seen) > 20
    assert not problems, "\n".join(problems)


def sides_without_ring(page, number: int) -> list[str]:
    """Return the sides on which no pixel outside the control's box changes when it gets the focus."""
    x, y, width, height = page.evaluate(
        "number => { controls[number].focus(); const box = controls[number].getBoundingClientRect();"
        " return [box.x, box.y, box.width, box.height]; }",
        number,
    )
    left, top = max(0, int(x) - 10), max(0, int(y) - 10)
    clip = {"x": left, "y": top, "width": int(x + width) + 10 - left, "height": int(y + height) + 10 - top}
    focused = picture(page, clip)
    page.evaluate("document.activeElement.blur()")
    changed = ImageChops.difference(focused, picture(page, clip)).getbbox() or (clip["width"], clip["height"], 0, 0)
    return [
        side
        for side, is_missing in {
            "on its left": x > 4 and changed[0] + left >= x,
            "above": y > 4 and changed[1] + top >= y,
            "on its right": x + width < WIDE["width"] - 4 and changed[2] + left <= x + width,
            "below": y + height < WIDE["height"] - 4 and changed[3] + top <= y + height,
        }.items()
        if is_missing
    ]


def picture(page, clip):
    return Image.open(BytesIO(page.screenshot(clip=clip))).convert("RGB")


def test_no_page_scrolls_sideways_at_any_width(open_page, paths):
    page = open_page()
    wide = []
    for path in paths:
        page.goto(path)
        for width in (320, 390, 768, 1024, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            if (needed := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide.append(f"{path} is {needed} px wide on a screen of {width}")
    assert not wide, "\n".join(wide)


def test_text_of_twice_the_size_loses_nothing(open_page, paths):
    page = open_page()
    lost = []
    for path in paths:
        page.goto(path)
        page.evaluate(
            "document.documentElement.style.fontSize ="
            " `${2 * parseFloat(getComputedStyle(document.documentElement).fontSize)}px`"
        )
        for width in (390, 1280):
            page.set_viewport_size({"width": width, "height": 800})
            lost += [f"{path} at {width} px: {words}" for words in page.evaluate(LOST_WORDS)]
    assert not lost, "\n".join(lost)


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_pages_change_with_a_movement_only_where_the_reader_allows_it(motion, open_page):
    page = open_page(viewport=WIDE, reduced_motion=motion)
    page.goto("/")
    rules = "[...document.styleSheets].flatMap(sheet => [...sheet.cssRules])"
    page.evaluate(f"window.media = {rules}.filter(rule => rule.cssText.includes('@view-transition'))")
    assert page.evaluate("media.map(rule => rule.constructor.name)") == ["CSSMediaRule"]
    assert page.evaluate("matchMedia(media[0].conditionText).matches") is (motion == "no-preference")
    moving = "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0)"
    assert motion == "no-preference" or page.evaluate(f"{moving}.length") == 0


def test_status_is_told_by_shape_where_the_reader_chose_the_colours(open_page, paths):
    page = open_page(viewport=WIDE, forced_colors="active", **STILL)
    shapes = {}
    for path in (path for path in paths if path.startswith("/catalog/")):  # no page has a model of each status
        page.goto(path)
        for status in page.locator("main .status:visible").all():
            words = status.inner_text()
            if words in {"Available", "Deprecated", "Retired", "Unverified"} - shapes.keys():
                status.scroll_into_view_if_needed()
                box = status.bounding_box()
                shape = {"x": round(box["x"]), "y": round(box["y"]), "width": 12, "height": round(box["height"])}
                shapes[words] = picture(page, shape).tobytes()
    assert len(shapes) >= 3
    assert len(set(shapes.values())) == len(shapes)
