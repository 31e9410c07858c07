"""A server that is killed while editors save; `tests/ops/server/test_killed.py` runs it, in its own process."""
