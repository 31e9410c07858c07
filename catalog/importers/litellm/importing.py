"""The whole import of LiteLLM's map."""

from django.utils import timezone

from catalog.importers.litellm.matching import Match, Matching, entries_of
from catalog.importers.litellm.offerings import LiteLLMHandler
from catalog.importers.running import Mode, running, source_of
from catalog.models import ImportRun
from catalog.vocabulary import Feed


def import_litellm(data, address: str, mode: Mode, say, user=None) -> ImportRun:
    """Take over prices and ends of service where they belong; return the run, whose report says what was not matched.

    Raises UnreadableError for another file.
    """
    entries = entries_of(data)
    day = timezone.localdate()
    with running(Feed.LITELLM, address, day, mode, say, user) as work:
        matching, matches, seen = Matching(), {}, {}
        for entry in entries:
            found = matching.of(entry.key, entry.data) if isinstance(entry.data, dict) else "it is no table"
            if isinstance(found, Match) and (found.provider_id, found.api_id) in seen:
                found = f"it is the same offering as {seen[(found.provider_id, found.api_id)]!r}"
            if isinstance(found, Match):
                matches[entry.key] = found
                seen[(found.provider_id, found.api_id)] = entry.key
            else:
                work.counts["offering"]["not matched"] += 1
                work.tell("not matched", entry.place, found)
        work.say(f"{len(entries):,} entries read, {len(matches):,} matched")
        source = source_of(Feed.LITELLM, day) if mode.writes else None
        handler = LiteLLMHandler(day, source, work.run, matches=matches, names=matching.models)
        matched = [entry for entry in entries if entry.key in matches]
        work.go(handler, matched)
        work.note_gone(entries, day)
    return work.run
