"""Search over published records: one entry for each, written in the record's own transaction.

Found keys are fetched again through `published()`. `backends` index by SQLite FTS5 or PostgreSQL. Entry points:
`results`, `query`, `record_picker`. Imports `rendering` and the layers below.
"""
