"""The whole import of LiteLLM's map."""

from datetime import date

from django.utils import timezone

from catalog.importers.litellm.matching import Match, Matching, entries_of
from catalog.importers.litellm.offerings import LiteLLMHandler
from catalog.importers.running import Mode, running, source_of
from catalog.models import ImportRun
from catalog.rules.choices import Feed


def import_litellm(data, address: str, mode: Mode, say, user=None) -> ImportRun:
    """Take over prices and ends of service where they belong; return the run, whose report says what was not matched.

    Raises UnreadableError for another file.
    """
    entries = entries_of(data)
    day = timezone.localdate()
    with running(Feed.LITELLM, address, day, mode, say, user) as work:
        storable = work.storable(entries)
        work.make_handlers = lambda: handlers(storable, day, work.run, writes=True)
        [handler] = handlers(storable, day, work.run, writes=mode.writes)
        for entry in storable:
            if entry.key in handler.unmatched:
                work.counts["offering"]["not matched"] += 1
                work.tell("not matched", entry.place, handler.unmatched[entry.key])
        work.say(f"{len(entries):,} entries read, {len(handler.matches):,} matched")
        work.go(handler, [entry for entry in storable if entry.key in handler.matches])
        work.note_gone(entries, day)
    return work.run


def handlers(entries, day: date, run: ImportRun, writes: bool) -> list[LiteLLMHandler]:
    """Return the one handler, which knows of each entry where it belongs, or why nowhere."""
    matching, matches, unmatched, seen = Matching(), {}, {}, {}
    for entry in entries:
        found = matching.of(entry.key, entry.data) if isinstance(entry.data, dict) else "it is no table"
        place = (found.provider_id, found.api_id) if isinstance(found, Match) else None
        if place in seen:
            found = f"it is the same offering as {seen[place]!r}"
        if isinstance(found, Match):
            matches[entry.key] = found
            seen[place] = entry.key
        else:
            unmatched[entry.key] = found
    source = source_of(Feed.LITELLM, day) if writes else None
    return [LiteLLMHandler(day, source, run, matches=matches, unmatched=unmatched, names=matching.models)]
