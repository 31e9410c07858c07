"""What editors should look at: stale texts, names, claims, checks before publishing, gaps, addresses not found.

Entry points: `staleness`, `names`, `claims`, `preflight`, `gaps`, `where_used`. Imports `revisions`, `site`, `search`
and what is below them.
"""
