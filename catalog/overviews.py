"""Pages over the whole catalogue in time: what retires, what changed."""

from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from catalog.chronicle import chronicle
from catalog.feeds import changes_feed, feed_addresses
from catalog.retirements import MOST, ends_ahead, ends_of_last_year
from publishing.feeds import alternates, feed_response
from publishing.metadata import page_metadata
from publishing.page_cache.keeping import kept
from publishing.safety import safe_only
from publishing.site import site_of
from publishing.structured_data import Page

CHANGES_SHOWN = 100
ABOUT_CHANGES = "Releases and ends of AI models, new prices, models new on record and facts that changed, with dates."
ABOUT_ENDS = "AI models whose service ends, month by month, with what replaces them and who says so."


@kept()
@safe_only
def retiring(request):
    """The ends of service ahead and of the last year."""
    today, title = timezone.localdate(), "Models that retire"
    ahead, past = ends_ahead(today), ends_of_last_year(today)
    models = dict.fromkeys(end.model for month in ahead.months for end in month.ends)
    context = {
        "title": title,
        "about": ABOUT_ENDS,
        "ahead": ahead,
        "past": past,
        "most": MOST,
        "today": today,
        **_about(request, title, ABOUT_ENDS, page=Page("CollectionPage", items=tuple(models))),
    }
    return render(request, "catalog/retiring.html", context)


@kept()
@safe_only
def changes(request):
    today, title = timezone.localdate(), "Changes in the catalogue"
    context = {
        "title": title,
        "about": ABOUT_CHANGES,
        "changes": chronicle(today, CHANGES_SHOWN),
        "most": CHANGES_SHOWN,
        "feeds": feed_addresses(),
        **_about(request, title, ABOUT_CHANGES, alternates=alternates(title, feed_addresses())),
    }
    return render(request, "catalog/changes.html", context)


@kept()
@safe_only
def feed(request, form):
    title = f"{site_of(request).name_text}: changes in the catalogue"
    return feed_response(changes_feed(title, ABOUT_CHANGES, request.path, timezone.localdate()), form)


def _about(request, title: str, text: str, **extra) -> dict:
    crumbs = [{"title": "Models", "url": reverse("catalog:list")}, {"title": title, "url": request.path}]
    return {"breadcrumbs": crumbs, "metadata": page_metadata(request, title, text, crumbs=crumbs, **extra)}
