"""Dated claims: sentences that will not be true for long, each with a day by which somebody confirms it.

A claim is pattern, field and words without markup, so it keeps its day when the sentence moves. The patterns are in
patterns.toml. A draft's claims have no day until it is published.
"""
