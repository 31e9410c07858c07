"""The context that all pages of the catalogue have: breadcrumbs, metadata and the day."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from ops.http.urls import route
from publishing.pages.metadata import page_metadata


def crumbs_to(*steps: Any) -> list[dict]:
    """Return the breadcrumbs from the catalogue's first page; a step is a record, a model class or a dict."""
    crumbs = [{"title": "Models", "url": route("catalog:list")}]
    for step in steps:
        if isinstance(step, type):
            title, name = step.index
            step = {"title": title, "url": route(name)}
        crumbs.append(step if isinstance(step, dict) else {"title": str(step), "url": step.get_absolute_url()})
    return crumbs


def page_context(request: HttpRequest, title: str, about: str, *steps: Any, **metadata: Any) -> dict:
    """Return the context of a page that is not a record's, with the breadcrumbs to it, by default its title."""
    crumbs = metadata.pop("crumbs", None) or crumbs_to(*steps or [{"title": title, "url": request.path}])
    described = page_metadata(request, title, about, crumbs=crumbs, **metadata)
    return {"title": title, "about": about, "today": timezone.localdate(), "breadcrumbs": crumbs, "metadata": described}
