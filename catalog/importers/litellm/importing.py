"""What takes over offerings: prices and ends of service where they belong."""

from datetime import date

from catalog.importers.litellm.matching import Match, Matching
from catalog.importers.litellm.offerings import LiteLLMHandler
from catalog.importers.running import source_of
from catalog.models import ImportRun
from catalog.rules.choices import Feed


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
