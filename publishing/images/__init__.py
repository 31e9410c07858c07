"""Images: checking and sanitising uploads, renditions, generated covers.

Entry points: `models.Image`, `renditions`, `illustrations`. Imports `richtext`.
"""
