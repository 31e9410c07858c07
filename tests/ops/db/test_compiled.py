"""A compiled queryset gives what the plain one gives, in value and type."""

import re
import sys
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from articles.models import Article
from articles.related import RELATED, with_parts
from catalog.browse import facets, rows
from catalog.charts import drawn
from catalog.check import example
from catalog.documents import on_day, read
from catalog.documents.sync import head
from catalog.lifecycle import heirs
from catalog.models import AIModel, Provider, Source, ai_model, summaries
from catalog.news import selection
from faq.models import Question
from ops.db.compiled import CompiledQuery, Parameter, keys, text
from publishing.pages.views import _public_record
from publishing.rendering import compiled_text
from publishing.rendering.texts import _pages_of
from publishing.search import results
from publishing.search.entry import SearchEntry
from publishing.site import models as site_models
from tests import factories

APPS = {"articles", "catalog", "faq", "publishing", "enquiries", "ops"}
pytestmark = [pytest.mark.django_db, pytest.mark.database]


def all_keys(model):
    return list(model.objects.order_by("pk").values_list("pk", flat=True))


def statements():
    """Return statements of the project with values for which the starter content has rows."""
    now, day = timezone.now(), timezone.localdate()
    models, providers = all_keys(AIModel), all_keys(Provider)[:5]
    offers = [row[0] for row in on_day.OFFERS_THERE.rows(day=day, offers=[], models=models, providers=providers)]
    article = Article.objects.published().filter(kind="article").order_by("pk").first()
    topics = list(article.topics.values_list("pk", flat=True))
    texts = list(compiled_text.CompiledText.objects.values_list("pk", flat=True)[:20])
    pages = {"articles.article": all_keys(Article), "faq.question": all_keys(Question)}
    question = Question.objects.published().order_by("pk").first()
    return [
        (on_day.MODELS, {"day": day, "models": models}),
        (on_day.OFFERS, {"day": day, "offers": offers}),
        (on_day.OFFERS_THERE, {"day": day, "offers": offers[:3], "models": models, "providers": providers}),
        (read.OF_MODEL, {"model": models[0]}),
        (read.SOURCES, {"sources": all_keys(Source)}),
        (head.STORED, {}),
        (drawn.LIVES, {}),
        (example.OWN_ENDS, {"slugs": example.SLUGS}),
        (heirs.ENDS_OF_NAMED, {"slugs": list(AIModel.objects.values_list("slug", flat=True))}),
        (facets.RECORDS, {}),
        (rows.ROWS, {"models": models, "day": day}),
        (summaries.compiled_ends(), {"kinds": ["retired", "left"], "models": models}),
        (ai_model.compiled_periods(), {"models": models, "day": day}),
        (results._texts(), {"entries": all_keys(SearchEntry)}),
        (results._public_records(Article), {"at": now, "keys": pages["articles.article"]}),
        (selection.OPTIONS, {"day": day, "year": f"{day:%Y}", "month": f"{day:%Y-%m}"}),
        (compiled_text.PARTS, {"keys": texts}),
        (site_models.STORED, {}),
        (RELATED, {"at": now, "article": article.pk, "topics": topics}),
        (_pages_of(*pages), {"at": now, **pages}),
        (_public_record(Article, with_parts, "kind"), {"at": now, "slug": article.slug, "kind": "article"}),
        (_public_record(Question, None), {"at": now, "slug": question.slug}),
    ]


def contents(rows):
    """Return rows in a form that tells values of different types apart, in one order."""
    values = [tuple(row) if isinstance(row, tuple | list) else {**vars(row), "_state": None} for row in rows]
    return sorted(repr(sorted(row.items()) if isinstance(row, dict) else row) for row in values)


def given(values):
    """Return a wrapper that gives a plain queryset the values of its parameters."""

    def execute(run, sql, parameters, many, context):
        parameters = [
            item.prepared(values[item.name], connection) if isinstance(item, Parameter) else item
            for item in parameters or ()
        ]
        return run(sql, parameters, many, context)

    return connection.execute_wrapper(execute)


def test_each_statement_of_the_project_equals_its_plain_queryset(starter_content):
    compared = statements()
    for statement, values in compared:
        with given(values):
            plain = list(statement.queryset.all())
        is_of_rows = isinstance(plain[0], tuple)
        found = statement.rows(**values) if is_of_rows else statement.instances(**values)
        assert contents(found) == contents(plain), statement.queryset.query


def test_every_statement_of_a_module_is_compared(starter_content):
    """Those of cached functions are made as they are asked for, from the same code as the compared ones."""
    compared = {id(statement) for statement, _ in statements()}
    modules = [module for name, module in sys.modules.items() if name.partition(".")[0] in APPS]
    named = [(value, f"{module.__name__}.{name}") for module in modules for name, value in vars(module).items()]
    ours = {id(value): name for value, name in named if isinstance(value, CompiledQuery)}
    assert {name for key, name in ours.items() if key not in compared} == set()


def test_no_statement_holds_a_moment(starter_content):
    for statement, _ in statements():
        fixed = [item for item in statement._statement().parameters if not isinstance(item, Parameter)]
        assert not [item for item in fixed if isinstance(item, date) or re.match(r"20\d\d-", str(item))]


def test_a_statement_is_built_once_and_takes_other_values(django_assert_num_queries):
    for slug in ("one", "two"):
        factories.question(slug=slug, question=f"Is it {slug}?")
    statement = CompiledQuery(Question.objects.filter(slug=text("slug")).values_list("question"))
    with django_assert_num_queries(2):
        assert [statement.rows(slug=slug) for slug in ("two", "one")] == [[("Is it two?",)], [("Is it one?",)]]
    listed = CompiledQuery(Question.objects.filter(pk__in=keys("keys")).order_by("slug"))
    assert [record.slug for record in listed.instances(keys=all_keys(Question))] == ["one", "two"]
    assert listed.instances(keys=[]) == []


def test_none_is_refused():
    statement = CompiledQuery(Question.objects.filter(slug=text("slug")).values_list("question"))
    with pytest.raises(ValueError, match="slug is None"):
        statement.rows(slug=None)
    with pytest.raises(ValueError, match="keys is None"):
        CompiledQuery(Question.objects.filter(pk__in=keys("keys"))).instances(keys=[1, None])


def test_a_deferred_column_is_read_when_it_is_asked_for(django_assert_num_queries):
    factories.question(slug="one", answer="<p>Yes.</p>")
    (record,) = CompiledQuery(Question.objects.only("slug")).instances()
    with django_assert_num_queries(1):
        assert record.answer == "<p>Yes.</p>"
