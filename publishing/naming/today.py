"""The names of today, made ready once for as long as they stay the same."""

from publishing.models.name_rule import NameRule
from publishing.naming.lexicon import Lexicon
from publishing.naming.names import registered

_last: Lexicon | None = None


def lexicon_of_today() -> Lexicon:
    """Return all names as the database has them now.

    They are read each time, by two queries, and compared with those of last time: so a name is never stale, whichever
    way it was written, in a transaction that may be taken back too. What takes long, to order them, is done once.
    """
    global _last
    rows = [row for naming in registered for row in naming.rows()]
    rules = NameRule.objects.everywhere()
    known = _last
    if known is None or known.rows != rows or known.rules != rules:
        known = _last = Lexicon(rows, rules, registered)
    return known
