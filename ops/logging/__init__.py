"""Log records: formats, and the removal of secrets.

Entry point: `formatters.formatter`.
"""
