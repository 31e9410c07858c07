"""A server that is killed while editors save: what `tests/ops/server/test_killed.py` runs, in a process of its own."""
