"""Dated claims: statements that will not be true for long, which an editor must confirm by a date."""
