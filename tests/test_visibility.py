"""Hidden records are not visible anywhere: every kind of record on every public address."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.utils import timezone

from catalog.models import AIModel
from publishing.content.prose import Prose
from publishing.content.publishable import Publishable, State
from publishing.content.registry import publishable_models
from tests.factories import numbers, publishable, row, variants
from tests.surfaces import ASKED, surfaces

SECRET = "zyxwhidden"
OPEN = "abcdshown"

HIDDEN = {
    "draft": lambda now: {"state": State.DRAFT},
    "in review": lambda now: {"state": State.IN_REVIEW},
    "archived": lambda now: {"state": State.ARCHIVED},
    "trashed": lambda now: {"deleted_at": now},
    "scheduled": lambda now: {"publish_at": now + timedelta(days=1)},
    "expired": lambda now: {"expire_at": now - timedelta(days=1)},
    "proposed": lambda now: {"state": State.DRAFT, "proposal": "proposed"},
    "rejected": lambda now: {"state": State.DRAFT, "proposal": "rejected"},
}
KINDS = {"scheduled": Prose, "expired": Prose, "proposed": AIModel, "rejected": AIModel}


def ways_to_hide(model) -> list[str]:
    return [way for way in HIDDEN if issubclass(model, KINDS.get(way, Publishable))]


def hide(model, way: str, /, **fields):
    token = f"{SECRET}{way.replace(' ', '')}{next(numbers)}"
    return publishable(model, token, **HIDDEN[way](timezone.now()), **fields)


def link(one, other):
    """Link two records by every relation that the models have between their kinds, in both directions."""
    for model in apps.get_models():
        if issubclass(model, Publishable):
            join_by_column(model, one, other)
            continue
        keys = [field for field in model._meta.concrete_fields if field.is_relation and not field.many_to_many]
        ours = [field for field in keys if field.related_model in {type(one), type(other)}]
        for first in ours:
            for second in ours:
                if first is not second and first.related_model is type(one) and second.related_model is type(other):
                    for values in rows_for(model, {first.name: one, second.name: other}):
                        add_row(model, values)


def rows_for(model, values: dict) -> list[dict]:
    """Return the values of one row that has them all; or of several rows, if a row belongs to exactly one of them."""
    for constraint in model._meta.constraints:
        if constraint.name.endswith("_has_one_subject"):
            subjects = {name.removesuffix("__isnull") for name in lookups_in(constraint.condition)}
            if subjects.issuperset(values):
                return [{name: value} for name, value in values.items()]
    return [values]


def lookups_in(condition):
    for child in condition.children:
        yield from [child[0]] if isinstance(child, tuple) else lookups_in(child)


def join_by_column(model, one, other):
    for record, neighbour in ((one, other), (other, one)):
        for field in model._meta.concrete_fields:
            if (
                type(record) is model
                and field.is_relation
                and field.related_model is type(neighbour)
                and record != neighbour
            ):
                type(record)._base_manager.filter(pk=record.pk).update(**{field.attname: neighbour.pk})


def add_row(model, values):
    if not model._base_manager.filter(**values).exists():
        row(model, **values)


def body_that_mentions(record) -> str:
    return f'<p>{OPEN} and <a href="ref:{record._meta.label_lower}/{record.pk}">some words</a></p>'


@pytest.fixture(scope="module")
def world_of_all(module_db):
    """One public record of each kind, related to hidden ones of every kind in every way they can be hidden."""
    public, hidden = {}, []
    for model in publishable_models():
        for variant in variants(model):
            record = publishable(model, OPEN, **variant)
            public.setdefault(model, record)
            public[(model, *variant.values())] = record
            hidden += [hide(model, way, **variant) for way in ways_to_hide(model)]
    for record in public.values():
        for secret in hidden:
            link(record, secret)
    return public, hidden


@pytest.fixture
def world(world_of_all, db):
    """The world as it was created: a test's writes are rolled back."""
    return world_of_all


@pytest.mark.parametrize("surface", surfaces(), ids=lambda surface: surface.name)
def test_no_surface_shows_what_is_hidden(surface, world, client):
    public, hidden = world
    if surface.parameters or surface.name in ASKED:
        for record in hidden:
            for path in surface.paths_for(record):
                response = client.get(path)
                answers = {200, 400} if surface.name in ASKED else {301, 404, 410}
                assert response.status_code in answers, f"{path} answers {response.status_code}"
                assert_hidden(response, path, but=record.slug)
    for path in surface.paths(public.values()):
        assert_hidden(client.get(path), path)


def test_a_text_that_is_checked_finds_no_hidden_model(world, client):
    public, hidden = world
    for models, count in (([public[AIModel]], 1), ([one for one in hidden if isinstance(one, AIModel)], 0)):
        text = "\n".join(f"model={one.slug}" for one in models)
        response = client.post("/api/v1/check/", text, content_type="text/plain")
        assert len(response.json()["models"]) == count, text


def assert_hidden(response, path, but=""):
    text = response.getvalue().decode(errors="replace").lower()
    for echo in filter(None, [but, but.replace("-", " ")]):
        text = text.replace(echo, "")
    where = text.find(SECRET)
    assert where < 0, f"{path} shows a hidden record: …{text[max(0, where - 100) : where + 60]}…"


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model._meta.label)
def test_every_kind_of_record_is_seen_when_it_is_published(model, world, client):
    """The control of the test above: it would also pass if no record was shown at all."""
    public, _ = world
    record = public[model]
    response = client.get(record.get_absolute_url())
    assert response.status_code == 200
    assert OPEN in response.content.decode()


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model._meta.label)
def test_a_hidden_record_that_a_text_mentions_leaves_only_words(model, db, client):
    secret = hide(model, "draft")
    for other in publishable_models():
        bodies = {name: body_that_mentions(secret) for name in rich_text_fields(other)}
        if bodies:
            record = publishable(other, f"{OPEN}{next(numbers)}", **bodies)
            text = client.get(record.get_absolute_url()).content.decode()
            assert "some words" in text
            assert secret.slug not in text


def rich_text_fields(model) -> list[str]:
    return [field.name for field in model._meta.concrete_fields if type(field).__name__ == "RichTextField"]


@pytest.mark.parametrize("model", publishable_models(), ids=lambda model: model._meta.label)
def test_the_rule_in_python_agrees_with_the_one_in_the_database(model, db):
    for way in ways_to_hide(model):
        assert not hide(model, way).is_public
    assert publishable(model, f"{OPEN}{next(numbers)}").is_public
