"""Counters shared by all processes, and the limits built on them."""
