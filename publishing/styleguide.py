"""All components on one page, for whoever works on templates and styles. Only where DEBUG is on (config/urls.py)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django import forms
from django.conf import settings
from django.core.paginator import Paginator
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static

from publishing.calls import call_on
from publishing.facts import Ended
from publishing.long_lists import in_words
from publishing.menus import navigation
from publishing.metadata import Metadata, page_metadata
from publishing.models import SiteSettings
from publishing.rendering.texts import Texts
from publishing.richtext import clean
from publishing.safety import safe_only
from publishing.search.results import Hit

SCHEMES = ("light", "dark")
BODY = """
<p>A paragraph with <strong>weight</strong>, <em>slant</em>, <code>code</code>, a <a href="/catalog/">link</a>, a
<a href="https://opensource.org/osd">source</a> and a note.<small>It stands at the end, or beside the text.</small></p>
<h2>A heading</h2><ul><li><p>One</p></li><li><p>Two</p></li></ul><ol><li><p>First</p></li><li><p>Second</p></li></ol>
<h3>A smaller one</h3><blockquote><p>Somebody said this.</p></blockquote>
<pre><code>answer = client.chat(model=settings.MODEL_ID)  # a line too long for the column scrolls in it</code></pre>
<h4>The smallest</h4><hr>
<table><caption>Three columns</caption><tbody><tr><th><p>Model</p></th><th><p>Input</p></th><th><p>Output</p></th></tr>
<tr><th><p>One</p></th><td><p>1.50</p></td><td><p>6.00</p></td></tr>
<tr><th><p>Two</p></th><td><p>3.00</p></td><td><p>15.00</p></td></tr></tbody></table>
"""


ENDED = [
    Ended("One model", "/styleguide/", "23 October 2026", "Another model", "/styleguide/"),
    Ended("A second", "/styleguide/", "2025", "Its successor", ""),
]


@dataclass
class Sample:
    """Stands for a record: whatever a component asks of one."""

    name: str
    role: str = "What they do here"
    standfirst: str = "Two or three sentences that say what the reader gets from it, and no more than that."
    answer: str = ""
    slug: str = ""
    first_published_at: date = date(2026, 11, 24)
    topic_name: str = ""
    picture: object = None

    def __str__(self):
        return self.name

    title = question = property(__str__)

    def get_absolute_url(self) -> str:
        return "/styleguide/"


@dataclass
class Picture:
    url: str
    spoken_alt: str = "A mark"
    width_px: int = 32
    height_px: int = 32

    @property
    def file(self):
        return self

    def sources(self, shape: str) -> list:
        return []

    def shown(self, shape: str) -> dict:
        return {"url": self.url, "width": self.width_px, "height": self.height_px}


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As you want to be called.")
    message = forms.CharField(widget=forms.Textarea)


ANSWER = "<p>A piece of a word.</p>"


def samples(texts: Texts, body: str, scheme: str) -> dict[str, list[dict]]:
    """Return for each file of templates/components the inputs of each way to show it. `texts` was given `body`."""
    picture = Picture(static("img/favicon.svg"))
    people = [Sample("Editorial desk", picture=picture), Sample("Catalogue desk", role="Keeps the catalogue")]
    records = [Sample("What a token costs", topic_name="Cost"), Sample("A year’s bill for two models")]
    questions = [
        Sample("What is a token?", answer=ANSWER, slug=f"token-{scheme}"),
        Sample("Is it dear?", slug=f"dear-{scheme}"),
    ]
    address = {"url": "/styleguide/"}
    metadata = Metadata("A title", "A description.", "https://www.example.com/")
    marked = [("A ", False), ("token", True), (" is a piece of a word.", False)]
    return {
        "article_list.html": [{"articles": records}, {"articles": []}],
        "authors.html": [{"authors": people}],
        "breadcrumbs.html": [{"breadcrumbs": [{"title": title, **address} for title in ("Models", "GPT", "GPT-4")]}],
        "byline.html": [{"authors": people}],
        "call.html": [{"call": call_on("/styleguide/", SiteSettings()), "anchor": f"call-{scheme}"}],
        "card.html": [
            {"title": "An entry", "summary": records[0].standfirst, "kicker": "Article", "date": date(2026, 11, 24)},
            {"title": "A model", "status": "deprecated", "note": "200,000 tokens", "cover": picture, **address},
            {"title": "Sora 3", "status": "unverified", "is_doubtful": True, **address},
        ],
        "contact_lines.html": [{"site": SiteSettings(email="desk@example.com", phone="+44 20 7946 0000")}],
        "contents.html": [{"contents": texts.headings(body), "extra_anchor": "questions", "extra_words": "Questions"}],
        "count.html": [{"words": in_words(number)} for number in (1_234, 20_000)],
        "dated_list.html": [{"records": records}],
        "ended.html": [{"ended": ENDED}, {"ended": ENDED * 2}],
        "_ended_list.html": [{"ended": ENDED}],
        "error.html": [{"status": 404, "title": "There is no such page.", "detail": "It may have moved."}],
        "facts.html": [
            {"facts": [{"label": "Context", "value": "200,000", "unit": "tokens"}, {"label": "Parameters"}], **way}
            for way in ({}, {"is_lead": True})
        ],
        "field.html": [{"field": field} for field in SampleForm({f"{scheme}-name": "Ada"}, prefix=scheme)],
        "footer.html": [{}],
        "mark.html": [{}],
        "masthead.html": [{"entries": navigation(SiteSettings(), "/articles/")}],
        "metadata.html": [{"metadata": metadata}],
        "notice.html": [
            {"kind": kind, "title": "Read this first.", "text": "And then the rest.", **address}
            for kind in ("note", "warning", "draft")
        ],
        "page_head.html": [{"title": "A list", "kicker": "Topic", "standfirst": records[0].standfirst}],
        "pagination.html": [{"page": Paginator(range(60), 20).page(2)}],
        "picture.html": [{**picture.shown("whole"), "alt": picture.spoken_alt}],
        "prose.html": [{"texts": texts, "body": body}],
        "question_list.html": [{"questions": questions}],
        "questions.html": [{"questions": questions, "texts": texts}],
        "search_form.html": [{"query": "tokens", "longest": 200}],
        "search_hit.html": [{"hit": Hit("/styleguide/", "Question", marked, [], marked, "retired")}],
        "status.html": [
            {"status": status}
            for status in ("available", "preview", "announced", "deprecated", "retired", "unverified", "")
        ],
        "tags.html": [{"tags": [Sample("Cost"), Sample("Building")], "label": "Topics"}],
        "uses.html": [{"uses": [("Services", records[:1]), ("Articles", records)]}],
    }


def component_names() -> list[str]:
    return sorted(path.name for path in Path(settings.BASE_DIR, "templates/components").glob("*.html"))


@safe_only
def styleguide(request):
    """Every component in both colour schemes, and all styles. What has no sample yet says so."""
    # Different by scheme, so that each has anchors of its own.
    bodies = {scheme: clean(f"{BODY}<p>In the {scheme} scheme.</p>") for scheme in SCHEMES}
    texts = Texts(*bodies.values(), ANSWER)
    inputs = {scheme: samples(texts, body, scheme) for scheme, body in bodies.items()}
    components = [
        (name, [(scheme, _shown(name, inputs[scheme].get(name, []), request)) for scheme in SCHEMES])
        for name in component_names()
    ]
    context = {
        "components": components,
        "metadata": page_metadata(request, "Style guide", "All components of the site.", is_indexable=False),
    }
    return render(request, "publishing/styleguide.html", context)


def _shown(name: str, ways: list[dict], request) -> list[str]:
    return [render_to_string(f"components/{name}", inputs, request) for inputs in ways]
