import re
from pathlib import Path

import pytest
from django.conf import settings

from publishing.rendering.filled_body import BESIDE_LIMIT
from publishing.rendering.texts import Texts
from publishing.richtext.anchors import RESERVED_ANCHORS
from publishing.richtext.portable import portable_html
from publishing.richtext.reading import plain_text
from tests import factories

pytestmark = pytest.mark.django_db


def rendered(body, **options):
    return Texts(body, **options).html(body)


def link_to(record, words="words"):
    return f'<a href="ref:{record._meta.label_lower}/{record.pk}">{words}</a>'


# Links ---------------------------------------------------------------------------------------------


def test_reference_becomes_the_present_address_of_its_record():
    article = factories.article(slug="old")
    body = f"<p>{link_to(article)}</p>"
    article.slug = "new"
    article.save()
    assert rendered(body) == '<p><a href="/articles/new/">words</a></p>'


@pytest.mark.parametrize(
    "address",
    ["ref:articles.article/999", "ref:nowhere.nothing/1", "ref:auth.user/1", "ref:articles.article/a-slug", ""],
)
def test_reference_to_nothing_leaves_its_words(address):
    assert (
        rendered(f'<p>Some <a href="{address}">good <em>words</em></a> here.</p>')
        == "<p>Some good <em>words</em> here.</p>"
    )


def test_fact_leads_to_its_record():
    author = factories.author(slug="desk")
    body = f'<p><a href="fact:articles.author/{author.pk}/role">words</a></p>'
    assert rendered(body) == '<p><a href="/articles/authors/desk/">words</a></p>'


def test_draft_is_not_linked_until_it_is_published():
    article = factories.article(slug="plan", state="draft")
    body = f"<p>{link_to(article)}</p>"
    assert rendered(body) == "<p>words</p>"
    article.state = "published"
    article.save()
    assert 'href="/articles/plan/"' in rendered(body)


def test_external_link_gives_the_page_behind_it_no_handle():
    body = '<p><a href="https://example.com/">out</a> <a href="HTTPS://EXAMPLE.COM">out</a> <a href="/faq/">in</a></p>'
    out, loud, inside = re.findall(r"<a href=\"[^#][^>]*>", rendered(body))[:3]
    assert 'rel="noopener"' in out
    assert 'rel="noopener"' in loud
    assert "rel" not in inside


@pytest.mark.parametrize("address", ["mailto:us@example.com", "tel:+49123", "#part", "/faq/?page=2&amp;x=1"])
def test_other_addresses_stay_as_they_are(address):
    assert f'href="{address}"' in rendered(f'<p><a href="{address}">words</a></p>')


def test_all_addresses_are_absolute_on_demand():
    article, image = factories.article(slug="one"), factories.image()
    body = (
        f'<p>{link_to(article)} <a href="/faq/">faq</a> <a href="#part">part</a> <a href="https://example.com/">out</a></p>'
        f'<figure><img src="ref:publishing.image/{image.pk}" alt="A"></figure>'
    )
    html = rendered(body, is_absolute=True)
    assert f'href="{settings.SITE_URL}/articles/one/"' in html
    assert f'href="{settings.SITE_URL}/faq/"' in html
    assert f'src="{settings.SITE_URL}/media/images/' in html
    assert 'href="#part"' in html
    assert 'href="https://example.com/"' in html


def test_all_references_of_a_page_cost_one_query_beside_that_of_the_texts(django_assert_num_queries):
    records = [make() for make in (factories.article, factories.question, factories.author, factories.topic) * 3]
    bodies = [f"<p>{link_to(record)}</p>" for record in records]
    with django_assert_num_queries(2):
        texts = Texts(*bodies)
        html = "".join(texts.html(body) for body in bodies)
    assert all(record.get_absolute_url() in html for record in records)


def test_text_without_references_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        rendered("<h2>Heading</h2><p>Words.</p>")


def test_rendering_twice_gives_the_same():
    body = "<h2>A</h2><h2>A</h2><table><tbody><tr><th><p>H</p></th></tr></tbody></table>"
    texts = Texts(body)
    assert texts.html(body) == texts.html(body)
    assert texts.headings(body) == texts.headings(body)


# Pictures ------------------------------------------------------------------------------------------


def picture(image, alt="", caption=""):
    figcaption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="ref:publishing.image/{image.pk}" alt="{alt}">{figcaption}</figure>'


def test_picture_gets_its_file_size_and_words():
    image = factories.image(alt="A red square")
    html = rendered(picture(image, caption="Red"))
    assert f'src="{image.file.url}"' in html
    assert 'width="40"' in html
    assert 'height="30"' in html
    assert 'alt="A red square"' in html
    assert 'loading="lazy"' in html
    assert "<figcaption>Red</figcaption>" in html


