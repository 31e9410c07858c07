"""Images: inspecting and sanitising files, renditions, generated covers.

Entry points: `models.Image`, `renditions`, `illustrations`. Imports `richtext`.
"""
