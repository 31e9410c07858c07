"""The starter articles. Their references use slugs, which are replaced by primary keys once all records exist."""

import re
import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import cast

from articles.models import Article, ArticleAuthor, Author, Detail, PlacedQuestion, ReadAlso, Topic
from publishing.content.publishable import Publishable, State
from publishing.revisions.models import Action
from publishing.revisions.snapshot import read
from publishing.workflow.actions import ActionRequest, perform_action
from publishing.workflow.starter import with_primary_keys

FOLDER = Path(__file__).parent
TO_COMPLETE = re.compile(r"<p>To be completed: .*</p>\n?")


def load(report: object) -> None:
    for entry in _read("authors.toml")["author"]:
        Author.objects.create(**_only(entry, "name", "slug", "role"), biography=entry["biography"].strip())
    for entry in _read("topics.toml")["topic"]:
        Topic.objects.create(**_only(entry, "name", "slug"), introduction=entry["introduction"].strip())
    entries = [_read(path.name) for path in sorted(FOLDER.glob("*.toml")) if path.stem not in {"authors", "topics"}]
    new = [(_create(entry), entry) for entry in entries]
    for article, entry in new:  # all of them exist now, so references can be resolved
        text = with_primary_keys((FOLDER / f"{entry['slug']}.html").read_text(encoding="utf-8").strip())
        article.body = TO_COMPLETE.sub("", text)
        article.state = State.PUBLISHED
        article.save()
        _place(article.read_also_links, "other", entry.get("read_also", []))
        if TO_COMPLETE.search(text):
            _keep_draft(article, text)


def _create(entry) -> Article:
    article = Article.objects.create(
        kind=entry.get("kind", "article").replace("-", "_"),
        **_only(entry, "title", "slug", "summary", "meta_title", "meta_description"),
        first_published_at=datetime.combine(date.fromisoformat(entry["published_on"]), time(8), UTC),
        facts_checked_on=date.fromisoformat(entry["facts_checked_on"]),
    )
    for position, (label, value) in enumerate(entry.get("details", []), start=1):
        article.details.create(label=label, value=value, position=position)
    article.topics.set(Topic.objects.filter(slug__in=entry["topics"]))
    _place(article.author_links, "author", entry["authors"])
    _place(article.question_links, "question", entry["questions"])
    return article


def _place(links, name: str, slugs: list[str]):
    """Create the rows of `links`, related rows of an article, for these records `name`, in this order."""
    records = links.model._meta.get_field(name).related_model.objects
    for position, slug in enumerate(slugs, start=1):
        links.create(**{name: records.get(slug=slug), "position": position})


def _keep_draft(article, text: str):
    """Save a draft of the published page that includes the paragraphs to be completed by the site's owner."""
    content = read(article)
    perform_action(article, ActionRequest(Action.SAVE, content | {"fields": content["fields"] | {"body": text}}))


def _read(name: str) -> dict:
    return tomllib.loads((FOLDER / name).read_text(encoding="utf-8"))


def _only(entry: dict, *names: str) -> dict:
    return {name: entry[name] for name in names}
