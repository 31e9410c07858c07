"""A component is made once for the same values, and anew for whatever would be shown otherwise."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.db import models
from django.template import engines
from django.utils.safestring import SafeString

from articles.models import Author, Topic
from faq.models import Question
from publishing.components import key_of
from publishing.menus import Entry
from publishing.models import Image, SiteLink, SiteSettings

SHOWN = {
    Author: [
        ("components/byline.html", "authors", True),
        ("components/authors.html", "authors", True),
        ("articles/_about.html", "authors", True),
    ],
    Topic: [("components/tags.html", "tags", True), ("articles/_about.html", "topics", True)],
    Question: [("components/question_list.html", "questions", True)],
    Image: [("components/card.html", "cover", False)],
    SiteSettings: [("components/masthead.html", "site", False), ("components/footer.html", "site", False)],
}
# So that each shows all that it can.
BESIDE = 'title="Title" url="/x/" label="Label" is_lead=is_lead'


def html_of(tag: str, template: str, name: str, value, **context) -> str:
    text = f'{{% load publishing %}}{{% {tag} "{template}" with {name}=value {BESIDE} only %}}'
    return engines["django"].from_string(text).render({"value": value, **context})


def sample(model):
    record = model(pk=1)
    for field in model._meta.concrete_fields:
        if isinstance(field, models.ForeignKey):
            if field.related_model is Image:
                setattr(record, field.name, sample(Image))
        elif field.choices:
            pass
        elif isinstance(field, (models.CharField, models.TextField)):
            setattr(record, field.attname, field.name.replace("_", "-"))
        elif isinstance(field, models.IntegerField) and not field.primary_key:
            setattr(record, field.attname, 50)
    if model is Image:
        # Past the field, which would look into the file.
        record.__dict__["file"] = "images/x.png"
        record.rendered, record.is_decorative = "", False
    if model is SiteSettings:
        record.link_list = [SiteLink(place="social", label="Somewhere", address="https://example.com/")]
    return record


def altered(model):
    """Samples of which one field, or a field of a picture of theirs, says something else."""
    for field in model._meta.concrete_fields:
        record = sample(model)
        if isinstance(field, models.ForeignKey):
            for _, picture in altered(Image) if field.related_model is Image else ():
                record = sample(model)
                setattr(record, field.name, picture)
                yield f"{field.name} of another kind", record
            continue
        if field.primary_key:
            continue
        value = getattr(record, field.attname)
        if isinstance(field, models.BooleanField):
            value = not value
        elif isinstance(field, models.IntegerField):
            value = 51
        elif isinstance(field, models.FileField):
            record.__dict__[field.name] = "images/another.png"
            yield field.name, record
            continue
        elif isinstance(value, str):
            value = "1-50-50" if field.name == "rendered" else f"{value}-x"
        else:
            continue
        setattr(record, field.attname, value)
        yield field.name, record


@pytest.mark.parametrize("model", SHOWN)
def test_whatever_a_component_shows_of_a_record_is_part_of_its_key(model):
    for template, name, is_many in SHOWN[model]:
        for is_lead in (False, True):
            before, different = sample(model), 0
            html_of("component", template, name, [before] if is_many else before, is_lead=is_lead)
            plain = html_of("include", template, name, [before] if is_many else before, is_lead=is_lead)
            for what, record in altered(model):
                value = [record] if is_many else record
                expected = html_of("include", template, name, value, is_lead=is_lead)
                assert html_of("component", template, name, value, is_lead=is_lead) == expected, (template, what)
                different += expected != plain
            assert different, template


def test_links_of_the_settings_are_part_of_their_key():
    pages = []
    for label in ("One", "Two"):
        site = sample(SiteSettings)
        site.link_list = [SiteLink(place="social", label=label, address="https://example.com/")]
        pages.append(html_of("component", "components/footer.html", "site", site))
    assert "One" in pages[0]
    assert "Two" in pages[1]


def test_it_is_made_once_for_the_same_values(monkeypatch):
    made = []
    render = "django.template.loader_tags.IncludeNode.render"
    monkeypatch.setattr(render, lambda *args: made.append(args) or SafeString(f"<p>{len(made)}</p>"))
    shown = [html_of("component", "components/card.html", "date", date(2026, 11, day)) for day in (1, 1, 2, 1)]
    assert shown == ["<p>1</p>", "<p>1</p>", "<p>2</p>", "<p>1</p>"]


def test_what_is_safe_and_what_is_not_are_two_values():
    text = "<b>bold</b>"
    assert "&lt;b&gt;" in html_of("component", "components/card.html", "summary", text)
    assert text in html_of("component", "components/card.html", "summary", SafeString(text))
    assert "&lt;b&gt;" in html_of("component", "components/card.html", "summary", text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, True),
        (0, False),
        ("", None),
        ([1, 2], [2, 1]),
        ([["a"], "b"], ["a", ["b"]]),
        ({"title": "a", "url": "b"}, {"title": "a", "url": "c"}),
        (Entry("a", "/"), Entry("a", "/", "page")),
        (datetime(2026, 1, 1), date(2026, 1, 1)),
    ],
)
def test_values_that_are_shown_otherwise_have_other_keys(one, other):
    assert key_of(one) != key_of(other)


def test_the_same_moment_written_in_two_zones_is_shown_alike():
    utc = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)  # noqa: UP017
    elsewhere = utc.astimezone(timezone(timedelta(hours=3)))
    pages = [html_of("component", "components/card.html", "date", moment) for moment in (utc, elsewhere)]
    assert pages[0] == pages[1] == html_of("include", "components/card.html", "date", elsewhere)


@pytest.mark.parametrize("value", [Decimal(1), object(), [object()], {"a": object()}, lambda: 1])
def test_what_nobody_can_tell_has_no_key_and_is_made_anew(value):
    assert key_of(value) is None
