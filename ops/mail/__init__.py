"""Sending mail, with increasing pauses after failures.

Entry point: `delivery.send`. Imports Django only.
"""
