"""What the start page of the admin shows as waiting."""

from django.http import HttpResponse

from publishing.workflow.inbox import InboxPart


def part_of(page: HttpResponse, title: str) -> InboxPart | None:
    """Return the part of the inbox with that title on the start page, or None."""
    return next((part for part in page.context["dashboard"].parts if part.title == title), None)
