"""Content that needs an editor's attention: stale texts, names, claims, pre-flight checks, gaps, missing addresses."""
