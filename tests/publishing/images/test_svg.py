"""SVG images: what is left of them, their size, and how they are served."""

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from lxml import etree

from publishing.images.models import Image
from publishing.images.svg import ATTRIBUTES, ELEMENTS, cleaned
from publishing.site.models import SiteSettings
from tests import factories

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 120 40"'


def svg(inside: str, attributes: str = "") -> bytes:
    return f"{HEAD} {attributes}>{inside}</svg>".encode()


def file_of(content: bytes):
    return SimpleUploadedFile("Logo.svg", content, content_type="image/svg+xml")


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT>alert(1)</SCRIPT>",
    "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><script>alert(1)</script></body></foreignObject>",
    "<path d='M0 0' onclick='alert(1)'/>",
    "<path d='M0 0' style='fill:url(https://evil.example/x)'/>",
    "<path d='M0 0' fill='url(https://evil.example/x#a)'/>",
    "<path d='M0 0' fill='u\\72l(https://evil.example/x)'/>",
    "<path d='M0 0' fill='image-set(https://evil.example/x)'/>",
    "<style>@import 'https://evil.example/x.css'; path{fill:url(//evil.example)}</style><path d='M0 0'/>",
    "<image href='https://evil.example/x.png'/>",
    "<use href='https://evil.example/x.svg#a'/>",
    "<use xlink:href='data:image/svg+xml,evil.example#a'/>",
    "<linearGradient id='a' xlink:href='https://evil.example/#b'/>",
    "<a href='javascript:alert(1)'><path d='M0 0'/></a>",
    "<a xlink:href='javascript:alert(1)'><text>evil.example</text></a>",
    "<animate attributeName='href' values='javascript:alert(1)'/>",
    "<set attributeName='onmouseover' to='alert(1)'/>",
    "<handler xmlns='http://www.w3.org/2001/xml-events'>alert(1)</handler>",
    "<filter id='f'><feImage href='https://evil.example'/></filter>",
    "<?xml-stylesheet href='https://evil.example/x.css'?>",
    "<!-- alert(1) -->",
    "<svg onload='alert(1)'/>",
    "<title><html:script xmlns:html='http://www.w3.org/1999/xhtml'>alert(1)</html:script></title>",
]


@pytest.mark.parametrize("inside", HOSTILE)
def test_only_listed_elements_and_harmless_values_are_left(inside):
    content = cleaned(svg(inside, "onload='alert(1)'"))
    for word in (b"alert", b"evil", b"script", b"<style", b"style=", b" on"):
        assert word not in content
    for element in etree.fromstring(content).iter():
        assert etree.QName(element).localname in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES | {"href"}


def test_drawing_keeps_its_colours_and_local_references():
    inside = """
    <style>.a,.b{fill:#123456;stroke:red} /* .a{fill:none} */ @media print{.a{fill:none}} #top{opacity:.5}</style>
    <defs><linearGradient id="g"><stop offset="0" style="stop-color:rgb(1, 2, 3)"/></linearGradient>
    <path id="shape" d="M0 0h9"/></defs>
    <g transform="translate(2 3)"><path class="a" id="top" fill="blue" d="M0 0h1"/><rect fill="url(#g)" width="9"/></g>
    <use xlink:href="#shape" x="2"/><g id="many"><use href="#shape"/></g><use href="#many"/>
    <g id="twice"/><path id="twice"/><use href="#twice"/>
    """
    root = etree.fromstring(cleaned(svg(inside)))
    by_tag = {etree.QName(element).localname: element for element in root.iter()}
    top = root.xpath("//*[@id='top']")[0]
    assert (top.get("fill"), top.get("stroke"), top.get("opacity")) == ("#123456", "red", ".5")
    assert by_tag["rect"].get("fill") == "url(#g)"
    assert by_tag["stop"].get("stop-color") == "rgb(1, 2, 3)"
    assert [use.get("href") for use in root.iter("{*}use")] == ["#shape", "#shape"]  # none of a group
    assert (root.get("width"), root.get("height")) == ("120", "40")


@pytest.mark.parametrize(
    "content",
    [
        b"no picture",
        b"<svg/>",
        b"<html xmlns='http://www.w3.org/1999/xhtml'/>",
        b"<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>&a;</svg>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        svg("<path d='" + "M0 0" * 130_000 + "'/>"),
    ],
    ids=["text", "no namespace", "html", "entities", "no size", "too large"],
)
def test_other_files_are_refused(content):
    with pytest.raises(ValidationError):
        cleaned(content)


def test_logo_is_stored_clean_shown_and_served_without_any_right(admin_page):
    data = {"file": file_of(svg("<script>alert(1)</script><path d='M0 0h9'/>")), "alt": "Logo"}
    ref = admin_page.post("/admin/publishing/image/upload/", data).json()["ref"]
    image = Image.objects.get(pk=ref.split("/")[1])
    assert (image.width_px, image.height_px, image.needs_rendering) == (120, 40, False)
    response = admin_page.get(image.file.url)
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert b"alert" not in b"".join(response)
    for shape in ("whole", "wide", "square"):
        assert image.shown(shape)["url"] == image.file.url
    factories.article(slug="covered", cover=image)
    page = admin_page.get("/articles/covered/").content.decode()
    assert image.file.url in page
    assert f'og:image" content="http://testserver{image.file.url}' not in page
    assert page.count('property="og:image"') == 1


def test_dark_logo_and_word_mark(admin_page):
    light, dark = (factories.image(alt=name, file=file_of(svg(f"<g id='{name}'/>"))) for name in ("one", "two"))
    site = SiteSettings(logo=light, logo_dark=dark, name="Acme", logo_has_name=True)
    site.save()
    page = admin_page.get("/").content.decode()
    assert f'<source srcset="{dark.file.url}" media="(prefers-color-scheme: dark)">' in page
    assert 'class="masthead__name"' not in page
    assert dark.file.url in admin_page.get("/admin/").content.decode()
    site.logo_has_name = False
    site.save()
    assert 'class="masthead__name"' in admin_page.get("/").content.decode()
