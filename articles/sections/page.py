"""What a page of sections shows: its sections with their public records, each kind of record fetched once."""

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import Q, QuerySet

from articles.models import Article, ArticleKind, Author
from articles.related import CARDS, QUESTIONS, with_covers
from articles.sections.composing import bodies_of, keys_in
from articles.sections.schema import RecordKey, filled, is_key, parts_of
from ops.http.urls import absolute
from publishing.content.publishable import Publishable
from publishing.images.models import Image
from publishing.rendering.texts import Texts

ARTICLE = "articles.article"
RECORDS: dict[str, Callable[[], QuerySet]] = {
    "publishing.image": Image.objects.all,
    "articles.author": lambda: Author.objects.published().select_related("picture"),
    "faq.question": lambda: QUESTIONS.published().order_by(),
}
NEWEST = {"articles": ArticleKind.ARTICLE, "services": ArticleKind.SERVICE, "case_studies": ArticleKind.CASE_STUDY}
COUNT = 3


def with_records(sections: list[dict]) -> list[dict]:
    """Return the sections that readers see, with records in place of keys. A query per kind of record.

    Records that are not public are left out, and so are sections that consist of none else.
    """
    keys_by_label = keys_in(sections)
    articles, newest = _articles(sections, keys_by_label.pop(ARTICLE, set()))
    records_by_label = {label: RECORDS[label]().in_bulk(keys) for label, keys in sorted(keys_by_label.items())}
    records_by_label[ARTICLE] = articles
    visible_sections = []
    for section in sections:
        (form_class, values), *rows = parts_of(section)
        values = _with_records(form_class, values, records_by_label)
        if form_class.rows:
            full_rows = [_with_records(row_form, row, records_by_label) for row_form, row in rows]
            is_of_records = is_key(form_class.row)
            values[form_class.rows] = [row["key"] for row in full_rows if "key" in row] if is_of_records else full_rows
            if is_of_records and rows and not values[form_class.rows]:
                continue
        if section["type"] == "texts" and values["show"] in NEWEST:
            values["texts"] = newest[values["show"]][: values.get("count", COUNT)]
        if values.get("texts", True):
            visible_sections.append(values)
    return visible_sections


def _with_records(form_class, values: dict, records_by_label: dict) -> dict:
    values = dict(values)
    for name, field, key in filled(form_class, values, RecordKey):
        if key in records_by_label[field.model_label]:
            values[name] = records_by_label[field.model_label][key]
        else:
            del values[name]
    return values


def _articles(sections: list[dict], keys: Collection[int]) -> tuple[dict[int, Article], dict[str, list[Article]]]:
    """Return the public ones of these articles by key, and as many of the newest texts as the largest section needs, by
    what it shows. One query, none without either."""
    newest_sections = [section for section in sections if section["type"] == "texts" and section["show"] in NEWEST]
    # The largest count of each.
    counts = dict(sorted((section["show"], section.get("count", COUNT)) for section in newest_sections))
    public, wanted = CARDS.published(), Q(pk__in=keys)
    for show, count in counts.items():
        wanted |= Q(pk__in=public.of_kind(NEWEST[show]).newest_first().values("pk")[:count])
    articles = with_covers(public.filter(wanted).newest_first()) if keys or counts else []
    newest = {
        show: [article for article in articles if article.kind == NEWEST[show]][:count]
        for show, count in counts.items()
    }
    if "services" in newest:
        newest["services"].reverse()  # in the order in which they were written
    return {article.pk: article for article in articles if article.pk in keys}, newest


def texts_of(sections: list[dict], visible_sections: list[dict], **options: Any) -> Texts:
    """Return the rich texts of stored sections and the answers of the questions that they show."""
    answers = [question.answer for section in visible_sections for question in section.get("questions", ())]
    return Texts(*bodies_of(sections), *answers, **options)


def what_is_shown(visible_sections: list[dict]) -> set[str]:
    """Return what sections show of the catalogue, and "questions" if one shows the first questions of the site."""
    first_questions = {
        "questions" for section in visible_sections if section["type"] == "questions" and not section["questions"]
    }
    return {section["show"] for section in visible_sections if "show" in section} | first_questions


def for_api(sections: list[dict]) -> list[dict]:
    """Return the sections that readers see as JSON: images by their addresses, other records by their slugs."""
    visible_sections, bodies = with_records(sections), {*bodies_of(sections)}
    texts = texts_of(sections, [], is_absolute=True)

    def plain(value: Any) -> Any:
        match value:
            case Image():
                return absolute(value.file.url)
            case Publishable():
                return value.slug
            case list():
                return [plain(item) for item in value]
            case dict():
                return {name: plain(item) for name, item in value.items()}
        return texts.html(value) if value in bodies else value

    return [plain(section) for section in visible_sections]
