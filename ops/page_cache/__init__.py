"""A cache of finished pages in front of Django, for readers without a session.

Responses are never older than the last acknowledged write (docs/architecture.md, section 6).
"""
