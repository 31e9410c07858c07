"""Log records: formats, the access log, and the removal of secrets.

Entry points: `formatters.formatter`, `access_log.watched`. Imports `ops.http`.
"""