def test_words_of_the_text_come_before_those_of_the_picture():
    assert 'alt="Here: a square"' in rendered(picture(factories.image(), alt="Here: a square"))


def test_decoration_is_passed_over():
    assert 'alt=""' in rendered(picture(factories.image(alt="Unused", is_decorative=True)))


def test_missing_picture_takes_its_figure_along_and_leaves_the_text_around_it():
    figure = '<figure><img src="ref:publishing.image/999" alt="Gone"><figcaption>It.</figcaption></figure>'
    assert rendered(f"<p>Before.</p>{figure}<p>After.</p>") == "<p>Before.</p><p>After.</p>"


def test_all_pictures_of_a_page_cost_one_query_beside_that_of_the_texts(django_assert_num_queries):
    bodies = [picture(factories.image()) for _ in range(5)]
    with django_assert_num_queries(2):
        Texts(*bodies)


def test_credit_of_a_picture_stands_after_its_caption():
    image = factories.image(credit="Ours, <CC0>")
    credit = '<span class="credit">Ours, &lt;CC0&gt;</span>'
    assert f"<figcaption>Red {credit}</figcaption>" in rendered(picture(image, caption="Red"))
    assert f"<figcaption>{credit}</figcaption>" in rendered(picture(image))
    other = factories.image(credit="Theirs", file=factories.picture_file("other.png"))
    inner, outer = picture(image, caption="Red"), picture(other, caption="Both")
    html = rendered(outer.replace("<figure>", f"<figure>{inner}"))
    assert f"<figcaption>Red {credit}</figcaption>" in html
    assert '<figcaption>Both <span class="credit">Theirs</span></figcaption>' in html


# Headings ------------------------------------------------------------------------------------------


def test_headings_can_be_linked_to():
    body = "<h2>What it costs</h2><p>x</p><h3>In <em>euro</em></h3><h4>Größe</h4>"
    texts = Texts(body)
    assert 'id="what-it-costs"' in texts.html(body)
    assert [(heading.anchor, heading.text, heading.level) for heading in texts.headings(body)] == [
        ("what-it-costs", "What it costs", 2),
        ("in-euro", "In euro", 3),
        ("grosse", "Größe", 4),
    ]


def ids(html):
    return re.findall(r' id="([^"]*)"', html)


def test_equal_headings_get_different_anchors():
    body = "<h2>Why</h2><h2>Why</h2><h2>???</h2><h2>…</h2>"
    assert ids(rendered(body)) == ["why", "why-2", "section", "section-2"]


def test_anchors_differ_across_all_texts_of_a_page():
    one, two = "<h2>Costs</h2><p>One.</p>", "<h2>Costs</h2><p>Two.</p>"
    texts = Texts(one, two)
    assert ids(texts.html(one) + texts.html(two)) == ["costs", "costs-2"]


def test_anchors_leave_alone_what_the_templates_use():
    folder = Path(settings.BASE_DIR, "templates")
    public = [path for path in folder.rglob("*.html") if path.relative_to(folder).parts[0] != "admin"]
    used = {name for path in public for name in ids(path.read_text()) if re.fullmatch(r"[a-z0-9-]+", name)}
    assert used <= RESERVED_ANCHORS, "Name what the templates use in RESERVED_ANCHORS."
    assert ids(rendered("<h2>Main</h2><h2>Questions</h2>")) == ["main-2", "questions-2"]


def test_heading_keeps_its_anchor_when_its_words_change():
    article = factories.article(body="<h2>What it costs</h2><p>x</p><h2>Why</h2>")
    article.body = article.body.replace(">What it costs<", ">What you pay<").replace(
        "<h2 id", "<h2>What it costs</h2><h2 id", 1
    )
    article.save()
    assert ids(rendered(article.body)) == ["what-it-costs-2", "what-it-costs", "why"]


def test_stored_anchor_gives_way_to_the_page_and_to_the_text_before_it():
    one, two = '<h2 id="costs">A</h2>', '<h2 id="costs">B</h2><h2 id="main">C</h2>'
    texts = Texts(one, two)
    assert ids(texts.html(one) + texts.html(two)) == ["costs", "costs-2", "c"]


def test_text_stored_before_there_were_anchors_gets_those_of_its_words():
    assert ids(rendered("<h2>What it costs</h2><h2>What it costs</h2>")) == ["what-it-costs", "what-it-costs-2"]


# Notes ---------------------------------------------------------------------------------------------


