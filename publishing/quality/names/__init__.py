"""Names of catalogue records in texts: found by letters and digits alone, the longest first.

A wrong link is worse than a missing one: words beside an ordinary word must confirm that it is a name. The lexicon is
compared with the rows at each use, so it is never stale. Entry points: `lexicon`, `mentions`.
"""
