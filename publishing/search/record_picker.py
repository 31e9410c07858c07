"""Find records by name, for the editor's pickers."""

from collections import defaultdict

from django.db.models import Case, Q, When
from django.utils.text import capfirst

from ops.http.query_params import words
from publishing.content.facts import cautions_about
from publishing.content.permissions import AnyUser, has_permission, may_view
from publishing.content.registry import publishable_model, publishable_models
from publishing.content.snippet import Snippet
from publishing.images.models import Image
from publishing.rendering.tables.sources import comparable
from publishing.richtext.document import mention
from publishing.richtext.reading import plain_text
from publishing.richtext.sentences import shorten

PER_KIND = 8
LIMIT = 24
IMAGES = 60


def find(user: AnyUser, query: str, kind: str = "", is_for_table: bool = False) -> list[dict]:
    """Return up to 24 records (60 images) that `user` may see in the admin: names that begin with the query first.

    Each is `{ref, title, kind, state}`, with a `caution` such as "Retired 1 Oct 2025" if there is one; images also have
    `alt` and `thumbnail_url`.
    """
    query = words(query, 100)
    if named := mention(query):
        return _named(user, named)
    if kind == Snippet._meta.label_lower:
        return _snippets(Snippet.objects.filter(name__icontains=query)) if may_view(user, Snippet) else []
    if kind == Image._meta.label_lower:
        return _images(query) if has_permission(user, "view", Image) else []
    found = []
    for model in publishable_models():
        if kind in {"", model._meta.label_lower} and may_view(user, model):
            found += _records(user, model, query, is_for_table)
    begins = query.casefold()
    found.sort(key=lambda item: (not item["title"].casefold().startswith(begins), item["title"].casefold()))
    return _with_cautions(found[:LIMIT])


def _with_cautions(found: list[dict]) -> list[dict]:
    """Return the results with the warnings about their records. Two queries per kind that has warnings."""
    keys_by_label = defaultdict(list)
    for result in found:
        label, _, key = result["ref"].partition("/")
        keys_by_label[label].append(int(key))
    cautions = {
        f"{label}/{key}": caution
        for label, keys in keys_by_label.items()
        for key, caution in cautions_about(label, keys).items()
    }
    return [
        result | {"caution": cautions[result["ref"]].label} if result["ref"] in cautions else result for result in found
    ]


def _named(user, named) -> list[dict]:
    """Return the record that `ref:catalog.aimodel/17` refers to: the editor shows the target of a link."""
    if named.label == Snippet._meta.label_lower:
        return _snippets(Snippet.objects.filter(pk=named.pk)) if may_view(user, Snippet) else []
    model = publishable_model(named.label)
    if model is None or not may_view(user, model):
        return []
    records = model.objects.not_trashed().for_staff(user).filter(pk=named.pk)
    return _with_cautions([_as_result(record) for record in records])


def _records(user, model, query: str, is_for_table: bool) -> list[dict]:
    name = model.title_field
    matches = (
        model.objects.not_trashed()
        .for_staff(user)
        .filter(Q(**{f"{name}__icontains": query}) | Q(slug__icontains=query))
    )
    matches = matches.order_by(Case(When(**{f"{name}__istartswith": query}, then=0), default=1), name, "pk")
    if is_for_table:
        compared = comparable.get(model._meta.label_lower)
        matches = matches.filter(pk__in=compared.offered.all()) if compared else matches.none()
    return [_as_result(record) for record in matches[:PER_KIND]]


def _as_result(record) -> dict:
    return {
        "ref": f"{record._meta.label_lower}/{record.pk}",
        "title": str(record),
        "kind": capfirst(record.search_kind()._meta.verbose_name),
        "state": record.status.lower(),
    }


def _snippets(found) -> list[dict]:
    return [
        {"ref": f"{Snippet._meta.label_lower}/{one.pk}", "title": one.name, "kind": shorten(plain_text(one.body), 120)}
        for one in found[:LIMIT]
    ]


def _images(query: str) -> list[dict]:
    named = Q(alt__icontains=query) | Q(credit__icontains=query) | Q(file__icontains=query)
    tagged = Image.objects.filter(tags__name__icontains=query).values("pk") if query else []
    return [as_picture(image) for image in Image.objects.filter(named | Q(pk__in=tagged)).newest_first()[:IMAGES]]


def as_picture(image: Image) -> dict:
    """Return the data of an image for the editor."""
    return {
        "ref": f"{Image._meta.label_lower}/{image.pk}",
        "title": str(image),
        "kind": "Image",
        "state": "",
        "alt": image.spoken_alt,
        "thumbnail_url": image.shown("wide")["url"],
    }
