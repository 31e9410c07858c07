"""The partner feed: what changed in the catalogue, as documents with numbers, so that a copy can be kept and proved."""
