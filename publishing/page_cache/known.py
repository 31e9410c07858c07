"""What many pages have in common, worked out once for each number of the content.

A page that the cache does not have is made while others were made under the same number: settings, menus and counts are
the same on all of them.
"""

import time
from functools import wraps
from typing import NamedTuple

from django.conf import settings
from django.db import connection

from publishing.memo import Memo
from publishing.page_cache.generation import generation
from publishing.page_cache.moments import next_moment

# So much later than in a page is seen what changed without raising the number, as by a process that was killed.
LIFE_SECONDS = 1
# So long before, at most, a page was begun that asks for this: the next moment since then serves it too.
BEGUN_SECONDS = 1

_known = Memo(most=64)


def known_while_content_stays(work_out):
    """Keep what `work_out` returns, for all readers of this process, until something is written or a moment comes, and
    for a second at most.

    Whoever calls it must change nothing of what it returns.
    """

    @wraps(work_out)
    def known(*args):
        number = None if settings.DEBUG or _is_on_its_own() else generation.current()
        if number is None:
            return work_out(*args)
        key, now = (work_out, args), time.time()
        kept = _known.get(key)
        if kept is not None and kept.number == number and kept.made_at <= now < kept.ends_at:
            if now < kept.made_at + LIFE_SECONDS:
                return kept.value
            # One asks anew; the others have meanwhile what was so a moment ago.
            _known.put(key, kept._replace(made_at=now))
        value = work_out(*args)
        # Under a number that is no more the present one nobody would find it.
        if generation.current() == number:
            _known.put(key, _Kept(number, now, next_moment(number, now - BEGUN_SECONDS), value))
        return value

    return known


class _Kept(NamedTuple):
    number: int
    made_at: float
    ends_at: float
    value: object


def _is_on_its_own() -> bool:
    """Whether the connection may see what nobody else sees: then what it finds is not for others, nor theirs for it.
    And whether there is none: then nobody knows that the database is not away, and a page must not say the contrary."""
    return connection.in_atomic_block or connection.connection is None or not connection.autocommit
