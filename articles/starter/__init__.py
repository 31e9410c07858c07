"""The starter articles. Their references use slugs, which are replaced by primary keys once all records exist."""

from datetime import datetime
from pathlib import Path
from typing import cast

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet

from articles.models import FRONT, Article, ArticleKind, Author, Topic
from articles.sections.schema import TYPES, RecordKey, is_key
from ops.toml_files import toml_beside
from publishing.content.publishable import Publishable, State
from publishing.richtext.document import in_texts
from publishing.site.call_to_action import CALL_COLUMNS
from publishing.workflow.starter import with_primary_keys

FOLDER = Path(__file__).parent


# Not offered to be withdrawn: the front page has a default, and the page on privacy describes the software.
STAYING = {FRONT, "privacy"}


def firm_texts() -> dict[str, QuerySet]:
    """Return what the starter says of the firm, by group. Its articles say nothing of it."""
    texts = Article.objects.not_trashed().filter(slug__in=_slugs() - STAYING).order_by("first_published_at", "pk")
    desks = [entry["slug"] for entry in toml_beside(__file__, "authors.toml")["author"]]
    return {
        "Services": texts.filter(kind=ArticleKind.SERVICE),
        "Worked examples": texts.filter(kind=ArticleKind.CASE_STUDY),
        "Pages": texts.filter(kind=ArticleKind.PAGE),
        "Desks that sign texts and answer": Author.objects.not_trashed().filter(slug__in=desks).order_by("pk"),
    }


def _slugs() -> set[str]:
    return {path.stem for path in FOLDER.glob("*.toml")} - {"authors", "topics"}


def load() -> None:
    for entry in toml_beside(__file__, "authors.toml")["author"]:
        values = {"biography": entry["biography"].strip(), "answers_enquiries": entry.get("answers_enquiries", False)}
        Author.objects.create(**_only(entry, "name", "slug", "role", "kind"), **values)
    for entry in toml_beside(__file__, "topics.toml")["topic"]:
        Topic.objects.create(**entry | {"introduction": entry["introduction"].strip()})
    entries = [toml_beside(__file__, f"{slug}.toml") for slug in sorted(_slugs())]
    new = [(_create(entry), entry) for entry in entries]
    for article, entry in new:  # all of them exist now, so references can be resolved
        if "sections" in entry:
            article.sections = with_keys(entry["sections"])
        else:
            article.body = with_primary_keys((FOLDER / f"{entry['slug']}.html").read_text(encoding="utf-8").strip())
        article.state = State.PUBLISHED
        article.save()
        _place(article.read_also_links, "other", entry.get("read_also", []))
        # Not the day on which this site was set up.
        Article.objects.filter(pk=article.pk).update(last_changed_at=article.first_published_at)


def with_keys(sections: list[dict]) -> list[dict]:
    """Return sections with keys in place of the slugs of their records. Raises ObjectDoesNotExist for a missing one."""
    keyed_sections = in_texts(sections, with_primary_keys)
    for section in keyed_sections:
        form = TYPES[section["type"]]
        if form.rows and is_key(form.row):
            records = apps.get_model(cast(RecordKey, form.row.base_fields["key"]).model_label)._base_manager
            section[form.rows] = [records.get(slug=slug).pk for slug in section.get(form.rows, [])]
    return keyed_sections


def first_front_page() -> Article:
    """Return the front page of a site that has no page for it yet. Not stored. Sections whose chosen records the site
    does not have are as if nothing was chosen; in place of chosen examples it shows the newest."""
    entry = toml_beside(__file__, f"{FRONT}.toml")
    page = Article(kind=ArticleKind.PAGE, slug=FRONT, state=State.PUBLISHED, **_only(entry, "title", "summary"))
    for section in entry["sections"]:
        try:
            page.sections += with_keys([section])
        except ObjectDoesNotExist:
            single_values = {key: value for key, value in section.items() if not isinstance(value, list)}
            newest = {"show": "case_studies", "count": 2} if single_values.get("show") == "chosen" else {}
            page.sections += with_keys([single_values | newest])
    page.is_public, page.has_markdown, page.last_changed_at = True, False, None
    page.compose()
    return page


def _create(entry) -> Article:
    article = Article.objects.create(
        kind=entry.get("kind", "article").replace("-", "_"),
        **_only(entry, "title", "slug", "summary", "meta_title", "meta_description"),
        # Texts of one day are in the order of their hours.
        first_published_at=datetime.fromisoformat(f"{entry['published_on']}T08+00"[:16]),
        facts_checked_on=entry.get("facts_checked_on"),
        is_worked_example=entry.get("is_worked_example", False),
        **{name: entry[name] for name in CALL_COLUMNS if name in entry},
    )
    for position, (label, value) in enumerate(entry.get("details", []), start=1):
        article.details.create(label=label, value=value, position=position)
    article.topics.set(Topic.objects.filter(slug__in=entry.get("topics", [])))
    _place(article.author_links, "author", entry.get("authors", []))
    _place(article.question_links, "question", entry.get("questions", []))
    return article


def _place(links, name: str, slugs: list[str]):
    """Create the rows of `links`, related rows of an article, for these records `name`, in this order."""
    records = links.model._meta.get_field(name).related_model.objects
    for position, slug in enumerate(slugs, start=1):
        links.create(**{name: records.get(slug=slug), "position": position})


def _only(entry: dict, *names: str) -> dict:
    return {name: entry[name] for name in names}
