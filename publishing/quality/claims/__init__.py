"""Dated claims: what a text says that will not be true for long, and that somebody has to confirm by a day."""
