"""Pictures: what is in a file, what may stay in it, its renditions, drawn covers.

Entry points: `models.Image`, `renditions`, `illustrations`. Imports `richtext`.
"""
