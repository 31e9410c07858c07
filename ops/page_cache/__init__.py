"""Finished pages in front of Django: a reader without a session gets the bytes that the one before her got.

What is said to a reader is never older than the last write that was acknowledged (docs/architecture.md, section 6).
"""
