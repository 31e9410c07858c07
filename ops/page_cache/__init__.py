"""A cache of finished pages in front of Django, for readers without a session.

Responses are never older than the last acknowledged write (docs/adr/005-page-cache-with-a-content-version.md).
"""
