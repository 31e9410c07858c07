"""Sending mail, with growing pauses after failures.

Entry point: `delivery.send`. Imports Django only.
"""
