"""The history of catalogue records: the change log, bulk edits, duplicates, merging and ownership of values."""
