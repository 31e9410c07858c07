"""Versions of a record as JSON (`snapshot`) and their differences (`diff`); docs/adr/004.

A renamed field is renamed in the `content` of revisions too, by a migration. Imports `search` and the layers below.
"""
