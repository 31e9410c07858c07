"""What a feed had and has no more."""

from datetime import date

from django.db import transaction

from catalog.changes import look_at, take_note
from catalog.importers.entries import Entry
from catalog.importers.ownership import histories
from catalog.models import ImportedRecord, ImportRun, Offering, RecordKind
from catalog.rules.choices import Listing


def missing_from(feed: str, entries: list[Entry]) -> tuple[list[ImportedRecord], int]:
    """Return the links to what the feed had and has no more, and how many it had of those kinds."""
    present, kinds = {(entry.kind, entry.key) for entry in entries}, {entry.kind for entry in entries}
    links = list(ImportedRecord.objects.filter(feed=feed, kind__in=kinds, gone_on=None))
    return [link for link in links if (link.kind, link.key) not in present], len(links)


@transaction.atomic
def end(link: ImportedRecord, day: date, run: ImportRun):
    """Note that the feed has a record no more; and that its provider does not, unless somebody said otherwise."""
    link.gone_on = day
    link.save(update_fields=["gone_on"])
    if link.kind != RecordKind.OFFERING or not link.is_created or link.is_merged:
        return
    if "listing" in histories(Offering, [link.record_id])[link.record_id].held:
        return
    before = look_at(Offering, [link.record_id])
    Offering.objects.filter(pk=link.record_id).update(listing=Listing.REMOVED)
    take_note(Offering, before, look_at(Offering, before), run=run)