def test_note_becomes_a_number_that_leads_to_it_and_back():
    html = rendered("<p>It ended<small>OpenAI, <em>read</em> in May.</small>, they say.</p><p>Next.</p>")
    text, notes = html.split("<section", 1)
    assert text.startswith('<p>It ended<sup class="noteref noteref--1"><a href="#fn:1" id="fnref:1" role="doc-noteref"')
    assert text.endswith("</sup>, they say.</p><p>Next.</p>")
    assert 'role="doc-endnotes"' in notes
    assert re.search(
        r'<p class="note note--1" id="fn:1" role="doc-footnote"><span class="note__number">1</span> '
        r'OpenAI, <em>read</em> in May. <a [^>]*href="#fnref:1"[^>]*role="doc-backlink"',
        notes,
    )


def test_link_to_another_site_is_listed_once_as_a_source_and_one_inside_a_note_not_again():
    link = '<a href="https://www.example.com/a/">they say</a>'
    html = rendered(f'<p>{link} and {link}.<small>See <a href="https://example.org/">this</a>.</small></p>')
    text, notes = html.split("<section", 1)
    assert re.findall(r'href="#(fn:\d+)" id="([^"]*)"', text) == [
        ("fn:1", "fnref:1"),
        ("fn:1", "fnref:1-2"),
        ("fn:2", "fnref:2"),
    ]
    assert ">example<wbr>.com/<wbr>a</a>" in notes
    assert notes.count('role="doc-footnote"') == 2


def test_own_pages_and_mail_are_no_sources_even_where_all_addresses_are_absolute():
    article = factories.article()
    body = f'<p>{link_to(article)} <a href="/faq/">faq</a> <a href="mailto:a@example.com">mail</a></p>'
    assert "noteref" not in rendered(body, is_absolute=True)


def test_notes_are_numbered_through_all_texts_of_a_page():
    one, two = "<p>a<small>first</small></p>", "<p>b<small>second</small></p>"
    texts = Texts(one, two)
    assert re.findall(r' id="(fn:\d)"', texts.html(one) + texts.html(two)) == ["fn:1", "fn:2"]


def test_note_may_stand_in_a_caption_and_is_no_part_of_its_name():
    html = rendered(
        "<table><caption>Prices<small>Of May.</small></caption><tbody><tr><td><p>1</p></td></tr></tbody></table>"
    )
    assert 'aria-label="Prices"' in html
    assert "Of May." in html.split("<section", 1)[1]


def test_notes_that_can_stand_beside_the_text_have_their_line_in_the_stylesheet():
    css = Path(settings.BASE_DIR, "static/css/components/notes.css").read_text()
    numbers = [str(number) for number in range(1, BESIDE_LIMIT + 1)]
    assert re.findall(r"\.noteref--(\d+) {", css) == re.findall(r"\.note--(\d+) {", css) == numbers
    html = rendered("".join(f"<p>a<small>{number}</small></p>" for number in range(BESIDE_LIMIT + 1)))
    assert html.count("note--") == BESIDE_LIMIT
    assert html.count('role="doc-footnote"') == BESIDE_LIMIT + 1


def test_words_of_a_note_come_after_the_text():
    assert (
        plain_text("<p>It ended<small>They say.</small>, in May.</p><p>Next.</p>")
        == "It ended, in May. Next. They say."
    )


# Tables --------------------------------------------------------------------------------------------

CELLS = {
    "header row": "<tr><th><p>Model</p></th><th><p>Price</p></th></tr><tr><th><p>A</p></th><td><p>1</p></td></tr>",
    "plain": "<tr><td><p>A</p></td><td><p>1</p></td></tr>",
}


def table(cells, caption=""):
    return f"<table>{f'<caption>{caption}</caption>' if caption else ''}<tbody>{CELLS[cells]}</tbody></table>"


def test_header_row_and_first_column_say_what_they_are_headers_of():
    html = rendered(table("header row"))
    assert re.search(
        r"<thead><tr><th scope=\"col\">.*Model.*<th class=\"number\" scope=\"col\">.*Price.*</tr></thead>", html
    )
    assert re.search(r"<tbody><tr><th scope=\"row\">.*A", html)
    assert html.count("<thead>") == 1


def test_table_without_header_row_gets_none():
    html = rendered(table("plain"))
    assert "<thead>" not in html
    assert "scope" not in html


def test_columns_with_numbers_alone_are_marked_with_their_head():
    rows = "<tr><th>Kind</th><th>USD</th><th>Note</th></tr><tr><th>Input</th><td>1,296.00</td><td>2</td></tr>"
    html = rendered(f"<table>{rows}<tr><th>Output</th><td>14</td><td>3 days</td></tr></table>")
    assert re.findall(r'<t[hd] class="number"[^>]*>([^<]+)', html) == ["USD", "1,296.00", "14"]


