"""Records for tests. Every function takes the relevant fields as keywords and fills the rest."""

from datetime import date
from io import BytesIO
from itertools import count
from urllib.parse import urlencode

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.utils.html import escape
from PIL import Image as PILImage

from articles.models import Article, ArticleAuthor, ArticleKind, Author, Topic
from catalog.models import AIModel, Evidence, Offering, Provider, Source
from faq.models import Question, QuestionTopic
from publishing.content.publishable import State
from publishing.content.registry import publishable_models
from publishing.images.models import Image
from publishing.richtext import RichTextField
from publishing.site.models import SiteSettings

numbers = count(1)


def user(role: str = "", **fields) -> User:
    """Create a member of staff; `role` names a group."""
    name = fields.pop("username", f"user{next(numbers)}")
    person = User.objects.create_user(name, password=fields.pop("password", "correct horse"), is_staff=True, **fields)
    if role:
        person.groups.add(Group.objects.get(name=role))
    return person


def administrator(**fields) -> User:
    return user(is_superuser=True, **fields)


def article(**fields) -> Article:
    number = next(numbers)
    authors = fields.pop("authors", [])
    topics = fields.pop("topics", [])
    values = {
        "title": f"Article {number}",
        "summary": "Topics of the text.",
        "body": "<p>Words.</p>",
        "state": State.PUBLISHED,
    }
    record = Article.objects.create(**{**values, **fields})
    for position, author in enumerate(authors, start=1):
        ArticleAuthor.objects.create(article=record, author=author, position=position)
    record.topics.set(topics)
    if record.kind == ArticleKind.PAGE:
        SiteSettings.objects.store_menus()  # otherwise after the commit, which most tests do not have
    return record


def author(**fields) -> Author:
    return Author.objects.create(**{"name": f"Desk {next(numbers)}", **fields})


def topic(**fields) -> Topic:
    return Topic.objects.create(**{"name": f"Topic {next(numbers)}", **fields})


def question_topic(**fields) -> QuestionTopic:
    return QuestionTopic.objects.create(**{"name": f"Questions {next(numbers)}", **fields})


def question(**fields) -> Question:
    number = next(numbers)
    values = {"question": f"Question {number}?", "answer": "<p>An answer.</p>", "state": State.PUBLISHED}
    values["topic"] = fields.get("topic") or question_topic()
    return Question.objects.create(**{**values, **fields})


def picture_file(name="picture.png", size=(40, 30), format="PNG", colour="tomato"):
    """Return an uploaded image as a Django file."""
    buffer = BytesIO()
    PILImage.new("RGB", size, colour).save(buffer, format)
    return SimpleUploadedFile(name, buffer.getvalue(), content_type=f"image/{format.lower()}")


def image(**fields) -> Image:
    return Image.objects.create(**{"file": picture_file(), "alt": "A red square", **fields})


def world() -> list:
    """Create one published record of each kind, linked to each other, with an offering and a source, which have no page
    but an endpoint, and a table from the catalogue in an answer.
    """
    records = [
        publishable(model, f"world{next(numbers)}", **variant)
        for model in publishable_models()
        for variant in variants(model)
    ]
    by_model = {type(record): record for record in records}
    row(Offering, provider=by_model[Provider], model=by_model[AIModel])
    row(Evidence, source=row(Source), model=by_model[AIModel])
    question = by_model[Question]
    question.answer += comparison(by_model[AIModel])
    question.save()
    return records


def comparison(*models, facts=("context_tokens",), caption="What they read", **more) -> str:
    """Return a table from the catalogue, as the editor stores it in HTML; `more` are other parameters of it."""
    pairs = [*(("record", model.pk) for model in models), *more.items(), *(("fact", name) for name in facts)]
    of = escape(f"catalog.aimodel?{urlencode(pairs)}")
    return f'<table data-table="{of}"><caption>{caption}</caption></table>'


def variants(model) -> list[dict]:
    """Return the field values of `model` that lead to different kinds of address: one set of fields for each kind."""
    names = [name for name in model.address_fields if name != "slug"]
    assert len(names) < 2, "Teach this function to combine them."
    return [{name: value} for name in names for value, _ in model._meta.get_field(name).choices] or [{}]


def row(model, /, **values):
    """Create a row of a table without pages, such as a through table; required fields are filled."""
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in values or field.blank or field.null or field.has_default():
            continue
        if field.choices:
            values[field.name] = field.choices[0][0]
        elif isinstance(field, models.BooleanField):
            values[field.name] = True
        elif isinstance(field, models.IntegerField):
            values[field.name] = 1
        elif type(field).__name__ == "PartialDateField":
            values[field.name] = "2024"
        elif isinstance(field, models.DateField):
            values[field.name] = date(2026, 11, 24)
        elif isinstance(field, models.ForeignKey):
            related = field.related_model
            values[field.name] = (
                publishable(related, f"neighbour{next(numbers)}") if hasattr(related, "title_field") else row(related)
            )
        elif isinstance(field, models.CharField):
            values[field.name] = f"text-{next(numbers)}"
    return model._base_manager.create(**values)


def publishable(model, token: str, /, **fields):
    """Create a published record of any kind with its required fields. `token` is in all its texts."""
    values = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.name in fields or field.name == "slug":
            continue
        if field.name == model.title_field:
            values[field.name] = f"{token} {model._meta.model_name}"
        elif isinstance(field, RichTextField):
            values[field.name] = f"<p>{token} {field.name}</p>"
        elif isinstance(field, models.ForeignKey) and needs(model, field):
            values[field.name] = publishable(field.related_model, f"neighbour{next(numbers)}")
        elif isinstance(field, models.TextField | models.CharField) and field.name in FREE_TEXTS:
            values[field.name] = f"{token} {field.name}"
    return model.objects.create(**{"state": State.PUBLISHED, **values, **fields})


FREE_TEXTS = {"summary", "role", "use_for", "avoid_for", "description"}


def needs(model, field) -> bool:
    """Return whether a published record of `model` requires that relation."""
    return hasattr(field.related_model, "title_field") and (
        not field.null or (model is Question and field.name == "topic")
    )
