"""Content that needs an editor's attention: stale texts, names, claims, pre-flight checks, gaps, missing addresses.

Entry points: `staleness`, `names`, `claims`, `preflight`, `gaps`, `where_used`. Imports `revisions`, `site`, `search`
and what is below them.
"""
