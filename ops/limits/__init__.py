"""Counters shared by all processes, and the limits built on them.

Entry points: `counter_store`, `rate_limits`. Imports `ops.http`.
"""