def test_columns_of_ranges_and_amounts_of_money_are_numbers():
    rows = "<tr><th>Kind</th><th>Days</th><th>Price</th></tr><tr><th>A</th><td>½–1</td><td>€9,000–16,000</td></tr>"
    html = rendered(f"<table>{rows}<tr><th>B</th><td>−2 to −3</td><td>€8</td></tr></table>")
    numbers = re.findall(r'<td class="number">(?:<span class="unbroken">)?([^<]+)', html)
    assert numbers == ["½–1", "€9,000–16,000", "−2 to −3", "€8"]


def test_plan_whose_last_row_has_the_sums_is_drawn():
    def plan(*rows):
        head = "<tr><th>Step</th><th>Our days</th><th>Your days</th><th>Ends with</th></tr>"
        cells = "".join(f"<tr><th>A</th><td>{ours}</td><td>{yours}</td><td>a page</td></tr>" for ours, yours in rows)
        html = rendered(f"<table>{head}{cells}</table>")
        return re.findall(r"<rect ([^/]+)/>", html)

    first, second = (
        plan(("1", "½–1"), ("2–3", "0"), ("3–4", "½–1"))[:4],
        plan(("1", "0"), ("2–3", "0"), ("3–4", "0"))[4:],
    )
    assert first == [
        'x="0" width="1" height="5"',
        'x="0" width="1" height="5"',
        'x="0" y="7" width="1" height="5"',
        'x="0" y="7" width="0.5" height="5"',
    ]
    assert second[:2] == ['x="1" width="3" height="5"', 'x="1" width="2" height="5"']
    after_a_range = plan(("2–3", "0"), ("1–2", "0"), ("3–5", "0"))[4:]
    assert after_a_range[:2] == ['x="3" width="2" height="5"', 'x="2" width="1" height="5"']
    assert not plan(("1", "1"), ("2", "1"), ("4", "2"))
    assert not plan(("1", "1"), ("v1.2.3", "1"), ("4", "2"))
    assert not plan(("1.2.3", "1"), ("1.2.3", "1"))


def test_rows_of_what_was_right_wrong_and_left_are_drawn():
    head = "<tr><th>Required</th><th>Correct</th><th>Wrong</th><th>Left</th></tr>"
    row = "<tr><th>37 in 100</th><td>2,519</td><td>113</td><td>448</td></tr>"
    html = rendered(f"<table>{head}{row}</table>")
    assert 'viewBox="0 0 3080 1"' in html
    assert re.findall(r'<rect width="(\d+)"', html) == ["3080", "2632", "2519"]
    assert "<svg" not in rendered(f"<table>{head}{row.replace('448', 'many')}</table>")


def test_cells_below_four_or_five_headings_name_theirs_unless_they_span_columns_or_cite_facts():
    head = "<tr><th>Step</th><th>Ours</th><th>Yours</th><th>Ends with</th></tr>"
    html = rendered(f"<table>{head}<tr><th>Scope</th><td>2 to 3</td><td>1</td><td>a page</td></tr></table>")
    assert re.findall(r'<t[hd][^>]* data-name="([^"]+)"', html) == ["Ours", "Yours", "Ends with"]
    five = "<tr><th>Model</th><th>In</th><th>Out</th><th>Year</th><th>End</th></tr>"
    html = rendered(f"<table>{five}<tr><th>A</th><td>1</td><td>2</td><td>3</td><td>none</td></tr></table>")
    assert re.findall(r' data-name="([^"]+)"', html) == ["In", "Out", "Year", "End"]
    two = "<tr><th>Item</th><th>First year</th><th>Later</th></tr>"
    html = rendered(f"<table>{two}<tr><th><p>Saving</p><p>of hours</p></th><td>48,000</td><td>96,000</td></tr></table>")
    assert re.findall(r' data-name="([^"]+)"', html) == ["First year", "Later"]
    assert "data-name" not in rendered(f"<table>{two}<tr><th>Saving</th><td>48,000</td><td>96,000</td></tr></table>")
    assert "data-name" not in rendered(f'<table>{head}<tr><th>Scope</th><td colspan="3">2 to 3</td></tr></table>')
    cited = head.replace("Ours", '<a href="/faq/">Ours</a>')
    assert "data-name" not in rendered(f"<table>{cited}<tr><th>A</th><td>2</td><td>1</td><td>a</td></tr></table>")


