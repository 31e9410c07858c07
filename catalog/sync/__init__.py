"""The partner feed: numbered documents of what changed, from which partners maintain and verify a copy."""
