"""The list of allowed HTML, and the field that enforces it."""

import re
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import FieldError, ValidationError
from django.db import connection, models
from django.db.models import Case, F, TextField, Value, When
from django.db.models.functions import Concat, Upper
from django.test import RequestFactory

from publishing.admin.richtext_widget import RichTextWidget, editor_config
from publishing.richtext import RichTextField, clean, rich_text_fields
from publishing.richtext.allowlist import ATTRIBUTES, RECORD_SCHEMES, TAGS, WEB_SCHEMES
from publishing.richtext.embeds import PROVIDERS, embed, embed_of
from publishing.richtext.field import RichTextFormField
from tests.publishing.richtext.xss_payloads import PAYLOADS

# Everything that the editor stores, exactly as it stores it.
EVERYTHING = (
    '<h2 id="two">Two</h2><p><strong>bold</strong> <em>italic</em> <code>code</code><br>'
    'line &amp; &lt;more&gt; "q"&nbsp;é</p>'
    '<p><a href="https://example.com/a?b=1&amp;c=2">web</a> <a href="/about/">path</a> <a href="#part">anchor</a> '
    '<a href="mailto:x@example.com">mail</a> <a href="tel:+41123">phone</a> '
    '<a href="ref:catalog.aimodel/17">record</a> <a href="ref:articles.article/what-is-an-llm">by slug</a> '
    '<a href="fact:catalog.aimodel/17/context_tokens">fact</a></p>'
    '<h3 id="an-older-name">Three</h3>'
    "<ul><li><p>One</p><ul><li><p>Nested</p></li></ul></li></ul>"
    '<h4 id="four">Four</h4><p>Said<small>By <a href="https://example.com/">them</a>.</small> so.</p>'
    '<ol start="3"><li><p>Third</p></li></ol><blockquote><p>Quote</p></blockquote><hr>'
    "<pre><code>if a &lt; b:\n    return  1\n\n# end</code></pre>"
    '<figure><img src="ref:publishing.image/5" alt="A &lt;b&gt; &quot;c&quot;">'
    "<figcaption>See <em>it</em></figcaption></figure>"
    '<figure><img src="/media/x.webp" alt=""></figure>'
    '<figure data-width="wide"><img src="ref:publishing.image/5" alt=""><img src="/media/y.webp" alt="B"></figure>'
    '<aside data-kind="tip"><p>Try it.</p><ul><li><p>Twice</p></li></ul></aside>'
    '<figure data-embed="youtube:dQw4w9WgXcQ"><figcaption>A talk</figcaption></figure>'
    "<table><caption>Prices <strong>now</strong></caption><tbody>"
    '<tr><th scope="col"><p>Model</p></th><th colspan="2"><p>Price</p></th></tr>'
    '<tr><th><p>GPT-4o</p></th><td rowspan="2"><p>1</p><p>2</p></td><td><p></p></td></tr></tbody></table><p>End</p>'
)


class Allowed(HTMLParser):
    """Collects the elements of a text that are not on the list."""

    def __init__(self):
        super().__init__()
        self.strangers = []

    def handle_starttag(self, tag, attrs):
        names = {name for name, _value in attrs}
        if tag not in TAGS or names - ATTRIBUTES.get(tag, set()):
            self.strangers.append((tag, attrs))
        for name, value in attrs:
            if name in {"href", "src"}:
                scheme, colon, _rest = value.partition(":")
                is_local = value.startswith(("/", "#")) and not value.startswith(("//", "/\\"))
                if not is_local and not (colon and scheme.lower() in {*WEB_SCHEMES, *RECORD_SCHEMES}):
                    self.strangers.append((tag, attrs))

    def handle_comment(self, data):
        self.strangers.append(("comment", data))


def strangers(html):
    parser = Allowed()
    parser.feed(html)
    parser.close()
    return parser.strangers


@pytest.mark.parametrize("payload", [html for _name, html in PAYLOADS], ids=[name for name, _html in PAYLOADS])
def test_nothing_outside_the_list_survives(payload):
    cleaned = clean(payload)
    assert strangers(cleaned) == []
    assert clean(cleaned) == cleaned


def test_there_are_fifty_payloads_of_different_kinds():
    assert len({html for _name, html in PAYLOADS}) == len(dict(PAYLOADS)) >= 50


def test_what_the_editor_stores_is_left_alone():
    assert clean(EVERYTHING) == EVERYTHING
    assert strangers(EVERYTHING) == []


@pytest.mark.parametrize("html", ["", " \n", "<p></p>", "<p> </p>\n<p></p>", "<!-- x -->", "<script>x</script>"])
def test_text_without_content_is_empty(html):
    assert clean(html) == ""


