"""Changes of the catalogue: the log of fields, bulk edits, duplicates, merging, who owns a value."""