def test_table_scrolls_by_itself_by_keyboard_too_under_its_caption():
    html = rendered(f"<p>a</p>{table('header row', 'Prices “today”')}<p>b</p>")
    frame = re.search(r"<div [^>]*>", html)[0]
    for attribute in ('class="table-scroll"', 'role="region"', 'tabindex="0"', 'aria-label="Prices “today”"'):
        assert attribute in frame
    assert html.index("<caption>") < html.index("<thead>")
    assert html.startswith("<p>a</p><div")
    assert html.endswith("</table></div><p>b</p>")


def test_scope_and_spans_that_the_editor_set_are_kept():
    cells = '<tr><th scope="colgroup" colspan="2"><p>H</p></th></tr><tr><td><p>1</p></td></tr>'
    head = re.search(r"<th [^>]*>", rendered(f"<table><tbody>{cells}</tbody></table>"))[0]
    assert 'scope="colgroup"' in head
    assert 'colspan="2"' in head


def test_long_code_can_be_scrolled_by_keyboard():
    html = rendered("<pre><code>x = 1</code></pre><p>a</p><pre><code>y</code></pre>")
    assert re.findall(r"<pre [^>]*>", html) == [
        f'<pre role="region" tabindex="0" aria-label="Code {number}">' for number in (1, 2)
    ]


# Trust ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        '<p onclick="alert(1)">x</p>',
        "<script>alert(1)</script>",
        '<a href="javascript:alert(1)">x</a>',
        '<figure><img src="x" onerror="alert(1)"></figure>',
        '<div class="table-scroll" style="position:fixed">x</div>',
        "<svg><script>alert(1)</script></svg>",
        '<h2 id="x" onmouseover="alert(1)">x</h2>',
    ],
)
def test_what_came_into_the_table_past_the_sanitiser_is_stopped_at_the_last_step(body):
    html = rendered(body)
    assert "alert" not in html
    assert "style" not in html


def test_words_of_a_record_cannot_become_markup():
    image = factories.image(alt='"><script>alert(1)</script>')
    body = picture(image) + table("plain", "&lt;script&gt;alert(2)&lt;/script&gt;")
    assert "<script" not in rendered(body)


@pytest.mark.parametrize("body", ["", "words only", "<p></p>", "a &amp; b &lt; c", "<p>ü 🦙 \u2028</p>"])
def test_simple_texts_come_out_as_they_went_in(body):
    assert rendered(body) == body


def test_callout_has_a_title_that_says_its_kind():
    body = '<aside data-kind="tip"><p>Try it.</p></aside>'
    texts = Texts(body)
    assert texts.html(body) == (
        '<aside class="callout" data-kind="tip" role="note"><p class="callout__kind"><strong>Tip</strong></p>'
        "<p>Try it.</p></aside>"
    )
    assert texts.markdown(body) == "> [!TIP]\n> Try it."
    assert texts.plain_text(body) == "Try it."
    assert portable_html(body) == "<blockquote><p><strong>Tip</strong></p><p>Try it.</p></blockquote>"


def test_embed_is_a_link_that_needs_nothing_from_elsewhere():
    body = '<figure data-embed="youtube:dQw4w9WgXcQ"><figcaption>A "talk"</figcaption></figure>'
    texts = Texts(body)
    html = texts.html(body)
    assert '<a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ" rel="noopener">Watch on YouTube</a>' in html
    assert 'data-frame="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"' in html
    assert 'data-title="A &quot;talk&quot;"' in html
    assert "src=" not in html
    link = "[Watch on YouTube](https://www.youtube.com/watch?v=dQw4w9WgXcQ)"
    assert texts.markdown(body) == f'{link}\n\nA "talk"'
    assert texts.plain_text(body) == 'A "talk"'
    assert portable_html(body) == (
        '<p><a href="https://www.youtube.com/watch?v=dQw4w9WgXcQ">Watch on YouTube</a></p><p>A "talk"</p>'
    )


def test_the_script_of_embeds_is_on_pages_with_one_only(client):
    with_one = factories.article(body='<figure data-embed="vimeo:76979871"></figure>', slug="with-one")
    without = factories.article(body="<p>Plain</p>", slug="without")
    assert b"js/embeds" in client.get(with_one.get_absolute_url()).content
    assert b"js/embeds" not in client.get(without.get_absolute_url()).content


def test_figure_says_its_width_and_its_image_is_fetched_for_it():
    image = factories.image()
    body = f'<figure data-width="wide"><img src="ref:publishing.image/{image.pk}" alt="A"></figure>'
    html = Texts(body).html(body)
    assert html.startswith('<figure data-width="wide"><')
    assert html.count("<img ") == 1