def test_layout_of_hand_written_html_goes_but_code_keeps_its_lines():
    written = "<ul>\n  <li>\n    <p>One\n    <strong>two </strong> three</p>\n  </li>\n</ul>\n"
    written += "<pre><code>a\r\n  b</code></pre>\n"
    assert clean(written) == "<ul><li><p>One <strong>two </strong>three</p></li></ul><pre><code>a\n  b</code></pre>"


def test_characters_that_cannot_be_stored_are_removed():
    assert clean("<p>a\x00b\ud800c\x08d\x1f</p>") == "<p>abcd</p>"


@pytest.mark.parametrize(
    "href",
    [
        "//evil.example/", "/\\evil.example", "evil.html", "ftp://x.example/", "https:x", "https://", "http:///x",
        "ref:", "ref:aimodel/1", "ref:catalog.aimodel", "ref:catalog.aimodel/1/x", "ref:catalog.aimodel/1?x",
        "fact:catalog.aimodel/1", "data:text/html,x", "javascript:x", "https://x.example/\\y",
    ],
)  # fmt: skip
def test_address_of_no_allowed_form_leaves_only_the_words(href):
    assert clean(f'<p><a href="{href}">words</a></p>') == "<p>words</p>"


@pytest.mark.parametrize("href", ["https://x.example/a%20b", "HTTP://x.example", "/", "#", "/a?b=c#d"])
def test_ordinary_address_is_kept(href):
    assert clean(f'<a href="{href}">x</a>') == f'<a href="{href}">x</a>'


def test_link_keeps_neither_target_nor_rel_nor_class():
    html = '<a target="_blank" rel="noopener" class="x" id="y" title="t" lang="en" href="/a">x</a>'
    assert clean(html) == '<a href="/a">x</a>'


@pytest.mark.parametrize("src", ["https://x.example/a.png", "//x.example/a.png", "data:image/png;base64,AA", "a.png"])
def test_picture_from_elsewhere_goes_and_its_caption_stays(src):
    assert clean(f'<figure><img src="{src}" alt="x"><figcaption>Words</figcaption></figure>') == "<p>Words</p>"


def test_picture_outside_a_figure_goes():
    assert clean('<p>a<img src="ref:publishing.image/5" alt="x">b</p>') == "<p>ab</p>"


def test_callout_has_one_of_the_known_kinds_and_contains_no_other():
    html = '<aside data-kind="alert"><p>a</p><aside data-kind="tip"><p>b</p></aside></aside><aside></aside>'
    assert clean(html) == '<aside data-kind="note"><p>a</p><p>b</p></aside>'
    assert clean("<table><tbody><tr><td><aside><p>a</p></aside></td></tr></tbody></table>").count("aside") == 0


@pytest.mark.parametrize("embed", ["youtube:short", "vimeo:x", "example:123456", 'slides:"><script>', "youtube", ""])
def test_embed_of_an_unknown_provider_or_id_leaves_its_caption(embed):
    assert clean(f'<figure data-embed="{escape(embed)}"><figcaption>Words</figcaption></figure>') == "<p>Words</p>"


def test_figure_with_an_image_is_no_embed_and_an_embed_has_no_width():
    image = '<img src="ref:publishing.image/5" alt="">'
    assert clean(f'<figure data-embed="vimeo:76979871">{image}</figure>') == f"<figure>{image}</figure>"
    assert clean('<figure data-embed="vimeo:76979871" data-width="wide"></figure>') == (
        '<figure data-embed="vimeo:76979871"></figure>'
    )
    assert clean(f'<figure data-width="huge">{image}</figure>') == f"<figure>{image}</figure>"


@pytest.mark.parametrize(
    ("address", "embed"),
    [
        ("https://www.youtube.com/watch?app=desktop&v=dQw4w9WgXcQ&t=1s", "youtube:dQw4w9WgXcQ"),
        ("https://youtu.be/dQw4w9WgXcQ?si=x", "youtube:dQw4w9WgXcQ"),
        ("https://www.youtube.com/shorts/dQw4w9WgXcQ", "youtube:dQw4w9WgXcQ"),
        ("https://vimeo.com/76979871", "vimeo:76979871"),
        ("https://www.loom.com/share/A-demo-0281766fa2d04bb788eaf19e65135184", "loom:0281766fa2d04bb788eaf19e65135184"),
        ("https://www.figma.com/board/AbCdEf0123456789AbCdEf/Name?node-id=1", "figma:board/AbCdEf0123456789AbCdEf"),
        ("https://docs.google.com/presentation/d/1A2b3C4d5E6f7G8h9I0j1K/edit#s=1", "slides:1A2b3C4d5E6f7G8h9I0j1K"),
        ("https://docs.google.com/presentation/d/e/2PACX-1A2b3C4d5E6f7G8/pub", "slides:e/2PACX-1A2b3C4d5E6f7G8"),
        ("https://www.youtube.com/@channel", ""),
        ("https://youtube.com.example.net/watch?v=dQw4w9WgXcQ", ""),
        ("javascript:https://youtu.be/dQw4w9WgXcQ", ""),
    ],
)
def test_address_of_a_provider_becomes_its_name_and_the_id(address, embed):
    assert embed_of(address) == embed


