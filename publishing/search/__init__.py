"""Search over all public records: entries, normalised words, and an index for each database."""