def test_the_policy_allows_the_frames_of_all_providers_and_no_other():
    keys = {"youtube": "dQw4w9WgXcQ", "vimeo": "76979871", "loom": "0" * 32, "figma": f"file/{'a' * 22}"}
    keys["slides"] = "a" * 30
    found = [embed(f"{name}:{key}") for name, key in keys.items()]
    assert [one.provider for one in found if one] == list(PROVIDERS.values())
    assert settings.SECURE_CSP["frame-src"] == [f"https://{urlsplit(one.frame).netloc}" for one in found if one]


def test_picture_must_be_a_record_of_pictures():
    assert clean('<figure><img src="ref:catalog.aimodel/5" alt="x"></figure>') == ""


def test_attributes_are_put_in_one_order():
    html = '<figure><img alt="b" src="/a"></figure>'
    assert clean(html) == '<figure><img src="/a" alt="b"></figure>'


def test_table_of_several_parts_becomes_one_body():
    html = (
        "<table><colgroup><col width=9></colgroup><thead><tr><th>a</th></tr></thead>"
        "<tbody><tr><td>b</td></tr></tbody><tfoot><tr><td>c</td></tr></tfoot></table>"
    )
    rows = "<tr><th>a</th></tr><tr><td>b</td></tr><tr><td>c</td></tr>"
    assert clean(html) == f"<table><tbody>{rows}</tbody></table>"


@pytest.mark.parametrize(
    ("written", "stored"),
    [("2", ' colspan="2"'), (" 03 ", ' colspan="3"'), ("1", ""), ("0", ""), ("-2", ""), ("2.5", ""), ("101", ""),
     ("9" * 5000, ""), ("٣", ""), ("x", "")],
)  # fmt: skip
def test_spans_are_small_whole_numbers(written, stored):
    html = f'<table><tbody><tr><td colspan="{written}">a</td></tr></tbody></table>'
    assert clean(html) == f"<table><tbody><tr><td{stored}>a</td></tr></tbody></table>"


def test_header_cell_keeps_its_scope_of_the_four_known():
    row = '<table><tbody><tr><th scope="{}">a</th></tr></tbody></table>'
    assert clean(row.format("rowgroup")) == row.format("rowgroup")
    assert "scope" not in clean(row.format("evil"))


def test_heading_gets_its_anchor_once_and_keeps_it():
    first = clean("<h2>What it costs</h2><p>x</p><h3>Größe</h3>")
    assert first == '<h2 id="what-it-costs">What it costs</h2><p>x</p><h3 id="grosse">Größe</h3>'
    assert clean(first.replace(">What it costs<", ">The price<")) == first.replace(">What it costs<", ">The price<")


@pytest.mark.parametrize(
    ("written", "anchors"),
    [
        ('<h2 id="a">A</h2><h2 id="a">B</h2>', ["a", "b"]),  # copied, then reworded
        ('<h2>A</h2><h2 id="a">B</h2>', ["a-2", "a"]),  # a new heading does not take over an anchor
        ('<h2 id="a"></h2><h2 id="a">B</h2>', ["a"]),  # split before its first word
        ('<h2 id="main">A</h2><h2>Main</h2>', ["a", "main-2"]),  # the id that the templates use
        ('<h2 id="Foo bar">A</h2><h2 id="id_body">B</h2><h2 id="fn:1">C</h2>', ["a", "b", "c"]),
        (f'<h2 id="{"a" * 101}">A</h2>', ["a"]),
        ("<h2>&amp; &lt;b&gt;</h2>", ["b"]),
        ("<blockquote><h2>In</h2></blockquote><ul><li><h3>In</h3></li></ul>", ["in", "in-2"]),
    ],
)  # fmt: skip
def test_anchors_are_good_and_each_is_there_once(written, anchors):
    cleaned = clean(written)
    assert re.findall(r' id="([^"]*)"', cleaned) == anchors
    assert clean(cleaned) == cleaned


def test_note_in_a_heading_a_link_code_or_a_note_is_only_words():
    html = '<h2>a<small>b</small></h2><p><a href="/x">c<small>d</small></a><small>e<small>f</small></small></p>'
    assert clean(html) == '<h2 id="ab">ab</h2><p><a href="/x">cd</a><small>ef</small></p>'
    assert clean("<pre><code>a<small>b</small></code></pre>") == "<pre><code>ab</code></pre>"


# The field ---------------------------------------------------------------------------------------------------------

DIRTY = "<p>a<script>window.__xss=1</script></p>"
field = RichTextField()
field.set_attributes_from_name("body")


class Holder:
    body = DIRTY


def test_saving_cleans_and_leaves_the_clean_text_on_the_instance():
    holder = Holder()
    assert field.pre_save(holder, add=False) == "<p>a</p>"
    assert holder.body == "<p>a</p>"


@pytest.mark.django_db
@pytest.mark.parametrize("value", [DIRTY, Value(DIRTY, output_field=field)], ids=["text", "value as in bulk_update"])
def test_text_on_its_way_into_the_database_is_clean(value):
    prepared = field.get_db_prep_save(value, connection)
    if isinstance(prepared, Value):
        prepared = field.get_db_prep_save(prepared.value, connection)
    assert prepared == "<p>a</p>"


def test_no_text_stays_no_text():
    assert field.get_db_prep_save(None, connection) is None


def test_looking_for_a_text_does_not_change_what_is_looked_for():
    assert field.get_prep_value("<p") == "<p"


@pytest.mark.parametrize(
    "expression",
    [
        Value(DIRTY),
        Value(DIRTY, output_field=TextField()),
        Upper(Value(DIRTY, output_field=field)),
        Upper(F("title")),
        Concat(Value("<script"), Value(">")),
        Case(When(pk=1, then=Value(DIRTY)), output_field=field),
        Case(When(pk=1, then=Value(DIRTY, output_field=field)), default=Value(DIRTY), output_field=field),
    ],
)  # fmt: skip
def test_text_computed_by_the_database_is_refused(expression):
    with pytest.raises(FieldError, match="would not be cleaned"):
        field.get_db_prep_save(expression, connection)


def test_bulk_update_expression_is_accepted():
    case = Case(When(pk=1, then=Value(DIRTY, output_field=field)), output_field=field)
    assert field.get_db_prep_save(case, connection) is case


def test_migrations_name_the_field_and_no_setting_of_the_editor():
    _name, path, args, kwargs = RichTextField(blank=True, help_text="x").deconstruct()
    assert (path, args, kwargs) == ("publishing.richtext.RichTextField", [], {"blank": True, "help_text": "x"})
    assert isinstance(RichTextField(), models.TextField)


def test_form_field_cleans_whatever_widget_is_asked_for():
    form_field = RichTextField(blank=True).formfield(widget=TextField().formfield().widget)
    assert isinstance(form_field, RichTextFormField)
    assert form_field.clean(DIRTY) == "<p>a</p>"


def test_every_rich_text_in_the_admin_is_shown_in_the_editor():
    request = RequestFactory().get("/")
    for model, model_admin in admin.site._registry.items():
        owners = [model_admin, *(inline(model, admin.site) for inline in model_admin.inlines)]
        for owner in owners:
            for name in rich_text_fields(owner.model):
                field = owner.formfield_for_dbfield(owner.model._meta.get_field(name), request)
                assert isinstance(field.widget, RichTextWidget), (owner, name)


def test_text_stored_before_its_headings_had_anchors_is_not_changed_by_opening_it():
    form_field = RichTextField().formfield(widget=RichTextWidget)
    shown = form_field.widget.format_value("<h2>Part</h2>")
    assert shown == '<h2 id="part">Part</h2>'
    assert not form_field.has_changed("<h2>Part</h2>", shown)
    assert form_field.has_changed("<h2>Part</h2>", shown.replace(">Part", ">Whole"))


def test_required_text_without_content_is_missed():
    form_field = RichTextField().formfield()
    with pytest.raises(ValidationError, match="required"):
        form_field.clean("<p></p><script>x</script>")


def test_editor_is_told_the_schemes_of_the_list():
    assert editor_config()["extensions"]["RecordLink"]["protocols"] == [*WEB_SCHEMES, *RECORD_SCHEMES]


def test_import_map_and_scripts_of_the_editor_carry_the_nonce():
    html = RichTextWidget().media.render(attrs={"nonce": "abc"})
    assert html.count("<script") == html.count('nonce="abc"') - html.count("<link")
    assert html.index("importmap") < html.index('type="module"')
